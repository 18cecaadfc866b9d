/** Routing protocol numbers by the names that iproute2 prints (/etc/iproute2/rt_protos). */

import type { FelixSettings } from '../cluster/felix-settings.js'

const NAMES: Readonly<Record<number, string>> = {
  2: 'kernel',
  3: 'boot',
  4: 'static',
  8: 'gated',
  9: 'ra',
  11: 'zebra',
  12: 'bird',
  16: 'dhcp',
}

export function protocolName(protocol: number): string {
  return NAMES[protocol] ?? String(protocol)
}

/** `boot`, which Felix uses unless told otherwise; its routes to other nodes then carry 80. */
const BOOT = 3
const FELIX_PROTOCOL = 80

/** Protocol of Felix's routes to other nodes and of its blackholes (route_mgr.go calculateRouteProtocol). */
export function clusterRouteProtocol({ deviceRouteProtocol }: Pick<FelixSettings, 'deviceRouteProtocol'>): string {
  return protocolName(deviceRouteProtocol === BOOT ? FELIX_PROTOCOL : deviceRouteProtocol)
}

/** Protocol of its routes to local pods and of those by a VXLAN device. */
export function deviceRouteProtocol({ deviceRouteProtocol }: Pick<FelixSettings, 'deviceRouteProtocol'>): string {
  return protocolName(deviceRouteProtocol)
}
