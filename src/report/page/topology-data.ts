/** The network below Calico, with a place in the drawing for everything. */

import { formatAddress } from '../../address/address.js'
import { containsAddress, formatPrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Subnet } from '../../cluster/underlay.js'
import type { PageTopology } from './page-data.js'
import { layOut } from './topology-layout.js'

/** `outside`: addresses of peers that the input does not describe. */
export function pageTopology(cluster: Cluster, outside: readonly string[]): PageTopology {
  const { underlay } = cluster
  const homeless = underlay.attachments.some(({ subnet }) => subnet === undefined)
  const nowhere = underlay.subnets.length
  const rackOf = (node: number): number => underlay.attachments[node]?.subnet ?? nowhere
  const hostRacks = underlay.hosts.map(
    ({ address }) => underlay.subnets.find(({ prefix }) => containsAddress(prefix, address.address))?.index ?? -1,
  )
  const layout = layOut({
    nodes: cluster.nodes.map(({ index, routeReflectorClusterID: id }) => ({
      rack: rackOf(index),
      reflector: Boolean(id),
    })),
    racks: nowhere + (homeless ? 1 : 0),
    routers: underlay.routers.length,
    outside: outside.length,
    hosts: hostRacks,
  })
  const counts = new Map<number, number>()
  for (const { index } of cluster.nodes) counts.set(rackOf(index), (counts.get(rackOf(index)) ?? 0) + 1)
  const at = <T>(points: readonly T[], i: number, none: T): T => points[i] ?? none
  const origin = { x: 0, y: 0 }
  return {
    assumedUnderlay: underlay.assumed,
    width: layout.width,
    height: layout.height,
    racks: layout.racks.map((box, i) => {
      const subnet = underlay.subnets[i]
      return {
        name: subnet?.name ?? 'on no segment',
        cidr: subnet === undefined ? '' : formatPrefix(subnet.prefix),
        mtu: subnet?.mtu ?? 0,
        notes: subnet === undefined ? [] : notesOf(subnet),
        nodes: counts.get(i) ?? 0,
        ...box,
      }
    }),
    x: layout.nodes.map(({ x }) => x),
    y: layout.nodes.map(({ y }) => y),
    routers: underlay.routers.map((router, i) => ({
      name: router.name,
      assumed: router.assumed === true,
      asNumber: router.bgp?.asNumber ?? null,
      racks: [...new Set(router.interfaces.map(({ subnet }) => subnet))],
      ...at(layout.routers, i, origin),
    })),
    hosts: underlay.hosts.map((host, i) => ({
      name: host.name,
      address: formatAddress(host.address.address),
      rack: hostRacks[i] ?? -1,
      ...at(layout.hosts, i, origin),
    })),
    outside: outside.map((address, i) => ({ address, ...at(layout.outside, i, origin) })),
  }
}

function notesOf({ gateway, antiSpoofing, drops }: Subnet): readonly string[] {
  return [
    ...(gateway === undefined ? [] : [`gateway ${formatAddress(gateway)}`]),
    ...(antiSpoofing ? ['drops packets with a source that is not the sender'] : []),
    ...(drops.length > 0 ? [`drops ${drops.join(', ')}`] : []),
  ]
}
