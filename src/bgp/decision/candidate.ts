/** What best path selection looks at in one route of a BIRD table. */

import type { Address } from '../../address/address.js'
import type { PathSource, Resolution } from '../path.js'
import type { BgpAttributes } from '../policy/route.js'

/** BIRD's IGP metric of a next hop that it reaches through a route with a gateway (IGP_METRIC_UNKNOWN). */
export const IGP_METRIC_UNKNOWN = 0x80000000

/** What a next hop or an own route resolves to, with BIRD's IGP metric. */
export interface ResolvedHop {
  readonly resolution: Resolution
  /** 0 by a connected network, IGP_METRIC_UNKNOWN by a route with a gateway. */
  readonly igpMetric: number
}

/** The facts of the session that a BGP route came by. */
export interface Neighbor {
  readonly internal: boolean
  readonly remoteAS: number
  /** Router id of the neighbour as a number. */
  readonly remoteID: number
  readonly address: Address
}

export interface Candidate {
  readonly source: PathSource
  readonly preference: number
  readonly hop: ResolvedHop
  readonly attributes: BgpAttributes | undefined
  /** Undefined for routes that did not come by BGP. */
  readonly neighbor: Neighbor | undefined
}

/** Routes to nowhere, unreachable or blackhole, count as unresolvable (BIRD rte_resolvable). */
export function isResolvable({ hop }: Candidate): boolean {
  return hop.resolution.kind === 'gateway' || hop.resolution.kind === 'device'
}
