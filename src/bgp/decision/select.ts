/** The best of a prefix's routes, and why each is or is not it. */

import { formatAddress } from '../../address/address.js'
import type { DecisionRule, Verdict } from '../path.js'
import { DEFAULT_LOCAL_PREF } from '../policy/route.js'
import { formatRouterID } from '../router-id.js'
import { type Candidate, isResolvable } from './candidate.js'
import { compareCandidates } from './compare.js'

/** The best route, as BIRD finds it by passing along the list once; undefined for an empty list. */
export function selectBest<C extends Candidate>(candidates: readonly C[]): C | undefined {
  let best: C | undefined
  for (const candidate of candidates) {
    if (best === undefined || compareCandidates(candidate, best).order < 0) best = candidate
  }
  return best
}

/**
 * The routes with the best first and the others in the order in which they would take its place. BIRD itself lists the
 * others in the order in which they came, newest first, which is not known.
 */
export function inDecisionOrder<C extends Candidate>(candidates: readonly C[]): readonly C[] {
  const best = selectBest(candidates)
  if (best === undefined) return []
  const others = candidates.filter((candidate) => candidate !== best)
  return [best, ...others.sort((a, b) => compareCandidates(a, b).order)]
}

/** Verdicts of routes in decision order: the best against the runner-up, every other against the best. */
export function verdicts<C extends Candidate & { readonly label: string }>(ordered: readonly C[]): readonly Verdict[] {
  const [best, second] = ordered
  if (best === undefined) return []
  if (second === undefined) return [{ best: true, rule: 'onlyPath' }]
  return ordered.map((candidate, i) => {
    const other = i === 0 ? second : best
    const { rule } = compareCandidates(candidate, other)
    const values = valuesOf(rule, candidate, other)
    return {
      best: i === 0,
      rule,
      against: other.label,
      ...(values === undefined ? {} : { values }),
      ...(rule === 'arrivalOrder' ? { dependsOnArrival: true } : {}),
    }
  })
}

function valuesOf(rule: DecisionRule, a: Candidate, b: Candidate): readonly [string, string] | undefined {
  const both = (value: (candidate: Candidate) => string): readonly [string, string] => [value(a), value(b)]
  switch (rule) {
    case 'onlyPath':
    case 'arrivalOrder':
      return undefined
    case 'preference':
      return both((c) => String(c.preference))
    case 'protocol':
      return both((c) => c.source)
    case 'reachability':
      return both((c) => (isResolvable(c) ? 'reachable' : 'unreachable'))
    case 'localPref':
      return both((c) => String(c.attributes?.localPref ?? DEFAULT_LOCAL_PREF))
    case 'asPathLength':
      return both((c) => String(c.attributes?.asPath.length ?? 0))
    case 'origin':
      return both((c) => ORIGIN_NAMES[c.attributes?.origin ?? 0])
    case 'med':
      return both((c) => String(c.attributes?.med ?? 0))
    case 'ebgpOverIbgp':
      return both((c) => (c.neighbor?.internal ? 'iBGP' : 'eBGP'))
    case 'igpMetric':
      return both((c) => (c.hop.igpMetric === 0 ? '0' : '?'))
    case 'routerID':
      return both((c) => formatRouterID(c.attributes?.originatorID ?? c.neighbor?.remoteID ?? 0))
    case 'clusterListLength':
      return both((c) => String(c.attributes?.clusterList.length ?? 0))
    case 'neighborAddress':
      return both((c) => (c.neighbor === undefined ? '' : formatAddress(c.neighbor.address)))
  }
}

export const ORIGIN_NAMES = ['IGP', 'EGP', 'Incomplete'] as const
