/** The rule that sends packets to WireGuard's table before main (felix/wireguard/wireguard.go; felix/routerule). */

import type { Family } from '../../address/address.js'
import { type Cluster, felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { wireguardRuns, wireguardTable } from '../wireguard-routes.js'

export interface RoutingRule {
  readonly family: Family
  readonly priority: number
  /** True: the packets that do not match; false: those whose mark has the bit clear. Both mean unmarked packets. */
  readonly inverted: boolean
  /** The bit that Felix sets in the mark of WireGuard's own packets. */
  readonly mark: number
  readonly table: string
}

/** One for each family in which WireGuard runs on the node. The table has one number in both. */
export function wireguardRules(cluster: Cluster, node: ClusterNode): readonly RoutingRule[] {
  const table = wireguardTable(cluster, node)
  if (table === undefined) return []
  const { wireguardRoutingRulePriority: priority } = felixOn(cluster, node.name)
  const { wireguardMark: mark, wireguardRuleInverted: inverted } = cluster.release
  return ([4, 6] as const)
    .filter((family) => wireguardRuns(cluster, node, family))
    .map((family) => ({ family, priority, inverted, mark, table }))
}
