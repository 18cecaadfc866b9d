/** Everything besides routes that Felix sets up on a node for traffic between nodes. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { type NodeMtu, nodeMtu } from '../mtu.js'
import { type NatRule, natOutgoingChain } from '../nat-rules.js'
import { type AllowedSenders, allowedSenders } from './allowed-senders.js'
import { type TunnelDeviceFacts, tunnelDevices } from './tunnel-device.js'
import { clusterVteps, type VxlanNeighbour, vxlanNeighbours } from './vxlan-neighbours.js'
import { type RoutingRule, wireguardRules } from './wireguard-rule.js'

export interface NodeDevices {
  readonly node: string
  readonly uplink: string
  readonly mtu: NodeMtu
  readonly devices: readonly TunnelDeviceFacts[]
  /** Entries of each VXLAN device. In eBPF mode the forwarding database stays empty. */
  readonly neighbours: readonly {
    readonly device: string
    readonly forwardingDatabase: boolean
    readonly entries: readonly VxlanNeighbour[]
  }[]
  readonly allowed: readonly AllowedSenders[]
  readonly rules: readonly RoutingRule[]
  /** The chain of natOutgoing of each family that has one. */
  readonly nat: readonly { readonly family: Family; readonly rules: readonly NatRule[] }[]
}

export function nodeDevices(context: BgpContext, node: ClusterNode): NodeDevices {
  const { cluster } = context
  const devices = tunnelDevices(context, node)
  const { bpfEnabled } = felixOn(cluster, node.name)
  return {
    node: node.name,
    uplink: cluster.underlay.attachments[node.index]?.interface ?? 'eth0',
    mtu: nodeMtu(cluster, node),
    devices,
    neighbours: devices
      .filter(({ kind }) => kind === 'vxlan')
      .map(({ name, family }) => ({
        device: name,
        forwardingDatabase: !bpfEnabled,
        entries: vxlanNeighbours(clusterVteps(context, family), node.name),
      })),
    allowed: allowedSenders(context, node),
    rules: wireguardRules(cluster, node),
    nat: ([4, 6] as const)
      .map((family) => ({ family, rules: bpfEnabled ? [] : natOutgoingChain(cluster, node.name, family) }))
      .filter(({ rules }) => rules.length > 0),
  }
}
