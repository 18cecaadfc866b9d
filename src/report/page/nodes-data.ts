/** The nodes of a cluster as columns. */

import { formatAddress } from '../../address/address.js'
import type { Simulation } from '../../planning/simulation.js'
import type { PageNodes } from './page-data.js'

export function pageNodes(simulation: Simulation, sessions: readonly number[]): PageNodes {
  const { cluster } = simulation
  const pods = new Map(simulation.capacity().books.nodes.map(({ node, pods: count }) => [node, count]))
  return {
    name: cluster.nodes.map(({ name }) => name),
    address: cluster.nodes.map(({ bgpAddress, addresses }) => {
      const address = bgpAddress[4]?.address ?? bgpAddress[6]?.address ?? addresses[0]?.address
      return address === undefined ? '' : formatAddress(address)
    }),
    rack: cluster.nodes.map(({ index }) => cluster.underlay.attachments[index]?.subnet ?? -1),
    asNumber: cluster.nodes.map(({ asNumber }) => asNumber ?? cluster.bgp.asNumber),
    pods: cluster.nodes.map(({ name }) => pods.get(name) ?? 0),
    sessions,
    reflectors: cluster.nodes.flatMap(({ index, routeReflectorClusterID: id }) => (id ? [[index, id] as const] : [])),
    cordoned: cluster.nodes.filter(({ schedulable }) => !schedulable).map(({ index }) => index),
  }
}
