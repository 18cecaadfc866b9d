/**
 * Who holds which block and address: recorded in the input, or assigned by simulating Calico's IPAM. The rooms below
 * see this and never ask which of the two it was.
 */

import type { Address } from '../address/address.js'
import type { BlockAffinity, RecordedBlock } from '../cluster/ipam-records.js'
import type { TunnelKind } from '../cluster/node.js'
import type { Pod } from '../cluster/workload.js'

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
}
