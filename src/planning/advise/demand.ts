/** What a cluster asks of its pools, now or at the size that it is planned for. */

import type { Family } from '../../address/address.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Pool } from '../../cluster/pool.js'
import { tunnelsEnabled } from '../../dataplane/mtu.js'
import { type NodeDemand, nodesWithOwnBlocks } from '../../ipam/capacity-formulas.js'
import type { IpamView } from '../../ipam/view.js'
import {
  amountFrom,
  GrowthError,
  type GrowthTarget,
  MOST_GROWN_NODES,
  MOST_GROWN_PODS,
} from '../capacity/growth-target.js'
import { blocksPerHostLimit } from '../capacity/limits.js'

export interface Demand {
  readonly nodes: number
  /** Of the node that runs most. */
  readonly podsPerNode: number
  /** Tunnel addresses that each node takes out of pools of a family. */
  readonly tunnels: { readonly [F in Family]: number }
  /** Addresses that Windows withholds in each block. */
  readonly withheld: number
  readonly blocksPerHostLimit: number
  readonly strictAffinity: boolean
}

const WITHHELD_BY_WINDOWS = 4

/** Room that a design leaves: a quarter more than was asked for. */
export const SPARE = 1.25

/** Throws GrowthError for a target below what there is, or of no node at all. IPAM is asked only where the target does not say it all. */
export function demandOf(cluster: Cluster, ipam: () => IpamView, target: GrowthTarget): Demand {
  const nodes = amountFrom('nodes', target.nodes, cluster.nodes.length, MOST_GROWN_NODES)
  if (nodes === 0)
    throw new GrowthError('the input has no node, so say for how many nodes of how many pods it is to be')
  return {
    nodes,
    podsPerNode: podsPerNode(ipam, target, nodes),
    tunnels: tunnelsOf(cluster),
    withheld: cluster.nodes.some(({ os }) => os === 'windows') ? WITHHELD_BY_WINDOWS : 0,
    blocksPerHostLimit: blocksPerHostLimit(cluster),
    strictAffinity: cluster.ipam.strictAffinity,
  }
}

/** A cluster without pools is planned with one tunnel. */
function tunnelsOf(cluster: Cluster): Demand['tunnels'] {
  if (cluster.pools.length === 0) return { 4: 1, 6: 1 }
  const on = tunnelsEnabled(cluster, cluster.nodes[0]?.name ?? '')
  const count = (...flags: readonly boolean[]): number => flags.filter(Boolean).length
  return { 4: count(on.ipip, on.vxlan, on.wireguard), 6: count(on.vxlanV6, on.wireguardV6) }
}

function podsPerNode(ipam: () => IpamView, target: GrowthTarget, nodes: number): number {
  if (target.podsPerNode !== undefined) return target.podsPerNode
  const placed = ipam().pods
  if (target.pods !== undefined) {
    return Math.ceil(amountFrom('pods', target.pods, placed.length, MOST_GROWN_PODS) / Math.max(1, nodes))
  }
  const byNode = new Map<string, number>()
  for (const { node } of placed) byNode.set(node, (byNode.get(node) ?? 0) + 1)
  return Math.max(1, ...byNode.values())
}

/** The demand of one node on one family with blocks of a size; `spare` multiplies its pods. */
export function nodeDemand(demand: Demand, family: Family, blockSize: number, spare = 1): NodeDemand {
  return {
    family,
    blockSize,
    podsPerNode: Math.ceil(demand.podsPerNode * spare),
    tunnels: demand.tunnels[family],
    withheld: demand.withheld,
  }
}

/** Nodes of this demand that find all their blocks in a pool. */
export function nodesServed(demand: Demand, { prefix, blockSize }: Pick<Pool, 'prefix' | 'blockSize'>): number {
  const blocks = blockSize < prefix.length ? 0 : 2 ** (blockSize - prefix.length)
  return nodesWithOwnBlocks(nodeDemand(demand, prefix.family, blockSize), blocks)
}
