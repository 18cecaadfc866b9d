/** The nodes' own addresses as Felix's dataplane holds them (felix/calc/dataplane_passthru.go; ipset_hosts_mgr.go). */

import type { Address, Family } from '../../address/address.js'
import { type Prefix, parsePrefixOrHost } from '../../address/prefix.js'
import { type Cluster, felixOn } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'

/** The BGP address, else the first internal, else the first external one. */
export function hostAddress({ bgpAddress, addresses }: ClusterNode, family: Family): Address | undefined {
  const first = (type: string): Address | undefined =>
    addresses.find((entry) => entry.type === type && entry.address.family === family)?.address
  return bgpAddress[family]?.address ?? first('InternalIP') ?? first('ExternalIP')
}

/** `externalNodesList` of a node's Felix, in a family. */
export function externalNodes(cluster: Cluster, node: string, family: Family): readonly Prefix[] {
  return felixOn(cluster, node).externalNodes.flatMap((text) => {
    const prefix = parsePrefixOrHost(text)
    return prefix?.family === family ? prefix : []
  })
}
