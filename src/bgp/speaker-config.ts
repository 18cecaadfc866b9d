/**
 * What confd renders for one node and one address family, as data: sessions, the routes that BIRD originates, the
 * policy towards peers and the policy towards the kernel. An Underlay router has one too, with its own simple policy.
 */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { RouteSource } from '../cluster/underlay.js'
import type { SessionOptions, Speaker } from './session.js'

/** A route of BIRD's static protocol. */
export interface StaticOrigin {
  readonly prefix: Prefix
  readonly kind: 'block' | 'service' | 'reachableBy' | 'router'
  /** Undefined: the route has the target `type`. */
  readonly via?: Address
  readonly type: 'blackhole' | 'unreachable' | 'unicast'
  /** Of `reachableBy`: whether the peer is a global one. */
  readonly scope?: 'global' | 'node'
}

/** An own block in the export filter (calico_aggr). */
export interface Aggregate {
  readonly prefix: Prefix
  readonly affinityState: 'confirmed' | 'implicit' | 'pendingDeletion'
  /** False: the block has its blackhole but no rules in calico_aggr. */
  readonly rules: boolean
}

export interface ExportPolicy {
  /** Step a: pools with disableBGPExport, sorted as text. */
  readonly rejectPools: readonly Prefix[]
  /** Step b: interface patterns refused towards iBGP peers. */
  readonly rejectInterfacesInternal: readonly string[]
  /** Step c: interface patterns refused towards every peer. */
  readonly rejectInterfaces: readonly string[]
  /** Step d. */
  readonly communities: readonly { readonly prefix: Prefix; readonly values: readonly string[] }[]
  /** Step e. */
  readonly aggregates: readonly Aggregate[]
  /** Step f: this node's static service routes. */
  readonly serviceRoutes: readonly Prefix[]
  /** Step g: ranges that a route reflector relays. */
  readonly reflectorRanges: { readonly loadBalancer: readonly Prefix[]; readonly external: readonly Prefix[] }
  /** Step h: pools that are exported, sorted as text. */
  readonly acceptPools: readonly Prefix[]
}

/** `crossSubnet`: through tunl0 unless the BGP next hop lies in the node's own subnet. */
export type KernelPoolAction = 'accept' | 'reject' | 'tunnel' | 'crossSubnet'

export interface KernelPolicy {
  readonly serviceRejects: readonly Prefix[]
  /** Next hops of WireGuard peers. */
  readonly rejectNextHops: readonly Address[]
  /** In evaluation order (text order); the first pool that contains the route decides. */
  readonly pools: readonly { readonly prefix: Prefix; readonly action: KernelPoolAction; readonly pool: string }[]
  readonly mergePaths: boolean
  /** Routes carry metric 2147483647 - local preference. */
  readonly metrics: boolean
}

export interface SpeakerConfig {
  readonly speaker: Speaker
  readonly family: Family
  /** False: no address of this family (no sessions), or no BGP daemon at all. */
  readonly bgpEnabled: boolean
  /** Dotted quad; undefined when it would be empty, which BIRD refuses. */
  readonly routerID?: string
  readonly localAS: number
  readonly clusterID?: string
  readonly address?: Address
  /** The network of the node's own address and mask. */
  readonly subnet?: Prefix
  readonly listenPort?: number
  readonly listenAddress?: Address
  /** Interface patterns of the direct protocol, in order. */
  readonly directInterfaces: readonly string[]
  /** In the node-to-node mesh: a session with every other member (`meshMembers`), which no list here writes out. */
  readonly meshMember: boolean
  /** Sessions of BGPPeers, or a router's neighbours; worked out when read. */
  readonly explicitSessions: readonly SessionOptions[]
  /** Mesh and explicit sessions in BIRD's order: byte order of names. Worked out when read; long in a large mesh. */
  readonly sessions: readonly SessionOptions[]
  readonly normalRoutePriority: number
  readonly statics: readonly StaticOrigin[]
  /** Nodes only. */
  readonly exportPolicy?: ExportPolicy
  readonly kernelPolicy?: KernelPolicy
  /** Routers only: by neighbour address text, the sources that it advertises. */
  readonly advertise?: ReadonlyMap<string, readonly RouteSource[]>
}
