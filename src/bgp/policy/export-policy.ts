/**
 * What a node tells a peer about a route (confd bgp_processor.go buildExportFilter, bird_ipam.cfg.template
 * calico_export_to_bgp_peers, bird_aggr.cfg.template calico_aggr), after BIRD's own rules have let it pass.
 */

import { containsPrefix, type Prefix, samePrefix } from '../../address/prefix.js'
import { HIGHEST_PRIORITY } from '../config/session-template.js'
import type { SessionOptions } from '../session.js'
import type { ExportPolicy, SpeakerConfig } from '../speaker-config.js'
import { type FiltersByName, runFilters } from './bgp-filter.js'
import { matchesPattern } from './pattern.js'
import { type BgpAttributes, DEFAULT_LOCAL_PREF, type FilterRoute, withCommunity } from './route.js'

/** Which statement of the export filter decided. */
export type ExportRule =
  | 'bgpFilter'
  | 'disabledPool'
  | 'tunnelInterface'
  | 'bpfInterface'
  | 'ownBlock'
  | 'elevatedInOwnBlock'
  | 'insideOwnBlock'
  | 'serviceRoute'
  | 'reflectorRange'
  | 'pool'
  | 'outsideEverything'
  | 'routerAdvertises'

export interface ExportVerdict {
  readonly accepted: boolean
  readonly rule: ExportRule
  /** The CIDR, interface pattern or BGPFilter that decided. */
  readonly by?: string | Prefix
  readonly attributes: BgpAttributes
}

/** Runs the export filter of a node's session. The order of the statements is that of the template. */
export function exportRoute(
  config: SpeakerConfig,
  policy: ExportPolicy,
  filters: FiltersByName,
  session: SessionOptions,
  route: FilterRoute,
): ExportVerdict {
  const { attributes, krtMetric } = synchronised(config, route)
  const verdict = runFilters(filters, session, 'export', { ...route, attributes })
  if (verdict.decided) {
    const changed = verdict.accepted ? verdict.attributes : attributes
    return { accepted: verdict.accepted, rule: 'bgpFilter', by: verdict.filter, attributes: changed }
  }
  const internal = session.type === 'ibgp'
  const reject = (rule: ExportRule, by?: string | Prefix): ExportVerdict => ({
    accepted: false,
    rule,
    ...(by === undefined ? {} : { by }),
    attributes,
  })
  const disabled = policy.rejectPools.find((pool) => containsPrefix(pool, route.prefix))
  if (disabled) return reject('disabledPool', disabled)
  const tunnel = internal ? interfaceIn(policy.rejectInterfacesInternal, route) : undefined
  if (tunnel !== undefined) return reject('tunnelInterface', tunnel)
  const bpf = interfaceIn(policy.rejectInterfaces, route)
  if (bpf !== undefined) return reject('bpfInterface', bpf)
  const tagged = withAdvertisedCommunities(policy, route.prefix, attributes)
  const accept = (rule: ExportRule, by: Prefix): ExportVerdict => ({ accepted: true, rule, by, attributes: tagged })
  for (const { prefix, rules } of policy.aggregates) {
    if (!rules || !containsPrefix(prefix, route.prefix)) continue
    if (samePrefix(prefix, route.prefix)) return accept('ownBlock', prefix)
    if (krtMetric !== undefined && krtMetric < config.normalRoutePriority) return accept('elevatedInOwnBlock', prefix)
    return reject('insideOwnBlock', prefix)
  }
  const holding = (list: readonly Prefix[]): Prefix | undefined =>
    list.find((candidate) => containsPrefix(candidate, route.prefix))
  const service = holding(policy.serviceRoutes)
  if (service) return accept('serviceRoute', service)
  const relayed = holding(policy.reflectorRanges.loadBalancer) ?? holding(policy.reflectorRanges.external)
  if (relayed) return accept('reflectorRange', relayed)
  const pool = holding(policy.acceptPools)
  return pool ? accept('pool', pool) : reject('outsideEverything')
}

/**
 * Step 1 of the filter since v3.32: a route's kernel metric and its local preference are made to say the same. Routes
 * of BGP bring a preference, kernel routes a metric (0 when they have none), the others get the ordinary priority.
 */
function synchronised(
  config: SpeakerConfig,
  route: FilterRoute,
): { readonly attributes: BgpAttributes; readonly krtMetric?: number } {
  const { attributes } = route
  if (!config.kernelPolicy?.metrics) return { attributes }
  if (route.source === 'bgp') {
    return { attributes, krtMetric: HIGHEST_PRIORITY - (attributes.localPref ?? DEFAULT_LOCAL_PREF) }
  }
  const krtMetric = route.krtMetric ?? config.normalRoutePriority
  return { attributes: { ...attributes, localPref: HIGHEST_PRIORITY - krtMetric }, krtMetric }
}

function interfaceIn(patterns: readonly string[], { interfaceName }: FilterRoute): string | undefined {
  return patterns.find((pattern) => matchesPattern(pattern, interfaceName))
}

function withAdvertisedCommunities(policy: ExportPolicy, prefix: Prefix, attributes: BgpAttributes): BgpAttributes {
  let { communities } = attributes
  for (const entry of policy.communities) {
    if (containsPrefix(entry.prefix, prefix)) communities = entry.values.reduce(withCommunity, communities)
  }
  return communities === attributes.communities ? attributes : { ...attributes, communities }
}
