/**
 * The cluster routes that Felix writes on a node of this cluster. BIRD learns them from the kernel, and the dataplane
 * prints them.
 */

import type { Address, Family } from '../../address/address.js'
import { formatPrefix, type Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { encapsulationOf, type Pool } from '../../cluster/pool.js'
import { felixOwns } from '../../cluster/route-ownership.js'
import type { IpamView } from '../../ipam/view.js'
import type { BgpContext } from '../config/context.js'
import { once } from '../config/once.js'
import { perContext } from '../config/per-context.js'
import { addressOrder } from './address-order.js'
import type { L3Entry } from './l3-entries.js'
import { isNear, type L3Route, type L3Viewer, l3Route, l3Viewer, nodeAddress } from './l3-route.js'
import { felixAddress } from './node-facts.js'
import {
  allEntriesHolding,
  blockEntries,
  blockEntryAt,
  type EntryKind,
  entriesHolding,
  entryAt,
  everyEntry,
  soleNode,
  workloadEntries,
} from './route-entries.js'
import { type ClusterRoute, clusterRoute, type ManagerView } from './route-manager.js'
import { vtepAddress } from './vteps.js'

/** Felix on one node: how it sees the others, and what it manages. */
export interface FelixNode {
  readonly node: ClusterNode
  readonly viewer: L3Viewer
  readonly managers: ManagerView
  /** Pools whose routes it writes; empty in a cluster whose routes are all BIRD's. */
  readonly pools: readonly Pool[]
}

export function felixNode(cluster: Cluster, ipam: IpamView, node: ClusterNode): FelixNode {
  const pools = cluster.pools.filter((pool) => felixOwns(cluster, node.name, pool))
  const owned = new Set(pools)
  return {
    node,
    pools,
    viewer: l3Viewer(cluster, node),
    managers: {
      release: cluster.release,
      manages: (pool) => owned.has(pool),
      parentKnown: (pool) => hasParent(ipam, node, pool),
      ipipPeer: (name) => {
        const peer = cluster.nodeByName.get(name)
        return peer && felixAddress(peer, 4)?.address
      },
      remoteVtep: (name, family) => {
        const peer = name === node.name ? undefined : cluster.nodeByName.get(name)
        return peer && vtepAddress(ipam.tunnels, peer, family)
      },
    },
  }
}

/** The VXLAN manager goes by this node's own tunnel endpoint, the others by the node's address. */
function hasParent(ipam: IpamView, node: ClusterNode, pool: Pool): boolean {
  const { family } = pool.prefix
  return encapsulationOf(pool) === 'vxlan'
    ? vtepAddress(ipam.tunnels, node, family) !== undefined
    : felixAddress(node, family) !== undefined
}

/** Felix's routes on a node, in the order of the entries: blocks and borrowed addresses, then tunnels, then workloads. */
export function clusterRoutes(context: BgpContext, felix: FelixNode): readonly ClusterRoute[] {
  return routesIn(context, felix, felixSight(context, felix), () => true)
}

/** Those to blocks and to addresses used outside of their block: the routes that BIRD is followed for. */
export function blockClusterRoutes(context: BgpContext, felix: FelixNode): readonly ClusterRoute[] {
  return routesIn(context, felix, sightOf(context, felix, 'blocks'), ({ blockIsExact }) => blockIsExact)
}

function routesIn(
  context: BgpContext,
  felix: FelixNode,
  { entries, nodes, remote }: FelixSight,
  wanted: (entry: L3Entry) => boolean,
): readonly ClusterRoute[] {
  const found: ClusterRoute[] = []
  for (const [at, entry] of entries.entries()) {
    if (!wanted(entry)) continue
    const node = nodes[at]
    const own = node === undefined || node === felix.node.name
    const route = own ? routeFor(context, felix, entry) : remote(at)
    if (route !== undefined) found.push(route)
  }
  return found
}

/** Felix's route to exactly this block or address used outside of its block, if it writes one. */
export function clusterRouteTo(context: BgpContext, felix: FelixNode, prefix: Prefix): ClusterRoute | undefined {
  if (felix.pools.length === 0) return undefined
  const entry = blockEntryAt(context, prefix)
  return entry && routeFor(context, felix, entry)
}

/** As `clusterRouteTo`, for any prefix of the calculation graph: that of a tunnel or a workload, too. */
export function clusterRouteAt(context: BgpContext, felix: FelixNode, prefix: Prefix): ClusterRoute | undefined {
  if (felix.pools.length === 0) return undefined
  const entry = entryAt(context, felix.viewer, prefix)
  return entry && routeFor(context, felix, entry)
}

/** The longest of Felix's routes on a node whose prefix holds the address. */
export function clusterRouteHolding(context: BgpContext, felix: FelixNode, address: Address): ClusterRoute | undefined {
  if (felix.pools.length === 0) return undefined
  for (const entry of entriesHolding(context, felix.viewer, address)) {
    const route = routeFor(context, felix, entry)
    if (route !== undefined) return route
  }
  return undefined
}

/**
 * Text that is equal for the addresses of two nodes of which the calculation graph says the same, each counting as itself.
 */
export function entryColumn(context: BgpContext, node: string, address: Address): string {
  let text = ''
  for (const entry of allEntriesHolding(context, address)) text += `${entryText(entry, node)}, `
  return text
}

function entryText(entry: L3Entry, node: string): string {
  const { prefix, pool, natOutgoing, crossSubnet, blockNodes, blockIsExact, host, workloads, tunnels } = entry
  const own = (name: string | undefined): string => (name === node ? 'own' : (name ?? ''))
  let text = `${prefix.length} ${pool?.name} ${natOutgoing} ${crossSubnet} ${blockIsExact}`
  for (const name of blockNodes) text += ` ${own(name)}`
  text += ` ${own(host)}`
  for (const name of workloads) text += ` ${own(name)}`
  for (const end of tunnels) text += ` ${own(end.node)} ${end.kind}`
  return text
}

/** How a node sees the blocks of other nodes that nothing else is said of. */
export interface FelixSight {
  /** Equal for nodes whose routes to all such blocks are the same objects, those of each to its own left out. */
  readonly key: string
  /** Equal for those whose routes to all but the near ones are. */
  readonly farKey: string
  readonly entries: readonly L3Entry[]
  /** The node that stands alone for each entry, if one does. */
  readonly nodes: readonly (string | undefined)[]
  /** Places of the entries that the node sees as near: in its own subnet, where that matters; its own among them. */
  readonly near: () => readonly number[]
  /** The route to an entry that some other node stands alone for, by its place. */
  readonly remote: (at: number) => ClusterRoute | undefined
  /** The same for a node that does not see it as near. */
  readonly far: (at: number) => ClusterRoute | undefined
}

export function felixSight(context: BgpContext, felix: FelixNode): FelixSight {
  return sightOf(context, felix, felix.viewer.workloadIPs ? 'workloads' : 'blocks')
}

/** Routes to remote blocks by their places, from the subnets of their nodes and from others. */
interface RemoteRoutes {
  readonly near: (ClusterRoute | 'none')[]
  readonly far: (ClusterRoute | 'none')[]
}

const remoteRoutes = perContext(() => new Map<string, RemoteRoutes>())

/**
 * Routes to remote blocks are made once for all nodes that see them alike: of the node that looks, `l3Route` and the
 * managers read its subnet, and whether it has what a tunnel needs.
 */
function sightOf(context: BgpContext, felix: FelixNode, what: EntryKind): FelixSight {
  const { viewer, pools } = felix
  const farKey = `${what} ${kindOf(context, felix)}`
  const { near, far } = remoteRoutes(context).get(farKey) ?? { near: [], far: [] }
  remoteRoutes(context).set(farKey, { near, far })
  const { entries, nodes, addresses, byAddress } = pools.length === 0 ? NO_ENTRIES : remoteEntries(context)[what]()
  const networks = ([4, 6] as const).flatMap((family) => viewer.network[family] ?? [])
  const routeIn = (routes: (ClusterRoute | 'none')[], sees: FelixNode, at: number): ClusterRoute | undefined => {
    const entry = entries[at]
    if (entry === undefined) return undefined
    const held = routes[at]
    if (held !== undefined) return held === 'none' ? undefined : held
    const fresh = routeFor(context, sees, entry)
    routes[at] = fresh ?? 'none'
    return fresh
  }
  const elsewhere: FelixNode = { ...felix, viewer: { ...viewer, network: {} } }
  const isNearTo = (at: number): boolean => entries[at]?.crossSubnet === true && isNear(viewer, addresses[at])
  return {
    key: [farKey, ...networks.map(formatPrefix)].join(' '),
    farKey,
    entries,
    nodes,
    near: () => networks.flatMap((network) => byAddress().within(network)).filter(isNearTo),
    remote: (at) => routeIn(isNearTo(at) ? near : far, felix, at),
    far: (at) => routeIn(far, elsewhere, at),
  }
}

const remoteEntries = perContext((context) => {
  const withNodes = (entries: readonly L3Entry[]) => {
    const nodes = entries.map(soleNode)
    const addresses = entries.map(({ prefix }, at) => nodeAddress(context.cluster, nodes[at], prefix.family))
    return { entries, nodes, addresses, byAddress: once(() => addressOrder(addresses)) }
  }
  return {
    blocks: once(() => withNodes(blockEntries(context))),
    workloads: once(() => withNodes(workloadEntries(context))),
  }
})

const NO_ENTRIES = { entries: [], nodes: [], addresses: [], byAddress: () => addressOrder([]) } as const

/** Equal for nodes that see a block of another node alike, from its own subnet or from another. */
function kindOf({ ipam }: BgpContext, { node, viewer, managers, pools }: FelixNode): string {
  const managed = pools.map((pool) => `${pool.index} ${managers.parentKnown(pool)}`).join(',')
  const ends = ([4, 6] as const).map((family) => vtepAddress(ipam.tunnels, node, family) !== undefined)
  return `${viewer.workloadIPs} ${managed} ${ends.join(' ')}`
}

/** Felix's route on the node to what the entry is about, if it writes one. */
export function routeFor({ cluster, ipam }: BgpContext, felix: FelixNode, entry: L3Entry): ClusterRoute | undefined {
  const route = clusterRoute(felix.managers, l3Route(cluster, felix.viewer, entry))
  return route && isAccepted(ipam, felix, route) ? route : undefined
}

/**
 * The kernel takes no gateway that is the host's own address, as a borrowed address of a pod on this very node would
 * have, and nothing goes to a device that is not there: without a tunnel endpoint of its own a node has no VXLAN device.
 */
function isAccepted(ipam: IpamView, { node }: FelixNode, route: ClusterRoute): boolean {
  switch (route.kind) {
    case 'blackhole':
      return true
    case 'noEncap':
    case 'ipip':
      return route.node !== node.name
    case 'vxlan':
    case 'vtep':
      return vtepAddress(ipam.tunnels, node, route.prefix.family) !== undefined
  }
}

/** Every route of the calculation graph as a node sees it, those that no route manager looks at too. */
export function allL3Routes(context: BgpContext, viewer: L3Viewer): readonly L3Route[] {
  const entries = viewer.workloadIPs ? workloadEntries(context) : everyEntry(context)
  return entries.map((entry) => l3Route(context.cluster, viewer, entry))
}

/** Device of a cluster route that has one; `uplink` is the node's network device. */
export function deviceOf(kind: Exclude<ClusterRoute['kind'], 'blackhole'>, family: Family, uplink: string): string {
  switch (kind) {
    case 'noEncap':
      return uplink
    case 'ipip':
      return 'tunl0'
    case 'vxlan':
    case 'vtep':
      return family === 4 ? 'vxlan.calico' : 'vxlan-v6.calico'
  }
}
