/** What a node does with a received route (confd bgp_processor.go buildImportFilter). */

import { HIGHEST_PRIORITY } from '../config/session-template.js'
import type { SessionOptions } from '../session.js'
import type { SpeakerConfig } from '../speaker-config.js'
import { type FiltersByName, runFilters } from './bgp-filter.js'
import { type BgpAttributes, DEFAULT_LOCAL_PREF, type FilterRoute, PREFERENCE } from './route.js'

export type ImportVerdict =
  | { readonly accepted: false; readonly filter: string }
  | { readonly accepted: true; readonly attributes: BgpAttributes; readonly preference: number }

/**
 * BGPFilters first; an Accept there ends the filter and so passes over the preference of elevated routes. Without a
 * decision everything is accepted, and a route of higher priority than ordinary ones gets preference 200, which the
 * kernel's own routes then do not beat. A router imports everything.
 */
export function importRoute(
  config: SpeakerConfig,
  filters: FiltersByName,
  session: SessionOptions,
  route: FilterRoute,
): ImportVerdict {
  const { attributes } = route
  if (config.kernelPolicy === undefined) return { accepted: true, attributes, preference: PREFERENCE.bgp }
  const verdict = runFilters(filters, session, 'import', route)
  if (verdict.decided) {
    return verdict.accepted
      ? { accepted: true, attributes: verdict.attributes, preference: PREFERENCE.bgp }
      : { accepted: false, filter: verdict.filter }
  }
  const normal = HIGHEST_PRIORITY - config.normalRoutePriority
  const elevated = config.kernelPolicy.metrics && (attributes.localPref ?? DEFAULT_LOCAL_PREF) > normal
  return { accepted: true, attributes, preference: elevated ? PREFERENCE.elevated : PREFERENCE.bgp }
}
