/** A route as BIRD's filters see it: the attributes that BGP carries, and where the route came from. */

import type { Address } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import type { PathSource } from '../path.js'

/** BIRD's codes of the ORIGIN attribute, which are ordered by preference. */
export const ORIGIN = { igp: 0, egp: 1, incomplete: 2 } as const
export type OriginCode = (typeof ORIGIN)[keyof typeof ORIGIN]

export interface BgpAttributes {
  readonly nextHop: Address
  /** Undefined only on the wire to an external peer, which is not told. */
  readonly localPref: number | undefined
  readonly asPath: readonly number[]
  readonly origin: OriginCode
  readonly med: number | undefined
  /** Router id as an unsigned 32-bit number. */
  readonly originatorID: number | undefined
  /** Cluster ids as unsigned 32-bit numbers, ascending: BIRD sorts them when it sends (bgp_normalize_int_set). */
  readonly clusterList: readonly number[]
  /** `64512:100` and `64512:1:2`, in the order of their numbers, standard ones first. */
  readonly communities: readonly string[]
  /** IPv6: the next hop's link-local address came along with it, which only peers on its link send (RFC 2545). */
  readonly linkLocal?: boolean
}

/** What a filter may ask about. */
export interface FilterRoute {
  readonly prefix: Prefix
  readonly source: PathSource
  /** Name of the outgoing interface; empty for a route that has none. */
  readonly interfaceName: string
  readonly attributes: BgpAttributes
  /** Metric of the kernel route; undefined for static, direct and BGP routes. */
  readonly krtMetric?: number
}

/** Local preference of a session that says nothing else (BIRD default_local_pref). */
export const DEFAULT_LOCAL_PREF = 100

/** BIRD's preferences of its protocols, and Calico's for a route of elevated priority. */
export const PREFERENCE = { direct: 240, static: 200, elevated: 200, bgp: 100, kernel: 10 } as const

/** Adds a community unless it is there, and keeps the list in order (BIRD bgp_normalize_int_set). */
export function withCommunity(communities: readonly string[], value: string): readonly string[] {
  return communities.includes(value) ? communities : [...communities, value].sort(compareCommunities)
}

function compareCommunities(a: string, b: string): number {
  const [x, y] = [a.split(':').map(Number), b.split(':').map(Number)]
  if (x.length !== y.length) return x.length - y.length
  for (const [i, part] of x.entries()) if (part !== y[i]) return part - (y[i] ?? 0)
  return 0
}
