/** The interfaces of a speaker that BIRD sees, with their addresses. */

import type { Family } from '../../address/address.js'
import { hostPrefix } from '../../address/prefix.js'
import type { TunnelKind } from '../../cluster/node.js'
import { type BgpContext, routerOf } from '../config/context.js'
import type { Speaker } from '../session.js'
import type { OwnInterface } from './input.js'

/** Devices of the tunnels that take an address from IPAM (felix/dataplane/linux, wireguard and vxlan defaults). */
const TUNNEL_DEVICES: { readonly [K in TunnelKind]: string } = {
  ipip: 'tunl0',
  vxlan: 'vxlan.calico',
  vxlanV6: 'vxlan-v6.calico',
  wireguard: 'wireguard.cali',
  wireguardV6: 'wg-v6.cali',
}

/**
 * A node's uplink and its tunnels, or a router's ports. Loopback is left out: BIRD passes over addresses of host scope.
 */
export function interfacesOf(context: BgpContext, speaker: Speaker, family: Family): readonly OwnInterface[] {
  const router = routerOf(context, speaker)
  if (router !== undefined) {
    return router.interfaces
      .filter((port) => port.address.address.family === family)
      .map((port) => ({ name: port.name, address: port.address.address, network: port.address.network }))
  }
  const endpoint = context.endpoints[family][speaker.index]
  const uplink = context.cluster.underlay.attachments[speaker.index]?.interface ?? 'eth0'
  const own = endpoint ? [{ name: uplink, address: endpoint.address, network: endpoint.network }] : []
  const tunnels = Object.entries(context.ipam.tunnels.get(speaker.name) ?? {}).flatMap(([kind, address]) =>
    address?.family === family
      ? [{ name: TUNNEL_DEVICES[kind as TunnelKind], address, network: hostPrefix(address) }]
      : [],
  )
  return [...own, ...tunnels.sort((a, b) => (a.name < b.name ? -1 : 1))]
}
