/** One CIDR as Felix on one node sees it (felix/calc/l3_route_resolver.go flush; felix/proto/felixbackend.proto). */

import type { Address, Family } from '../../address/address.js'
import { containsAddress, type Prefix } from '../../address/prefix.js'
import { type Cluster, felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Pool } from '../../cluster/pool.js'
import type { L3Entry, TunnelRef } from './l3-entries.js'
import { felixAddress, isKnown } from './node-facts.js'

/** Bits of `L3Route.types`, with the protocol's own numbers. */
export const L3_TYPE = {
  remoteWorkload: 1,
  remoteHost: 2,
  localWorkload: 4,
  localHost: 8,
  remoteTunnel: 16,
  localTunnel: 32,
} as const

export interface L3Route {
  readonly prefix: Prefix
  /** Bits of L3_TYPE; 0 for a CIDR that is only known, such as a pool. */
  readonly types: number
  readonly pool?: Pool
  readonly natOutgoing: boolean
  /** The node that packets are for. */
  readonly node?: string
  /** Its address; absent for a node that Felix does not know, whose route nobody can write. */
  readonly nodeAddress?: Address
  /** The pool encapsulates between subnets only, and this node's own mask covers the other node. */
  readonly sameSubnet: boolean
  /** A workload of this very node has the address. */
  readonly localWorkload: boolean
  /** Used by another node than the one whose block it lies in. */
  readonly borrowed: boolean
  /** Tunnels of `node` that end at the address. */
  readonly tunnels: readonly TunnelRef[]
}

/** The node that looks. */
export interface L3Viewer {
  readonly name: string
  readonly network: { readonly [F in Family]?: Prefix }
  /** `routeSource: WorkloadIPs`: workloads of other nodes count, and blocks do not. */
  readonly workloadIPs: boolean
}

export function l3Viewer(cluster: Cluster, node: ClusterNode): L3Viewer {
  const [v4, v6] = [felixAddress(node, 4)?.network, felixAddress(node, 6)?.network]
  return {
    name: node.name,
    network: { ...(v4 === undefined ? {} : { 4: v4 }), ...(v6 === undefined ? {} : { 6: v6 }) },
    workloadIPs: felixOn(cluster, node.name).routeSource === 'WorkloadIPs',
  }
}

export function l3Route(cluster: Cluster, viewer: L3Viewer, entry: L3Entry): L3Route {
  const blocks = blockFacts(cluster, viewer, entry)
  const [ref] = refsAt(entry, viewer)
  const node = ref?.node ?? entry.host ?? blocks.node
  const address = nodeAddress(cluster, node, entry.prefix.family)
  return {
    prefix: entry.prefix,
    types: typesOf(cluster, viewer, entry, blocks.types, ref),
    ...(entry.pool === undefined ? {} : { pool: entry.pool }),
    natOutgoing: entry.natOutgoing,
    ...(node === undefined ? {} : { node }),
    ...(address === undefined ? {} : { nodeAddress: address }),
    sameSubnet: entry.crossSubnet && isNear(viewer, address),
    localWorkload: ref?.kind === 'workload' && ref.node === viewer.name,
    borrowed: blocks.borrowed || (ref !== undefined && blocks.first !== undefined && blocks.first !== ref.node),
    tunnels:
      ref === undefined || ref.kind === 'workload'
        ? []
        : entry.tunnels.filter((tunnel) => tunnel.node === ref.node).map(({ kind }) => kind),
  }
}

interface BlockFacts {
  readonly first?: string
  readonly node?: string
  readonly borrowed: boolean
  readonly types: number
}

const NO_BLOCK: BlockFacts = { borrowed: false, types: 0 }

function blockFacts({ release }: Cluster, viewer: L3Viewer, { blockNodes }: L3Entry): BlockFacts {
  const [first] = blockNodes
  const node = blockNodes.at(-1)
  if (first === undefined || node === undefined || viewer.workloadIPs) return NO_BLOCK
  const type = (name: string): number => (name === viewer.name ? L3_TYPE.localWorkload : L3_TYPE.remoteWorkload)
  const types =
    release.blockRouteTypes === 'last' ? type(node) : blockNodes.reduce((bits, name) => bits | type(name), 0)
  return { first, node, borrowed: blockNodes.some((name) => name !== first), types }
}

interface Ref {
  readonly node: string
  readonly kind: TunnelRef | 'workload'
}

/** What has the address, of which only the first counts: by node, a workload before a tunnel. */
function refsAt({ workloads, tunnels }: L3Entry, viewer: L3Viewer): readonly Ref[] {
  const seen = viewer.workloadIPs ? workloads : workloads.filter((name) => name === viewer.name)
  const [workload, tunnel] = [seen[0], tunnels[0]]
  if (workload === undefined) return tunnel === undefined ? [] : [tunnel]
  return tunnel !== undefined && tunnel.node < workload ? [tunnel] : [{ node: workload, kind: 'workload' }]
}

function typesOf(
  { release }: Cluster,
  viewer: L3Viewer,
  entry: L3Entry,
  blockTypes: number,
  ref: Ref | undefined,
): number {
  const own = (node: string, local: number, remote: number): number => (node === viewer.name ? local : remote)
  const host = entry.host === undefined ? 0 : own(entry.host, L3_TYPE.localHost, L3_TYPE.remoteHost)
  const tunnel = ref !== undefined && ref.kind !== 'workload'
  const used =
    ref === undefined
      ? 0
      : tunnel
        ? own(ref.node, L3_TYPE.localTunnel, L3_TYPE.remoteTunnel)
        : own(ref.node, L3_TYPE.localWorkload, L3_TYPE.remoteWorkload)
  // A tunnel address that merely lies in a block is no workload; one that is a block of its own is.
  const aside = tunnel && !entry.blockIsExact
  switch (release.blockRouteTypes) {
    case 'last':
      return used || host || blockTypes
    case 'all':
      return used | host | blockTypes
    case 'notTunnels':
      return used | host | (aside ? 0 : blockTypes)
    case 'notTunnelsNorHosts':
      return used | host | (aside || entry.host !== undefined ? 0 : blockTypes)
  }
}

/** The address of a node that Felix knows. */
export function nodeAddress(cluster: Cluster, name: string | undefined, family: Family): Address | undefined {
  const node = name === undefined ? undefined : cluster.nodeByName.get(name)
  return node && isKnown(node) ? felixAddress(node, family)?.address : undefined
}

/** The mask of the node that looks decides, whatever the other's is (nodeInOurSubnet). */
export function isNear({ network }: L3Viewer, address: Address | undefined): boolean {
  if (address === undefined) return false
  const own = network[address.family]
  return own !== undefined && containsAddress(own, address)
}
