/** Pools with the map of their blocks. */

import { firstAddress, formatPrefix, ordinalOf, type Prefix, subPrefix, subPrefixCount } from '../../address/prefix.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import { encapsulationOf, isCrossSubnet, type Pool } from '../../cluster/pool.js'
import { ReservedSet } from '../../ipam/reservations.js'
import { type PoolBooks, poolOf } from '../../planning/capacity/books.js'
import type { Simulation } from '../../planning/simulation.js'
import type { PagePool } from './page-data.js'

/** Blocks of a pool that are drawn cell by cell. Larger pools, IPv6 ones as a rule, show the blocks that exist. */
export const MOST_CELLS = 65_536
const MOST_NAMES = 100
/** Stands for an owner that is no node: the load-balancer controller, or a node that the input does not hold. */
const NO_NODE = -2

export function pagePools(simulation: Simulation): readonly PagePool[] {
  const { cluster, ipam } = simulation
  const byPool = new Map<number, RecordedBlock[]>()
  for (const block of ipam.blocks) {
    const pool = poolOf(cluster.pools, block.prefix)
    if (pool === undefined) continue
    const held = byPool.get(pool.index)
    if (held === undefined) byPool.set(pool.index, [block])
    else held.push(block)
  }
  const reserved = new ReservedSet(cluster.ipam.reservations.flatMap(({ prefixes }) => prefixes))
  const nodeIndex = (name: string): number => cluster.nodeByName.get(name)?.index ?? NO_NODE
  return simulation
    .capacity()
    .books.pools.map((books) => poolPage(books, byPool.get(books.pool.index) ?? [], reserved, nodeIndex))
}

function poolPage(
  books: PoolBooks,
  blocks: readonly RecordedBlock[],
  reserved: ReservedSet,
  nodeIndex: (name: string) => number,
): PagePool {
  const { pool, nodes, addresses } = books
  const { total, affine, orphaned, reserved: reservedBlocks, free } = books.blocks
  const family = pool.prefix.family
  const sparse = total > MOST_CELLS
  const place = blocks.map(({ prefix }, i) => (sparse ? i : placeOf(pool, prefix)))
  return {
    name: pool.name,
    cidr: formatPrefix(pool.prefix),
    family,
    blockSize: pool.blockSize,
    encapsulation: encapsulationText(pool),
    natOutgoing: pool.natOutgoing,
    disabled: pool.disabled,
    nodes: {
      selected: nodes.selected,
      withBlocks: nodes.withBlocks,
      withoutBlock: nodes.withoutBlock.slice(0, MOST_NAMES),
    },
    withoutBlockCount: nodes.withoutBlock.length,
    blocks: { total, affine, orphaned, reserved: reservedBlocks, free },
    addresses: {
      total: addresses.total,
      usable: addresses.usable,
      pods: addresses.pods,
      tunnels: addresses.tunnels,
      other: addresses.other,
      borrowed: addresses.borrowed,
      reserved: addresses.reserved,
      free: addresses.free,
    },
    addressesPerBlock: 2 ** ((family === 4 ? 32 : 128) - pool.blockSize),
    map: {
      sparse,
      place,
      cidr: blocks.map(({ prefix }) => formatPrefix(prefix)),
      owner: blocks.map(({ affinity }) => (affinity === undefined ? -1 : nodeIndex(affinity.host))),
      used: blocks.map(({ allocations }) => allocations.length),
      borrowed: blocks.map(
        ({ affinity, allocations }) =>
          allocations.filter(({ node }) => node !== undefined && node !== affinity?.host).length,
      ),
      reserved: sparse || reservedBlocks === 0 ? [] : reservedRuns(pool, new Set(place), reserved),
    },
  }
}

export function encapsulationText(pool: Pool): string {
  const type = encapsulationOf(pool)
  if (type === 'none') return 'no encapsulation'
  const name = type === 'ipip' ? 'IPIP' : 'VXLAN'
  return isCrossSubnet(pool) ? `${name} between subnets` : `${name} always`
}

/** The block's number in its pool, counted in blocks of the pool's present size. */
function placeOf({ prefix, blockSize }: Pool, block: Prefix): number {
  return Math.floor(ordinalOf(prefix, firstAddress(block)) / 2 ** ((prefix.family === 4 ? 32 : 128) - blockSize))
}

function reservedRuns(pool: Pool, existing: ReadonlySet<number>, reserved: ReservedSet): readonly [number, number][] {
  const runs: [number, number][] = []
  const total = subPrefixCount(pool.prefix, pool.blockSize)
  for (let i = 0; i < total; i++) {
    if (existing.has(i) || !reserved.covers(subPrefix(pool.prefix, pool.blockSize, i))) continue
    const last = runs.at(-1)
    if (last !== undefined && last[0] + last[1] === i) last[1]++
    else runs.push([i, 1])
  }
  return runs
}
