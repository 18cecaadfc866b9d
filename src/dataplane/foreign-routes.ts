/**
 * Routes that somebody else wrote and Felix takes for its own: it removes them, because it does not want them
 * (felix/routetable/ownershippol/main_route_table_policy.go RouteIsOurs).
 */

import { type Cluster, felixOn } from '../cluster/cluster.js'
import { felixOwnership } from '../cluster/route-ownership.js'
import type { StaticRoute } from '../cluster/underlay.js'
import { clusterRouteProtocol, deviceRouteProtocol } from './route-protocol.js'

/** Devices to which Felix alone writes routes; tunl0 it shares with BIRD. */
const OWN_DEVICES = ['vxlan.calico', 'bpfin.cali']

/** Does Felix on this node remove a route that stood there before it started? `dev` is where the route leads. */
export function felixRemoves(cluster: Cluster, node: string, route: StaticRoute, dev: string | undefined): boolean {
  const felix = felixOn(cluster, node)
  if (route.protocol === clusterRouteProtocol(felix)) return true
  if (dev === undefined) return false
  if (dev.startsWith(felix.interfacePrefix)) {
    return felix.removeExternalRoutes || route.protocol === deviceRouteProtocol(felix)
  }
  if (dev === 'tunl0') {
    const owned = cluster.release.birdLeftoversRemoved && felixOwnership(cluster, node).ipip
    return owned && route.protocol === 'bird' && route.to.family === 4
  }
  return OWN_DEVICES.includes(dev)
}
