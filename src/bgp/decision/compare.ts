/** Best path selection of BIRD 1.6 (nest/rt-table.c rte_better, proto/bgp/attrs.c bgp_rte_better), with its reason. */

import { compareAddresses } from '../../address/address.js'
import type { DecisionRule } from '../path.js'
import type { BgpAttributes } from '../policy/route.js'
import { DEFAULT_LOCAL_PREF } from '../policy/route.js'
import { type Candidate, isResolvable, type Neighbor } from './candidate.js'

export interface Comparison {
  /** Negative: the first is better. Zero never: where BIRD keeps whichever came first, a fixed order stands in. */
  readonly order: number
  readonly rule: DecisionRule
}

/**
 * Compares two routes for one prefix; the first difference decides. Multi-exit discriminators count only between
 * routes of one neighbouring AS, so that the order is not transitive where they differ.
 */
export function compareCandidates(a: Candidate, b: Candidate): Comparison {
  if (a.preference !== b.preference) return { order: b.preference - a.preference, rule: 'preference' }
  if (a.source !== b.source) return { order: SOURCE_ORDER[a.source] - SOURCE_ORDER[b.source], rule: 'protocol' }
  const [x, y, from, to] = [a.attributes, b.attributes, a.neighbor, b.neighbor]
  if (x === undefined || y === undefined || from === undefined || to === undefined) {
    return { order: 0, rule: 'arrivalOrder' }
  }
  const reachable = Number(isResolvable(b)) - Number(isResolvable(a))
  if (reachable !== 0) return { order: reachable, rule: 'reachability' }
  const localPref = (y.localPref ?? DEFAULT_LOCAL_PREF) - (x.localPref ?? DEFAULT_LOCAL_PREF)
  if (localPref !== 0) return { order: localPref, rule: 'localPref' }
  if (x.asPath.length !== y.asPath.length) return { order: x.asPath.length - y.asPath.length, rule: 'asPathLength' }
  if (x.origin !== y.origin) return { order: x.origin - y.origin, rule: 'origin' }
  const med = (x.med ?? 0) - (y.med ?? 0)
  if (med !== 0 && neighboringAS(x, from) === neighboringAS(y, to)) return { order: med, rule: 'med' }
  if (from.internal !== to.internal) return { order: from.internal ? 1 : -1, rule: 'ebgpOverIbgp' }
  if (a.hop.igpMetric !== b.hop.igpMetric) return { order: a.hop.igpMetric - b.hop.igpMetric, rule: 'igpMetric' }
  const routerID = (x.originatorID ?? from.remoteID) - (y.originatorID ?? to.remoteID)
  if (routerID !== 0) return { order: routerID, rule: 'routerID' }
  const clusters = x.clusterList.length - y.clusterList.length
  if (clusters !== 0) return { order: clusters, rule: 'clusterListLength' }
  const address = compareAddresses(from.address, to.address)
  if (address !== 0) return { order: address, rule: 'neighborAddress' }
  return { order: fixedOrder(x, y), rule: 'arrivalOrder' }
}

/**
 * Between protocols of one preference BIRD compares the addresses of its own structures; in Calico's binary the static
 * protocol was seen to win over BGP (lab finding A2, case 32).
 */
const SOURCE_ORDER = { static: 0, direct: 1, kernel: 2, bgp: 3 } as const

/** First AS of the path; the neighbour's own where the path is empty (BIRD bgp_get_neighbor). */
export function neighboringAS({ asPath }: BgpAttributes, { remoteAS }: Neighbor): number {
  return asPath[0] ?? remoteAS
}

/**
 * Between routes of one neighbour that BIRD finds equal, where the first to come stays in use: a fixed order instead.
 */
function fixedOrder(x: BgpAttributes, y: BgpAttributes): number {
  return (
    compareAddresses(x.nextHop, y.nextHop) ||
    compareNumbers(x.asPath, y.asPath) ||
    compareNumbers(x.clusterList, y.clusterList)
  )
}

function compareNumbers(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length) return x.length - y.length
  for (const [i, part] of x.entries()) {
    const other = y[i] ?? 0
    if (part !== other) return part - other
  }
  return 0
}
