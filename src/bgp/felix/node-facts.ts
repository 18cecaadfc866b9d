/** What Felix reads of Node resources (felix/calc/l3_route_resolver.go OnResourceUpdate, vxlan_resolver.go). */

import type { Address, Family } from '../../address/address.js'
import { hostPrefix, type InterfaceAddress } from '../../address/prefix.js'
import type { ClusterNode } from '../../cluster/node.js'

/**
 * The address of a family that Felix takes a node to have: that of BGP if the node has any BGP address at all, else the
 * first InternalIP, else the first ExternalIP, each of which is its own subnet.
 */
export function felixAddress(node: ClusterNode, family: Family): InterfaceAddress | undefined {
  const { bgpAddress, addresses } = node
  if (bgpAddress[4] !== undefined || bgpAddress[6] !== undefined) return bgpAddress[family]
  const first = (type: string): Address | undefined =>
    addresses.find((entry) => entry.type === type && entry.address.family === family)?.address
  const address = first('InternalIP') ?? first('ExternalIP')
  return address && { address, network: hostPrefix(address) }
}

/** False for a node without an address of either family, whose tunnel addresses Felix does not look at either. */
export function isKnown(node: ClusterNode): boolean {
  return felixAddress(node, 4) !== undefined || felixAddress(node, 6) !== undefined
}

/** Every address that is a node's own, one of each value: BGP or fallback first, then those that the resource lists. */
export function hostAddresses(node: ClusterNode): readonly Address[] {
  const own = ([4, 6] as const).flatMap((family) => felixAddress(node, family)?.address ?? [])
  const found = new Map<number | bigint, Address>()
  for (const address of [...own, ...node.addresses.map((entry) => entry.address)]) {
    if (!found.has(address.value)) found.set(address.value, address)
  }
  return [...found.values()]
}
