/** `capacity`: pools, limits, block sizes, and what finds no address. */

import { formatPrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { PoolBooks } from '../planning/capacity/books.js'
import type { Capacity } from '../planning/capacity/capacity.js'
import type { Growth } from '../planning/capacity/growth.js'
import { type Answer, envelope } from './answer.js'
import { type Block, type Column, table, text } from './blocks.js'
import { growthBlocks } from './capacity-growth.js'
import { limitBlocks } from './capacity-limits.js'
import { nodeBlocks } from './capacity-nodes.js'
import { sizeBlocks } from './capacity-sizes.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'

const MOST_UNPLACED = 20

const right = (name: string, wide = false): Column => ({ name, align: 'right', wide })

/** The pools and limits alone: the part of the answer that fits on a page with others. */
export function capacityOverview(cluster: Cluster, capacity: Capacity): readonly Block[] {
  return [poolTable(capacity), ...nodeBlocks(cluster, capacity), ...limitBlocks(capacity), ...unplacedBlocks(capacity)]
}

/** With a `growth` its steps are part of the answer, and what runs out on the way is something found. */
export function capacityAnswer(cluster: Cluster, capacity: Capacity, growth?: Growth): Answer {
  return {
    document: {
      ...envelope('CapacityReport', cluster),
      simulated: capacity.simulated,
      pools: capacity.books.pools.map(poolDocument),
      nodes: new LazyList(() => nodeDocuments(capacity)),
      limits: capacity.limits,
      blockSizes: capacity.blockSizes,
      unschedulable: capacity.unplaced.map(({ pod, reason }) => ({ pod: `${pod.namespace}/${pod.name}`, reason })),
      ...(growth ? { growth: growth.steps, growthAssumptions: growth.assumptions } : {}),
    },
    blocks: [
      poolTable(capacity),
      ...nodeBlocks(cluster, capacity),
      ...(growth ? growthBlocks(growth) : []),
      ...limitBlocks(capacity),
      ...sizeBlocks(capacity),
      ...unplacedBlocks(capacity),
    ],
    found: capacity.unplaced.length > 0 || (growth?.steps.at(-1)?.refused ?? 0) > 0,
  }
}

function poolDocument({ pool, nodes, blocks, addresses }: PoolBooks): Readonly<Record<string, unknown>> {
  return {
    name: pool.name,
    cidr: formatPrefix(pool.prefix),
    blockSize: pool.blockSize,
    disabled: pool.disabled,
    nodes,
    blocks,
    addresses,
  }
}

function* nodeDocuments({ books }: Capacity): Iterable<unknown> {
  for (const { node, blocks, borrowedIn } of books.nodes) {
    yield {
      node,
      borrowedIn,
      blocks: blocks.map(({ block, pool, used, free, borrowedOut }) => ({
        cidr: formatPrefix(block.prefix),
        pool: pool?.name ?? null,
        used,
        free,
        borrowedOut,
        borrowedIn,
      })),
    }
  }
}

function poolTable({ books, simulated }: Capacity): Block {
  return table(
    [
      'POOL',
      'CIDR',
      right('BLOCKS'),
      right('OWNED'),
      right('BLOCKS LEFT'),
      right('NODES'),
      right('WITHOUT BLOCK'),
      right('ADDRESSES'),
      right('PODS'),
      right('TUNNELS'),
      right('OTHER', true),
      right('BORROWED'),
      right('RESERVED', true),
      right('ORPHANED', true),
      right('STRANDED'),
      right('ADDRESSES LEFT'),
    ],
    books.pools.map(({ pool, nodes, blocks, addresses }) => [
      pool.disabled ? `${pool.name} (disabled)` : pool.name,
      `${formatPrefix(pool.prefix)} in /${pool.blockSize}`,
      number(blocks.total),
      number(blocks.affine),
      number(blocks.free),
      number(nodes.selected),
      number(nodes.withoutBlock.length),
      number(addresses.total),
      number(addresses.pods),
      number(addresses.tunnels),
      number(addresses.other),
      number(addresses.borrowed),
      number(addresses.reserved),
      number(blocks.orphaned),
      number(addresses.stranded),
      number(addresses.free),
    ]),
    simulated ? 'Pools (blocks assigned as Calico would: the input records none)' : 'Pools',
  )
}

function unplacedBlocks({ unplaced }: Capacity): readonly Block[] {
  if (unplaced.length === 0) return []
  const rows = unplaced
    .slice(0, MOST_UNPLACED)
    .map(({ pod, reason }) => [`${pod.namespace}/${pod.name}`, pod.node ?? '-', reason])
  const blocks: Block[] = [table(['POD', 'NODE', 'WHY'], rows, `${number(unplaced.length)} pods without an address`)]
  if (unplaced.length > MOST_UNPLACED) blocks.push(text([`and ${number(unplaced.length - MOST_UNPLACED)} more`]))
  return blocks
}
