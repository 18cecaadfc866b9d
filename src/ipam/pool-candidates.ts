/** Which pools select a node (libcalico-go/lib/ipam/pools.go), apart from any one request. */

import type { AssignablePool, BrokenSelector, NodeLabels } from './assignable-pool.js'

export interface Candidate {
  readonly pool: AssignablePool
  /** Set when the node selector cannot be evaluated; a request that comes to this pool fails. */
  readonly fault?: string
}

/** Pools in Automatic mode whose nodeSelector matches, in the order given. */
export function candidatePools(pools: readonly AssignablePool[], labels: NodeLabels): Candidate[] {
  return pools.flatMap((pool) => {
    if (pool.assignmentMode !== 'Automatic') return []
    const selects = selected(pool.nodeSelector, labels)
    if (typeof selects === 'object') return [{ pool, fault: selects.fault }]
    return selects ? [{ pool }] : []
  })
}

/** A selector that is absent or empty matches everything. */
export function selected(selector: AssignablePool['nodeSelector'], labels: NodeLabels): boolean | BrokenSelector {
  if (selector === undefined) return true
  if ('fault' in selector) return selector
  return selector.text === '' || selector.matches(labels)
}
