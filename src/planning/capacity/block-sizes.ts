/**
 * Block sizes side by side for one pool and one shape of cluster. Formulas: with A addresses a block, a node that runs
 * q pods and t tunnel addresses needs k = ceil((q + t) / A) blocks, at most the per-host limit; every other node sees
 * one route for each of them (libcalico-go/lib/ipam; confd bird_aggr template).
 */

import { bitsOf, subPrefixCount } from '../../address/prefix.js'
import type { Pool } from '../../cluster/pool.js'

export interface BlockSizeRow {
  readonly pool: string
  readonly blockSize: number
  readonly blocks: number
  readonly addressesPerBlock: number
  /** Blocks that one node of this shape needs. */
  readonly blocksPerNode: number
  /** True when one node would need more blocks than it may own. */
  readonly overHostLimit: boolean
  /** Nodes of this shape that find all their blocks. */
  readonly maxNodes: number
  /** Routes in one node's table for this pool: remote blocks, borrowed addresses, own pods, own blackholes. */
  readonly routesPerNode: number
  /** Addresses in claimed blocks that nobody uses or borrows, over the whole cluster. */
  readonly stranded: number
  /** The size the pool has now. */
  readonly current: boolean
  /**
   * True when blocks run out, so that routes and stranded addresses depend on who asks first and borrows from whom;
   * here some nodes own all their blocks and the others none.
   */
  readonly estimate: boolean
}

export interface ClusterShape {
  readonly nodes: number
  readonly podsPerNode: number
  readonly tunnelsPerNode: number
  readonly blocksPerHostLimit: number
  /** No borrowing: a node without a block has no addresses at all. */
  readonly strictAffinity: boolean
}

/** Rows for /20 to /32 (IPv6: /116 to /128), as far as the pool holds at least one block of that size. */
export function compareBlockSizes(pool: Pool, shape: ClusterShape): readonly BlockSizeRow[] {
  const bits = bitsOf(pool.prefix.family)
  const rows: BlockSizeRow[] = []
  for (let blockSize = Math.max(bits - 12, pool.prefix.length); blockSize <= bits; blockSize++) {
    const blocks = subPrefixCount(pool.prefix, blockSize)
    const addressesPerBlock = 2 ** (bits - blockSize)
    const wanted = shape.podsPerNode + shape.tunnelsPerNode
    const needed = Math.max(1, Math.ceil(wanted / addressesPerBlock))
    const blocksPerNode = Math.min(needed, shape.blocksPerHostLimit)
    const held = Math.min(wanted, blocksPerNode * addressesPerBlock)
    const maxNodes = Math.floor(blocks / blocksPerNode)
    const owners = Math.min(shape.nodes, maxNodes)
    const unused = owners * (blocksPerNode * addressesPerBlock - held)
    // Nodes that find no block live on what the others leave over, each address a host route everywhere.
    const borrowed = shape.strictAffinity ? 0 : Math.min(unused, (shape.nodes - owners) * wanted)
    const blackholes = blockSize === bits ? 0 : blocksPerNode
    const remote = Math.max(0, owners - 1) * blocksPerNode
    rows.push({
      pool: pool.name,
      blockSize,
      blocks,
      addressesPerBlock,
      blocksPerNode,
      overHostLimit: needed > shape.blocksPerHostLimit,
      maxNodes,
      routesPerNode: remote + borrowed + Math.min(shape.podsPerNode, held) + blackholes,
      stranded: unused - borrowed,
      current: blockSize === pool.blockSize,
      estimate: shape.nodes * blocksPerNode > blocks,
    })
  }
  return rows
}
