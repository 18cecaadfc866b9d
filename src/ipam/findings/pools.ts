/** Pools that run out, of addresses or of blocks. */

import { containsPrefix, formatPrefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Pool } from '../../cluster/pool.js'
import type { Finding } from '../../findings/finding.js'
import { blockLimit } from '../auto-assign.js'
import { ReservedSet } from '../reservations.js'
import { countPoolSpace } from '../utilization.js'
import type { IpamView } from '../view.js'

/** Share of a pool's addresses in use from which on it is worth a word. */
const NEARLY_FULL = 0.9

export function poolFindings(cluster: Cluster, view: IpamView): Finding[] {
  const byPool = blocksByPool(cluster.pools, view.blocks)
  return [
    ...nearlyFull(cluster, byPool),
    ...tooFewBlocks(cluster),
    ...borrowed(cluster, byPool),
    ...stranded(cluster, view),
    ...atBlockLimit(cluster, view),
  ]
}

function blocksByPool(pools: readonly Pool[], blocks: readonly RecordedBlock[]): Map<Pool, RecordedBlock[]> {
  const table = new PrefixTable<Pool>()
  for (const pool of pools) table.set(pool.prefix, pool)
  const byPool = new Map<Pool, RecordedBlock[]>()
  for (const block of blocks) {
    const pool = table.covering(block.prefix)?.value
    if (pool === undefined) continue
    const list = byPool.get(pool)
    if (list) list.push(block)
    else byPool.set(pool, [block])
  }
  return byPool
}

function reservedOf(cluster: Cluster): ReservedSet {
  return new ReservedSet(cluster.ipam.reservations.flatMap(({ prefixes }) => prefixes))
}

function nearlyFull(cluster: Cluster, byPool: ReadonlyMap<Pool, readonly RecordedBlock[]>): Finding[] {
  const reserved = reservedOf(cluster)
  return cluster.pools.flatMap((pool): Finding[] => {
    if (pool.disabled) return []
    const { capacity, reserved: withheld } = countPoolSpace(pool.prefix, reserved, [])
    const used = (byPool.get(pool) ?? []).reduce((sum, { allocations }) => sum + allocations.length, 0)
    const usable = capacity - withheld
    if (usable <= 0 || used < NEARLY_FULL * usable) return []
    return [
      {
        severity: 'warning',
        code: 'POOL_NEARLY_FULL',
        message: `IPPool ${pool.name} (${formatPrefix(pool.prefix)}): ${used} of ${usable} usable addresses are in use.`,
        hint: 'Add a pool before the last addresses are gone; the CIDR of a pool cannot be widened.',
        resource: { kind: 'IPPool', name: pool.name },
        path: ['spec', 'cidr'],
      },
    ]
  })
}

/** Only nodes that have no other pool of the family to turn to count against a pool. */
function tooFewBlocks(cluster: Cluster): Finding[] {
  const open = cluster.pools.filter(
    ({ disabled, allocatable, assignmentMode, allowedUses }) =>
      !disabled && allocatable && assignmentMode === 'Automatic' && allowedUses.includes('Workload'),
  )
  const reserved = reservedOf(cluster)
  const dependents = new Map<Pool, number>()
  for (const { labels } of cluster.nodes) {
    for (const family of [4, 6]) {
      const [only, other] = open.filter(
        ({ prefix, nodeSelector }) => prefix.family === family && nodeSelector.matches(labels),
      )
      if (only && other === undefined) dependents.set(only, (dependents.get(only) ?? 0) + 1)
    }
  }
  return [...dependents].flatMap(([pool, nodes]): Finding[] => {
    const addresses = countPoolSpace(pool.prefix, reserved, [])
    const perBlock = 2 ** ((pool.prefix.family === 4 ? 32 : 128) - pool.blockSize)
    const blocks = Math.ceil((addresses.capacity - addresses.reserved) / perBlock)
    if (nodes <= blocks) return []
    const strict = cluster.ipam.strictAffinity
    return [
      {
        severity: strict ? 'error' : 'warning',
        code: 'MORE_NODES_THAN_BLOCKS',
        message:
          `${nodes} nodes depend on IPPool ${pool.name}, which has ${blocks} blocks of /${pool.blockSize}; ` +
          `${nodes - blocks} nodes ${strict ? 'get no address' : 'live on borrowed addresses'}.`,
        hint: 'Add a pool, or replace this one by a pool with smaller blocks (a larger blockSize number).',
        resource: { kind: 'IPPool', name: pool.name },
        path: ['spec', 'blockSize'],
      },
    ]
  })
}

function borrowed(cluster: Cluster, byPool: ReadonlyMap<Pool, readonly RecordedBlock[]>): Finding[] {
  return cluster.pools.flatMap((pool): Finding[] => {
    let count = 0
    for (const { affinity, allocations } of byPool.get(pool) ?? []) {
      for (const { node } of allocations) if (node !== undefined && node !== affinity?.host) count++
    }
    if (count === 0) return []
    return [
      {
        severity: 'warning',
        code: 'ADDRESSES_BORROWED',
        message: `${count} ${count === 1 ? 'address' : 'addresses'} of IPPool ${pool.name} ${count === 1 ? 'is' : 'are'} used outside the node that owns the block, each a host route on every node.`,
        hint: 'Add room so that every node has a block of its own, then restart these pods; calicoctl ipam show --show-borrowed lists them.',
        resource: { kind: 'IPPool', name: pool.name },
      },
    ]
  })
}

function stranded(cluster: Cluster, view: IpamView): Finding[] {
  if (!cluster.ipam.strictAffinity) return []
  const without = view.unplaced.filter(({ failure }) => failure === 'exhausted').length
  const open = cluster.pools.filter(({ disabled, allocatable }) => !disabled && allocatable)
  const free = view.blocks
    .filter(({ prefix }) => open.some((pool) => containsPrefix(pool.prefix, prefix)))
    .reduce((sum, { unallocated }) => sum + unallocated.length, 0)
  if (without === 0 || free === 0) return []
  return [
    {
      severity: 'error',
      code: 'STRICT_AFFINITY_STRANDS',
      message: `strictAffinity keeps ${free} free addresses in blocks of other nodes while ${without} pods get none.`,
      hint: 'Use smaller blocks, add a pool, or turn strictAffinity off where no Windows node needs it.',
      resource: { kind: 'IPAMConfiguration', name: 'default' },
      path: ['spec', 'strictAffinity'],
    },
  ]
}

/** Counted over all pools of a family, so it may come early where a node uses disjoint sets of pools. */
function atBlockLimit(cluster: Cluster, view: IpamView): Finding[] {
  const limit = blockLimit(cluster.ipam.maxBlocksPerHost, 0)
  const owned = new Map<string, number>()
  for (const { node, type, prefix } of view.affinities) {
    if (type === 'host') owned.set(`${prefix.family} ${node}`, (owned.get(`${prefix.family} ${node}`) ?? 0) + 1)
  }
  const full = [...owned].filter(([, count]) => count >= limit).map(([key]) => key.slice(2))
  const [first] = full
  if (first === undefined) return []
  return [
    {
      severity: 'warning',
      code: 'BLOCK_LIMIT_REACHED',
      message: `${full.length === 1 ? `Node ${first} owns` : `${full.length} nodes, ${first} among them, own`} ${limit} blocks, which is the limit; no further block is claimed and none borrowed.`,
      hint: 'Raise maxBlocksPerHost in IPAMConfiguration, or use larger blocks in a new pool.',
      resource: { kind: 'Node', name: first },
    },
  ]
}
