/**
 * natOutgoing: which packets of pods leave a node with another source (felix/rules/nat.go, felix/dataplane/linux/
 * masq_mgr.go). A packet is masqueraded when its source lies in a pool with natOutgoing and its destination in no pool
 * at all. Disabled pools count on both sides, which is the documented way to exempt an outside range; encapsulation,
 * blocks and live pods do not matter.
 */

import type { Address, Family } from '../address/address.js'
import { sameAddress } from '../address/address.js'
import { containsAddress, type Prefix } from '../address/prefix.js'
import { type Cluster, felixOn } from '../cluster/cluster.js'
import type { Pool } from '../cluster/pool.js'

export interface MasqueradeSets {
  /** CIDRs of pools with natOutgoing. */
  readonly sources: readonly Prefix[]
  /** CIDRs of all pools: traffic to them keeps its source. */
  readonly excluded: readonly Prefix[]
}

export function masqueradeSets(cluster: Cluster, family: Family): MasqueradeSets {
  const pools = cluster.pools.filter((pool) => pool.prefix.family === family)
  return {
    sources: pools.filter((pool) => pool.natOutgoing).map(({ prefix }) => prefix),
    excluded: pools.filter((pool) => !isLeftOut(cluster, pool)).map(({ prefix }) => prefix),
  }
}

/** LoadBalancer-only pools are no destination of pod traffic in the releases that know of it. */
function isLeftOut({ release }: Cluster, { allowedUses }: Pool): boolean {
  return release.loadBalancerPoolsExcluded && allowedUses.length === 1 && allowedUses[0] === 'LoadBalancer'
}

/** Does a packet of a pod leave this node with its source changed? */
export function masquerades(cluster: Cluster, node: number, source: Address, destination: Address): boolean {
  if (source.family !== destination.family) return false
  const { sources, excluded } = masqueradeSets(cluster, source.family)
  if (!sources.some((pool) => containsAddress(pool, source))) return false
  if (excluded.some((pool) => containsAddress(pool, destination))) return false
  return !(exemptsHosts(cluster, node) && isNodeAddress(cluster, destination))
}

function exemptsHosts(cluster: Cluster, node: number): boolean {
  const settings = felixOn(cluster, cluster.nodes[node]?.name ?? '')
  return cluster.release.natOutgoingExclusions && settings.natOutgoingExclusions === 'IPPoolsAndHostIPs'
}

function isNodeAddress(cluster: Cluster, address: Address): boolean {
  return cluster.nodes.some((node) => {
    const own = node.bgpAddress[address.family]?.address
    return (
      (own !== undefined && sameAddress(own, address)) ||
      node.addresses.some((entry) => sameAddress(entry.address, address))
    )
  })
}
