/**
 * WireGuard's own table, which a rule asks before main (felix/wireguard/wireguard.go): a route for every prefix of each
 * peer, and a throw for what must not go that way.
 */

import type { Family } from '../address/address.js'
import { bitsOf, type Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { BgpContext } from '../bgp/config/context.js'
import { allL3Routes } from '../bgp/felix/cluster-routes.js'
import { L3_TYPE, type L3Route, l3Viewer } from '../bgp/felix/l3-route.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import { hostAddress } from './devices/host-set.js'
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

/**
 * By what the calculation graph says of each CIDR (felix/dataplane/linux/wireguard_mgr.go OnUpdate): workloads and
 * tunnel ends count, a block and a tunnel's address inside of it each by itself; hosts only where their traffic is
 * encrypted too. Of this node's own only what its blocks do not cover is written singly.
 */
export function wireguardRoutes(context: BgpContext, node: ClusterNode): readonly TaggedRoute[] {
  const { cluster } = context
  const felix = felixOn(cluster, node.name)
  const dev = { 4: felix.wireguardInterfaceName, 6: felix.wireguardInterfaceNameV6 }
  const peers = { 4: peersOf(cluster, 4), 6: peersOf(cluster, 6) }
  const carried = allL3Routes(context, l3Viewer(cluster, node)).filter(
    (route) =>
      wireguardRuns(cluster, node, route.prefix.family) && isCarried(route, felix.wireguardHostEncryptionEnabled),
  )
  const own = new PrefixTable<true>()
  for (const route of carried) {
    if (route.node === node.name && !isSingle(route.prefix)) own.set(route.prefix, true)
  }
  return carried.flatMap((route) => {
    const { prefix } = route
    const owner = route.node ?? ''
    if (owner === node.name && isSingle(prefix) && own.covering(prefix) !== undefined) return []
    const usable = owner !== node.name && peers[prefix.family].has(owner)
    const why: RouteReason = { owner: 'felix', rule: usable ? 'wireguardPeer' : 'wireguardThrow', node: owner }
    const written = usable
      ? kernelRoute({ prefix, dev: dev[prefix.family], protocol: 'boot', link: true })
      : kernelRoute({ prefix, type: 'throw', protocol: 'boot' })
    return [{ prefix, explained: { route: written, why } }]
  })
}

const CARRIED = L3_TYPE.localWorkload | L3_TYPE.remoteWorkload | L3_TYPE.localTunnel | L3_TYPE.remoteTunnel

function isCarried({ types }: L3Route, hosts: boolean): boolean {
  return (types & L3_TYPE.remoteHost) !== 0 ? hosts : (types & CARRIED) !== 0
}

function isSingle({ family, length }: Prefix): boolean {
  return length === bitsOf(family)
}

/** Nodes with an address and a key that no other node claims (felix/wireguard/wireguard.go shouldProgramWireguardPeer). */
function peersOf({ nodes }: Cluster, family: Family): ReadonlySet<string> {
  const byKey = new Map<string, string[]>()
  for (const node of nodes) {
    const key = family === 4 ? node.wireguardPublicKey : node.wireguardPublicKeyV6
    if (key === undefined || hostAddress(node, family) === undefined) continue
    const claimed = byKey.get(key)
    if (claimed) claimed.push(node.name)
    else byKey.set(key, [node.name])
  }
  return new Set([...byKey.values()].flatMap((names) => (names.length === 1 ? names : [])))
}
