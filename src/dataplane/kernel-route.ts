/** One entry of a kernel routing table with exactly the keys of `ip -j route show`, and why it is there. */

export type RouteType = 'unicast' | 'blackhole' | 'unreachable' | 'prohibit' | 'throw'

export interface NextHop {
  readonly gateway?: string
  readonly dev: string
  readonly weight: number
  readonly flags: readonly string[]
}

/** Keys that `ip -j` leaves out are absent: `type` unicast, `protocol` boot, `scope` global, `metric` 0. */
export interface KernelRoute {
  readonly type?: Exclude<RouteType, 'unicast'>
  readonly dst: string
  readonly gateway?: string
  readonly dev?: string
  readonly protocol?: string
  readonly scope?: string
  readonly prefsrc?: string
  readonly metric?: number
  readonly flags: readonly string[]
  readonly metrics?: readonly { readonly mtu: number }[]
  readonly nexthops?: readonly NextHop[]
  /** IPv6 routes only. */
  readonly pref?: 'medium'
}

/** Which component wrote the route and by which rule. Worded in `report/`. */
export interface RouteReason {
  readonly owner: 'felix' | 'bird' | 'kernel' | 'cni' | 'underlay'
  readonly rule: RouteRule
  /** `IPPool default-ipv4-ippool`, `BlockAffinity n1-10-65-0-0-26`: what to look at. */
  readonly resource?: string
  readonly node?: string
  readonly detail?: string
}

export type RouteRule =
  | 'connected'
  | 'defaultRoute'
  | 'staticRoute'
  | 'localPod'
  | 'ownBlock'
  | 'remoteBlock'
  | 'remoteBlockSameSubnet'
  | 'remoteBlockTunnelled'
  | 'borrowedAddress'
  | 'remoteVtep'
  | 'bgpRoute'
  | 'bgpUnreachable'
  | 'bgpMultipath'
  | 'serviceRange'
  | 'reachableBy'
  | 'wireguardPeer'
  | 'wireguardThrow'

export interface ExplainedRoute {
  readonly route: KernelRoute
  readonly why: RouteReason
}
