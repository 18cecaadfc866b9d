/** Routes of the Underlay's nodes that Felix takes away. */

import { formatDestination } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Finding } from '../../findings/finding.js'
import { felixRemoves } from '../foreign-routes.js'
import { nodeNames } from './node-names.js'

export function staticRouteFindings(cluster: Cluster): readonly Finding[] {
  const nodes: string[] = []
  let example: string | undefined
  for (const { node, interface: uplink, staticRoutes } of cluster.underlay.attachments) {
    const removed = staticRoutes.find((route) =>
      felixRemoves(cluster, node, route, route.type === 'unicast' ? (route.dev ?? uplink) : route.dev),
    )
    if (removed === undefined) continue
    nodes.push(node)
    example ??= `${formatDestination(removed.to)} proto ${removed.protocol}`
  }
  if (example === undefined) return []
  return [
    {
      severity: 'warning',
      code: 'STATIC_ROUTE_REMOVED',
      message: `Felix removes a route of the Underlay from ${nodeNames(nodes)}, ${example} for one: it takes it for its own.`,
      hint: "Give the route another protocol, such as static, and a device that is not one of Calico's.",
    },
  ]
}
