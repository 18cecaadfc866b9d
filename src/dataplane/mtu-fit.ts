/** Do the packets of pods fit the network that carries them, and by how much not. Bytes throughout. */

import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import { encapsulationOf } from '../cluster/pool.js'
import { type NodeMtu, nodeMtu, TUNNEL_DEVICES, TUNNEL_OVERHEAD, type TunnelDevice } from './mtu.js'

/** How a packet of a pod travels between nodes. */
export type Carriage = 'none' | TunnelDevice

/** Nodes whose MTUs are all the same, and what comes of them. */
export interface MtuGroup {
  /** In the cluster's order. */
  readonly nodes: readonly string[]
  readonly uplink: string
  readonly mtu: NodeMtu
  /** Ways that packets between nodes take here, the plain one first. */
  readonly fits: readonly MtuFit[]
  /** Largest pod MTU with which nothing is too large. */
  readonly largestPod: number
}

export interface MtuFit {
  readonly carriage: Carriage
  /** What the device takes at most: the network's MTU, or the tunnel's. */
  readonly device: number
  /** The network's MTU less the bytes of the tunnel: what a pod's packet may have at most. */
  readonly room: number
  /** Bytes by which a pod's largest packet is larger than the device takes. Not above 0: it fits. */
  readonly overDevice: number
  /** Bytes by which the largest packet that the device lets through, wrapped, is larger than the network takes. */
  readonly overNetwork: number
}

/** Groups in the order of their first nodes. */
export function mtuGroups(cluster: Cluster): readonly MtuGroup[] {
  const network = networkMtu(cluster)
  const groups = new Map<string, { nodes: string[]; uplink: string; mtu: NodeMtu; carriages: readonly Carriage[] }>()
  for (const node of cluster.nodes) {
    if (node.os !== 'linux') continue
    const uplink = cluster.underlay.attachments[node.index]?.interface ?? 'eth0'
    const mtu = nodeMtu(cluster, node)
    const carriages = carriagesOf(cluster, node, mtu)
    const key = [uplink, ...Object.values({ ...mtu, enabled: '' }), ...carriages].join(' ')
    const known = groups.get(key)
    if (known === undefined) groups.set(key, { nodes: [node.name], uplink, mtu, carriages })
    else known.nodes.push(node.name)
  }
  return [...groups.values()].map(({ nodes, uplink, mtu, carriages }) => {
    const fits = carriages.map((carriage) => fitOf(carriage, mtu, Math.min(network, mtu.interface)))
    return { nodes, uplink, mtu, fits, largestPod: Math.min(...fits.map(({ device, room }) => Math.min(device, room))) }
  })
}

/** The smallest MTU on the way between any two nodes, as far as the Underlay tells. */
export function networkMtu({ nodes, underlay }: Cluster): number {
  let smallest = Number.POSITIVE_INFINITY
  for (const node of nodes) {
    const attachment = underlay.attachments[node.index]
    if (attachment === undefined) continue
    const segments = [attachment.subnet, attachment.subnet6].flatMap((index) =>
      index === undefined ? [] : (underlay.subnets[index]?.mtu ?? []),
    )
    smallest = Math.min(smallest, attachment.mtu, ...segments)
  }
  return Number.isFinite(smallest) ? smallest : 1500
}

function fitOf(carriage: Carriage, mtu: NodeMtu, network: number): MtuFit {
  const [device, overhead] = carriage === 'none' ? [mtu.interface, 0] : [mtu[carriage], TUNNEL_OVERHEAD[carriage]]
  return {
    carriage,
    device,
    room: network - overhead,
    overDevice: mtu.pod - device,
    overNetwork: Math.min(mtu.pod, device) + overhead - network,
  }
}

/**
 * The plain way always: to hosts outside, and inside a subnet. WireGuard takes traffic of every pool between nodes
 * that have keys.
 */
function carriagesOf(cluster: Cluster, node: ClusterNode, { enabled }: NodeMtu): readonly Carriage[] {
  const used = new Set<TunnelDevice>()
  for (const pool of cluster.pools) {
    if (!pool.allowedUses.includes('Workload')) continue
    const { family } = pool.prefix
    switch (encapsulationOf(pool)) {
      case 'none':
        break
      case 'ipip':
        if (family === 4) used.add('ipip')
        break
      case 'vxlan':
        used.add(family === 4 ? 'vxlan' : 'vxlanV6')
    }
  }
  const felix = felixOn(cluster, node.name)
  if (felix.wireguardEnabled) used.add('wireguard')
  if (felix.wireguardEnabledV6) used.add('wireguardV6')
  return ['none', ...TUNNEL_DEVICES.filter((device) => used.has(device) && enabled[device])]
}
