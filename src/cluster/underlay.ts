/** The network below Calico, which no manifest describes: layer-2 segments, routers, outside hosts. */

import type { Address } from '../address/address.js'
import type { InterfaceAddress, Prefix } from '../address/prefix.js'

export interface Subnet {
  readonly index: number
  readonly name: string
  readonly prefix: Prefix
  readonly gateway?: Address
  readonly mtu: number
  /** The fabric drops packets whose source is not the sender's own address (cloud source checks, port security). */
  readonly antiSpoofing: boolean
  /** Protocols that the fabric drops, for example `ipip`, `vxlan`, `bgp`. */
  readonly drops: readonly string[]
}

/** A route that somebody wrote on a node or a router, in the words of `ip route`. */
export interface StaticRoute {
  readonly to: Prefix
  readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit'
  readonly via?: Address
  readonly dev?: string
  /** As `ip route` prints it; `boot` when nothing was said. */
  readonly protocol: string
  /** 0 is no metric. */
  readonly metric: number
}

/** How one node hangs on the network. */
export interface NodeAttachment {
  readonly node: string
  /** Index into `Underlay.subnets`; undefined when no subnet holds the node's address. IPv4 where the node has both. */
  readonly subnet?: number
  /** The IPv6 subnet behind the same interface, of a node that has addresses of both families. */
  readonly subnet6?: number
  readonly interface: string
  readonly mtu: number
  /** Undefined: none at all. Taken from the subnet's gateway unless the Underlay says otherwise. */
  readonly defaultRoute?: StaticRoute
  /** As `defaultRoute`, by way of `subnet6`. */
  readonly defaultRoute6?: StaticRoute
  readonly staticRoutes: readonly StaticRoute[]
  /** Overrides what calico-node would use as router id. */
  readonly routerID?: string
  /** The node is dead or its link is cut: no packet gets to it or away from it. */
  readonly detached?: true
}

export type RouteSource = 'connected' | 'static' | 'kernel' | 'bgp'

export interface RouterNeighbor {
  readonly address: Address
  readonly asNumber: number
  readonly routeReflectorClient: boolean
  readonly nextHopSelf: boolean
  readonly multihop: boolean
  readonly passive: boolean
  readonly port?: number
  readonly password?: string
  readonly advertise: readonly RouteSource[]
}

/** A BGP speaker that is no Kubernetes node: a ToR, an external reflector, calico-node outside the cluster. */
export interface RouterBgp {
  readonly asNumber: number
  readonly routerID?: string
  readonly clusterID?: string
  readonly addPaths: boolean
  readonly neighbors: readonly RouterNeighbor[]
}

export interface RouterInterface {
  readonly name: string
  readonly subnet: number
  readonly address: InterfaceAddress
  /** Its link is cut, or the router is down. */
  readonly cut?: true
}

export interface Router {
  readonly index: number
  readonly name: string
  readonly interfaces: readonly RouterInterface[]
  readonly staticRoutes: readonly StaticRoute[]
  readonly bgp?: RouterBgp
  /** It forwards nothing and speaks no BGP. */
  readonly down?: true
  /** Made up because the input describes no router: whether a real one runs BGP is not known. */
  readonly assumed?: boolean
}

export interface OutsideHost {
  readonly name: string
  readonly address: InterfaceAddress
  readonly gateway?: Address
}

export interface Underlay {
  /** True when no Underlay resource was given and this one was assumed. */
  readonly assumed: boolean
  readonly subnets: readonly Subnet[]
  /** In the order of `Cluster.nodes`, one each. */
  readonly attachments: readonly NodeAttachment[]
  readonly routers: readonly Router[]
  readonly hosts: readonly OutsideHost[]
}
