/** What MTU the devices and the pods of a node get (felix/dataplane/linux/int_dataplane.go). Bytes throughout. */

import type { Cluster } from '../cluster/cluster.js'
import { felixOn } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import { ipipEnabled, vxlanEnabled } from '../cluster/route-ownership.js'

export interface NodeMtu {
  /** The network device that carries the node's address. */
  readonly interface: number
  /** Smallest MTU of the devices that Felix looks at. */
  readonly host: number
  /** False when no device fits mtuIfacePattern and Felix assumed 1460. */
  readonly detected: boolean
  readonly ipip: number
  readonly vxlan: number
  readonly vxlanV6: number
  readonly wireguard: number
  readonly wireguardV6: number
  /** What Felix writes for the CNI plugin: the smallest of the tunnels that are on. */
  readonly podFromFelix: number
  /** What a new pod gets: veth_mtu where it is set. */
  readonly pod: number
  readonly enabled: {
    readonly ipip: boolean
    readonly vxlan: boolean
    readonly vxlanV6: boolean
    readonly wireguard: boolean
    readonly wireguardV6: boolean
  }
}

/** Bytes that each tunnel adds. */
export const TUNNEL_OVERHEAD = { ipip: 20, vxlan: 50, vxlanV6: 70, wireguard: 60, wireguardV6: 80 } as const

/** Assumed where no device fits (findHostMTU). */
const UNDETECTED_MTU = 1460

/** Before v3.17 nothing was detected: these were fixed. */
const FIXED = { ipip: 1440, vxlan: 1410, vxlanV6: 1410, wireguard: 1420, wireguardV6: 1420 } as const

export function nodeMtu(cluster: Cluster, node: ClusterNode): NodeMtu {
  const felix = felixOn(cluster, node.name)
  const attachment = cluster.underlay.attachments[node.index]
  const device = attachment?.mtu ?? 1500
  const fixed = cluster.release.mtuDetection === 'fixed'
  const detected =
    fixed || fits(felix.mtuIfacePattern ?? cluster.release.mtuInterfacePattern, attachment?.interface ?? 'eth0')
  const host = detected ? device : UNDETECTED_MTU
  const tunnel = (configured: number, kind: keyof typeof TUNNEL_OVERHEAD): number =>
    configured > 0 ? configured : fixed ? FIXED[kind] : host - TUNNEL_OVERHEAD[kind]
  const mtus = {
    ipip: tunnel(felix.ipipMTU, 'ipip'),
    vxlan: tunnel(felix.vxlanMTU, 'vxlan'),
    vxlanV6: tunnel(felix.vxlanMTUV6, 'vxlanV6'),
    wireguard: tunnel(felix.wireguardMTU, 'wireguard'),
    wireguardV6: tunnel(felix.wireguardMTUV6, 'wireguardV6'),
  }
  const enabled = {
    ipip: ipipEnabled(cluster, node.name),
    vxlan: vxlanEnabled(cluster, node.name, 4),
    vxlanV6: vxlanEnabled(cluster, node.name, 6) && cluster.release.ipv6MtuOverheads,
    wireguard: felix.wireguardEnabled && cluster.release.wireguard,
    wireguardV6: felix.wireguardEnabledV6 && cluster.release.ipv6MtuOverheads,
  }
  const kinds = ['ipip', 'vxlan', 'vxlanV6', 'wireguard', 'wireguardV6'] as const
  const podFromFelix = Math.min(
    ...kinds.filter((kind) => enabled[kind]).map((kind) => mtus[kind]),
    ...(kinds.some((kind) => enabled[kind]) ? [] : [host]),
  )
  // Without detection the manifest's own default stood in calico-config, which said 1440.
  const unset = fixed ? FIXED.ipip : podFromFelix
  return {
    interface: device,
    host,
    detected,
    ...mtus,
    podFromFelix,
    pod: cluster.cni.mtu > 0 ? cluster.cni.mtu : unset,
    enabled,
  }
}

/** The pattern comes from a manifest; one that does not compile fits nothing, as in Felix, which then keeps its default. */
function fits(pattern: string, device: string): boolean {
  try {
    return new RegExp(pattern.length > 500 ? '^$' : pattern).test(device)
  } catch {
    return false
  }
}
