/** A packet on its way, what becomes of it, and why. Reasons are worded in `report/`. */

import type { Address } from '../../address/address.js'
import type { KernelRoute } from '../kernel-route.js'

export type Protocol = 'tcp' | 'udp' | 'icmp'

export interface Packet {
  readonly source: Address
  readonly destination: Address
  readonly protocol: Protocol
  /** IP packet length in bytes, inner header included. */
  readonly size: number
}

export interface Encapsulation {
  readonly type: 'ipip' | 'vxlan' | 'wireguard'
  readonly outerSource: Address
  readonly outerDestination: Address
  /** Bytes added to each packet. */
  readonly overhead: number
}

export type HopNote =
  | 'leavesPod'
  | 'arrivesAtPod'
  | 'arrivesAtNode'
  | 'arrivesAtHost'
  | 'forwards'
  | 'encapsulates'
  | 'decapsulates'
  | 'masquerades'
  | 'redirected'

export interface Hop {
  readonly at: string
  readonly kind: 'pod' | 'node' | 'router' | 'host'
  readonly note: HopNote
  readonly route?: KernelRoute
  readonly encapsulation?: Encapsulation
  readonly dev?: string
}

/** Where and by which rule a packet ended. */
export type LossReason =
  | { readonly code: 'noRoute'; readonly at: string; readonly atKind: Hop['kind']; readonly destination: Address }
  | { readonly code: 'blackhole'; readonly at: string; readonly route: string; readonly destination: Address }
  | { readonly code: 'unreachable'; readonly at: string; readonly route: string; readonly destination: Address }
  | { readonly code: 'prohibited'; readonly at: string; readonly route: string }
  | { readonly code: 'noNeighbor'; readonly at: string; readonly nextHop: Address; readonly subnet: string }
  | { readonly code: 'notAttached'; readonly at: string; readonly dev: string }
  | { readonly code: 'filtered'; readonly subnet: string; readonly protocol: string }
  | { readonly code: 'antiSpoofing'; readonly subnet: string; readonly source: Address; readonly at: string }
  | { readonly code: 'loop'; readonly at: string }
  | { readonly code: 'tooBig'; readonly at: string; readonly dev: string; readonly mtu: number; readonly size: number }
  | { readonly code: 'podsCannotSend'; readonly at: string }
  | { readonly code: 'tunnelNotExpected'; readonly at: string; readonly type: Encapsulation['type'] }
  | { readonly code: 'nobodyThere'; readonly at: string; readonly destination: Address }
  /** Some next hops of a multipath route deliver and some do not; the kernel's hash of the flow decides. */
  | { readonly code: 'someNextHops'; readonly at: string; readonly route: string; readonly otherwise: LossReason }
  | { readonly code: 'noAddress'; readonly what: string }

export interface TracedPath {
  readonly delivered: boolean
  readonly reason?: LossReason
  readonly snat?: { readonly from: Address; readonly to: Address }
  /** Largest packet that goes through unfragmented, bytes; of the part that was walked. */
  readonly pathMtu: number
  readonly hops: readonly Hop[]
}
