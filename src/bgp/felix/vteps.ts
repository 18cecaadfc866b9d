/** VXLAN tunnel endpoints of the nodes (felix/calc/vxlan_resolver.go). */

import { createHash } from 'node:crypto'
import type { Address, Family } from '../../address/address.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { IpamView } from '../../ipam/view.js'

export interface Vtep {
  readonly node: string
  readonly family: Family
  /** Address of the VXLAN device. */
  readonly address: Address
  readonly mac: string
  /** The node's own address, which outer packets are sent to. */
  readonly parent: Address
}

/** A node is one in a family in which it has both a tunnel address and a BGP address; InternalIP does not count. */
export function vtepOf(tunnels: IpamView['tunnels'], node: ClusterNode, family: Family): Vtep | undefined {
  const address = vtepAddress(tunnels, node, family)
  const parent = node.bgpAddress[family]?.address
  return address && parent && { node: node.name, family, address, mac: vtepMac(node, family), parent }
}

/** The device's address alone, for those who need no MAC. */
export function vtepAddress(tunnels: IpamView['tunnels'], node: ClusterNode, family: Family): Address | undefined {
  if (node.bgpAddress[family] === undefined) return undefined
  return tunnels.get(node.name)?.[family === 4 ? 'vxlan' : 'vxlanV6']
}

const MAC_BYTES = 5

/** The one stored with the node, else 66 and the first five bytes of SHA-1 over the name (vtepMACForHost). */
function vtepMac({ name, vxlanTunnelMAC, vxlanTunnelMACv6 }: ClusterNode, family: Family): string {
  const stored = family === 4 ? vxlanTunnelMAC : vxlanTunnelMACv6
  if (stored !== undefined) return stored
  const digest = createHash('sha1')
    .update(family === 4 ? name : `${name}-v6`)
    .digest()
  return [0x66, ...digest.subarray(0, MAC_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}
