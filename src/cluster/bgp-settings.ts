/** BGPConfiguration, BGPPeer and BGPFilter with defaults filled in and names resolved. */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { Selector } from '../manifests/selector/selector.js'

export type ProgramClusterRoutes = 'Enabled' | 'Disabled' | 'EnabledIPIPOnly' | 'EnabledNoEncapOnly'

export interface PrefixAdvertisement {
  readonly prefix: Prefix
  /** Literal values (`64512:100`, `64512:1:2`), names already resolved, unknown names dropped, sorted as text. */
  readonly communities: readonly string[]
}

/** The secret that holds a session's password. */
export interface PasswordRef {
  readonly secret: string
  readonly key: string
  /** False: the Secret or the key is not in the input, and the session is configured without a password. */
  readonly readable: boolean
  /** False: the input holds no Secret at all, so nothing is known and no mismatch may be concluded. */
  readonly known: boolean
  /** The password itself, when readable. */
  readonly value?: string
}

/** What BGPConfiguration `default` (and the environment of calico-node) says for the whole cluster. */
export interface BgpSettings {
  /** 64512 when nothing says otherwise. */
  readonly asNumber: number
  readonly nodeToNodeMeshEnabled: boolean
  readonly listenPort?: number
  readonly bindMode: 'None' | 'NodeIP'
  readonly ignoredInterfaces: readonly string[]
  readonly logSeverity: string
  readonly nodeMeshPassword?: PasswordRef
  /** Whole seconds. */
  readonly nodeMeshMaxRestartTime?: number
  readonly programClusterRoutes?: ProgramClusterRoutes
  /** Metric of ordinary routes; 1024 unless set. */
  readonly normalRoutePriority: { readonly [F in Family]: number }
  readonly prefixAdvertisements: readonly PrefixAdvertisement[]
  readonly serviceClusterIPs: readonly Prefix[]
  readonly serviceExternalIPs: readonly Prefix[]
  readonly serviceLoadBalancerIPs: readonly Prefix[]
  readonly serviceLoadBalancerAggregation: boolean
  readonly localWorkloadPeering: { readonly [F in Family]?: Address }
  /** BGPConfiguration `node.NAME`: only these fields count there. By node name. */
  readonly perNode: ReadonlyMap<string, NodeBgpSettings>
  /** CALICO_ROUTER_ID of calico-node: `hash`, a literal, or undefined for the IPv4 address. */
  readonly routerID?: string
}

export interface NodeBgpSettings {
  readonly listenPort?: number
  readonly logSeverity?: string
  /** Present, even if empty, replaces the cluster's list. */
  readonly prefixAdvertisements?: readonly PrefixAdvertisement[]
}

export interface BgpPeer {
  readonly name: string
  /** Local side: a selector wins over a name; neither means every node (a global peer). */
  readonly node?: string
  readonly nodeSelector?: Selector
  /** Remote side. `peerIP` is the address text without port; `peerAddress` undefined when it does not parse. */
  readonly peerIP?: string
  readonly peerAddress?: Address
  readonly peerPort?: number
  readonly peerSelector?: Selector
  readonly localWorkloadSelector?: Selector
  /** 0 when unset. */
  readonly asNumber: number
  readonly localASNumber?: number
  readonly numAllowedLocalASNumbers: number
  readonly nextHopMode?: 'Auto' | 'Self' | 'Keep'
  readonly keepOriginalNextHop: boolean
  readonly sourceAddress: 'UseNodeIP' | 'None'
  readonly reachableBy?: Address
  /** 0 when off. */
  readonly ttlSecurity: number
  readonly reversePeering: 'Auto' | 'Manual'
  readonly filters: readonly string[]
  readonly password?: PasswordRef
  /** Whole seconds. */
  readonly maxRestartTime?: number
  readonly keepaliveTime?: number
}

export type MatchOperator = 'Equal' | 'NotEqual' | 'In' | 'NotIn'

export type FilterOperation =
  | { readonly kind: 'addCommunity'; readonly value: string }
  | { readonly kind: 'prependASPath'; readonly prefix: readonly number[] }
  | { readonly kind: 'setPriority'; readonly value: number }

export interface FilterRule {
  readonly action: 'Accept' | 'Reject'
  readonly prefix?: Prefix
  readonly matchOperator?: MatchOperator
  readonly prefixLength?: { readonly min?: number; readonly max?: number }
  readonly source?: 'RemotePeers'
  readonly interface?: string
  readonly peerType?: 'eBGP' | 'iBGP'
  readonly community?: string
  readonly asPathPrefix: readonly number[]
  readonly priority?: number
  readonly operations: readonly FilterOperation[]
}

export interface BgpFilter {
  readonly name: string
  readonly import: { readonly [F in Family]: readonly FilterRule[] }
  readonly export: { readonly [F in Family]: readonly FilterRule[] }
}
