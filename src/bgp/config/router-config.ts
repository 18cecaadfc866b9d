/** An Underlay router as a BGP speaker: its neighbours, what it originates and what it tells whom. */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { Router, RouteSource } from '../../cluster/underlay.js'
import type { SessionOptions, Speaker } from '../session.js'
import type { StaticOrigin } from '../speaker-config.js'
import { protocolName } from './bird-names.js'
import { type BgpContext, routerOf } from './context.js'
import { perContext } from './per-context.js'

/** By speaker and family: each of a router's neighbours asks for all of its sessions. */
const heldProtocols = perContext(() => new Map<number, readonly SessionOptions[]>())

/** The sessions of a router among the speakers, without those that are not kept; empty for a node. */
export function routerProtocols(context: BgpContext, speaker: Speaker, family: Family): readonly SessionOptions[] {
  const router = routerOf(context, speaker)
  if (router === undefined) return []
  const held = heldProtocols(context)
  const key = speaker.index * 10 + family
  const known = held.get(key)
  if (known !== undefined) return known
  const sessions = routerSessions(router, family)
  const { kept } = context
  const made = kept === undefined ? sessions : sessions.filter((options) => kept.explicit(speaker.index, options))
  held.set(key, made)
  return made
}

/** The router's sessions of a family, in the order of protocol names. */
export function routerSessions(router: Router, family: Family): readonly SessionOptions[] {
  const { bgp } = router
  if (bgp === undefined) return []
  const sessions = bgp.neighbors
    .filter((neighbor) => neighbor.address.family === family)
    .map((neighbor): SessionOptions => {
      const text = formatAddress(neighbor.address)
      const internal = neighbor.asNumber === bgp.asNumber
      const source = sourceTowards(router, neighbor.address)
      const clusterID = bgp.clusterID ?? routerIDOf(router)
      const client = internal && neighbor.routeReflectorClient
      return {
        family,
        birdName: protocolName('router', family, text, neighbor.port),
        kind: 'router',
        peerIP: text,
        peerAddress: neighbor.address,
        ...(neighbor.port === undefined ? {} : { port: neighbor.port }),
        remoteAS: neighbor.asNumber,
        localAS: bgp.asNumber,
        localASOverridden: false,
        type: internal ? 'ibgp' : 'ebgp',
        // BIRD takes an internal session as multihop unless it is told otherwise (bgp_check_config).
        ...(neighbor.multihop || internal ? { multihop: 64 } : {}),
        ...(source === undefined ? {} : { sourceAddress: source }),
        passive: neighbor.passive,
        rrClient: client,
        ...(client && clusterID !== undefined ? { rrClusterID: clusterID } : {}),
        nextHopSelf: neighbor.nextHopSelf,
        nextHopKeep: false,
        password: neighbor.password !== undefined,
        allowLocalAS: 0,
        addPaths: bgp.addPaths,
        importFilters: [],
        exportFilters: [],
        reverse: false,
      }
    })
  return sessions.sort((a, b) => (a.birdName < b.birdName ? -1 : a.birdName > b.birdName ? 1 : 0))
}

/** The configured id, else the first interface's IPv4 address. */
export function routerIDOf(router: Router): string | undefined {
  if (router.bgp?.routerID !== undefined) return router.bgp.routerID
  const first = router.interfaces.find((port) => port.address.address.family === 4)
  return first && formatAddress(first.address.address)
}

/** The router's own address on the neighbour's subnet, else its first one of that family. */
function sourceTowards(router: Router, neighbor: Address): Address | undefined {
  const same = router.interfaces.filter((port) => port.address.address.family === neighbor.family)
  return (same.find((port) => containsAddress(port.address.network, neighbor)) ?? same[0])?.address.address
}

export function routerStatics(router: Router, family: Family): readonly StaticOrigin[] {
  return router.staticRoutes
    .filter((route) => route.to.family === family)
    .map((route) => ({
      prefix: route.to,
      kind: 'router',
      ...(route.via === undefined ? {} : { via: route.via }),
      type: route.type === 'prohibit' ? 'unreachable' : route.type,
    }))
}

/** Each end of a router's sessions asks for all of it. */
const heldAdvertised = new WeakMap<Router, ReadonlyMap<string, readonly RouteSource[]>>()

/** By neighbour address text, the route sources that the router exports to it. */
export function routerAdvertises(router: Router): ReadonlyMap<string, readonly RouteSource[]> {
  const held = heldAdvertised.get(router)
  if (held !== undefined) return held
  const fresh = new Map(
    router.bgp?.neighbors.map(({ address, advertise }) => [formatAddress(address), advertise] as const),
  )
  heldAdvertised.set(router, fresh)
  return fresh
}
