/** Routes that BIRD writes into the kernel (bird sysdep/linux/netlink.c nl_send_route), from its table. */

import { type Address, formatAddress } from '../address/address.js'
import { bitsOf, formatDestination, formatPrefix, type Prefix } from '../address/prefix.js'
import type { BgpEntry, BgpTable, KernelExport } from '../bgp/tables.js'
import type { ExplainedRoute, KernelRoute, RouteReason } from './kernel-route.js'
import { kernelRoute, V6_METRIC } from './route-builder.js'
import type { TaggedRoute } from './underlay-routes.js'

/**
 * The tunnel device counts as present: it outlives `ipipEnabled: false`, and only a node on which IPIP was never on lacks
 * it, where BIRD would fall back to the plain route (lab finding A14).
 */
export function birdRoutes({ entries }: Pick<BgpTable, 'entries'>): readonly TaggedRoute[] {
  const write = birdWriter()
  return entries.flatMap((entry) => write(entry) ?? [])
}

/** Writes the routes of one table; undefined for an entry that BIRD writes no route for. */
export function birdWriter(): (entry: BgpEntry) => TaggedRoute | undefined {
  const write = routeWriter()
  return (entry) => {
    const { kernel, prefix } = entry
    return kernel.programmed ? { prefix, explained: new BirdRoute(write(entry, kernel), entry, kernel) } : undefined
  }
}

/** Most routes of a large table differ in destination and gateway alone, and are copies of the first of their kind. */
function routeWriter(): (entry: BgpEntry, kernel: Programmed) => KernelRoute {
  const made = new Map<string, KernelRoute>()
  const multipath = new Map<Programmed['hops'], KernelRoute>()
  const texts = new Map<Address['value'], string>()
  const textOf = (address: Address): string => {
    const held = texts.get(address.value)
    if (held !== undefined) return held
    const fresh = formatAddress(address)
    texts.set(address.value, fresh)
    return fresh
  }
  return (entry, kernel) => {
    const [hop, second] = kernel.hops
    const gateway = kernel.tunnelTo ?? hop?.gateway
    if (second !== undefined) {
      const like = multipath.get(kernel.hops)
      if (like !== undefined && like.metric === kernel.metric) return { ...like, dst: formatDestination(entry.prefix) }
      const fresh = routeOf(entry, kernel)
      multipath.set(kernel.hops, fresh)
      return fresh
    }
    if (hop === undefined || gateway === undefined) return routeOf(entry, kernel)
    const { prefix } = entry
    const kind = `${kernel.tunnelTo === undefined ? hop.dev : ''} ${kernel.metric} ${prefix.family}`
    const like = made.get(kind)
    if (like !== undefined) return { ...like, dst: formatDestination(prefix), gateway: textOf(gateway) }
    const fresh = routeOf(entry, kernel)
    made.set(kind, fresh)
    return fresh
  }
}

/** The reason takes more work than the route, and is read of few. A class, as there are very many. */
class BirdRoute implements ExplainedRoute {
  readonly route: KernelRoute
  readonly #entry: BgpEntry
  readonly #kernel: Programmed

  constructor(route: KernelRoute, entry: BgpEntry, kernel: Programmed) {
    this.route = route
    this.#entry = entry
    this.#kernel = kernel
  }

  get why(): RouteReason {
    return reasonOf(this.#entry, this.#kernel)
  }
}

/** What BIRD hands over, as the kernel then prints it; undefined where that is nothing. */
export function birdRoute(prefix: Prefix, kernel: KernelExport): KernelRoute | undefined {
  return kernel.programmed ? routeOf({ prefix }, kernel) : undefined
}

type Programmed = Extract<KernelExport, { programmed: true }>

function routeOf({ prefix }: Pick<BgpEntry, 'prefix'>, kernel: Programmed): KernelRoute {
  const base = { prefix, protocol: 'bird', ...(kernel.metric === undefined ? {} : { metric: kernel.metric }) }
  if (kernel.type !== 'unicast') return kernelRoute({ ...base, type: kernel.type })
  if (kernel.tunnelTo !== undefined) {
    return kernelRoute({ ...base, via: kernel.tunnelTo, dev: 'tunl0', onlink: true })
  }
  const [hop, ...others] = kernel.hops
  if (others.length === 0) {
    const via = hop?.gateway === undefined ? {} : { via: hop.gateway }
    return kernelRoute({
      ...base,
      ...via,
      ...(hop === undefined ? {} : { dev: hop.dev }),
      link: hop?.gateway === undefined,
    })
  }
  const { flags, ...route } = kernelRoute(base)
  return {
    ...route,
    ...(prefix.family === 6 && route.metric === undefined ? { metric: V6_METRIC } : {}),
    flags,
    nexthops: kernel.hops.map(({ gateway, dev }) => ({
      ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
      dev,
      weight: 1,
      flags: [],
    })),
  }
}

function reasonOf({ prefix, paths: [best] }: BgpEntry, kernel: Programmed): RouteReason {
  const resource = kernel.pool === undefined ? {} : { resource: `IPPool ${kernel.pool}` }
  if (best?.source === 'static') {
    const own = prefix.length < bitsOf(prefix.family) && kernel.type === 'blackhole'
    return { owner: 'bird', rule: own ? 'ownBlock' : 'reachableBy', ...resource }
  }
  const detail = best === undefined ? {} : { detail: `from ${best.birdName}${originOf(best)}` }
  if (kernel.type === 'unreachable') return { owner: 'bird', rule: 'bgpUnreachable', ...resource, ...detail }
  if (kernel.hops.length > 1) return { owner: 'bird', rule: 'bgpMultipath', ...resource, ...detail }
  const tunnelled = kernel.tunnelTo !== undefined
  return { owner: 'bird', rule: tunnelled ? 'remoteBlockTunnelled' : 'bgpRoute', ...resource, ...detail }
}

function originOf({ originatorID, prefix }: BgpEntry['paths'][number]): string {
  return originatorID === undefined ? '' : `, reflected, originator ${originatorID} of ${formatPrefix(prefix)}`
}
