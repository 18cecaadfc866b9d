/** The blocks of a node as confd sees them: its own blackholes and aggregates (bird_aggr.cfg.template). */

import type { Family } from '../../address/address.js'
import { bitsOf, formatPrefix, type Prefix, parsePrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { AffinityState, BlockAffinity } from '../../cluster/ipam-records.js'
import type { IpamView } from '../../ipam/view.js'
import type { Aggregate, StaticOrigin } from '../speaker-config.js'

/** A block of a node, and whether it is its own for good. */
export interface NodeBlock {
  readonly prefix: Prefix
  readonly state: AffinityState
}

/** By node name, in the order of the CIDR text. */
export type BlocksOfNode = ReadonlyMap<string, readonly NodeBlock[]>

/**
 * Block affinities by node. With host-local IPAM the node's podCIDRs stand in as confirmed blocks
 * (libcalico-go bgpnodeprocessor.go). Pending affinities are left out (confd client.go updateCache).
 */
export function affinitiesByNode(cluster: Cluster, ipam: IpamView): BlocksOfNode {
  const byNode = new Map<string, { readonly block: NodeBlock; readonly text: string }[]>()
  const add = (node: string, block: NodeBlock): void => {
    if (block.state === 'pending' && cluster.release.unconfirmedBlocksIgnored) return
    const entry = { block, text: formatPrefix(block.prefix) }
    const list = byNode.get(node)
    if (list === undefined) byNode.set(node, [entry])
    else list.push(entry)
  }
  if (cluster.cni.ipamType === 'host-local') {
    for (const node of cluster.nodes) {
      for (const text of node.podCIDRs) {
        const prefix = parsePrefix(text)
        if (prefix !== undefined) add(node.name, { prefix, state: 'confirmed' })
      }
    }
  } else {
    // What the datastore holds as pending stays so, even if the view has meanwhile placed an address there.
    const pending = new Set(cluster.recordedAffinities?.filter(({ state }) => state === 'pending').map(keyOf))
    for (const affinity of ipam.affinities) {
      const { node, type, prefix } = affinity
      if (type === 'host') add(node, { prefix, state: pending.has(keyOf(affinity)) ? 'pending' : affinity.state })
    }
  }
  return new Map(
    [...byNode].map(([node, list]) => [
      node,
      list.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)).map(({ block }) => block),
    ]),
  )
}

function keyOf({ node, prefix }: BlockAffinity): string {
  return `${formatPrefix(prefix)} ${node}`
}

/** Blackholes of own blocks; a block of one address has none since v3.18, there the block is the pod's own route. */
export function blockStatics(cluster: Cluster, blocks: readonly NodeBlock[], family: Family): readonly StaticOrigin[] {
  return blocks
    .filter(({ prefix }) => prefix.family === family)
    .filter(({ prefix }) => prefix.length < bitsOf(family) || cluster.release.hostBlockBlackhole)
    .map(({ prefix }) => ({ prefix, kind: 'block', type: 'blackhole' }))
}

/** Own blocks in calico_aggr. A state other than confirmed has no rules, an unset one counts as confirmed. */
export function aggregatesOf(blocks: readonly NodeBlock[], family: Family): readonly Aggregate[] {
  return blocks
    .filter(({ prefix }) => prefix.family === family)
    .map(({ prefix, state }) => {
      const affinityState = state === 'confirmed' || state === 'pendingDeletion' ? state : 'implicit'
      return { prefix, affinityState, rules: affinityState !== 'pendingDeletion' }
    })
}
