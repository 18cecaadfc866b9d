/** What the planner knows of one node, whichever resource said it: Kubernetes Node annotations or a Calico Node. */

import type { Address, Family } from '../address/address.js'
import type { InterfaceAddress } from '../address/prefix.js'

/**
 * The tunnels that take an address of their own from IPAM (node/pkg/allocateip), in the order in which calico-node
 * asks for them.
 */
export const TUNNEL_KINDS = ['wireguard', 'wireguardV6', 'ipip', 'vxlan', 'vxlanV6'] as const
export type TunnelKind = (typeof TUNNEL_KINDS)[number]

export interface ClusterNode {
  /** Place in `Cluster.nodes`. */
  readonly index: number
  readonly name: string
  /** Kubernetes labels over Calico-only ones (libcalico-go node.go mergeCalicoAndK8sLabels). */
  readonly labels: Readonly<Record<string, string>>
  /**
   * The BGP address of each family with the mask that was stored. A bare address has a host mask, so its subnet is
   * only itself. Undefined: the node has no BGP in that family.
   */
  readonly bgpAddress: { readonly [F in Family]?: InterfaceAddress }
  /**
   * Kubernetes InternalIP and ExternalIP addresses in their order, of a Calico Node those without a type (``) too; Felix
   * falls back to the first internal or external one where BGP has none.
   */
  readonly addresses: readonly { readonly type: string; readonly address: Address }[]
  /** The node's own AS number; undefined means that the cluster's applies. */
  readonly asNumber?: number
  /** Dotted quad. Present and non-empty: the node is a route reflector. */
  readonly routeReflectorClusterID?: string
  /** Addresses that calico-node has already stored for its tunnels. */
  readonly tunnelAddress: { readonly [T in TunnelKind]?: Address }
  readonly vxlanTunnelMAC?: string
  readonly vxlanTunnelMACv6?: string
  readonly wireguardPublicKey?: string
  readonly wireguardPublicKeyV6?: string
  /** `spec.podCIDRs` of the Kubernetes Node, as text. */
  readonly podCIDRs: readonly string[]
  /** False when cordoned: no replica of a workload is placed here. */
  readonly schedulable: boolean
  readonly taints: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  readonly os: 'linux' | 'windows'
  /** `podsPerNode` of the NodeSet that made this node: replicas to place here before any workload. */
  readonly syntheticPods: number
}
