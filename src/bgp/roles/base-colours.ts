/** The first colour of each speaker: everything of its own that the tables of others, or its own, can depend on. */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { bitsOf, containsAddress, formatPrefix, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import { felixOn } from '../../cluster/cluster.js'
import type { FelixSettings } from '../../cluster/felix-settings.js'
import type { ClusterNode } from '../../cluster/node.js'
import { type BgpContext, ownersOf } from '../config/context.js'
import { excludesServices } from '../config/service-routes.js'
import { routerIDOfNode } from '../config/speaker-config.js'
import { runsBird } from '../plain/build-input.js'
import type { Mesh } from './mesh.js'
import { NeedsPlain } from './needs-plain.js'
import { networkInRack, type Places, routeInRack } from './places.js'

/** Colours by speaker, from 0. Every Underlay router has one to itself. */
export function baseColours(context: BgpContext, family: Family, mesh: Mesh, places: Places | undefined): Int32Array {
  const { cluster } = context
  const colours = new Int32Array(context.speakers.length)
  const known = new Map<string, number>()
  const facts = nodeFacts(context, family)
  for (const speaker of context.speakers) {
    const node = cluster.nodes[speaker.index]
    const key =
      node === undefined
        ? `router ${speaker.index}`
        : JSON.stringify([node.asNumber, mesh.classOf[speaker.index], facts(node, rackOf(context, node, places))])
    const held = known.get(key)
    if (held === undefined) known.set(key, known.size)
    colours[speaker.index] = held ?? known.size - 1
  }
  return colours
}

/** What a node's colour says apart from its AS number and the mesh; of its rack no more than a place, where one is given. */
export function nodeFacts(
  context: BgpContext,
  family: Family,
): (node: ClusterNode, rack: Prefix | undefined) => readonly unknown[] {
  const numbers = new Map<FelixSettings, number>()
  const lies = liesIn(context, family)
  const shared = sharedRouterIDs(context)
  const named = namedAddresses(context)
  return (node, rack) => {
    const own = rack && formatPrefix(rack)
    return [
      runsBird(context, { index: node.index, kind: 'node', name: node.name }, family),
      ...ownFacts(context, node, family, rack),
      settingsNumber(numbers, felixOn(context.cluster, node.name)),
      lies(node).map((text) => (text === own ? 'its own' : text)),
      isSingle(context, node, family, shared, named) ? node.index : null,
    ]
  }
}

/** The prefix of the node's rack where racks share roles. */
function rackOf({ cluster }: BgpContext, { index }: ClusterNode, places: Places | undefined): Prefix | undefined {
  return cluster.underlay.subnets[places?.rackOf[index] ?? -1]?.prefix
}

function ownFacts(
  context: BgpContext,
  node: ClusterNode,
  family: Family,
  rack: Prefix | undefined,
): readonly unknown[] {
  const { cluster, ipam } = context
  const endpoint = context.endpoints[family][node.index]
  const attachment = cluster.underlay.attachments[node.index]
  const perNode = cluster.bgp.perNode.get(node.name)
  return [
    Boolean(node.routeReflectorClusterID),
    excludesServices(cluster, node),
    perNode?.prefixAdvertisements?.map(({ prefix, communities }) => [formatPrefix(prefix), communities]),
    endpoint && (endpoint.network.length === bitsOf(family) ? 'host' : networkInRack(rack, endpoint.network)),
    attachment?.interface,
    attachment?.detached,
    Object.keys(ipam.tunnels.get(node.name) ?? {}).sort(),
    Object.keys(node.tunnelAddress).sort(),
    attachment?.staticRoutes.map((route) => routeInRack(rack, route)),
    routeInRack(rack, attachment?.defaultRoute),
  ]
}

function settingsNumber(numbers: Map<FelixSettings, number>, settings: FelixSettings): number {
  const held = numbers.get(settings)
  if (held === undefined) numbers.set(settings, numbers.size)
  return held ?? numbers.size - 1
}

/** Which of the networks and routes that somebody has hold the node's address, longest first. */
function liesIn(context: BgpContext, family: Family): (node: ClusterNode) => readonly string[] {
  const { nodes, underlay } = context.cluster
  const table = new PrefixTable<string>()
  const add = (prefix: Prefix): void => {
    if (prefix.family === family && prefix.length < bitsOf(family)) table.set(prefix, formatPrefix(prefix))
  }
  for (const { index } of nodes) {
    const network = context.endpoints[family][index]?.network
    if (network !== undefined) add(network)
    const attachment = underlay.attachments[index]
    for (const route of attachment?.staticRoutes ?? []) add(route.to)
    if (attachment?.defaultRoute) add(attachment.defaultRoute.to)
  }
  for (const router of underlay.routers) {
    for (const route of router.staticRoutes) add(route.to)
    for (const { address } of router.interfaces) add(address.network)
  }
  return ({ index }) => {
    const address = context.endpoints[family][index]?.address
    const found: string[] = []
    for (let length: number = bitsOf(family); address !== undefined && length >= 0; ) {
      const entry = table.matchWithin(address, length)
      if (entry === undefined) break
      found.push(entry.value)
      length = entry.prefix.length - 1
    }
    return found
  }
}

/** Router ids that more than one speaker has. */
function sharedRouterIDs(context: BgpContext): ReadonlySet<string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()]
  for (const node of context.cluster.nodes) {
    const id = routerIDOfNode(context, node) ?? ''
    if (seen.has(id)) shared.add(id)
    seen.add(id)
  }
  for (const { interfaces, bgp } of context.cluster.underlay.routers) {
    shared.add(bgp?.routerID ?? '')
    for (const { address } of interfaces) shared.add(formatAddress(address.address))
  }
  return shared
}

/** Addresses that somebody's route names as its gateway. */
function namedAddresses({ cluster: { underlay, bgpPeers } }: BgpContext): ReadonlySet<string> {
  const vias: (Address | undefined)[] = [
    ...underlay.attachments.flatMap(({ staticRoutes, defaultRoute, defaultRoute6 }) => [
      ...staticRoutes.map(({ via }) => via),
      defaultRoute?.via,
      defaultRoute6?.via,
    ]),
    ...underlay.routers.flatMap(({ staticRoutes }) => staticRoutes.map(({ via }) => via)),
    ...bgpPeers.map(({ reachableBy }) => reachableBy),
  ]
  return new Set(vias.flatMap((via) => (via === undefined ? [] : formatAddress(via))))
}

/** A node whose identity itself matters to others: its router id is somebody else's too, or a route names its address. */
function isSingle(
  context: BgpContext,
  node: ClusterNode,
  family: Family,
  shared: ReadonlySet<string>,
  named: ReadonlySet<string>,
): boolean {
  const endpoint = context.endpoints[family][node.index]
  if (endpoint !== undefined && ownersOf(context, endpoint.address).length > 1) {
    throw new NeedsPlain(`${endpoint.text} is the address of several speakers`)
  }
  // The network and broadcast address of somebody's network are no neighbours there.
  const edge = endpoint !== undefined && isNetworkEdge(context, endpoint.address, family)
  return edge || shared.has(routerIDOfNode(context, node) ?? '') || (endpoint !== undefined && named.has(endpoint.text))
}

function isNetworkEdge(context: BgpContext, address: Address, family: Family): boolean {
  return context.cluster.underlay.routers.some(({ interfaces }) =>
    interfaces.some(
      ({ address: { network } }) =>
        network.family === family && containsAddress(network, address) && isEdge(network, address),
    ),
  )
}

function isEdge(network: Prefix, address: Address): boolean {
  if (network.family === 6 || address.family === 6 || network.length >= 31) return false
  return address.value === network.base || address.value === network.base + 2 ** (32 - network.length) - 1
}
