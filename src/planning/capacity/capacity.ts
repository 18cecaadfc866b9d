/** The whole capacity answer: books, limits, block sizes side by side, and pods that find no address. */

import type { Cluster } from '../../cluster/cluster.js'
import type { IpamView, UnplacedPod } from '../../ipam/view.js'
import { type BlockSizeRow, type ClusterShape, compareBlockSizes } from './block-sizes.js'
import { type Books, booksOf } from './books.js'
import { blocksPerHostLimit, type Limit, limitsOf } from './limits.js'

export interface Capacity {
  readonly books: Books
  /** Soonest first. */
  readonly limits: readonly Limit[]
  /** For every pool that hands out workload addresses. */
  readonly blockSizes: readonly BlockSizeRow[]
  readonly unplaced: readonly UnplacedPod[]
  /** True when blocks and addresses were assigned by simulation, not recorded in the input. */
  readonly simulated: boolean
}

export function capacityOf(cluster: Cluster, view: IpamView): Capacity {
  const books = booksOf(cluster, view)
  return {
    books,
    limits: limitsOf(cluster, books),
    blockSizes: books.pools
      .filter(({ nodes }) => nodes.selected > 0)
      .flatMap(({ pool, blocks, addresses, nodes }) =>
        compareBlockSizes(pool, {
          nodes: nodes.selected,
          podsPerNode: Math.ceil(addresses.pods / nodes.selected),
          tunnelsPerNode: Math.ceil(addresses.tunnels / nodes.selected),
          blocksPerHostLimit: blocksPerHostLimit(cluster),
          strictAffinity: cluster.ipam.strictAffinity,
        } satisfies ClusterShape).map((row) => {
          if (!row.current || !row.estimate) return row
          // What the present size does is known.
          const routesPerNode = blocks.affine + addresses.borrowed + Math.ceil(addresses.pods / nodes.selected)
          return { ...row, routesPerNode, stranded: addresses.stranded, estimate: false }
        }),
      ),
    unplaced: view.unplaced,
    simulated: view.simulated,
  }
}
