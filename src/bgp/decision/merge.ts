/** Which routes BIRD merges with the best one into a multipath kernel route (bgp_rte_mergable, rt_export_merged). */

import { type Candidate, isResolvable } from './candidate.js'
import { compareCandidates } from './compare.js'

/** BIRD's `merge paths` limit of next hops. */
export const MERGE_LIMIT = 16

/**
 * True when the second route may join the best one: same protocol and preference, both reachable, and equal in
 * everything up to the IGP metric. Router ids, cluster lists and neighbour addresses do not matter.
 */
export function isMergeable(best: Candidate, other: Candidate): boolean {
  return best.source === 'bgp' && isResolvable(other) && isTie(best, other)
}

/** Nothing up to the IGP metric tells the two apart. */
export function isTie(best: Candidate, other: Candidate): boolean {
  switch (compareCandidates(best, other).rule) {
    case 'routerID':
    case 'clusterListLength':
    case 'neighborAddress':
    case 'arrivalOrder':
      return true
    default:
      return false
  }
}
