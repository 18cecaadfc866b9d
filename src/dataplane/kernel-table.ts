/** The kernel tables of one node or router: every writer's routes together, in the kernel's own order. */

import type { Family } from '../address/address.js'
import { comparePrefixes, type Prefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import { perContext } from '../bgp/config/per-context.js'
import type { Cluster } from '../cluster/cluster.js'
import type { ClusterNode } from '../cluster/node.js'
import type { PlacedPod } from '../ipam/view.js'
import { birdRoutes } from './bird-routes.js'
import { felixRoutes, felixRoutesTo } from './felix-routes.js'
import type { DataplaneInput } from './input.js'
import type { ExplainedRoute } from './kernel-route.js'
import { tunnelAddressRoutes } from './tunnel-address-routes.js'
import { nodeUnderlayRoutes, routerUnderlayRoutes, type TaggedRoute } from './underlay-routes.js'
import { wireguardRoutes, wireguardTable } from './wireguard-routes.js'

export type KernelTables = ReadonlyMap<string, readonly ExplainedRoute[]>

/** Tables of a node by name, `main` first; IPv4 routes before IPv6 ones in each. */
export function nodeTables(input: DataplaneInput, index: number): KernelTables {
  return untagged(taggedTables(input, index))
}

export function untagged(tables: TaggedTables): KernelTables {
  return new Map([...tables].map(([name, routes]) => [name, routes.map(({ explained }) => explained)]))
}

export type TaggedTables = ReadonlyMap<string, readonly TaggedRoute[]>

/** The same with the destinations as prefixes. */
export function taggedTables(input: DataplaneInput, index: number): TaggedTables {
  const { context } = input
  const { cluster } = context
  const node = cluster.nodes[index]
  if (node === undefined) return new Map()
  const pods = podsByNode(context).get(node.name) ?? []
  const bird = birdFamilies(cluster, node).flatMap((family) => birdRoutes(input.bgp().table(index, family)))
  return tablesWith(context, node, [...felixRoutes(context, node, pods), ...bird])
}

/**
 * The same with only these of the routes that lead to other nodes; undefined where BGP tables are made whole anyway. Of a
 * large table few destinations are often all that is looked at.
 */
export function tablesTo(
  input: DataplaneInput,
  index: number,
  destinations: readonly Prefix[],
): TaggedTables | undefined {
  const { context } = input
  const { cluster } = context
  const node = cluster.nodes[index]
  if (node === undefined) return new Map()
  const bird: TaggedRoute[] = []
  for (const family of birdFamilies(cluster, node)) {
    const lookup = input.bgp().byRoles?.(family)
    if (lookup === undefined) return undefined
    const entries = destinations.flatMap((prefix) =>
      prefix.family === family ? (lookup.entry(index, prefix) ?? []) : [],
    )
    bird.push(...birdRoutes({ entries }))
  }
  const pods = podsByNode(context).get(node.name) ?? []
  return tablesWith(context, node, [...felixRoutesTo(context, node, pods, destinations), ...bird])
}

/** What Felix and BIRD wrote with everything else that a node has. */
function tablesWith(context: BgpContext, node: ClusterNode, written: readonly TaggedRoute[]): TaggedTables {
  const { cluster } = context
  const main = settle([...nodeUnderlayRoutes(cluster, node), ...tunnelAddressRoutes(context, node), ...written])
  const wireguard = wireguardTable(cluster, node)
  if (wireguard === undefined) return new Map([['main', main]])
  return new Map([
    ['main', main],
    [wireguard, settle(wireguardRoutes(context, node))],
  ])
}

/** WireGuard's own table of a node; empty where it is off. */
export function wireguardTagged({ context }: DataplaneInput, index: number): readonly TaggedRoute[] {
  const node = context.cluster.nodes[index]
  const on = node !== undefined && wireguardTable(context.cluster, node) !== undefined
  return on ? settle(wireguardRoutes(context, node)) : []
}

/** The main table of an Underlay router. */
export function routerTable(input: DataplaneInput, index: number): readonly ExplainedRoute[] {
  const { cluster } = input.context
  const router = cluster.underlay.routers[index]
  if (router === undefined) return []
  const speaker = cluster.nodes.length + index
  const bird =
    router.bgp === undefined
      ? []
      : ([4, 6] as const).flatMap((family) => [...birdRoutes(input.bgp().table(speaker, family))])
  return settle([...routerUnderlayRoutes(router), ...bird]).map((entry) => entry.explained)
}

/** Families in which the node's BIRD may write routes. */
export function birdFamilies({ backend }: Cluster, { bgpAddress }: ClusterNode): readonly Family[] {
  return backend === 'bird' ? ([4, 6] as const).filter((family) => bgpAddress[family] !== undefined) : []
}

export const podsByNode = perContext(({ ipam }): ReadonlyMap<string, readonly PlacedPod[]> => {
  const byNode = new Map<string, PlacedPod[]>()
  for (const pod of ipam.pods) {
    const list = byNode.get(pod.node)
    if (list) list.push(pod)
    else byNode.set(pod.node, [pod])
  }
  return byNode
})

/**
 * One route for each destination and metric: the first writer keeps it. Felix replaces what stands there, BIRD is told
 * that the file exists (lab finding A2), and the host's own routes were there before both.
 */
export function settle(routes: readonly TaggedRoute[]): readonly TaggedRoute[] {
  // The sort keeps the order of equals, so that the first writer stays first.
  const sorted = [...routes].sort(inKernelOrder)
  return sorted.filter((entry, i) => {
    const before = sorted[i - 1]
    return before === undefined || inKernelOrder(before, entry) !== 0
  })
}

/** The default route first, then by address, the longer prefix and the lower metric first. */
function inKernelOrder(a: TaggedRoute, b: TaggedRoute): number {
  return kernelOrder(a.prefix, b.prefix) || (a.explained.route.metric ?? 0) - (b.explained.route.metric ?? 0)
}

/** The order of destinations in a table. */
export function kernelOrder(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family
  const [first, second] = [a.length === 0, b.length === 0]
  if (first !== second) return first ? -1 : 1
  return comparePrefixes(a, b)
}
