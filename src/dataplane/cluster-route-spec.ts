/** A cluster route of Felix as it goes to the kernel (felix/routetable/defs.go Target; route_table.go). */

import { deviceOf } from '../bgp/felix/cluster-routes.js'
import type { ClusterRoute } from '../bgp/felix/route-manager.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { Release } from '../cluster/release.js'
import type { TunnelMtu } from './mtu.js'
import type { RouteSpec } from './route-builder.js'
import { clusterRouteProtocol, deviceRouteProtocol } from './route-protocol.js'

/** What a node's Felix writes into every such route. */
export interface RouteStyle {
  readonly release: Pick<Release, 'tunnelRouteMtu'>
  readonly felix: FelixSettings
  readonly mtu: Pick<TunnelMtu, 'ipip' | 'vxlan' | 'vxlanV6'>
  /** The device with the node's own address. */
  readonly uplink: string
}

/** Every gateway is marked onlink, those of the same subnet too. An MTU of 0 is none. */
export function clusterRouteSpec(style: RouteStyle, route: ClusterRoute): RouteSpec {
  const { prefix } = route
  if (route.kind === 'blackhole') return { prefix, type: 'blackhole', protocol: clusterRouteProtocol(style.felix) }
  const dev = deviceOf(route.kind, prefix.family, style.uplink)
  switch (route.kind) {
    case 'noEncap':
      return { prefix, via: route.via, dev, protocol: clusterRouteProtocol(style.felix), onlink: true }
    case 'ipip':
      return {
        prefix,
        via: route.via,
        dev,
        protocol: clusterRouteProtocol(style.felix),
        onlink: true,
        ...mtuOf(style, style.mtu.ipip),
      }
    case 'vxlan':
      return {
        prefix,
        via: route.via,
        dev,
        protocol: deviceRouteProtocol(style.felix),
        onlink: true,
        ...vxlanMtu(style, route),
      }
    case 'vtep':
      return { prefix, dev, protocol: deviceRouteProtocol(style.felix), link: true, ...vxlanMtu(style, route) }
  }
}

function vxlanMtu(style: RouteStyle, { prefix }: ClusterRoute): { readonly mtu?: number } {
  return mtuOf(style, prefix.family === 4 ? style.mtu.vxlan : style.mtu.vxlanV6)
}

function mtuOf({ release }: RouteStyle, mtu: number): { readonly mtu?: number } {
  return release.tunnelRouteMtu && mtu > 0 ? { mtu } : {}
}
