/**
 * Who can pass a route on that it learnt by BGP. Inside one AS only a route reflector can (iBGP split horizon, RFC 4456
 * section 6); everybody else is a leaf: it tells its own routes and keeps what it hears. A full mesh has no transit at
 * all, a cluster behind reflectors has its reflectors, however many nodes there are.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { meshMembers } from '../config/mesh.js'

/**
 * Indexes of the speakers that pass routes on. Undefined where leaves cannot be told apart so simply, and the plain engine
 * has to do the whole: Underlay routers that speak BGP (they may carry the best route only, and their own networks),
 * BGPFilters (they may let anything out), several AS numbers in one mesh, sessions with an AS number of their own.
 */
export function transitSpeakers(context: BgpContext, family: Family): ReadonlySet<number> | undefined {
  const { cluster } = context
  if (cluster.underlay.routers.some(({ bgp }) => bgp !== undefined)) return undefined
  if (cluster.bgpPeers.some(({ filters, localASNumber }) => filters.length > 0 || localASNumber !== undefined)) {
    return undefined
  }
  const localAS = (node: number): number => cluster.nodes[node]?.asNumber ?? cluster.bgp.asNumber
  if (new Set(meshMembers(context, family).map(localAS)).size > 1) return undefined
  const transit = new Set<number>()
  for (const node of cluster.nodes) {
    const external = explicitSessions(context, node.index, family).some(({ type }) => type === 'ebgp')
    if (external || node.routeReflectorClusterID) transit.add(node.index)
  }
  return transit
}
