/** One BGP protocol of one speaker, as BIRD has it configured, and what will become of it. */

import type { Address, Family } from '../address/address.js'

/** `router` is a neighbour of an Underlay router, which is configured there and not by Calico. */
export type SessionKind = 'mesh' | 'node' | 'global' | 'localWorkload' | 'router'

/** A node or an Underlay router; `index` is its place among all speakers, nodes first. */
export interface Speaker {
  readonly index: number
  readonly kind: 'node' | 'router'
  readonly name: string
}

export interface SessionOptions {
  readonly family: Family
  /** `Mesh_172_16_1_10`, `Node_..._port_1790`; a router's is made from its neighbour's address in the same way. */
  readonly birdName: string
  readonly kind: SessionKind
  /** Neighbour address text, canonical. */
  readonly peerIP: string
  readonly peerAddress: Address
  /** Undefined: 179. */
  readonly port?: number
  readonly remoteAS: number
  readonly localAS: number
  readonly localASOverridden: boolean
  readonly type: 'ibgp' | 'ebgp'
  /** Hops allowed; undefined is a direct session, which Calico itself never configures. */
  readonly multihop?: number
  readonly sourceAddress?: Address
  readonly passive: boolean
  readonly rrClient: boolean
  readonly rrClusterID?: string
  readonly nextHopSelf: boolean
  readonly nextHopKeep: boolean
  /** Hops, or undefined when off. */
  readonly ttlSecurity?: number
  readonly password: boolean
  readonly allowLocalAS: number
  readonly addPaths: boolean
  /** Whole seconds; undefined is BIRD's default. */
  readonly gracefulRestartTime?: number
  readonly keepaliveTime?: number
  /** BGPFilter names in order. */
  readonly importFilters: readonly string[]
  readonly exportFilters: readonly string[]
  /** The resource that made it: a BGPPeer's name, or undefined for the mesh and for routers. */
  readonly from?: string
  /** True for the automatic reverse side of a BGPPeer. */
  readonly reverse: boolean
  /** BGPPeers that ask for the same session with other options: confd's choice among them is random. */
  readonly alternatives?: readonly string[]
}

/** BIRD's BGP states as `birdc show protocols` prints them. */
export type SessionState =
  | 'Established'
  | 'Idle'
  | 'Connect'
  | 'Active'
  | 'OpenSent'
  | 'OpenConfirm'
  | 'Passive'
  | 'Down'

/** Why a session is in its state. Worded in `report/`. */
export type SessionReason =
  | { readonly code: 'established' }
  | { readonly code: 'noSuchPeer' }
  | { readonly code: 'peerHasNoBgp'; readonly peer: string }
  | { readonly code: 'oneSided'; readonly peer: string }
  | { readonly code: 'bothPassive'; readonly peer: string }
  | {
      readonly code: 'wrongAS'
      readonly side: 'here' | 'peer'
      readonly expected: number
      readonly announced: number
      readonly peer: string
    }
  | { readonly code: 'portMismatch'; readonly peer: string; readonly dialled: number; readonly listening: number }
  | { readonly code: 'passwordMismatch'; readonly peer: string }
  | { readonly code: 'duplicateNeighbor'; readonly runningInstead: string }
  | { readonly code: 'duplicateRouterID'; readonly routerID: string; readonly peer: string }
  /** `at`: the router on the way that cannot deliver; absent, the node itself has no route. */
  | { readonly code: 'noRouteToPeer'; readonly at?: string }
  | { readonly code: 'gatewayUnreachable'; readonly gateway: string }
  | { readonly code: 'notOnLink'; readonly subnet: string }
  | { readonly code: 'filtered'; readonly subnet: string; readonly protocol: string }
  | { readonly code: 'ttlSecurity'; readonly peer: string }
  | { readonly code: 'sourceAddress'; readonly expected: string; readonly used: string; readonly peer: string }
  | { readonly code: 'configurationRefused'; readonly detail: string }
  | { readonly code: 'down'; readonly element: string }
  | { readonly code: 'dependsOn'; readonly what: string }

export interface Session extends SessionOptions {
  readonly speaker: Speaker
  /** The speaker that owns the neighbour address; undefined when nobody does. */
  readonly peer?: Speaker
  readonly state: SessionState
  /** Other states that the same session passes through again and again (retries, back-off), most frequent first. */
  readonly alsoSeen?: readonly SessionState[]
  /** BIRD's last error in its own words, as the INFO column shows it: `Socket: Connection refused`. */
  readonly lastError?: string
  readonly reason: SessionReason
}
