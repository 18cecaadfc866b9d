/** The policy of a node towards its peers and towards its kernel (bird_ipam.cfg.template). */

import type { Family } from '../../address/address.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { ExportPolicy, KernelPolicy } from '../speaker-config.js'
import type { BgpContext } from './context.js'
import { aggregatesOf } from './node-blocks.js'
import { serviceStatics } from './service-routes.js'

export function exportPolicy(context: BgpContext, node: ClusterNode, family: Family): ExportPolicy {
  const { cluster, pools } = context
  const { release, bgp } = cluster
  const tunnels = release.tunnelInterfacesRejected ? ['*.cali', '*.calico'] : []
  if (release.tunl0Rejected && !pools[family].ownsIpip) tunnels.push('tunl0')
  const reflector = Boolean(node.routeReflectorClusterID)
  return {
    rejectPools: pools[family].rejected,
    rejectInterfacesInternal: tunnels,
    rejectInterfaces: release.bpfInterfacesRejected ? ['bpf*.cali'] : [],
    communities: communitiesOf(context, node, family),
    aggregates: aggregatesOf(context.blocks.get(node.name) ?? [], family),
    serviceRoutes: serviceStatics(cluster, context.services, node, family),
    reflectorRanges: {
      loadBalancer:
        reflector && release.reflectorsRelayLoadBalancerIPs
          ? bgp.serviceLoadBalancerIPs.filter((prefix) => prefix.family === family)
          : [],
      external:
        reflector && release.reflectorsRelayExternalIPs
          ? bgp.serviceExternalIPs.filter((prefix) => prefix.family === family)
          : [],
    },
    acceptPools: pools[family].accepted,
  }
}

/** The node's own prefixAdvertisements replace the cluster's as a whole (confd client.go getPrefixAdvertisementsKVPair). */
function communitiesOf({ cluster }: BgpContext, node: ClusterNode, family: Family): ExportPolicy['communities'] {
  if (!cluster.release.communities) return []
  const list = cluster.bgp.perNode.get(node.name)?.prefixAdvertisements ?? cluster.bgp.prefixAdvertisements
  return list
    .filter(({ prefix, communities }) => prefix.family === family && communities.length > 0)
    .map(({ prefix, communities }) => ({ prefix, values: communities }))
}

export function kernelPolicy(context: BgpContext, node: ClusterNode, family: Family): KernelPolicy {
  const { cluster, pools, services, endpoints } = context
  const { release } = cluster
  return {
    serviceRejects: services.ranges.filter((prefix) => prefix.family === family),
    rejectNextHops: release.wireguardPeerRejectInBird ? wireguardPeers(context, node, family) : [],
    // Without an IPv4 network of its own a node has no pool statement at all, and everything is accepted.
    pools: family === 4 && endpoints[4][node.index] === undefined ? [] : pools[family].kernel,
    mergePaths: release.mergePaths,
    metrics: release.birdRouteMetric,
  }
}

/** Addresses of the other nodes that run WireGuard, if this one does (confd processWireguardPeerFilter), as text sorts them. */
function wireguardPeers(context: BgpContext, node: ClusterNode, family: Family): KernelPolicy['rejectNextHops'] {
  const kind = family === 4 ? 'wireguard' : 'wireguardV6'
  if (node.tunnelAddress[kind] === undefined) return []
  return context.cluster.nodes
    .filter((other) => other !== node && other.tunnelAddress[kind] !== undefined)
    .flatMap((other) => context.endpoints[family][other.index] ?? [])
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map((endpoint) => endpoint.address)
}
