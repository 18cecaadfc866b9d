/**
 * The cluster routes that Felix writes on a node of this cluster. BIRD learns them from the kernel, and the dataplane
 * prints them.
 */

import type { Address, Family } from '../../address/address.js'
import { bitsOf, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import { encapsulationOf, type Pool } from '../../cluster/pool.js'
import { felixOwns } from '../../cluster/route-ownership.js'
import type { IpamView } from '../../ipam/view.js'
import type { BgpContext } from '../config/context.js'
import { once } from '../config/once.js'
import { perContext } from '../config/per-context.js'
import { type L3Entry, l3Entries } from './l3-entries.js'
import { isNear, type L3Route, type L3Viewer, l3Route, l3Viewer, nodeAddress } from './l3-route.js'
import { felixAddress } from './node-facts.js'
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
  if (felix.pools.length === 0) return []
  return routesTo(context, felix, entriesFor(context, felix.viewer))
}

/** Those to blocks and to addresses used outside of their block: the routes that BIRD is followed for. */
export function blockClusterRoutes(context: BgpContext, felix: FelixNode): readonly ClusterRoute[] {
  if (felix.pools.length === 0) return []
  return routesTo(
    context,
    felix,
    blockEntries(context).filter(({ blockIsExact }) => blockIsExact),
  )
}

/** Felix's route to exactly this block or address used outside of its block, if it writes one. */
export function clusterRouteTo(context: BgpContext, felix: FelixNode, prefix: Prefix): ClusterRoute | undefined {
  if (felix.pools.length === 0) return undefined
  const entry = blockIndex(context).get(keyOf(prefix))
  return entry && routeFor(context, felix, entry)
}

/** The longest of Felix's routes on a node whose prefix holds the address. */
export function clusterRouteHolding(context: BgpContext, felix: FelixNode, address: Address): ClusterRoute | undefined {
  if (felix.pools.length === 0) return undefined
  const table = entryTables(context)[felix.viewer.workloadIPs ? 'workloads' : 'blocks']()
  for (const entry of holding(table, address)) {
    const route = routeFor(context, felix, entry)
    if (route !== undefined) return route
  }
  return undefined
}

/**
 * Text that is equal for the addresses of two nodes of which the calculation graph says the same, each counting as itself.
 */
export function entryColumn(context: BgpContext, node: string, address: Address): string {
  const { blocks, workloads } = entryTables(context)
  const own = (name: string | undefined): string => (name === node ? 'own' : (name ?? ''))
  return [blocks(), workloads()]
    .flatMap((table) => holding(table, address))
    .map((entry) => {
      const { prefix, pool, natOutgoing, crossSubnet, blockNodes, blockIsExact, host, tunnels } = entry
      const names = [...blockNodes, host, ...entry.workloads].map(own).join(' ')
      const ends = tunnels.map((end) => `${own(end.node)} ${end.kind}`).join(' ')
      return `${prefix.length} ${pool?.name} ${natOutgoing} ${crossSubnet} ${blockIsExact} ${names} ${ends}`
    })
    .join(', ')
}

const entryTables = perContext((context) => ({
  blocks: once(() => tableOf(blockEntries(context))),
  workloads: once(() => tableOf(usesWorkloads(context) ? workloadEntries(context) : [])),
}))

function usesWorkloads({ cluster }: BgpContext): boolean {
  return [cluster.felix, ...cluster.felixByNode.values()].some(({ routeSource }) => routeSource === 'WorkloadIPs')
}

function tableOf(entries: readonly L3Entry[]): PrefixTable<L3Entry> {
  const table = new PrefixTable<L3Entry>()
  for (const entry of entries) table.set(entry.prefix, entry)
  return table
}

function holding(table: PrefixTable<L3Entry>, address: Address): readonly L3Entry[] {
  const found: L3Entry[] = []
  for (let length: number = bitsOf(address.family); length >= 0; ) {
    const held = table.matchWithin(address, length)
    if (held === undefined) break
    found.push(held.value)
    length = held.prefix.length - 1
  }
  return found
}

function routesTo(context: BgpContext, felix: FelixNode, entries: readonly L3Entry[]): readonly ClusterRoute[] {
  const found: ClusterRoute[] = []
  const remote = remoteRoutes(context)(felix)
  for (const entry of entries) {
    const node = soleNode(entry)
    const route = node === undefined || node === felix.node.name ? routeFor(context, felix, entry) : remote(entry, node)
    if (route !== undefined) found.push(route)
  }
  return found
}

/** A block of one other node as all see it that manage the same pools, from its own subnet or from another. */
interface RemoteBlock {
  readonly address: Address | undefined
  near?: ClusterRoute | 'none'
  far?: ClusterRoute | 'none'
}

/**
 * Routes to blocks that only their node stands for, made once for all nodes that see them alike. Of the node that looks,
 * `l3Route` and the managers read its subnet, and whether it has what a tunnel needs.
 */
const remoteRoutes = perContext((context) => {
  const kinds = new Map<string, Map<L3Entry, RemoteBlock>>()
  return (felix: FelixNode) => {
    const key = kindOf(context, felix)
    const held = kinds.get(key) ?? new Map<L3Entry, RemoteBlock>()
    kinds.set(key, held)
    return (entry: L3Entry, node: string): ClusterRoute | undefined => {
      let block = held.get(entry)
      if (block === undefined) {
        block = { address: nodeAddress(context.cluster, node, entry.prefix.family) }
        held.set(entry, block)
      }
      const side = entry.crossSubnet && isNear(felix.viewer, block.address) ? 'near' : 'far'
      block[side] ??= routeFor(context, felix, entry) ?? 'none'
      const route = block[side]
      return route === 'none' ? undefined : route
    }
  }
})

function kindOf({ ipam }: BgpContext, { node, viewer, managers, pools }: FelixNode): string {
  const managed = pools.map((pool) => `${pool.index} ${managers.parentKnown(pool)}`).join(',')
  const ends = ([4, 6] as const).map((family) => vtepAddress(ipam.tunnels, node, family) !== undefined)
  return `${viewer.workloadIPs} ${managed} ${ends.join(' ')}`
}

/** The node of a block that nothing else is said of. */
function soleNode({ blockNodes, blockIsExact, host, workloads, tunnels }: L3Entry): string | undefined {
  const alone = blockIsExact && blockNodes.length === 1 && host === undefined
  return alone && workloads.length === 0 && tunnels.length === 0 ? blockNodes[0] : undefined
}

function routeFor({ cluster, ipam }: BgpContext, felix: FelixNode, entry: L3Entry): ClusterRoute | undefined {
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

const blockEntries = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: ipam.blocks, tunnels: ipam.tunnels, pods: [] }).filter((entry) =>
    mayBeRouted(cluster, entry),
  ),
)

const workloadEntries = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: [], tunnels: ipam.tunnels, pods: ipam.pods }).filter(
    ({ workloads }) => workloads.length > 0,
  ),
)

const everyEntry = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: ipam.blocks, tunnels: ipam.tunnels, pods: [] }),
)

/** Every route of the calculation graph as a node sees it, those that no route manager looks at too. */
export function allL3Routes(context: BgpContext, viewer: L3Viewer): readonly L3Route[] {
  const entries = viewer.workloadIPs ? workloadEntries(context) : everyEntry(context)
  return entries.map((entry) => l3Route(context.cluster, viewer, entry))
}

function entriesFor(context: BgpContext, { workloadIPs }: L3Viewer): readonly L3Entry[] {
  return workloadIPs ? workloadEntries(context) : blockEntries(context)
}

/** Leaves out what no manager looks at on any node: most tunnel addresses and hosts, and pools themselves. */
function mayBeRouted({ release }: Cluster, { blockNodes, blockIsExact, tunnels, host }: L3Entry): boolean {
  const [first] = blockNodes
  if (first === undefined) return false
  if (blockIsExact || release.blockRouteTypes === 'all') return true
  if (tunnels.some(({ node }) => node !== first)) return true
  return host !== undefined && release.blockRouteTypes === 'notTunnels'
}

type Key = number | string

const blockIndex = perContext(
  (context): ReadonlyMap<Key, L3Entry> =>
    new Map(blockEntries(context).flatMap((entry) => (entry.blockIsExact ? [[keyOf(entry.prefix), entry]] : []))),
)

function keyOf(prefix: Prefix): Key {
  return prefix.family === 4 ? prefix.base * 64 + prefix.length : `${prefix.base}/${prefix.length}`
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
