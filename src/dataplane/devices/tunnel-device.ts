/** The network devices that Felix makes on a node for its tunnels (felix/dataplane/linux/ipip_mgr.go, vxlan_mgr.go; felix/wireguard). */

import type { Address, Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { vtepOf } from '../../bgp/felix/vteps.js'
import { felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { type NodeMtu, nodeMtu } from '../mtu.js'
import { wireguardRuns } from '../wireguard-routes.js'

interface DeviceBase {
  readonly name: string
  readonly family: Family
  /** Bytes. */
  readonly mtu: number
  /** The tunnel's address, which stands on the device with a host mask; absent where the node has none. */
  readonly address?: Address
}

export type TunnelDeviceFacts =
  | (DeviceBase & { readonly kind: 'ipip' })
  | (DeviceBase & {
      readonly kind: 'vxlan'
      readonly mac: string
      /** Absent in eBPF mode, where the program says with each packet where it goes (`external`). */
      readonly link?: { readonly vni: number; readonly local: Address; readonly parent: string }
      readonly port: number
    })
  | (DeviceBase & { readonly kind: 'wireguard'; readonly port: number; readonly publicKey: string })

/** In the order tunl0, VXLAN, WireGuard, IPv4 before IPv6. A device is there when Felix has it switched on and configured. */
export function tunnelDevices(context: BgpContext, node: ClusterNode): readonly TunnelDeviceFacts[] {
  const mtu = nodeMtu(context.cluster, node)
  return [
    ...ipipDevice(context, node, mtu),
    ...vxlanDevice(context, node, mtu, 4),
    ...vxlanDevice(context, node, mtu, 6),
    ...wireguardDevice(context, node, mtu, 4),
    ...wireguardDevice(context, node, mtu, 6),
  ]
}

function ipipDevice({ ipam }: BgpContext, node: ClusterNode, mtu: NodeMtu): readonly TunnelDeviceFacts[] {
  if (!mtu.enabled.ipip) return []
  const address = ipam.tunnels.get(node.name)?.ipip
  return [{ kind: 'ipip', name: 'tunl0', family: 4, mtu: mtu.ipip, ...(address === undefined ? {} : { address }) }]
}

function vxlanDevice(
  { cluster, ipam }: BgpContext,
  node: ClusterNode,
  mtu: NodeMtu,
  family: Family,
): readonly TunnelDeviceFacts[] {
  if (!(family === 4 ? mtu.enabled.vxlan : mtu.enabled.vxlanV6)) return []
  // Without a tunnel endpoint of its own the node's Felix makes no device.
  const own = vtepOf(ipam.tunnels, node, family)
  if (own === undefined) return []
  const { bpfEnabled, vxlanVNI, vxlanPort } = felixOn(cluster, node.name)
  const parent = cluster.underlay.attachments[node.index]?.interface ?? 'eth0'
  return [
    {
      kind: 'vxlan',
      name: family === 4 ? 'vxlan.calico' : 'vxlan-v6.calico',
      family,
      mtu: family === 4 ? mtu.vxlan : mtu.vxlanV6,
      address: own.address,
      mac: own.mac,
      ...(bpfEnabled ? {} : { link: { vni: vxlanVNI, local: own.parent, parent } }),
      port: vxlanPort,
    },
  ]
}

function wireguardDevice(
  { cluster, ipam }: BgpContext,
  node: ClusterNode,
  mtu: NodeMtu,
  family: Family,
): readonly TunnelDeviceFacts[] {
  const publicKey = family === 4 ? node.wireguardPublicKey : node.wireguardPublicKeyV6
  if (publicKey === undefined || !wireguardRuns(cluster, node, family)) return []
  const felix = felixOn(cluster, node.name)
  const address = ipam.tunnels.get(node.name)?.[family === 4 ? 'wireguard' : 'wireguardV6']
  return [
    {
      kind: 'wireguard',
      name: family === 4 ? felix.wireguardInterfaceName : felix.wireguardInterfaceNameV6,
      family,
      mtu: family === 4 ? mtu.wireguard : mtu.wireguardV6,
      ...(address === undefined ? {} : { address }),
      port: family === 4 ? felix.wireguardListeningPort : felix.wireguardListeningPortV6,
      publicKey,
    },
  ]
}
