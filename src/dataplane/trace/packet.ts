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
  /** The destination, a Service, becomes one of its endpoints. */
  | 'translates'
  /** The answer of a Service's endpoint gets the Service's address back. */
  | 'translatesBack'
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
  | {
      readonly code: 'tooBig'
      readonly at: string
      readonly dev: string
      readonly mtu: number
      readonly size: number
      /** The network beyond the device drops it, and nobody tells the sender. */
      readonly silent?: true
    }
  | { readonly code: 'podsCannotSend'; readonly at: string }
  | { readonly code: 'tunnelNotExpected'; readonly at: string; readonly type: Encapsulation['type'] }
  | { readonly code: 'nobodyThere'; readonly at: string; readonly destination: Address }
  /** Some next hops of a multipath route deliver and some do not; the kernel's hash of the flow decides. */
  | { readonly code: 'someNextHops'; readonly at: string; readonly route: string; readonly otherwise: LossReason }
  | { readonly code: 'noAddress'; readonly what: string }
  | { readonly code: 'noEndpoints'; readonly at: string; readonly service: string }
  /** externalTrafficPolicy or internalTrafficPolicy is Local, and the node has no endpoint. */
  | { readonly code: 'noLocalEndpoint'; readonly at: string; readonly service: string }
  /** Some endpoints of a Service are reached and some are not. */
  | {
      readonly code: 'someEndpoints'
      readonly service: string
      readonly endpoint: string
      readonly otherwise: LossReason
    }
  /** A bare address that nothing of the input has. */
  | { readonly code: 'leavesCluster'; readonly at: string; readonly destination: Address }

/** What the input does not decide, and what happens to a packet that arrives nevertheless. */
export type PathCaveat =
  /**
   * The node's own route back to the source leaves by another device than the packet came by: rp_filter 1 drops it, 2
   * and 0 do not. What the host's sysctl says is in no manifest.
   */
  | {
      readonly code: 'strictRpFilter'
      readonly at: string
      readonly dev: string
      readonly source: Address
      /** Device of the route back; undefined where there is none. */
      readonly back?: string
    }
  | {
      readonly code: 'fragmented'
      readonly at: string
      readonly dev: string
      readonly mtu: number
      readonly size: number
    }

export interface TracedPath {
  readonly delivered: boolean
  readonly reason?: LossReason
  readonly snat?: { readonly from: Address; readonly to: Address }
  /** A Service's address, the endpoint taken, and the node that translated. */
  readonly dnat?: { readonly from: Address; readonly to: Address; readonly at: string; readonly service: string }
  readonly caveats?: readonly PathCaveat[]
  /** Largest packet that goes through unfragmented, bytes; of the part that was walked. */
  readonly pathMtu: number
  readonly hops: readonly Hop[]
}
