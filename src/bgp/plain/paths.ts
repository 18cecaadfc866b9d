/** Table routes of the plain engine in the words of `Path`. */

import type { Family } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import { isResolvable } from '../decision/candidate.js'
import { inDecisionOrder, ORIGIN_NAMES, verdicts } from '../decision/select.js'
import type { Path, Verdict } from '../path.js'
import { kernelFilter } from '../policy/kernel-filter.js'
import { formatRouterID } from '../router-id.js'
import type { PlainSpeaker } from './input.js'
import { filterRouteOf } from './kernel-export.js'
import type { Net, TableRoute } from './state.js'

/** Name of the BIRD protocol instance of an own route: each of them is the first of its kind. */
const OWN_PROTOCOLS = { static: 'static1', direct: 'direct1', kernel: 'kernel1' } as const

/** A prefix's routes in the order of the decision, each with its verdict. */
export function pathsOf(speaker: PlainSpeaker, prefix: Prefix, net: Net): readonly Path[] {
  const labelled = net.routes.map((route) => ({ ...route, label: nameOf(speaker, route) }))
  const ordered = inDecisionOrder(labelled)
  const reasons = verdicts(ordered)
  return ordered.flatMap((route, i) => {
    const verdict = reasons[i]
    return verdict === undefined ? [] : pathOf(speaker, prefix, route, verdict)
  })
}

function nameOf(speaker: PlainSpeaker, route: TableRoute): string {
  if (route.source !== 'bgp') return OWN_PROTOCOLS[route.source]
  return speaker.sessions[route.session]?.options.birdName ?? ''
}

function pathOf(speaker: PlainSpeaker, prefix: Prefix, route: TableRoute, verdict: Verdict): Path {
  const { attributes, neighbor } = route
  const kernel = kernelFilter(speaker.config, filterRouteOf(prefix, route))
  const metric = kernel.accepted ? kernel.metric : undefined
  const igpMetric = igpMetricOf(route)
  return {
    family: prefix.family satisfies Family,
    prefix,
    source: route.source,
    birdName: nameOf(speaker, route),
    ...(neighbor === undefined ? {} : { from: neighbor.address }),
    ...(attributes === undefined ? {} : { nextHop: attributes.nextHop }),
    resolution: route.hop.resolution,
    preference: route.preference,
    ...(attributes?.localPref === undefined ? {} : { localPref: attributes.localPref }),
    asPath: attributes?.asPath ?? [],
    origin: ORIGIN_NAMES[attributes?.origin ?? 0],
    ...(attributes?.med === undefined ? {} : { med: attributes.med }),
    ...(attributes?.originatorID === undefined ? {} : { originatorID: formatRouterID(attributes.originatorID) }),
    clusterList: attributes?.clusterList.map(formatRouterID) ?? [],
    communities: attributes?.communities ?? [],
    ...(igpMetric === undefined ? {} : { igpMetric }),
    ...(metric === undefined ? {} : { kernelMetric: metric }),
    verdict,
  }
}

/** BIRD prints it for looked-up next hops alone (proto/bgp/attrs.c bgp_get_route_info). */
function igpMetricOf(route: TableRoute): 0 | '?' | '-' | undefined {
  if (!route.recursive) return undefined
  if (!isResolvable(route)) return '-'
  return route.hop.igpMetric === 0 ? 0 : '?'
}
