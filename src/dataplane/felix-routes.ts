/**
 * Routes that Felix writes on one node: its pods, and the blocks and borrowed addresses of pools that it owns
 * (felix/dataplane/linux/route_mgr.go, endpoint_mgr.go, vxlan_mgr.go, ipip_mgr.go, noencap_mgr.go).
 */

import { type Address, addressPlus, formatAddress } from '../address/address.js'
import {
  bitsOf,
  containsAddress,
  containsPrefix,
  firstAddress,
  formatPrefix,
  hostPrefix,
  type Prefix,
} from '../address/prefix.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { Allocation, RecordedBlock } from '../cluster/ipam-records.js'
import type { ClusterNode } from '../cluster/node.js'
import { encapsulationOf, isCrossSubnet, type Pool } from '../cluster/pool.js'
import { felixOwnership, ipipEnabled, vxlanEnabled } from '../cluster/route-ownership.js'
import type { IpamView, PlacedPod } from '../ipam/view.js'
import { podInterfaceName } from './interface-name.js'
import type { RouteReason, RouteRule } from './kernel-route.js'
import { type NodeMtu, nodeMtu } from './mtu.js'
import { kernelRoute, type RouteSpec } from './route-builder.js'
import type { TaggedRoute } from './underlay-routes.js'

/** `boot`, which Felix uses unless told otherwise; its routes to other nodes then carry 80. */
const BOOT = 3
const FELIX_PROTOCOL = 80

interface Scene {
  readonly cluster: Cluster
  readonly ipam: IpamView
  readonly node: ClusterNode
  readonly felix: FelixSettings
  readonly mtu: NodeMtu
  readonly owned: readonly Pool[]
  readonly uplink: string
  readonly protocol: string
}

/** `pods` are the pods of this node, in any order. */
export function felixRoutes(
  cluster: Cluster,
  ipam: IpamView,
  node: ClusterNode,
  pods: readonly PlacedPod[],
): readonly TaggedRoute[] {
  const felix = felixOn(cluster, node.name)
  const scene: Scene = {
    cluster,
    ipam,
    node,
    felix,
    mtu: nodeMtu(cluster, node),
    owned: cluster.pools.filter((pool) => ownsPool(cluster, node.name, pool)),
    uplink: cluster.underlay.attachments[node.index]?.interface ?? 'eth0',
    protocol: felix.deviceRouteProtocol === BOOT ? String(FELIX_PROTOCOL) : protocolName(felix.deviceRouteProtocol),
  }
  const routes = pods.flatMap((pod) => podRoutes(scene, pod))
  if (scene.owned.length === 0) return routes
  for (const block of ipam.blocks) {
    const pool = scene.owned.find(({ prefix }) => containsPrefix(prefix, block.prefix))
    if (pool) routes.push(...blockRoutes(scene, pool, block))
  }
  return routes
}

/** Does Felix program the routes of this pool on this node, with its encapsulation switched on? */
export function ownsPool(cluster: Cluster, node: string, pool: Pool): boolean {
  if (pool.allowedUses.length === 1 && pool.allowedUses[0] === 'LoadBalancer')
    return !cluster.release.loadBalancerPoolsExcluded
  const { family } = pool.prefix
  switch (encapsulationOf(pool)) {
    case 'vxlan':
      return vxlanEnabled(cluster, node, family) && (family === 4 || cluster.release.ipv6MtuOverheads)
    case 'ipip':
      // There is no IPIP over IPv6.
      return family === 4 && felixOwnership(cluster, node).ipip && ipipEnabled(cluster, node)
    case 'none':
      return felixOwnership(cluster, node).none
  }
}

/** Names that iproute2 has for protocol numbers (/etc/iproute2/rt_protos). */
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  11: 'zebra',
  12: 'bird',
  16: 'dhcp',
}

function protocolName(protocol: number): string {
  return PROTOCOL_NAMES[protocol] ?? String(protocol)
}

function tag(scene: Scene, spec: RouteSpec, rule: RouteRule, about: Partial<RouteReason> = {}): TaggedRoute {
  const source =
    spec.prefix.family === 4 ? scene.felix.deviceRouteSourceAddress : scene.felix.deviceRouteSourceAddressIPv6
  const written = source === undefined ? spec : { ...spec, source }
  return { prefix: spec.prefix, explained: { route: kernelRoute(written), why: { owner: 'felix', rule, ...about } } }
}

function podRoutes(scene: Scene, { pod, addresses }: PlacedPod): TaggedRoute[] {
  const { felix, cluster } = scene
  const dev = podInterfaceName(felix.interfacePrefix, pod.namespace, pod.name)
  return addresses.map((address) => {
    const priority = address.family === 4 ? felix.ipv4NormalRoutePriority : felix.ipv6NormalRoutePriority
    const metric = cluster.release.podRouteMetric === 0 ? 0 : priority
    const spec = {
      prefix: hostPrefix(address),
      dev,
      protocol: protocolName(felix.deviceRouteProtocol),
      link: true,
      metric,
    }
    return tag(scene, spec, 'localPod', { resource: `Pod ${pod.namespace}/${pod.name}` })
  })
}

function blockRoutes(scene: Scene, pool: Pool, block: RecordedBlock): TaggedRoute[] {
  const owner = block.affinity?.type === 'host' ? block.affinity.host : undefined
  const routes: TaggedRoute[] = []
  const about = { resource: `IPPool ${pool.name}` }
  if (owner === scene.node.name) {
    // A block of one address is the workload's own route.
    if (block.prefix.length < bitsOf(block.prefix.family) && hasBlackhole(scene, pool)) {
      routes.push(tag(scene, { prefix: block.prefix, type: 'blackhole', protocol: scene.protocol }, 'ownBlock', about))
    }
  } else if (owner !== undefined) routes.push(...remoteRoute(scene, pool, block.prefix, owner, 'remoteBlock'))
  for (const allocation of block.allocations) {
    const lent = borrowed(block, allocation, owner, scene.node.name)
    if (lent) routes.push(...remoteRoute(scene, pool, hostPrefix(lent.address), lent.user, 'borrowedAddress'))
  }
  routes.push(...vtepRoute(scene, pool, block, owner))
  return routes
}

function hasBlackhole({ cluster }: Scene, pool: Pool): boolean {
  return encapsulationOf(pool) !== 'vxlan' || cluster.release.vxlanBlackhole
}

/** An address that another node than the block's owner uses, unless that node is this one: its pod has its own route. */
function borrowed(
  block: RecordedBlock,
  { ordinal, node: user, releasedAt }: Allocation,
  owner: string | undefined,
  self: string,
): { readonly address: Address; readonly user: string } | undefined {
  if (user === undefined || user === owner || user === self || releasedAt !== undefined) return undefined
  const address = addressPlus(firstAddress(block.prefix), ordinal)
  return address && { address, user }
}

function remoteRoute(scene: Scene, pool: Pool, prefix: Prefix, owner: string, rule: RouteRule): TaggedRoute[] {
  const remote = scene.cluster.nodeByName.get(owner)
  if (remote === undefined) return []
  const { family } = prefix
  const address =
    remote.bgpAddress[family]?.address ?? remote.addresses.find((entry) => entry.address.family === family)?.address
  if (address === undefined) return []
  const about = { resource: `IPPool ${pool.name}`, node: owner }
  const encapsulation = encapsulationOf(pool)
  const near = isCrossSubnet(pool) && isNear(scene, address)
  if (encapsulation === 'none' || near) {
    const spec = { prefix, via: address, dev: scene.uplink, protocol: scene.protocol, onlink: true }
    return [tag(scene, spec, rule === 'remoteBlock' && near ? 'remoteBlockSameSubnet' : rule, about)]
  }
  const tunnelled = rule === 'remoteBlock' ? 'remoteBlockTunnelled' : rule
  if (encapsulation === 'ipip') {
    const spec = {
      prefix,
      via: address,
      dev: 'tunl0',
      protocol: scene.protocol,
      onlink: true,
      ...mtuOf(scene, scene.mtu.ipip),
    }
    return [tag(scene, spec, tunnelled, about)]
  }
  const vtep = vtepOf(scene, remote, family)
  if (vtep === undefined) return []
  const dev = family === 4 ? 'vxlan.calico' : 'vxlan-v6.calico'
  const protocol = protocolName(scene.felix.deviceRouteProtocol)
  const spec = {
    prefix,
    via: vtep,
    dev,
    protocol,
    onlink: true,
    ...mtuOf(scene, family === 4 ? scene.mtu.vxlan : scene.mtu.vxlanV6),
  }
  return [tag(scene, spec, tunnelled, about)]
}

/** The local node's mask alone decides; a node without one is near nobody (l3_route_resolver.go nodeInOurSubnet). */
function isNear({ node }: Scene, address: Address): boolean {
  const network = node.bgpAddress[address.family]?.network
  return network !== undefined && containsAddress(network, address)
}

/** A VTEP needs a BGP address of the family as well as a tunnel address (felix/calc/vxlan_resolver.go). */
function vtepOf({ ipam }: Scene, remote: ClusterNode, family: 4 | 6): Address | undefined {
  if (remote.bgpAddress[family] === undefined) return undefined
  return ipam.tunnels.get(remote.name)?.[family === 4 ? 'vxlan' : 'vxlanV6']
}

function mtuOf({ cluster }: Scene, mtu: number): { readonly mtu?: number } {
  return cluster.release.tunnelRouteMtu ? { mtu } : {}
}

/** Some releases take a VTEP inside its own block for a workload and route to it directly. */
function vtepRoute(scene: Scene, pool: Pool, block: RecordedBlock, owner: string | undefined): TaggedRoute[] {
  if (!scene.cluster.release.directVtepRoutes || encapsulationOf(pool) !== 'vxlan') return []
  if (owner === undefined || owner === scene.node.name) return []
  const remote = scene.cluster.nodeByName.get(owner)
  const { family } = block.prefix
  const vtep = remote && vtepOf(scene, remote, family)
  if (vtep === undefined || !containsAddress(block.prefix, vtep)) return []
  const remoteAddress = remote?.bgpAddress[family]?.address
  if (isCrossSubnet(pool) && remoteAddress && isNear(scene, remoteAddress)) return []
  const dev = family === 4 ? 'vxlan.calico' : 'vxlan-v6.calico'
  const mtu = family === 4 ? scene.mtu.vxlan : scene.mtu.vxlanV6
  const spec = {
    prefix: hostPrefix(vtep),
    dev,
    protocol: protocolName(scene.felix.deviceRouteProtocol),
    link: true,
    ...mtuOf(scene, mtu),
  }
  const about = {
    resource: `block ${formatPrefix(block.prefix)}`,
    node: owner,
    detail: `tunnel address ${formatAddress(vtep)}`,
  }
  return [tag(scene, spec, 'remoteVtep', about)]
}
