/** Nodes that own no block: who they are, whom they borrow from, what that costs, and what would help. */

import { bitsOf } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { BlockSizeRow } from '../planning/capacity/block-sizes.js'
import { type NodeBooks, podFamilies } from '../planning/capacity/books.js'
import type { Capacity } from '../planning/capacity/capacity.js'
import { type Block, table, text } from './blocks.js'
import { number } from './sessions.js'

const MOST_NODES = 8
const MOST_LENDERS = 3

/** Nothing when every node that has or wants addresses owns a block of each family, and nobody borrows. */
export function nodeBlocks(cluster: Cluster, capacity: Capacity): readonly Block[] {
  const refused = refusedByNode(capacity)
  const without = capacity.books.nodes.filter((node) => lacksBlock(cluster, node, refused))
  const borrowers = capacity.books.nodes.filter(({ borrowedIn }) => borrowedIn > 0)
  const listed = [...new Set([...without, ...borrowers])]
  if (listed.length === 0) return []
  return [
    table(
      [
        'NODE',
        { name: 'OWN BLOCKS', align: 'right' },
        { name: 'ADDRESSES', align: 'right' },
        { name: 'BORROWED', align: 'right' },
        'FROM BLOCKS OF',
        { name: 'PODS REFUSED', align: 'right' },
      ],
      listed
        .slice(0, MOST_NODES)
        .map((node) => [
          node.node,
          number(node.blocks.length),
          number(node.addresses),
          number(node.borrowedIn),
          lendersText(node),
          number(refused.get(node.node) ?? 0),
        ]),
      without.length === 0 ? 'Nodes that borrow addresses' : 'Nodes without a block of their own, or that borrow',
    ),
    text(sentences(cluster, capacity, listed, without, borrowers)),
  ]
}

function refusedByNode({ unplaced }: Capacity): ReadonlyMap<string, number> {
  const refused = new Map<string, number>()
  for (const { node } of unplaced) if (node !== undefined) refused.set(node, (refused.get(node) ?? 0) + 1)
  return refused
}

function lacksBlock(cluster: Cluster, node: NodeBooks, refused: ReadonlyMap<string, number>): boolean {
  if (node.addresses === 0 && !refused.has(node.node)) return false
  return podFamilies(cluster).some((family) => !node.blocks.some(({ block }) => block.prefix.family === family))
}

function lendersText({ lenders, borrowedIn }: NodeBooks): string {
  if (borrowedIn === 0) return '-'
  if (lenders.length === 0) return 'nobody (orphaned)'
  const rest = lenders.length - MOST_LENDERS
  return `${lenders.slice(0, MOST_LENDERS).join(', ')}${rest > 0 ? ` and ${number(rest)} more` : ''}`
}

function sentences(
  cluster: Cluster,
  capacity: Capacity,
  listed: readonly NodeBooks[],
  without: readonly NodeBooks[],
  borrowers: readonly NodeBooks[],
): readonly string[] {
  const more = listed.length - MOST_NODES
  const { pools } = capacity.books
  const open = pools.filter(({ nodes }) => nodes.selected > 0).map(({ pool }) => pool.nodeSelector)
  const labelsOf = ({ node }: NodeBooks) => cluster.nodeByName.get(node)?.labels ?? {}
  const unselected = without.filter((node) => !open.some((selector) => selector.matches(labelsOf(node))))
  const late = without.length - unselected.length
  const full = pools.some(({ nodes, blocks }) => nodes.selected > 0 && blocks.free === 0)
  const lacking = new Set(without)
  const short = full ? borrowers.filter((node) => !lacking.has(node)) : []
  const borrowed = borrowers.reduce((sum, { borrowedIn }) => sum + borrowedIn, 0)
  return [
    ...(more > 0 ? [`and ${count(more, 'more node', 'more nodes')}.`] : []),
    ...(unselected.length === 0
      ? []
      : [
          `No pool selects ${namesText(unselected)}, so the pods there get no address: give a pool a nodeSelector that matches.`,
        ]),
    ...(late === 0
      ? []
      : [
          `${number(late)} of ${count(cluster.nodes.length, 'node', 'nodes')} ${late === 1 ? 'owns' : 'own'} no block: ${whyText(cluster, capacity)}`,
          ...(capacity.simulated
            ? ['Which ones depends on who asks first; here they ask in byte order of names.']
            : []),
        ]),
    ...(short.length === 0
      ? []
      : [
          `${count(short.length, 'node', 'nodes')} with a block of ${short.length === 1 ? 'its' : 'their'} own ${short.length === 1 ? 'needs' : 'need'} one more and ${short.length === 1 ? 'finds' : 'find'} none: ${whyText(cluster, capacity)}`,
        ]),
    ...(borrowed === 0
      ? []
      : [
          `${count(borrowed, 'address is', 'addresses are')} borrowed out of blocks of other nodes. Each is a host route of its own on every other node and BGP peer, where a block would be one route for all of a node's addresses.`,
        ]),
    ...(late === 0 && short.length === 0 ? [] : remedies(capacity)),
  ]
}

function whyText(cluster: Cluster, { books }: Capacity): string {
  const full = books.pools.filter(({ nodes, blocks }) => nodes.selected > 0 && blocks.free === 0)
  if (full.length === 0) return 'none was claimed for them, although blocks are left.'
  const pools = full.slice(0, MOST_LENDERS).map(({ pool, blocks }) => {
    const total = blocks.total - blocks.reserved
    return total === 1 ? `the only block of ${pool.name}` : `all ${number(total)} of ${pool.name}`
  })
  const rest = full.length - MOST_LENDERS
  const single = pools.length === 1 && pools[0]?.startsWith('the only') === true
  const taken = `${pools.join(', ')}${rest > 0 ? ` and of ${number(rest)} more pools` : ''} ${single ? 'is' : 'are'} taken.`
  if (cluster.ipam.strictAffinity) return `${taken} strictAffinity forbids borrowing, so their pods get no address.`
  return `${taken} What is missing comes address by address from other nodes' blocks while any is free.`
}

/** The nearest block size, and the nearest pool, with which every node would own its blocks. A pool itself never changes. */
function remedies({ books, blockSizes }: Capacity): readonly string[] {
  return books.pools.flatMap(({ pool, nodes, blocks }) => {
    if (nodes.selected === 0 || blocks.free > 0) return []
    const rows = blockSizes.filter((row) => row.pool === pool.name)
    const smaller = rows.find((row) => row.blockSize > pool.blockSize && serves(row, nodes.selected))
    const now = rows.find(({ current }) => current)
    const length = now && pool.blockSize - Math.ceil(Math.log2(nodes.selected * now.blocksPerNode))
    const parts = [
      ...(smaller
        ? [
            `blocks of /${smaller.blockSize} (${number(smaller.blocks)} of ${count(smaller.addressesPerBlock, 'address', 'addresses')}, ${number(smaller.routesPerNode)} routes per node)`,
          ]
        : []),
      ...(length !== undefined && length >= (bitsOf(pool.prefix.family) === 32 ? 8 : 16)
        ? [`a pool of /${length} with blocks of /${pool.blockSize}`]
        : []),
      'a second pool',
    ]
    return [`With ${parts.join(', or ')} in place of or beside ${pool.name} every node would own all its blocks.`]
  })
}

function namesText(nodes: readonly NodeBooks[]): string {
  const rest = nodes.length - MOST_LENDERS
  const names = nodes
    .slice(0, MOST_LENDERS)
    .map(({ node }) => node)
    .join(', ')
  return rest > 0 ? `${names} and ${number(rest)} more nodes` : names
}

function serves(row: BlockSizeRow, nodes: number): boolean {
  return row.maxNodes >= nodes && !row.overHostLimit
}

function count(amount: number, one: string, many: string): string {
  return `${number(amount)} ${amount === 1 ? one : many}`
}
