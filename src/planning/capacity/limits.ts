/** The limits of a cluster's addressing, the one that will be hit first at the head. */

import { bitsOf } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Books, PoolBooks } from './books.js'

/** Blocks that one node may own when IPAMConfiguration says nothing (libcalico-go/lib/ipam/ipam.go). */
export const DEFAULT_BLOCKS_PER_HOST = 20

/** Kubernetes' own default of `maxPods`, which ends a node's growth before most block sizes do. */
export const KUBELET_MAX_PODS = 110

export interface Limit {
  readonly limit: 'blocks' | 'addresses' | 'blocksPerHost' | 'podsPerNode'
  /** The pool or node it belongs to. */
  readonly of: string
  readonly value: number
  readonly used: number
  readonly headroom: number
  /** How many more of what until it is hit; null when the cluster as it is never hits it. */
  readonly hitAt:
    | { readonly moreNodes: number }
    | { readonly morePods: number }
    | { readonly morePodsOnNode: number }
    | null
  /** What happens then. */
  readonly effect: 'borrowing' | 'noAddress' | 'noPods'
}

export function blocksPerHostLimit(cluster: Cluster): number {
  return cluster.ipam.maxBlocksPerHost > 0 ? cluster.ipam.maxBlocksPerHost : DEFAULT_BLOCKS_PER_HOST
}

/** Limits of all pools that hand out addresses and of the fullest node, soonest first. */
export function limitsOf(cluster: Cluster, books: Books): readonly Limit[] {
  const pods = books.nodes.reduce((sum, node) => sum + node.pods, 0)
  const perNode = Math.max(1, Math.ceil(pods / Math.max(1, books.nodes.length)))
  const limits: { readonly limit: Limit; readonly nodesAway: number }[] = []
  for (const pool of books.pools) {
    if (pool.pool.disabled || !pool.pool.allocatable || pool.nodes.selected === 0) continue
    limits.push(...poolLimits(cluster, pool, perNode))
  }
  const fullest = [...books.nodes].sort((a, b) => b.blocks.length - a.blocks.length || (a.node < b.node ? -1 : 1))[0]
  if (fullest !== undefined && fullest.blocks.length > 0) limits.push(hostLimit(cluster, fullest))
  const busiest = [...books.nodes].sort((a, b) => b.pods - a.pods || (a.node < b.node ? -1 : 1))[0]
  if (busiest !== undefined && pods > 0) {
    const headroom = Math.max(0, KUBELET_MAX_PODS - busiest.pods)
    limits.push({
      limit: {
        limit: 'podsPerNode',
        of: busiest.node,
        value: KUBELET_MAX_PODS,
        used: busiest.pods,
        headroom,
        hitAt: { morePodsOnNode: headroom },
        effect: 'noPods',
      },
      nodesAway: Number.POSITIVE_INFINITY,
    })
  }
  return limits
    .map((entry, index) => ({ ...entry, index }))
    .sort((a, b) => a.nodesAway - b.nodesAway || a.index - b.index)
    .map(({ limit }) => limit)
}

function poolLimits(cluster: Cluster, books: PoolBooks, podsPerNode: number): { limit: Limit; nodesAway: number }[] {
  const { pool, blocks, addresses } = books
  const perBlock = 2 ** (bitsOf(pool.prefix.family) - pool.blockSize)
  const tunnels = addresses.tunnels > 0 ? 1 : 0
  const blocksEach = Math.max(1, Math.ceil((podsPerNode + tunnels) / perBlock))
  const nodesByBlocks = Math.floor(blocks.free / blocksEach)
  return [
    {
      limit: {
        limit: 'blocks',
        of: pool.name,
        value: blocks.total - blocks.reserved,
        used: blocks.affine + blocks.orphaned,
        headroom: blocks.free,
        hitAt: { moreNodes: nodesByBlocks },
        effect: cluster.ipam.strictAffinity ? 'noAddress' : 'borrowing',
      },
      nodesAway: nodesByBlocks,
    },
    {
      limit: {
        limit: 'addresses',
        of: pool.name,
        value: addresses.usable,
        used: addresses.pods + addresses.tunnels + addresses.other,
        headroom: addresses.free,
        hitAt: { morePods: addresses.free },
        effect: 'noAddress',
      },
      nodesAway: Math.floor(addresses.free / (podsPerNode + tunnels)),
    },
  ]
}

function hostLimit(cluster: Cluster, node: Books['nodes'][number]): { limit: Limit; nodesAway: number } {
  const value = blocksPerHostLimit(cluster)
  const headroom = Math.max(0, value - node.blocks.length)
  const sizes = node.blocks.map(({ used, free }) => used + free)
  const room = node.blocks.reduce((sum, { free }) => sum + free, 0) + headroom * Math.min(...sizes)
  return {
    limit: {
      limit: 'blocksPerHost',
      of: node.node,
      value,
      used: node.blocks.length,
      headroom,
      hitAt: { morePodsOnNode: room },
      effect: 'noAddress',
    },
    nodesAway: headroom === 0 && room === 0 ? 0 : Number.MAX_SAFE_INTEGER,
  }
}
