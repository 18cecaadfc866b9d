/** Tunnels that a segment of the network drops. */

import type { Cluster } from '../../cluster/cluster.js'
import { encapsulationOf, isCrossSubnet, isLoadBalancerOnly, type Pool } from '../../cluster/pool.js'
import type { Subnet } from '../../cluster/underlay.js'
import type { Finding } from '../../findings/finding.js'
import { tunnelsEnabled } from '../mtu.js'
import { subnetOf } from './fabric.js'

/** One finding for each pool and subnet: inside it with Always, out of it with CrossSubnet. */
export function tunnelsDropped(cluster: Cluster): readonly Finding[] {
  const { underlay } = cluster
  if (!underlay.subnets.some(({ drops }) => drops.length > 0)) return []
  return cluster.pools
    .filter((pool) => !isLoadBalancerOnly(pool))
    .flatMap((pool) => {
      const type = encapsulationOf(pool)
      if (type === 'none') return []
      const nodes = nodesBySubnet(cluster, pool)
      return [...nodes].flatMap(([subnet, count]) => {
        if (!subnet.drops.includes(type)) return []
        const others = [...nodes.keys()].some((other) => other !== subnet)
        return others || (count > 1 && !isCrossSubnet(pool)) ? [dropped(pool, type, subnet, count)] : []
      })
    })
}

function nodesBySubnet({ nodes, underlay }: Cluster, { prefix }: Pool): ReadonlyMap<Subnet, number> {
  const counted = new Map<Subnet, number>()
  for (const { index } of nodes) {
    const attachment = underlay.attachments[index]
    const subnet = attachment && subnetOf(underlay, attachment, prefix.family)
    if (subnet !== undefined) counted.set(subnet, (counted.get(subnet) ?? 0) + 1)
  }
  return counted
}

function dropped(pool: Pool, type: 'ipip' | 'vxlan', subnet: Subnet, nodes: number): Finding {
  const where = isCrossSubnet(pool) ? 'what leaves it' : 'everything between its nodes and to others'
  return {
    severity: 'error',
    code: 'TUNNEL_DROPPED',
    message: `Subnet ${subnet.name} (${nodes} ${nodes === 1 ? 'node' : 'nodes'}) drops ${type === 'ipip' ? 'IPIP, protocol 4,' : 'VXLAN'} and IPPool ${pool.name} tunnels ${where}.`,
    hint:
      type === 'ipip'
        ? 'Let protocol 4 pass between the nodes, or use VXLAN: ipipMode Never and vxlanMode Always.'
        : 'Let UDP port 4789 pass between the nodes, or choose another port with vxlanPort.',
    resource: { kind: 'IPPool', name: pool.name },
    path: ['spec', type === 'ipip' ? 'ipipMode' : 'vxlanMode'],
  }
}

/** WireGuard carries traffic of every pool between nodes that have it on. */
export function wireguardDropped(cluster: Cluster): readonly Finding[] {
  const { underlay } = cluster
  const dropping = new Map<Subnet, number>()
  if (!underlay.subnets.some(({ drops }) => drops.includes('wireguard'))) return []
  for (const node of cluster.nodes) {
    const attachment = underlay.attachments[node.index]
    const { wireguard, wireguardV6 } = tunnelsEnabled(cluster, node.name)
    for (const [family, on] of [
      [4, wireguard],
      [6, wireguardV6],
    ] as const) {
      const subnet = on && attachment ? subnetOf(underlay, attachment, family) : undefined
      if (subnet?.drops.includes('wireguard')) dropping.set(subnet, (dropping.get(subnet) ?? 0) + 1)
    }
  }
  return [...dropping].map(([subnet, nodes]) => ({
    severity: 'error',
    code: 'TUNNEL_DROPPED',
    message: `Subnet ${subnet.name} drops WireGuard, which is on for ${nodes} ${nodes === 1 ? 'node' : 'nodes'} there.`,
    hint: 'Let UDP ports 51820 and, for IPv6, 51821 pass between the nodes.',
    resource: { kind: 'FelixConfiguration', name: 'default' },
    path: ['spec', 'wireguardEnabled'],
  }))
}
