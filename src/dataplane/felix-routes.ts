/**
 * Routes that Felix writes on one node: its pods, and the blocks and borrowed addresses of pools that it owns
 * (felix/dataplane/linux/route_mgr.go, endpoint_mgr.go).
 */

import { type Address, formatAddress } from '../address/address.js'
import { formatDestination, formatPrefix, hostPrefix, type Prefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import { perContext } from '../bgp/config/per-context.js'
import { clusterRouteAt, clusterRouteHolding, clusterRoutes, felixNode } from '../bgp/felix/cluster-routes.js'
import type { ClusterRoute } from '../bgp/felix/route-manager.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { ClusterNode } from '../cluster/node.js'
import { encapsulationOf } from '../cluster/pool.js'
import type { PlacedPod } from '../ipam/view.js'
import { clusterRouteSpec, type RouteStyle } from './cluster-route-spec.js'
import { podInterfaceName } from './interface-name.js'
import type { ExplainedRoute, KernelRoute, RouteReason, RouteRule } from './kernel-route.js'
import { nodeMtu } from './mtu.js'
import { kernelRoute, type RouteSpec } from './route-builder.js'
import { clusterRouteProtocol, deviceRouteProtocol } from './route-protocol.js'
import type { TaggedRoute } from './underlay-routes.js'

/** `pods` are the pods of this node, in any order. */
export function felixRoutes(
  context: BgpContext,
  node: ClusterNode,
  pods: readonly PlacedPod[],
): readonly TaggedRoute[] {
  const { cluster, ipam } = context
  return [
    ...nodePodRoutes(cluster, node, pods),
    ...taggedClusterRoutes(context, styleOf(cluster, node), clusterRoutes(context, felixNode(cluster, ipam, node))),
  ]
}

/** The routes to the node's own pods. */
export function nodePodRoutes(cluster: Cluster, node: ClusterNode, pods: readonly PlacedPod[]): readonly TaggedRoute[] {
  const felix = felixOn(cluster, node.name)
  return pods.flatMap((pod) => podRoutes(cluster, felix, pod))
}

/** The routes of one node to its own pods, and those of its cluster routes that lead to exactly these destinations. */
export function felixRoutesTo(
  context: BgpContext,
  node: ClusterNode,
  pods: readonly PlacedPod[],
  destinations: readonly Prefix[],
): readonly TaggedRoute[] {
  const { cluster, ipam } = context
  const seen = felixNode(cluster, ipam, node)
  const routes = destinations.flatMap((prefix) => clusterRouteAt(context, seen, prefix) ?? [])
  return [...nodePodRoutes(cluster, node, pods), ...taggedClusterRoutes(context, styleOf(cluster, node), routes)]
}

/** Text that is equal for nodes whose Felix writes a cluster route down alike. */
export function clusterRouteStyle({ cluster }: BgpContext, node: ClusterNode): string {
  const { felix, mtu, uplink } = styleOf(cluster, node)
  const protocols = [clusterRouteProtocol(felix), deviceRouteProtocol(felix)]
  const sources = [felix.deviceRouteSourceAddress, felix.deviceRouteSourceAddressIPv6]
  return [
    cluster.release.tunnelRouteMtu,
    ...protocols,
    ...sources.map((source) => (source === undefined ? '' : formatAddress(source))),
    mtu.ipip,
    mtu.vxlan,
    mtu.vxlanV6,
    uplink,
  ].join(' ')
}

/** The longest cluster route of one node that holds an address. */
export function felixRouteHolding(
  context: BgpContext,
  node: ClusterNode,
): (address: Address) => TaggedRoute | undefined {
  const { cluster, ipam } = context
  const [style, seen] = [styleOf(cluster, node), felixNode(cluster, ipam, node)]
  return (address) => {
    const route = clusterRouteHolding(context, seen, address)
    return route && taggedClusterRoutes(context, style, [route])[0]
  }
}

/** What the node's own settings make of a route. */
export function styleOf(cluster: Cluster, node: ClusterNode): RouteStyle {
  return {
    release: cluster.release,
    felix: felixOn(cluster, node.name),
    mtu: nodeMtu(cluster, node),
    uplink: cluster.underlay.attachments[node.index]?.interface ?? 'eth0',
  }
}

/** Routes as they were written for nodes of one style; the same object is the same route. */
const written = perContext(() => new Map<FelixSettings, Map<string, WeakMap<ClusterRoute, TaggedRoute>>>())

function writtenIn(context: BgpContext, { felix, mtu, uplink }: RouteStyle): WeakMap<ClusterRoute, TaggedRoute> {
  const byStyle = written(context).get(felix) ?? new Map<string, WeakMap<ClusterRoute, TaggedRoute>>()
  written(context).set(felix, byStyle)
  const key = styleText({ mtu, uplink })
  const held = byStyle.get(key) ?? new WeakMap<ClusterRoute, TaggedRoute>()
  byStyle.set(key, held)
  return held
}

/** Equal for styles that write routes alike, where their Felix settings are the same object. */
export function styleText({ mtu, uplink }: Pick<RouteStyle, 'mtu' | 'uplink'>): string {
  return `${mtu.ipip} ${mtu.vxlan} ${mtu.vxlanV6} ${uplink}`
}

/** Routes by way of one node differ in nothing but their destination. */
export function taggedClusterRoutes(
  context: BgpContext,
  style: RouteStyle,
  routes: readonly ClusterRoute[],
): readonly TaggedRoute[] {
  const { felix } = style
  const made = new Map<Address, { readonly kind: ClusterRoute['kind']; readonly route: KernelRoute }>()
  const known = writtenIn(context, style)
  return routes.map((route) => {
    const held = known.get(route)
    if (held !== undefined) return held
    const fresh = taggedRoute(route)
    known.set(route, fresh)
    return fresh
  })

  function taggedRoute(route: ClusterRoute): TaggedRoute {
    const { prefix } = route
    const via = 'via' in route ? route.via : undefined
    const like = via && made.get(via)
    if (like?.kind === route.kind) {
      return { prefix, explained: new FelixRoute({ ...like.route, dst: formatDestination(prefix) }, route) }
    }
    const fresh = tagged(felix, clusterRouteSpec(style, route), reasonOf(route))
    if (via !== undefined) made.set(via, { kind: route.kind, route: fresh.explained.route })
    return fresh
  }
}

/** The reason is read of few. A class, as there are very many. */
class FelixRoute implements ExplainedRoute {
  readonly route: KernelRoute
  readonly #of: ClusterRoute

  constructor(route: KernelRoute, of: ClusterRoute) {
    this.route = route
    this.#of = of
  }

  get why(): RouteReason {
    return reasonOf(this.#of)
  }
}

function tagged(felix: FelixSettings, spec: RouteSpec, why: RouteReason): TaggedRoute {
  const source = spec.prefix.family === 4 ? felix.deviceRouteSourceAddress : felix.deviceRouteSourceAddressIPv6
  const written = source === undefined ? spec : { ...spec, source }
  return { prefix: spec.prefix, explained: { route: kernelRoute(written), why } }
}

function podRoutes(cluster: Cluster, felix: FelixSettings, { pod, addresses }: PlacedPod): readonly TaggedRoute[] {
  const dev = podInterfaceName(felix.interfacePrefix, pod.namespace, pod.name)
  return addresses.map((address) =>
    tagged(
      felix,
      {
        prefix: hostPrefix(address),
        dev,
        protocol: deviceRouteProtocol(felix),
        link: true,
        metric: podMetric(cluster, felix, address),
      },
      { owner: 'felix', rule: 'localPod', resource: `Pod ${pod.namespace}/${pod.name}` },
    ),
  )
}

function podMetric({ release }: Cluster, felix: FelixSettings, { family }: Address): number {
  if (release.podRouteMetric === 0) return 0
  return family === 4 ? felix.ipv4NormalRoutePriority : felix.ipv6NormalRoutePriority
}

function reasonOf(route: ClusterRoute): RouteReason {
  const resource = `IPPool ${route.pool.name}`
  switch (route.kind) {
    case 'blackhole':
      return { owner: 'felix', rule: 'ownBlock', resource }
    case 'vtep':
      return { owner: 'felix', rule: 'remoteVtep', resource, node: route.node, detail: formatPrefix(route.prefix) }
    case 'noEncap':
    case 'ipip':
    case 'vxlan':
      return { owner: 'felix', rule: ruleOf(route), resource, node: route.node }
  }
}

function ruleOf({ kind, borrowed, pool }: Exclude<ClusterRoute, { kind: 'blackhole' | 'vtep' }>): RouteRule {
  if (borrowed) return 'borrowedAddress'
  if (kind !== 'noEncap') return 'remoteBlockTunnelled'
  return encapsulationOf(pool) === 'none' ? 'remoteBlock' : 'remoteBlockSameSubnet'
}
