/** Neighbours as BGPPeers give them. */

import type { Address } from '../../address/address.js'

/** A neighbour that a BGPPeer gives, before it becomes a protocol of some node. */
export interface PeeringTarget {
  readonly address: Address
  readonly text: string
  readonly port?: number
  readonly asNumber: number
  readonly localAS?: number
  readonly allowLocalAS: number
  /** The peer's own cluster id; known only for peers found by a selector or as the reverse side. */
  readonly clusterID?: string
  /** Given by peerIP, and the address of a Calico node. */
  readonly calicoNode: boolean
  readonly workload: boolean
}
