/**
 * Who holds which block and address: recorded in the input, or assigned by simulating Calico's IPAM. The rooms below
 * see this and never ask which of the two it was.
 */

import type { Address } from '../address/address.js'
import type { BlockAffinity, RecordedBlock } from '../cluster/ipam-records.js'
import type { TunnelKind } from '../cluster/node.js'
import type { Pod } from '../cluster/workload.js'
import type { ResourceRef } from '../findings/finding.js'
import type { FailureReason } from './failure.js'

export interface PlacedPod {
  readonly pod: Pod
  /** Node the pod runs on. */
  readonly node: string
  /** At most one of each family, IPv4 first. */
  readonly addresses: readonly Address[]
}

/** A pod that gets no address or no node, with the words that the CNI plugin or the scheduler would use. */
export interface UnplacedPod {
  readonly pod: Pod
  readonly reason: string
  /** What kind of reason it is. */
  readonly failure?: FailureReason
  /** The node on which it starts and gets no address; absent when no node takes it. */
  readonly node?: string
}

/** A node whose calico-node gets no address for a tunnel, and therefore does not become ready. */
export interface TunnelFailure {
  readonly node: string
  readonly kind: TunnelKind
  readonly reason: string
}

/** A Service of type LoadBalancer that gets no address from a pool meant for them. */
export interface LoadBalancerFailure {
  readonly service: ResourceRef
  readonly reason: string
}

export interface IpamView {
  readonly simulated: boolean
  /** Ascending by prefix. Felix routes by the block's own affinity. */
  readonly blocks: readonly RecordedBlock[]
  /** Ascending by node, then prefix. confd advertises by these. */
  readonly affinities: readonly BlockAffinity[]
  /** In byte order of namespace and name. */
  readonly pods: readonly PlacedPod[]
  readonly unplaced: readonly UnplacedPod[]
  /** Tunnel addresses by node name, stored ones or newly assigned. */
  readonly tunnels: ReadonlyMap<string, { readonly [T in TunnelKind]?: Address }>
  readonly tunnelFailures?: readonly TunnelFailure[]
  /** Addresses of Services out of pools meant for load balancers, by `namespace/name`, IPv4 first. */
  readonly loadBalancers?: ReadonlyMap<string, readonly Address[]>
  readonly loadBalancerFailures?: readonly LoadBalancerFailure[]
  /** Whole sentences: what the answer rests on where the input does not say it. */
  readonly assumptions?: readonly string[]
}
