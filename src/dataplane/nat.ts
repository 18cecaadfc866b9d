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
import { externalNodes, hostAddress } from './devices/host-set.js'

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

/**
 * The source with which a packet of a pod leaves this node, when natOutgoing changes it: `natOutgoingAddress` where
 * that is set, else `primary`, the address of the device that it leaves by, which MASQUERADE takes.
 */
export function natSource(
  cluster: Cluster,
  node: number,
  packet: { readonly source: Address; readonly destination: Address },
  dev: string,
  primary: Address | undefined,
): Address | undefined {
  const { natOutgoingAddress, natOutgoingInterfaceFilter } = felixOn(cluster, cluster.nodes[node]?.name ?? '')
  if (natOutgoingInterfaceFilter !== undefined && !fitsInterface(natOutgoingInterfaceFilter, dev)) return undefined
  if (!masquerades(cluster, node, packet.source, packet.destination)) return undefined
  return natOutgoingAddress?.family === packet.source.family ? natOutgoingAddress : primary
}

/** The way iptables matches `-o`: a trailing `+` stands for any rest of the name. */
function fitsInterface(filter: string, dev: string): boolean {
  return filter.endsWith('+') ? dev.startsWith(filter.slice(0, -1)) : dev === filter
}

/** Do the sets select this packet of a pod, whatever device it leaves by? */
export function masquerades(cluster: Cluster, node: number, source: Address, destination: Address): boolean {
  if (source.family !== destination.family) return false
  const { sources, excluded } = masqueradeSets(cluster, source.family)
  if (!sources.some((pool) => containsAddress(pool, source))) return false
  if (excluded.some((pool) => containsAddress(pool, destination))) return false
  return !(exemptsHosts(cluster, node) && isHost(cluster, node, destination))
}

function exemptsHosts(cluster: Cluster, node: number): boolean {
  const settings = felixOn(cluster, cluster.nodes[node]?.name ?? '')
  return cluster.release.natOutgoingExclusions && settings.natOutgoingExclusions === 'IPPoolsAndHostIPs'
}

/** Is it a member of Felix's set of hosts? */
function isHost(cluster: Cluster, node: number, address: Address): boolean {
  const outside = address.family === 4 ? externalNodes(cluster, cluster.nodes[node]?.name ?? '', 4) : []
  return (
    outside.some((prefix) => containsAddress(prefix, address)) ||
    cluster.nodes.some((other) => {
      const own = hostAddress(other, address.family)
      return own !== undefined && sameAddress(own, address)
    })
  )
}
