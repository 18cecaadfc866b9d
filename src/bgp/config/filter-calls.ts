/** Which BGPFilters a session calls, and the BIRD functions that they become (confd template_funcs.go BGPFilterBIRDFuncs). */

import type { Family } from '../../address/address.js'
import type { BgpFilter, FilterRule } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import { filterFunctionName } from './bird-names.js'

export type FilterDirection = 'import' | 'export'

/** The listed filters that exist and have rules for this direction and family; confd passes the others over in silence. */
export function calledFilters(
  filters: ReadonlyMap<string, BgpFilter>,
  names: readonly string[],
  direction: FilterDirection,
  family: Family,
): readonly string[] {
  if (names.length === 0) return NONE
  return names.filter((name) => (filters.get(name)?.[direction][family].length ?? 0) > 0)
}

const NONE: readonly string[] = []

/**
 * The cluster's BGPFilters as its release knows them: none before v3.26, and fields that came later are not there, as
 * the API server drops what its schema does not have. A rule then matches more than it says.
 */
export function knownFilters(cluster: Cluster): ReadonlyMap<string, BgpFilter> {
  const { release, bgpFilters } = cluster
  if (!release.bgpFilters) return new Map()
  if (release.bgpFilterOperations && release.bgpFilterPrefixLength && release.bgpFilterSourceAndInterface)
    return bgpFilters
  const prune = (rules: { readonly [F in Family]: readonly FilterRule[] }) => ({
    4: rules[4].map((rule) => prunedRule(cluster, rule)),
    6: rules[6].map((rule) => prunedRule(cluster, rule)),
  })
  return new Map(
    [...bgpFilters].map(([name, filter]) => [
      name,
      { name: filter.name, import: prune(filter.import), export: prune(filter.export) },
    ]),
  )
}

function prunedRule({ release }: Cluster, rule: FilterRule): FilterRule {
  const {
    source,
    interface: pattern,
    prefixLength,
    peerType,
    community,
    priority,
    asPathPrefix,
    operations,
    ...rest
  } = rule
  const modern = release.bgpFilterOperations
  return {
    ...rest,
    ...(release.bgpFilterSourceAndInterface && source !== undefined ? { source } : {}),
    ...(release.bgpFilterSourceAndInterface && pattern !== undefined ? { interface: pattern } : {}),
    ...(release.bgpFilterPrefixLength && prefixLength !== undefined ? { prefixLength } : {}),
    ...(modern && peerType !== undefined ? { peerType } : {}),
    ...(modern && community !== undefined ? { community } : {}),
    ...(modern && priority !== undefined ? { priority } : {}),
    asPathPrefix: modern ? asPathPrefix : [],
    operations: modern ? operations : [],
  }
}

export interface FilterFunction {
  readonly birdName: string
  readonly filter: string
  readonly direction: FilterDirection
  /** The function takes "is the peer in my AS" as argument, because a rule asks for a peer type. */
  readonly takesSameAS: boolean
  readonly rules: readonly FilterRule[]
}

/** Every filter function of a family's configuration, in the order of filter names, import before export. */
export function filterFunctions(filters: ReadonlyMap<string, BgpFilter>, family: Family): readonly FilterFunction[] {
  const names = [...filters.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return names.flatMap((name) =>
    (['import', 'export'] as const).flatMap((direction) => {
      const rules = filters.get(name)?.[direction][family] ?? []
      if (rules.length === 0) return []
      return {
        birdName: filterFunctionName(name, direction, family),
        filter: name,
        direction,
        takesSameAS: rules.some((rule) => rule.peerType !== undefined),
        rules,
      }
    }),
  )
}
