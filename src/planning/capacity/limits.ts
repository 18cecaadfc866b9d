/** The limits of a cluster's addressing, the one that will be hit first at the head. */

import { bitsOf } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import { blockLimit } from '../../ipam/auto-assign.js'
import { type Books, type NodeBooks, type PoolBooks, podFamilies, servesPods } from './books.js'
import { podCidrRoom } from './pod-cidrs.js'

/** Kubernetes' own default of `maxPods`, which ends a node's growth before most block sizes do. */
export const KUBELET_MAX_PODS = 110

/** Nodes up to which Calico's documentation advises the full mesh (networking/configuring/bgp). */
export const MESH_COMFORT = 100

export interface Limit {
  readonly limit: 'blocks' | 'addresses' | 'blocksPerHost' | 'podsPerNode' | 'meshNodes' | 'podCidrs'
  /** The pool or node it belongs to; `cluster` for one that belongs to all. */
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
  /** What happens then. `nextPool`: another pool takes over. */
  readonly effect: 'borrowing' | 'noAddress' | 'nextPool' | 'noPods' | 'reflectorsAdvised' | 'noPodCidr'
}

/** A limit and when it is hit, as numbers to sort by: in more nodes, and among those of one node in more pods on it. */
interface Timed {
  readonly limit: Limit
  readonly nodesAway: number
  readonly podsAway: number
}

export function blocksPerHostLimit(cluster: Cluster): number {
  return blockLimit(cluster.ipam.maxBlocksPerHost, 0)
}

/** Limits of the cluster, of all pools that hand out addresses, and of the fullest nodes, soonest first. */
export function limitsOf(cluster: Cluster, books: Books): readonly Limit[] {
  const pods = books.nodes.reduce((sum, node) => sum + node.pods, 0)
  const perNode = Math.max(1, Math.ceil(pods / Math.max(1, books.nodes.length)))
  const limits = [
    ...books.pools.filter(({ pool }) => servesPods(pool)).flatMap((pool) => poolLimits(cluster, books, pool, perNode)),
    ...clusterLimits(cluster),
    ...hostLimits(cluster, books),
    ...podLimit(books.nodes),
  ]
  return limits
    .map((entry, index) => ({ ...entry, index }))
    .sort((a, b) => byNumber(a.nodesAway, b.nodesAway) || byNumber(a.podsAway, b.podsAway) || a.index - b.index)
    .map(({ limit }) => limit)
}

/** Infinity equals infinity, which a difference would not tell. */
function byNumber(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function poolLimits(cluster: Cluster, { pools }: Books, books: PoolBooks, podsPerNode: number): Timed[] {
  const { pool, nodes, blocks, addresses } = books
  const perBlock = 2 ** (bitsOf(pool.prefix.family) - pool.blockSize)
  const tunnels = nodes.selected === 0 ? 0 : Math.ceil(addresses.tunnels / nodes.selected)
  const blocksEach = Math.max(1, Math.ceil((podsPerNode + tunnels) / perBlock))
  const nodesByBlocks = Math.floor(blocks.free / blocksEach)
  // A pool that pods must ask for by name has no stand-in.
  const others = nodes.selected === 0 ? [] : standIns(cluster, pools, books)
  const addressLimit: Timed = {
    limit: {
      limit: 'addresses',
      of: pool.name,
      value: addresses.usable,
      used: addresses.pods + addresses.tunnels + addresses.other,
      headroom: addresses.free,
      hitAt: { morePods: addresses.free },
      effect: others.some((other) => other.addresses.free > 0) ? 'nextPool' : 'noAddress',
    },
    nodesAway: Math.floor(addresses.free / (podsPerNode + tunnels)),
    podsAway: addresses.free,
  }
  if (nodes.selected === 0) return [addressLimit]
  const { strictAffinity, autoAllocateBlocks } = cluster.ipam
  return [
    {
      limit: {
        limit: 'blocks',
        of: pool.name,
        value: blocks.total - blocks.reserved,
        used: blocks.affine + blocks.orphaned,
        headroom: blocks.free,
        hitAt: { moreNodes: nodesByBlocks },
        effect: others.some((other) => other.blocks.free > 0)
          ? 'nextPool'
          : strictAffinity || !autoAllocateBlocks
            ? 'noAddress'
            : 'borrowing',
      },
      nodesAway: nodesByBlocks,
      podsAway: 0,
    },
    addressLimit,
  ]
}

/** Pools looked at as stand-ins for one: a hostile input can have thousands, each to be held against every node. */
const MOST_STAND_INS = 8

/** Pools with room from which every node that takes addresses of the one may take them as well. */
function standIns({ nodes }: Cluster, pools: readonly PoolBooks[], books: PoolBooks): readonly PoolBooks[] {
  const { pool } = books
  return pools
    .filter((other) => other !== books && other.nodes.selected >= books.nodes.selected && other.addresses.free > 0)
    .filter((other) => other.pool.prefix.family === pool.prefix.family)
    .slice(0, MOST_STAND_INS)
    .filter((other) =>
      nodes.every(({ labels }) => !pool.nodeSelector.matches(labels) || other.pool.nodeSelector.matches(labels)),
    )
}

function clusterLimits(cluster: Cluster): Timed[] {
  const count = cluster.nodes.length
  const limits: Timed[] = []
  const add = (limit: Limit['limit'], value: number, effect: Limit['effect']): void => {
    const headroom = Math.max(0, value - count)
    limits.push({
      limit: { limit, of: 'cluster', value, used: count, headroom, hitAt: { moreNodes: headroom }, effect },
      nodesAway: headroom,
      podsAway: 0,
    })
  }
  if (cluster.backend === 'bird' && cluster.bgp.nodeToNodeMeshEnabled)
    add('meshNodes', MESH_COMFORT, 'reflectorsAdvised')
  const room = podCidrRoom(cluster)
  if (room) add('podCidrs', room.nodes, 'noPodCidr')
  return limits
}

/** The node that comes nearest to the limit on blocks, in each family: only blocks of one family count together. */
function hostLimits(cluster: Cluster, { nodes }: Books): Timed[] {
  const value = blocksPerHostLimit(cluster)
  return podFamilies(cluster).flatMap((family) => {
    let fullest: { readonly node: string; readonly blocks: NodeBooks['blocks'] } | undefined
    for (const { node, blocks } of nodes) {
      const own = blocks.filter(({ block }) => block.prefix.family === family)
      if (own.length > (fullest?.blocks.length ?? 0)) fullest = { node, blocks: own }
    }
    if (fullest === undefined) return []
    const headroom = Math.max(0, value - fullest.blocks.length)
    const smallest = Math.min(...fullest.blocks.map(({ used, free }) => used + free))
    const room = fullest.blocks.reduce((sum, { free }) => sum + free, 0) + headroom * smallest
    const limit: Limit = {
      limit: 'blocksPerHost',
      of: fullest.node,
      value,
      used: fullest.blocks.length,
      headroom,
      hitAt: { morePodsOnNode: room },
      effect: 'noAddress',
    }
    return [{ limit, nodesAway: room === 0 ? 0 : Number.POSITIVE_INFINITY, podsAway: room }]
  })
}

function podLimit(nodes: readonly NodeBooks[]): Timed[] {
  let busiest: NodeBooks | undefined
  for (const node of nodes) if (node.pods > (busiest?.pods ?? 0)) busiest = node
  if (busiest === undefined) return []
  const headroom = Math.max(0, KUBELET_MAX_PODS - busiest.pods)
  const limit: Limit = {
    limit: 'podsPerNode',
    of: busiest.node,
    value: KUBELET_MAX_PODS,
    used: busiest.pods,
    headroom,
    hitAt: { morePodsOnNode: headroom },
    effect: 'noPods',
  }
  return [{ limit, nodesAway: headroom === 0 ? 0 : Number.POSITIVE_INFINITY, podsAway: headroom }]
}
