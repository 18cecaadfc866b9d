/** `capacity`: pools, limits, block sizes, and what finds no address. */

import { formatPrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { BlockSizeRow } from '../planning/capacity/block-sizes.js'
import type { PoolBooks } from '../planning/capacity/books.js'
import type { Capacity } from '../planning/capacity/capacity.js'
import type { Limit } from '../planning/capacity/limits.js'
import { type Answer, envelope } from './answer.js'
import { type Block, type Column, table, text } from './blocks.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'

const MOST_NAMES = 8
const MOST_UNPLACED = 20

const right = (name: string, wide = false): Column => ({ name, align: 'right', wide })

/** The pools and limits alone: the part of the answer that fits on a page with others. */
export function capacityOverview(capacity: Capacity): readonly Block[] {
  return [poolTable(capacity), ...withoutBlock(capacity), ...limitBlocks(capacity), ...unplacedBlocks(capacity)]
}

export function capacityAnswer(cluster: Cluster, capacity: Capacity): Answer {
  return {
    document: {
      ...envelope('CapacityReport', cluster),
      simulated: capacity.simulated,
      pools: capacity.books.pools.map(poolDocument),
      nodes: new LazyList(() => nodeDocuments(capacity)),
      limits: capacity.limits,
      blockSizes: capacity.blockSizes,
      unschedulable: capacity.unplaced.map(({ pod, reason }) => ({ pod: `${pod.namespace}/${pod.name}`, reason })),
    },
    blocks: [
      poolTable(capacity),
      ...withoutBlock(capacity),
      ...limitBlocks(capacity),
      ...sizeBlocks(capacity),
      ...unplacedBlocks(capacity),
    ],
    found: capacity.unplaced.length > 0,
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
      right('FREE'),
      right('NODES'),
      right('WITHOUT BLOCK'),
      right('ADDRESSES'),
      right('PODS'),
      right('TUNNELS'),
      right('BORROWED'),
      right('RESERVED', true),
      right('ORPHANED', true),
      right('FREE'),
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
      number(addresses.borrowed),
      number(addresses.reserved),
      number(blocks.orphaned),
      number(addresses.free),
    ]),
    simulated ? 'Pools (blocks assigned as Calico would: the input records none)' : 'Pools',
  )
}

function withoutBlock({ books }: Capacity): readonly Block[] {
  const lines = books.pools
    .filter(({ nodes }) => nodes.withoutBlock.length > 0)
    .map(({ pool, nodes }) => {
      const names = nodes.withoutBlock.slice(0, MOST_NAMES).join(', ')
      const rest = nodes.withoutBlock.length - MOST_NAMES
      return `${pool.name}: no block on ${names}${rest > 0 ? ` and ${number(rest)} more` : ''}`
    })
  return lines.length === 0 ? [] : [text(lines)]
}

function limitBlocks({ limits }: Capacity): readonly Block[] {
  if (limits.length === 0) return []
  return [
    table(
      ['LIMIT', 'OF', right('VALUE'), right('USED'), right('LEFT'), 'HIT', 'THEN'],
      limits.map((limit) => [
        LIMIT_NAMES[limit.limit],
        limit.of,
        number(limit.value),
        number(limit.used),
        number(limit.headroom),
        hitText(limit),
        EFFECTS[limit.effect],
      ]),
      'Limits, the one hit first at the head',
    ),
  ]
}

const LIMIT_NAMES: Readonly<Record<Limit['limit'], string>> = {
  blocks: 'blocks of the pool',
  addresses: 'addresses of the pool',
  blocksPerHost: 'blocks per host',
  podsPerNode: 'pods per node (kubelet default)',
}

const EFFECTS: Readonly<Record<Limit['effect'], string>> = {
  borrowing: 'further nodes borrow, a /32 route for each address',
  noAddress: 'pods get no address',
  noPods: 'pods go to other nodes',
}

function hitText({ hitAt, headroom }: Limit): string {
  if (hitAt === null) return 'never as it is'
  if (headroom === 0) return 'now'
  if ('moreNodes' in hitAt) return `after ${number(hitAt.moreNodes)} more nodes`
  if ('morePods' in hitAt) return `after ${number(hitAt.morePods)} more pods`
  return `after ${number(hitAt.morePodsOnNode)} more pods on it`
}

function sizeBlocks({ blockSizes }: Capacity): readonly Block[] {
  const pools = [...new Set(blockSizes.map(({ pool }) => pool))]
  return pools.map((pool) =>
    table(
      [
        'BLOCK SIZE',
        right('BLOCKS'),
        right('ADDRESSES EACH'),
        right('BLOCKS PER NODE'),
        right('MOST NODES'),
        right('ROUTES PER NODE'),
        right('STRANDED'),
      ],
      blockSizes.filter((row) => row.pool === pool).map(sizeRow),
      `Block sizes of ${pool} compared, for the cluster as it is`,
    ),
  )
}

function sizeRow(row: BlockSizeRow): readonly (string | number)[] {
  return [
    `/${row.blockSize}${row.current ? ' (now)' : ''}`,
    number(row.blocks),
    number(row.addressesPerBlock),
    `${number(row.blocksPerNode)}${row.overHostLimit ? ' (limit, too few)' : ''}`,
    number(row.maxNodes),
    number(row.routesPerNode),
    number(row.stranded),
  ]
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
