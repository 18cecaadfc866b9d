/** What BIRD's kernel protocol makes of a prefix: filter, merging of equal paths, tunnel (krt.c, nest/rt-table.c). */

import { compareAddresses } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import { isMergeable, MERGE_LIMIT } from '../decision/merge.js'
import type { Resolution } from '../path.js'
import { type KernelVerdict, kernelFilter } from '../policy/kernel-filter.js'
import { type BgpAttributes, type FilterRoute, ORIGIN } from '../policy/route.js'
import type { KernelExport, KernelHop } from '../tables.js'
import type { PlainSpeaker } from './input.js'
import { interfaceOf } from './send.js'
import type { Net, TableRoute } from './state.js'

export function kernelExport(speaker: PlainSpeaker, prefix: Prefix, net: Net): KernelExport {
  const { config } = speaker
  const { best } = net
  // Connected networks and the kernel's own routes are not written back (krt_import_control).
  if (best === undefined || best.source === 'kernel' || best.source === 'direct') {
    return { programmed: false, because: 'ownProtocol' }
  }
  const verdict = kernelFilter(config, filterRouteOf(prefix, best))
  if (!verdict.accepted) {
    return {
      programmed: false,
      because: verdict.because,
      ...(verdict.pool === undefined ? {} : { pool: verdict.pool }),
    }
  }
  const { resolution } = best.hop
  const hops = hopsOf(speaker, prefix, net, best)
  const tunnelTo =
    verdict.tunnel && hops.length === 1 && resolution.kind === 'gateway' ? best.attributes?.nextHop : undefined
  return {
    programmed: true,
    type: hops.length > 0 ? 'unicast' : typeOf(resolution),
    hops,
    ...metricOf(verdict),
    ...(tunnelTo === undefined ? {} : { tunnelTo }),
    ...(verdict.pool === undefined ? {} : { pool: verdict.pool }),
    ...(verdict.action === undefined ? {} : { action: verdict.action }),
  }
}

/** A route as the kernel filter sees it. */
export function filterRouteOf(prefix: Prefix, route: TableRoute): FilterRoute {
  return {
    prefix,
    source: route.source,
    interfaceName: interfaceOf(route.hop.resolution) ?? '',
    attributes: route.attributes ?? NO_ATTRIBUTES,
    ...(route.krtMetric === undefined ? {} : { krtMetric: route.krtMetric }),
  }
}

const NO_ATTRIBUTES: BgpAttributes = {
  nextHop: { family: 4, value: 0 },
  localPref: undefined,
  asPath: [],
  origin: ORIGIN.igp,
  med: undefined,
  originatorID: undefined,
  clusterList: [],
  communities: [],
}

/** The kernel has no metric 0: it is the absence of one. */
function metricOf(verdict: KernelVerdict): { readonly metric?: number } {
  return verdict.accepted && verdict.metric ? { metric: verdict.metric } : {}
}

function typeOf(resolution: Resolution): 'unicast' | 'blackhole' | 'unreachable' | 'prohibit' {
  switch (resolution.kind) {
    case 'gateway':
    case 'device':
      return 'unicast'
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return resolution.kind
  }
}

/** Next hops of the best route and those that merge with it, each once, by gateway. A router merges paths too. */
function hopsOf(speaker: PlainSpeaker, prefix: Prefix, net: Net, best: TableRoute): readonly KernelHop[] {
  const first = hopOf(best)
  if (first === undefined) return []
  const hops = [first]
  const merges = speaker.config.kernelPolicy?.mergePaths ?? true
  for (const route of merges ? net.routes : []) {
    if (route === best || !isMergeable(best, route)) continue
    if (!kernelFilter(speaker.config, filterRouteOf(prefix, route)).accepted) continue
    const hop = hopOf(route)
    if (hop !== undefined && !hops.some((held) => compareHops(held, hop) === 0)) hops.push(hop)
  }
  return hops.sort(compareHops).slice(0, MERGE_LIMIT)
}

function hopOf({ hop: { resolution } }: TableRoute): KernelHop | undefined {
  if (resolution.kind === 'gateway') return { gateway: resolution.gateway, dev: resolution.dev }
  return resolution.kind === 'device' ? { dev: resolution.dev } : undefined
}

function compareHops(a: KernelHop, b: KernelHop): number {
  if (a.gateway && b.gateway) {
    const order = compareAddresses(a.gateway, b.gateway)
    if (order !== 0) return order
  }
  return a.dev < b.dev ? -1 : a.dev > b.dev ? 1 : 0
}
