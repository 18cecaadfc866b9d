/**
 * How many nodes kube-controller-manager has a podCIDR for. Calico's own IPAM does not use them, but a Node without one
 * is reported (CIDRNotAvailable), and pods of host-local IPAM have no addresses without.
 */

import { type Prefix, parsePrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import { clusterCidrOf } from '../../ipam/findings/kube-proxy.js'

export interface PodCidrRoom {
  readonly clusterCidr: Prefix
  /** Length of each node's podCIDR. */
  readonly length: number
  /** Nodes that can have one. */
  readonly nodes: number
}

/** Undefined where the input does not tell both: Nodes with `spec.podCIDR`, and kube-proxy's cluster CIDR around them. */
export function podCidrRoom(cluster: Cluster): PodCidrRoom | undefined {
  const held = cluster.nodes.flatMap(({ podCIDRs }) => podCIDRs.slice(0, 1)).map(parsePrefix)
  const first = held.find((prefix) => prefix !== undefined)
  const range =
    first && clusterCidrOf(cluster).find(({ family, length }) => family === first.family && length <= first.length)
  if (range === undefined || first === undefined) return undefined
  return { clusterCidr: range, length: first.length, nodes: 2 ** (first.length - range.length) }
}
