/** Routes that BIRD writes into the kernel (bird sysdep/linux/netlink.c nl_send_route), from its table. */

import { formatAddress } from '../address/address.js'
import { bitsOf, formatPrefix } from '../address/prefix.js'
import type { BgpEntry, BgpTable, KernelExport } from '../bgp/tables.js'
import type { KernelRoute, RouteReason } from './kernel-route.js'
import { kernelRoute, V6_METRIC } from './route-builder.js'
import type { TaggedRoute } from './underlay-routes.js'

/**
 * The tunnel device counts as present: it outlives `ipipEnabled: false`, and only a node on which IPIP was never on lacks
 * it, where BIRD would fall back to the plain route (lab finding A14).
 */
export function birdRoutes(table: BgpTable): readonly TaggedRoute[] {
  return table.entries.flatMap((entry) => {
    const { kernel, prefix } = entry
    if (!kernel.programmed) return []
    const route = routeOf(entry, kernel)
    return [{ prefix, explained: { route, why: reasonOf(entry, kernel) } }]
  })
}

type Programmed = Extract<KernelExport, { programmed: true }>

function routeOf({ prefix }: BgpEntry, kernel: Programmed): KernelRoute {
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
