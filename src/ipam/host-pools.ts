/** A host's question for the pools that it may use, and the answer (libcalico-go/lib/ipam/ipam.go). */

import type { Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { PoolUse } from '../cluster/pool.js'
import type { AssignablePool, NodeLabels } from './assignable-pool.js'
import type { HostReservation } from './block.js'
import type { IpamFailure } from './failure.js'

export interface HostRequest {
  readonly host: string
  readonly family: Family
  readonly use: PoolUse
  readonly requested: readonly Prefix[]
  readonly namespaceLabels?: NodeLabels | undefined
  readonly reservation?: HostReservation | undefined
}

export interface HostPools {
  readonly labels: NodeLabels
  /** All pools that select the node and namespace, or that the request names. */
  readonly selecting: readonly AssignablePool[]
  /** Those of them that allow the use. */
  readonly allowed: readonly AssignablePool[]
}

/** A question that a host asked and what came of it. */
export interface PoolAnswer {
  readonly request: HostRequest
  readonly answer: HostPools | IpamFailure
}
