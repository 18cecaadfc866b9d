/** The routes that a speaker's BIRD holds before any BGP: static, direct, and learnt from the kernel. */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { containsAddress, firstAddress, hostPrefix, type Prefix, parsePrefix } from '../../address/prefix.js'
import { felixOn } from '../../cluster/cluster.js'
import type { StaticRoute } from '../../cluster/underlay.js'
import type { BgpContext } from '../config/context.js'
import { perContext } from '../config/per-context.js'
import type { Resolution } from '../path.js'
import { matchesPattern } from '../policy/pattern.js'
import type { SpeakerConfig, StaticOrigin } from '../speaker-config.js'
import { felixRoutes } from './felix-routes.js'
import type { OwnInterface, OwnRoute } from './input.js'

export interface OwnRouteOptions {
  /** Felix runs and writes its cluster routes, which BIRD then learns. */
  readonly felix: boolean
}

/** One route for each prefix and protocol. */
export function ownRoutes(
  context: BgpContext,
  config: SpeakerConfig,
  interfaces: readonly OwnInterface[],
  options: OwnRouteOptions,
): readonly OwnRoute[] {
  const kernel = config.speaker.kind === 'node' ? kernelRoutes(context, config, interfaces, options) : []
  return [...staticRoutes(config, interfaces), ...directRoutes(config, interfaces), ...kernel]
}

/** A route with a gateway is held only while the gateway is on a connected network (BIRD proto/static). */
function staticRoutes(config: SpeakerConfig, interfaces: readonly OwnInterface[]): readonly OwnRoute[] {
  return onePerPrefix(
    config.statics.flatMap((origin) => {
      const resolution = staticResolution(origin, interfaces)
      return resolution === undefined ? [] : { prefix: origin.prefix, source: 'static' as const, resolution }
    }),
    () => 0,
  )
}

function staticResolution({ type, via }: StaticOrigin, interfaces: readonly OwnInterface[]): Resolution | undefined {
  switch (type) {
    case 'blackhole':
      return { kind: 'blackhole' }
    case 'unreachable':
      return { kind: 'unreachable', because: 'configured' }
    case 'unicast': {
      const port = via && interfaces.find(({ network }) => containsAddress(network, via))
      return via && port ? { kind: 'gateway', gateway: via, dev: port.name } : undefined
    }
  }
}

/** The networks of the interfaces that the direct protocol's patterns let in; the first pattern that fits decides. */
function directRoutes(config: SpeakerConfig, interfaces: readonly OwnInterface[]): readonly OwnRoute[] {
  const allowed = interfaces.filter(({ name }) => {
    const pattern = config.directInterfaces.find((text) => matchesPattern(text.replace(/^-/, ''), name))
    return pattern !== undefined && !pattern.startsWith('-')
  })
  return allowed.map(({ network, name }) => ({
    prefix: network,
    source: 'direct',
    resolution: { kind: 'device', dev: name },
  }))
}

/** Routes of other protocols in the kernel's main table. Of several for one prefix BIRD takes the lowest metric. */
function kernelRoutes(
  context: BgpContext,
  config: SpeakerConfig,
  interfaces: readonly OwnInterface[],
  { felix }: OwnRouteOptions,
): readonly OwnRoute[] {
  const alien = describedRoutes(context, config, interfaces, isLearnt)
  const cluster = felix ? felixRoutes(context, config.speaker, config.family) : []
  return onePerPrefix([...alien, ...podRoutes(context, config), ...cluster], (route) => route.krtMetric ?? 0)
}

/** Routes that the Underlay gives a node and BIRD passes over. */
export function unlearntRoutes(
  context: BgpContext,
  config: SpeakerConfig,
  interfaces: readonly OwnInterface[],
): readonly OwnRoute[] {
  return describedRoutes(context, config, interfaces, (protocol) => !isLearnt(protocol))
}

function describedRoutes(
  context: BgpContext,
  { family, speaker }: SpeakerConfig,
  interfaces: readonly OwnInterface[],
  wanted: (protocol: string) => boolean,
): readonly OwnRoute[] {
  const attachment = speaker.kind === 'node' ? context.cluster.underlay.attachments[speaker.index] : undefined
  const described = [
    ...(attachment?.staticRoutes ?? []),
    ...(attachment?.defaultRoute ? [attachment.defaultRoute] : []),
  ]
  return described
    .filter((route) => route.to.family === family && wanted(route.protocol) && isGlobal(route.to))
    .flatMap((route) => alienRoute(route, interfaces, attachment?.interface ?? 'eth0'))
}

function alienRoute(route: StaticRoute, interfaces: readonly OwnInterface[], uplink: string): readonly OwnRoute[] {
  const { via, dev } = route
  const found = via && interfaces.find(({ network }) => containsAddress(network, via))?.name
  const name = dev ?? found ?? uplink
  const own = via && interfaces.some(({ address }) => formatAddress(address) === formatAddress(via))
  // BIRD refuses a gateway that is an address of this host.
  if (own) return []
  return [{ prefix: route.to, source: 'kernel', resolution: alienResolution(route, name), krtMetric: route.metric }]
}

function alienResolution({ type, via }: StaticRoute, dev: string): Resolution {
  switch (type) {
    case 'unicast':
      return via === undefined ? { kind: 'device', dev } : { kind: 'gateway', gateway: via, dev }
    case 'unreachable':
      return { kind: 'unreachable', because: 'configured' }
    case 'blackhole':
    case 'prohibit':
      return { kind: type }
  }
}

/** BIRD learns routes of every protocol but the kernel's own, redirects, its own and none (lab finding A11). */
const NOT_LEARNT = new Set(['kernel', 'redirect', 'bird', 'unspec', 'none', '0', '1', '2', '12'])

/** True for a kernel route's protocol, as `ip route` prints it, that BIRD learns. */
export function isLearnt(protocol: string): boolean {
  return !NOT_LEARNT.has(protocol)
}

const LOCAL_SCOPES = ['127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', 'fe80::/10', 'ff00::/8', '::1/128'].flatMap(
  (text) => parsePrefix(text) ?? [],
)

/** Destinations of host or link scope and multicast are passed over (BIRD ipa_classify_net). */
function isGlobal(prefix: Prefix): boolean {
  return prefix.length === 0 || !LOCAL_SCOPES.some((scope) => containsAddress(scope, firstAddress(prefix)))
}

/** Felix's host routes to the pods of this node, boot protocol unless DeviceRouteProtocol says otherwise. */
function podRoutes(context: BgpContext, { speaker, family }: SpeakerConfig): readonly OwnRoute[] {
  const felix = felixOn(context.cluster, speaker.name)
  if (!isLearnt(String(felix.deviceRouteProtocol))) return []
  const metric = podMetric(context, family, felix)
  return (podAddresses(context).get(speaker.name) ?? [])
    .filter((address) => address.family === family)
    .map((address) => ({
      prefix: hostPrefix(address),
      source: 'kernel',
      resolution: { kind: 'device', dev: `${felix.interfacePrefix.split(',')[0]}*` },
      krtMetric: metric,
    }))
}

function podMetric(
  { cluster }: BgpContext,
  family: Family,
  felix: { readonly ipv4NormalRoutePriority: number; readonly ipv6NormalRoutePriority: number },
): number {
  if (cluster.release.podRouteMetric === 0) return family === 4 ? 0 : 1024
  return family === 4 ? felix.ipv4NormalRoutePriority : felix.ipv6NormalRoutePriority
}

/** Addresses of the pods on each node, by its name. */
export const podAddresses = perContext(({ ipam }): ReadonlyMap<string, readonly Address[]> => {
  const byNode = new Map<string, Address[]>()
  for (const { node, addresses } of ipam.pods) {
    const list = byNode.get(node)
    if (list === undefined) byNode.set(node, [...addresses])
    else list.push(...addresses)
  }
  return byNode
})

/** The first of each prefix, or the one with the lowest metric. */
function onePerPrefix<R extends OwnRoute>(routes: readonly R[], metric: (route: R) => number): readonly R[] {
  const kept = new Map<string, R>()
  for (const route of routes) {
    const key = `${route.prefix.base}/${route.prefix.length}`
    const held = kept.get(key)
    if (held === undefined || metric(route) < metric(held)) kept.set(key, route)
  }
  return [...kept.values()]
}
