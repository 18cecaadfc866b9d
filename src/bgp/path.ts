/** One entry of a BIRD table, with BIRD's own words, and why it is or is not the one in use. */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'

/** Where a route came from. `kernel` is an alien route that BIRD learnt from the kernel. */
export type PathSource = 'bgp' | 'static' | 'direct' | 'kernel'

/** What the next hop resolved to. */
export type Resolution =
  | { readonly kind: 'gateway'; readonly gateway: Address; readonly dev: string }
  | { readonly kind: 'device'; readonly dev: string }
  | { readonly kind: 'blackhole' }
  | {
      readonly kind: 'unreachable'
      readonly because: 'noRoute' | 'viaBgpRoute' | 'ownAddress' | 'configured'
      readonly route?: string
    }
  | { readonly kind: 'prohibit' }

/** The rule that decided between this path and the one it was compared with (BIRD 1.6 bgp_rte_better order). */
export type DecisionRule =
  | 'onlyPath'
  | 'preference'
  /** Equal preferences of different protocols. */
  | 'protocol'
  | 'reachability'
  | 'localPref'
  | 'asPathLength'
  | 'origin'
  | 'med'
  | 'ebgpOverIbgp'
  | 'igpMetric'
  | 'routerID'
  | 'clusterListLength'
  | 'neighborAddress'
  | 'arrivalOrder'

export interface Verdict {
  readonly best: boolean
  readonly rule: DecisionRule
  /** The birdName (or source) of the path it was compared with. */
  readonly against?: string
  /** The two values compared, as printed, this path's first. */
  readonly values?: readonly [string, string]
  /** The order of the two depends on which arrived first; the recorded truth may show either. */
  readonly dependsOnArrival?: boolean
}

export interface Path {
  readonly family: Family
  readonly prefix: Prefix
  readonly source: PathSource
  /** The session it was received on; for other sources the BIRD protocol's name (`static1`, `kernel1`, `direct1`). */
  readonly birdName: string
  /** Neighbour's address, for BGP paths. */
  readonly from?: Address
  readonly nextHop?: Address
  readonly resolution: Resolution
  readonly preference: number
  readonly localPref?: number
  readonly asPath: readonly number[]
  readonly origin: 'IGP' | 'EGP' | 'Incomplete'
  readonly med?: number
  readonly originatorID?: string
  readonly clusterList: readonly string[]
  readonly communities: readonly string[]
  /**
   * 0 by a connected route, `?` (unknown) by a gateway, `-` when unreachable: BIRD's own notation. Absent where BIRD
   * prints none: routes of other protocols, and those of a direct session, whose next hop is not looked up.
   */
  readonly igpMetric?: 0 | '?' | '-'
  /** The kernel metric BIRD would write, where it is set. */
  readonly kernelMetric?: number
  readonly verdict: Verdict
}
