/**
 * WireGuard's own table, which a rule asks before main (felix/wireguard/wireguard.go): a route for every prefix of each
 * peer, and a throw for what must not go that way.
 */

import type { Address, Family } from '../address/address.js'
import { addressPlus } from '../address/address.js'
import { firstAddress, hostPrefix, type Prefix } from '../address/prefix.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import type { IpamView } from '../ipam/view.js'
import type { RouteReason } from './kernel-route.js'
import { kernelRoute } from './route-builder.js'
import type { TaggedRoute } from './underlay-routes.js'

/** Number of the table as `ip route show table` takes it; undefined when WireGuard is off on this node. */
export function wireguardTable(cluster: Cluster, node: ClusterNode): string | undefined {
  if (!wireguardRuns(cluster, node, 4) && !wireguardRuns(cluster, node, 6)) return undefined
  return String(felixOn(cluster, node.name).routeTableRange.min)
}

/** Switched on for a family, and the node has a key: without one its calico-node has not set the device up yet. */
export function wireguardRuns({ felix, felixByNode, release }: Cluster, node: ClusterNode, family: Family): boolean {
  const { wireguardEnabled, wireguardEnabledV6 } = felixByNode.get(node.name) ?? felix
  const on = family === 4 ? release.wireguard && wireguardEnabled : release.wireguardV6 && wireguardEnabledV6
  return on && runs(node, family)
}

function runs(node: ClusterNode, family: Family): boolean {
  return (family === 4 ? node.wireguardPublicKey : node.wireguardPublicKeyV6) !== undefined
}

export function wireguardRoutes(cluster: Cluster, ipam: IpamView, node: ClusterNode): readonly TaggedRoute[] {
  const felix = felixOn(cluster, node.name)
  const dev = { 4: felix.wireguardInterfaceName, 6: felix.wireguardInterfaceNameV6 }
  const enabled = { 4: felix.wireguardEnabled, 6: felix.wireguardEnabledV6 }
  const routes: TaggedRoute[] = []
  const add = (prefix: Prefix, owner: string): void => {
    const { family } = prefix
    if (!enabled[family]) return
    const peer = cluster.nodeByName.get(owner)
    const usable = owner !== node.name && peer !== undefined && isPeer(peer, family)
    const why: RouteReason = { owner: 'felix', rule: usable ? 'wireguardPeer' : 'wireguardThrow', node: owner }
    const route = usable
      ? kernelRoute({ prefix, dev: dev[family], protocol: 'boot', link: true })
      : kernelRoute({ prefix, type: 'throw', protocol: 'boot' })
    routes.push({ prefix, explained: { route, why } })
  }
  for (const block of ipam.blocks) {
    const owner = block.affinity?.type === 'host' ? block.affinity.host : undefined
    if (owner !== undefined) add(block.prefix, owner)
    for (const { ordinal, node: user } of block.allocations) {
      if (user === undefined || user === owner) continue
      const address: Address | undefined = addressPlus(firstAddress(block.prefix), ordinal)
      if (address) add(hostPrefix(address), user)
    }
  }
  return routes
}

function isPeer(peer: ClusterNode, family: Family): boolean {
  return runs(peer, family) && peer.bgpAddress[family] !== undefined
}
