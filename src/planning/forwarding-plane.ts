/** The plane that packets are traced through, made of the simulation's own tables. */

import type { DataplaneInput } from '../dataplane/input.js'
import { routerTable, type TaggedTables, taggedTables, wireguardTagged } from '../dataplane/kernel-table.js'
import { nodeMtu } from '../dataplane/mtu.js'
import { natSource } from '../dataplane/nat.js'
import { singleRouterRoutes, singleRoutes } from '../dataplane/single-routes.js'
import { createPlane, type DeviceFacts, type Plane } from '../dataplane/trace/plane.js'

/** In clusters of more nodes a table is only asked for the addresses that a packet meets. */
const WHOLE_TABLES = 100

export function forwardingPlane(input: DataplaneInput): Plane {
  const { cluster, ipam } = input.context
  // A plane keeps what it makes of a node's tables, and asks for both of them in turn.
  let last: { readonly node: number; readonly tables: TaggedTables } | undefined
  const devices = new Map<number, readonly DeviceFacts[]>()
  const devicesAt = (node: number): readonly DeviceFacts[] => {
    const held = devices.get(node) ?? devicesOf(input, node)
    devices.set(node, held)
    return held
  }
  const podMtus = new Map<number, number>()
  const podMtuAt = (node: number): number => {
    const held = podMtus.get(node) ?? podMtuOf(input, node)
    podMtus.set(node, held)
    return held
  }
  const tablesOf = (node: number): TaggedTables => {
    if (last?.node !== node) last = { node, tables: taggedTables(input, node) }
    return last.tables
  }
  return createPlane({
    cluster,
    ipam,
    nodeRoutes: (node) => (tablesOf(node).get('main') ?? []).map(({ explained }) => explained.route),
    nodeEntries: (node) =>
      (tablesOf(node).get('main') ?? []).map(({ prefix, explained }) => ({ prefix, route: explained.route })),
    wireguardRoutes: (node) => wireguardTagged(input, node).map(({ explained }) => explained.route),
    ...(cluster.nodes.length > WHOLE_TABLES
      ? {
          nodeFib: (node: number) => singleRoutes(input, node),
          routerFib: (router: number) => singleRouterRoutes(input, router),
        }
      : {}),
    routerRoutes: (router) => routerTable(input, router).map(({ route }) => route),
    devices: devicesAt,
    podMtu: podMtuAt,
    natSource: (node, packet, dev, primary) => natSource(cluster, node, packet, dev, primary),
  })
}

/** Pods that run keep the MTU that they started with; the input does not say which, so that of a new one counts. */
function podMtuOf({ context: { cluster } }: DataplaneInput, index: number): number {
  const node = cluster.nodes[index]
  return node === undefined ? Number.POSITIVE_INFINITY : nodeMtu(cluster, node).pod
}

function devicesOf({ context: { cluster, ipam } }: DataplaneInput, index: number): readonly DeviceFacts[] {
  const node = cluster.nodes[index]
  if (node === undefined) return []
  const mtu = nodeMtu(cluster, node)
  const tunnels = ipam.tunnels.get(node.name) ?? {}
  const facts = [
    ['tunl0', mtu.ipip, tunnels.ipip],
    ['vxlan.calico', mtu.vxlan, tunnels.vxlan],
    ['vxlan-v6.calico', mtu.vxlanV6, tunnels.vxlanV6],
    ['wireguard.cali', mtu.wireguard, tunnels.wireguard],
    ['wg-v6.cali', mtu.wireguardV6, tunnels.wireguardV6],
  ] as const
  const uplink = { name: cluster.underlay.attachments[index]?.interface ?? 'eth0', mtu: mtu.interface }
  const address = node.bgpAddress[4]?.address
  return [
    address === undefined ? uplink : { ...uplink, address },
    ...facts.map(([name, bytes, own]) => ({ name, mtu: bytes, ...(own === undefined ? {} : { address: own }) })),
  ]
}
