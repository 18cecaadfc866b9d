/** Nodes as BGP neighbours (libcalico-go bgpnodeprocessor.go; confd client.go nodeToBGPFields, getListenPortKVPair). */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { type Prefix, prefixOf } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'

/** A node as a BGP neighbour in one family. */
export interface NodeEndpoint {
  readonly node: number
  readonly address: Address
  /** Canonical text, by which Calico names protocols and decides who dials. */
  readonly text: string
  /** The network that the node's own mask gives. */
  readonly network: Prefix
  /** Listening port when it is not BIRD's own 179. */
  readonly port?: number
  /** The node's own AS number, if it has one. */
  readonly ownAS?: number
  /** The AS number it announces: its own, else the cluster's. */
  readonly asNumber: number
  readonly clusterID?: string
}

/** By family and node index; undefined where the node has no address of the family. */
export type NodeEndpoints = { readonly [F in Family]: readonly (NodeEndpoint | undefined)[] } & {
  /** Nodes by address text of either family, ascending. */
  readonly byText: ReadonlyMap<string, readonly number[]>
}

export function nodeEndpoints(cluster: Cluster): NodeEndpoints {
  const [v4, v6] = [endpointsOf(cluster, 4), endpointsOf(cluster, 6)]
  const byText = new Map<string, number[]>()
  for (const node of cluster.nodes) {
    for (const endpoint of [v4[node.index], v6[node.index]]) {
      if (endpoint === undefined) continue
      const list = byText.get(endpoint.text)
      if (list === undefined) byText.set(endpoint.text, [node.index])
      else list.push(node.index)
    }
  }
  return { 4: v4, 6: v6, byText }
}

function endpointsOf(cluster: Cluster, family: Family): (NodeEndpoint | undefined)[] {
  return cluster.nodes.map((node) => {
    const held = node.bgpAddress[family]
    if (held === undefined) return undefined
    const port = listenPortOf(cluster, node.name)
    return {
      node: node.index,
      address: held.address,
      text: formatAddress(held.address),
      network: prefixOf(held.address, held.network.length),
      ...(port === undefined ? {} : { port }),
      ...(node.asNumber === undefined ? {} : { ownAS: node.asNumber }),
      asNumber: node.asNumber ?? cluster.bgp.asNumber,
      ...(node.routeReflectorClusterID ? { clusterID: node.routeReflectorClusterID } : {}),
    }
  })
}

/** The node's own listenPort, else the cluster's; undefined is BIRD's 179. Zero counts as unset. */
export function listenPortOf(cluster: Cluster, node: string): number | undefined {
  if (!cluster.release.peerPorts) return undefined
  return cluster.bgp.perNode.get(node)?.listenPort || cluster.bgp.listenPort || undefined
}
