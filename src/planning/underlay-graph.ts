/** The network below Calico as a graph for people and graph libraries. A segment is a node of it, never its pairs. */

import { UndirectedGraph } from 'graphology'
import { formatAddress } from '../address/address.js'
import { containsAddress, formatPrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'

export type UnderlayGraphNode = {
  readonly kind: 'subnet' | 'node' | 'router' | 'host'
  readonly label: string
  readonly cidr?: string
  readonly mtu?: number
}

export type UnderlayGraphEdge = {
  readonly kind: 'attached'
  /** Interface of the node, router or host. */
  readonly dev: string
  readonly address?: string
}

export type UnderlayGraph = UndirectedGraph<UnderlayGraphNode, UnderlayGraphEdge>

/** Segments, and an edge to each for every node, router and host on it. Keys are `kind/name`. */
export function underlayGraph(cluster: Cluster): UnderlayGraph {
  const { underlay } = cluster
  const graph: UnderlayGraph = new UndirectedGraph()
  const segments = underlay.subnets.map(({ name, prefix, mtu }) => {
    graph.mergeNode(`subnet/${name}`, { kind: 'subnet', label: name, cidr: formatPrefix(prefix), mtu })
    return `subnet/${name}`
  })
  const attach = (key: string, subnet: number | undefined, dev: string, address: string | undefined): void => {
    const segment = subnet === undefined ? undefined : segments[subnet]
    if (segment === undefined) return
    graph.mergeEdge(key, segment, { kind: 'attached', dev, ...(address === undefined ? {} : { address }) })
  }
  for (const node of cluster.nodes) {
    const key = `node/${node.name}`
    graph.mergeNode(key, { kind: 'node', label: node.name })
    const attachment = underlay.attachments[node.index]
    const address = node.bgpAddress[4]?.address ?? node.bgpAddress[6]?.address
    if (attachment) attach(key, attachment.subnet, attachment.interface, address && formatAddress(address))
  }
  for (const router of underlay.routers) {
    const key = `router/${router.name}`
    graph.mergeNode(key, { kind: 'router', label: router.name })
    for (const { name, subnet, address } of router.interfaces) attach(key, subnet, name, formatAddress(address.address))
  }
  for (const host of underlay.hosts) {
    const key = `host/${host.name}`
    graph.mergeNode(key, { kind: 'host', label: host.name })
    const subnet = underlay.subnets.find(({ prefix }) => containsAddress(prefix, host.address.address))?.index
    attach(key, subnet, 'eth0', formatAddress(host.address.address))
  }
  return graph
}
