/** What MTU the devices and the pods of a node get (felix/dataplane/linux/int_dataplane.go). Bytes throughout. */

import type { Cluster } from '../cluster/cluster.js'
import { felixOn } from '../cluster/cluster.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { ClusterNode } from '../cluster/node.js'
import { ipipEnabled, vxlanEnabled } from '../cluster/route-ownership.js'

/** Bytes that each tunnel adds. */
export const TUNNEL_OVERHEAD = { ipip: 20, vxlan: 50, vxlanV6: 70, wireguard: 60, wireguardV6: 80 } as const

export type TunnelDevice = keyof typeof TUNNEL_OVERHEAD

/** In the order in which Felix goes through them. */
export const TUNNEL_DEVICES = ['ipip', 'vxlan', 'vxlanV6', 'wireguard', 'wireguardV6'] as const

export type TunnelMtu = { readonly [D in TunnelDevice]: number }
export type TunnelsEnabled = { readonly [D in TunnelDevice]: boolean }

export interface NodeMtu extends TunnelMtu {
  /** The network device that carries the node's address. */
  readonly interface: number
  /** Smallest MTU of the devices that Felix looks at. */
  readonly host: number
  /** False when no device fits mtuIfacePattern and Felix assumed 1460. */
  readonly detected: boolean
  /** What Felix writes for the CNI plugin: the smallest of the tunnels that are on. */
  readonly podFromFelix: number
  /** What a new pod gets: veth_mtu where it is set. Pods that run keep what they started with. */
  readonly pod: number
  readonly enabled: TunnelsEnabled
}

/** A network device of the host as MTU detection sees it. */
export interface HostInterface {
  readonly name: string
  readonly mtu: number
  readonly up: boolean
}

/** Assumed where no device fits: the smallest that the large clouds have. */
const UNDETECTED_MTU = 1460

/** The smallest MTU of the devices that are up and fit the pattern (findHostMTU). */
export function hostMtu(
  interfaces: readonly HostInterface[],
  pattern: string,
): { readonly mtu: number; readonly detected: boolean } {
  const fitting = interfaces.filter(({ name, up }) => up && fits(pattern, name))
  if (fitting.length === 0) return { mtu: UNDETECTED_MTU, detected: false }
  return { mtu: Math.min(...fitting.map(({ mtu }) => mtu)), detected: true }
}

/** The pattern comes from a manifest; one that does not compile fits nothing. */
function fits(pattern: string, device: string): boolean {
  try {
    return new RegExp(pattern.length > 500 ? '^$' : pattern).test(device)
  } catch {
    return false
  }
}

/** Azure's network splits packets above 1400 bytes, and WireGuard's may not be split. */
const AKS_OVERHEAD = 100

export type MtuSettings = Pick<
  FelixSettings,
  'ipipMTU' | 'vxlanMTU' | 'vxlanMTUV6' | 'wireguardMTU' | 'wireguardMTUV6' | 'wireguardHostEncryptionEnabled'
>

/** MTUs of the tunnel devices: configured, or what the host's leaves after the tunnel's own bytes (ConfigureDefaultMTUs). */
export function tunnelMtu(host: number, felix: MtuSettings, aks: boolean): TunnelMtu {
  const encrypted = aks && felix.wireguardHostEncryptionEnabled ? AKS_OVERHEAD : 0
  return {
    ipip: felix.ipipMTU || host - TUNNEL_OVERHEAD.ipip,
    vxlan: felix.vxlanMTU || host - TUNNEL_OVERHEAD.vxlan,
    vxlanV6: felix.vxlanMTUV6 || host - TUNNEL_OVERHEAD.vxlanV6,
    wireguard: felix.wireguardMTU || host - encrypted - TUNNEL_OVERHEAD.wireguard,
    wireguardV6: felix.wireguardMTUV6 || host - encrypted - TUNNEL_OVERHEAD.wireguardV6,
  }
}

/** Before v3.17 nothing was detected: these were fixed (felix/config/config_params.go). */
const FIXED: TunnelMtu = { ipip: 1440, vxlan: 1410, vxlanV6: 1410, wireguard: 1420, wireguardV6: 1420 }

function fixedMtu(felix: MtuSettings): TunnelMtu {
  return {
    ipip: felix.ipipMTU || FIXED.ipip,
    vxlan: felix.vxlanMTU || FIXED.vxlan,
    vxlanV6: felix.vxlanMTUV6 || FIXED.vxlanV6,
    wireguard: felix.wireguardMTU || FIXED.wireguard,
    wireguardV6: felix.wireguardMTUV6 || FIXED.wireguardV6,
  }
}

/**
 * The smallest of the tunnels that are on, however few pods use them and whether or not packets to the same subnet go
 * without; the host's where none is on. Nothing holds it below the host's (determinePodMTU).
 */
export function podMtuFromFelix(host: number, mtu: TunnelMtu, enabled: TunnelsEnabled): number {
  const used = TUNNEL_DEVICES.filter((device) => enabled[device]).map((device) => mtu[device])
  return used.length === 0 ? host : Math.min(...used)
}

export function tunnelsEnabled(cluster: Cluster, node: string): TunnelsEnabled {
  const { release } = cluster
  const felix = felixOn(cluster, node)
  return {
    ipip: ipipEnabled(cluster, node),
    vxlan: vxlanEnabled(cluster, node, 4),
    vxlanV6: vxlanEnabled(cluster, node, 6) && release.ipv6MtuOverheads,
    wireguard: felix.wireguardEnabled && release.wireguard,
    wireguardV6: felix.wireguardEnabledV6 && release.wireguardV6,
  }
}

export function nodeMtu(cluster: Cluster, node: ClusterNode): NodeMtu {
  const { release, cni } = cluster
  const felix = felixOn(cluster, node.name)
  const attachment = cluster.underlay.attachments[node.index]
  const device: HostInterface = { name: attachment?.interface ?? 'eth0', mtu: attachment?.mtu ?? 1500, up: true }
  const fixed = release.mtuDetection === 'fixed'
  const found = fixed
    ? { mtu: device.mtu, detected: true }
    : hostMtu([device], felix.mtuIfacePattern ?? release.mtuInterfacePattern)
  const mtu = fixed ? fixedMtu(felix) : tunnelMtu(found.mtu, felix, cluster.kubernetesProvider === 'AKS')
  const enabled = tunnelsEnabled(cluster, node.name)
  const podFromFelix = podMtuFromFelix(found.mtu, mtu, enabled)
  // Without detection the manifest's own default stood in calico-config: 1440, and 1410 in the one for VXLAN.
  const unset = fixed ? Math.min(FIXED.ipip, podFromFelix) : podFromFelix
  return {
    interface: device.mtu,
    host: found.mtu,
    detected: found.detected,
    ...mtu,
    podFromFelix,
    pod: cni.mtu > 0 ? cni.mtu : unset,
    enabled,
  }
}
