/**
 * The cluster routes that Felix writes and BIRD then learns as alien ones: blocks of other nodes, borrowed addresses,
 * and blackholes of own blocks, in pools whose routes Felix owns (design/cluster-route-programming/DESIGN.md section 5).
 * None has a metric in IPv4.
 */

import type { Family } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Pool } from '../../cluster/pool.js'
import type { BgpContext } from '../config/context.js'
import { perContext } from '../config/per-context.js'
import { blockClusterRoutes, clusterRouteTo, deviceOf, type FelixNode, felixNode } from '../felix/cluster-routes.js'
import { blockRoutes } from '../felix/l3-entries.js'
import type { ClusterRoute } from '../felix/route-manager.js'
import type { Resolution } from '../path.js'
import type { Speaker } from '../session.js'
import type { OwnRoute } from './input.js'

/** Felix's routes on one node, in the order of blocks. */
export function felixRoutes(context: BgpContext, speaker: Speaker, family: Family): readonly OwnRoute[] {
  const felix = felixOf(context, speaker)
  if (felix === undefined || !learns(felix, family)) return []
  return blockClusterRoutes(context, felix).flatMap((route) =>
    route.prefix.family === family ? ownRoute(context, felix, route) : [],
  )
}

/** Pools of a family whose routes Felix writes on a node. */
export function felixPools(context: BgpContext, speaker: Speaker, family: Family): readonly Pool[] {
  const felix = felixOf(context, speaker)
  return felix && learns(felix, family) ? felix.pools.filter((pool) => pool.prefix.family === family) : []
}

/** What Felix's routes of one block are about: the block itself, or an address of it that another node uses. */
export interface FelixTarget {
  readonly block: RecordedBlock
  /** The node that uses the address; absent for the block itself. */
  readonly user?: string
}

/** Felix's route to one target on one node, if it writes one. */
export function felixRouteTo(context: BgpContext, speaker: Speaker, prefix: Prefix): OwnRoute | undefined {
  const felix = felixOf(context, speaker)
  const route = felix && learns(felix, prefix.family) ? clusterRouteTo(context, felix, prefix) : undefined
  return felix && route && ownRoute(context, felix, route)
}

/** Addresses of a block that another node than its owner uses, with that node. */
export function lentAddresses(block: RecordedBlock): readonly { readonly prefix: Prefix; readonly user: string }[] {
  const owner = block.affinity?.host
  return blockRoutes(block).flatMap(({ prefix, node }) => (node === owner ? [] : { prefix, user: node }))
}

/** Made once for each node of a context. */
function felixOf(context: BgpContext, { index }: Speaker): FelixNode | undefined {
  const node = context.cluster.nodes[index]
  const held = felixNodes(context)
  const known = held.get(index)
  if (known !== undefined || node === undefined) return known
  const fresh = felixNode(context.cluster, context.ipam, node)
  held.set(index, fresh)
  return fresh
}

const felixNodes = perContext((): Map<number, FelixNode> => new Map())

/**
 * A node without an address of the family runs no BIRD in it. Routes to single workloads (`routeSource: WorkloadIPs`)
 * are not followed into BIRD.
 */
function learns({ viewer }: FelixNode, family: Family): boolean {
  return viewer.network[family] !== undefined && !viewer.workloadIPs
}

/** IPv6 routes always have the kernel's default metric 1024 (felix/routetable/route_table.go). */
function ownRoute({ cluster }: BgpContext, { node }: FelixNode, route: ClusterRoute): OwnRoute {
  const resolution = resolutionOf(cluster.underlay.attachments[node.index]?.interface ?? 'eth0', route)
  const { prefix } = route
  return { prefix, source: 'kernel', resolution, krtMetric: prefix.family === 4 ? 0 : 1024 }
}

function resolutionOf(uplink: string, route: ClusterRoute): Resolution {
  switch (route.kind) {
    case 'blackhole':
      return { kind: 'blackhole' }
    case 'vtep':
      return { kind: 'device', dev: deviceOf(route.kind, route.prefix.family, uplink) }
    case 'noEncap':
    case 'ipip':
    case 'vxlan':
      return { kind: 'gateway', gateway: route.via, dev: deviceOf(route.kind, route.prefix.family, uplink) }
  }
}
