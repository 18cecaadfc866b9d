/**
 * What the kernel writes for the addresses of tunnel devices. They have host masks: an IPv4 one brings nothing into the
 * main table, an IPv6 one itself (net/ipv6/addrconf.c inet6_addr_add; observed on a device with a /128).
 */

import { hostPrefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import type { ClusterNode } from '../cluster/node.js'
import { tunnelDevices } from './devices/tunnel-device.js'
import { kernelRoute } from './route-builder.js'
import { CONNECTED_V6_METRIC, type TaggedRoute } from './underlay-routes.js'

export function tunnelAddressRoutes(context: BgpContext, node: ClusterNode): readonly TaggedRoute[] {
  if (!context.cluster.pools.some(({ prefix }) => prefix.family === 6)) return []
  return tunnelDevices(context, node).flatMap(({ name, address }) => {
    if (address?.family !== 6) return []
    const prefix = hostPrefix(address)
    const route = kernelRoute({ prefix, dev: name, protocol: 'kernel', metric: CONNECTED_V6_METRIC })
    return [{ prefix, explained: { route, why: { owner: 'kernel', rule: 'connected' } } }]
  })
}
