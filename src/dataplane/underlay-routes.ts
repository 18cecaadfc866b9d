/** Routes that the host has without Calico: its network, its default route, whatever somebody wrote by hand. */

import type { Address } from '../address/address.js'
import { bitsOf, containsAddress, hostPrefix, type InterfaceAddress, type Prefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import type { Router, StaticRoute } from '../cluster/underlay.js'
import { felixRemoves } from './foreign-routes.js'
import type { ExplainedRoute } from './kernel-route.js'
import { kernelRoute } from './route-builder.js'

/** The kernel's metric of a connected IPv6 network. */
export const CONNECTED_V6_METRIC = 256

export function nodeUnderlayRoutes(cluster: Cluster, node: ClusterNode): readonly TaggedRoute[] {
  const attachment = cluster.underlay.attachments[node.index]
  if (attachment === undefined) return []
  const own = ([4, 6] as const).flatMap((family) => node.bgpAddress[family] ?? [])
  const connected = own.flatMap((address) => connectedRoute(address, attachment.interface))
  const written = attachment.staticRoutes.filter((route) => {
    return !felixRemoves(
      cluster,
      node.name,
      route,
      route.type === 'unicast' ? (route.dev ?? attachment.interface) : route.dev,
    )
  })
  const { defaultRoute, defaultRoute6 } = attachment
  const given = [...(defaultRoute ? [defaultRoute] : []), ...(defaultRoute6 ? [defaultRoute6] : []), ...written]
  return [
    ...connected,
    ...given.flatMap((route) => [
      ...linkToGateway(route, own, attachment.interface),
      staticRoute(route, attachment.interface),
    ]),
  ]
}

export function routerUnderlayRoutes(router: Router): readonly TaggedRoute[] {
  return [
    ...router.interfaces.flatMap(({ address, name, cut }) => (cut ? [] : connectedRoute(address, name))),
    // Routes of a router that runs BGP are BIRD's own static protocol, and reach the kernel from there.
    ...(router.bgp === undefined
      ? router.staticRoutes.map((route) => staticRoute(route, interfaceFor(router, route.via)))
      : []),
  ]
}

function interfaceFor(router: Router, via: Address | undefined): string | undefined {
  return via && router.interfaces.find(({ address }) => containsAddress(address.network, via))?.name
}

/** A route with the prefix and metric that order the table. */
export interface TaggedRoute {
  readonly prefix: Prefix
  readonly explained: ExplainedRoute
}

/**
 * Behind a host mask there is no network. For IPv4 the kernel then writes nothing into the main table, for IPv6 the
 * address itself (observed with `npm run lab -- --family 6`).
 */
function connectedRoute({ address, network }: InterfaceAddress, dev: string): readonly TaggedRoute[] {
  if (network.family === 4 && network.length === bitsOf(4)) return []
  const base = { prefix: network, dev, protocol: 'kernel' }
  const route =
    network.family === 4
      ? kernelRoute({ ...base, link: true, source: address })
      : kernelRoute({ ...base, metric: CONNECTED_V6_METRIC })
  return [{ prefix: network, explained: { route, why: { owner: 'kernel', rule: 'connected' } } }]
}

/**
 * Where the mask does not cover the gateway (a /32 node address, as some clouds give), DHCP clients first write a
 * link route to it, or the kernel would refuse the default route.
 */
function linkToGateway(route: StaticRoute, own: readonly InterfaceAddress[], uplink: string): readonly TaggedRoute[] {
  const { via } = route
  if (via === undefined || own.length === 0 || own.some(({ network }) => containsAddress(network, via))) return []
  const prefix = hostPrefix(via)
  const link = kernelRoute({ prefix, dev: route.dev ?? uplink, protocol: route.protocol, link: true })
  return [{ prefix, explained: { route: link, why: { owner: 'underlay', rule: 'staticRoute' } } }]
}

function staticRoute(route: StaticRoute, uplink: string | undefined): TaggedRoute {
  const dev = route.type === 'unicast' ? (route.dev ?? uplink) : route.dev
  const written = kernelRoute({
    prefix: route.to,
    ...(route.type === 'unicast' ? {} : { type: route.type }),
    ...(route.via === undefined ? {} : { via: route.via }),
    ...(dev === undefined ? {} : { dev }),
    protocol: route.protocol,
    link: route.via === undefined && route.type === 'unicast',
    metric: route.metric,
  })
  const rule = route.to.length === 0 ? 'defaultRoute' : 'staticRoute'
  return { prefix: route.to, explained: { route: written, why: { owner: 'underlay', rule } } }
}
