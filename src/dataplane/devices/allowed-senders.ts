/**
 * Who may send tunnelled packets to a node: IP sets that its filter's input chain asks. Packets of the protocol from
 * anybody else are dropped, those of other users of the protocol too (felix/rules/static.go filterInputChain).
 */

import type { Family } from '../../address/address.js'
import { hostPrefix, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { perContext } from '../../bgp/config/per-context.js'
import { felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { tunnelsEnabled } from '../mtu.js'
import { externalNodes, hostAddress } from './host-set.js'
import { clusterVteps } from './vxlan-neighbours.js'

export interface AllowedSenders {
  /** Name of the set in the kernel, as `ipset list` takes it. */
  readonly set: string
  readonly family: Family
  readonly protocol: 'ipip' | 'vxlan'
  /** Of VXLAN: the UDP port. */
  readonly port?: number
  readonly members: readonly Prefix[]
  /** Pods of this node may send such packets themselves; without it they are dropped where they leave the pod. */
  readonly fromPods: boolean
}

/** Of IPIP first, then VXLAN, IPv4 before IPv6; none of a protocol that is off. */
export function allowedSenders(context: BgpContext, node: ClusterNode): readonly AllowedSenders[] {
  const { cluster } = context
  const enabled = tunnelsEnabled(cluster, node.name)
  const felix = felixOn(cluster, node.name)
  if (felix.bpfEnabled) return []
  const vxlan = (family: Family): AllowedSenders => ({
    set: `${SET_PREFIX[family]}all-vxlan-net`,
    family,
    protocol: 'vxlan',
    port: felix.vxlanPort,
    members: [
      ...externalNodes(cluster, node.name, family),
      ...clusterVteps(context, family).flatMap((vtep) => (vtep.node === node.name ? [] : hostPrefix(vtep.parent))),
    ],
    fromPods: felix.allowVXLANPacketsFromWorkloads,
  })
  return [
    ...(enabled.ipip
      ? [
          {
            set: `${SET_PREFIX[4]}all-hosts-net`,
            family: 4 as const,
            protocol: 'ipip' as const,
            members: [...nodeHosts(context), ...externalNodes(cluster, node.name, 4)],
            fromPods: felix.allowIPIPPacketsFromWorkloads,
          },
        ]
      : []),
    ...(enabled.vxlan ? [vxlan(4)] : []),
    ...(enabled.vxlanV6 ? [vxlan(6)] : []),
  ]
}

/** One IPv4 address of each node, this one included. */
const nodeHosts = perContext(({ cluster }): readonly Prefix[] =>
  cluster.nodes.flatMap((node) => {
    const address = hostAddress(node, 4)
    return address === undefined ? [] : hostPrefix(address)
  }),
)

/** felix/ipsets/ipset_defs.go: `cali`, the family, and 0 for the set in use. */
const SET_PREFIX: { readonly [F in Family]: string } = { 4: 'cali40', 6: 'cali60' }
