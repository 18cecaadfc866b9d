/** A place for a new pool: the first prefix of a length that touches nothing which the input knows. */

import type { Family } from '../../address/address.js'
import { addressPlus } from '../../address/address.js'
import {
  bitsOf,
  containsPrefix,
  firstAddress,
  hostPrefix,
  lastAddress,
  overlaps,
  type Prefix,
  parsePrefix,
  prefixOf,
} from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import { clusterCidrOf } from '../../ipam/findings/kube-proxy.js'

export interface FreePrefix {
  readonly prefix: Prefix
  /** Whether kube-proxy's cluster CIDR holds it; undefined where the input does not tell that range. */
  readonly inClusterCidr?: boolean
}

const PRIVATE: { readonly [F in Family]: readonly string[] } = {
  4: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'],
  6: ['fd00::/8'],
}

/** Docker's own bridge, which is on many hosts and in no manifest; the ranges that kubeadm gives to Services. */
const AVOIDED = ['172.17.0.0/16', '10.96.0.0/12']

/** Inside the cluster CIDR if it has room, else out of the private ranges. Undefined: there is none. */
export function freePrefix(cluster: Cluster, family: Family, length: number): FreePrefix | undefined {
  const taken = takenPrefixes(cluster).filter((prefix) => prefix.family === family)
  const ranges = clusterCidrOf(cluster).filter((prefix) => prefix.family === family)
  const inside = firstFree(ranges, taken, length)
  if (inside !== undefined) return { prefix: inside, inClusterCidr: true }
  const avoided = AVOIDED.flatMap((text) => parsePrefix(text) ?? []).filter((prefix) => prefix.family === family)
  const spaces = PRIVATE[family].flatMap((text) => parsePrefix(text) ?? [])
  const prefix = firstFree(spaces, [...taken, ...avoided], length)
  return prefix && { prefix, ...(ranges.length === 0 ? {} : { inClusterCidr: false }) }
}

/** Pools, node and router networks, hosts, Services, and whatever routes are written to; a default route is no place. */
export function takenPrefixes({ pools, nodes, bgp, services, underlay }: Cluster): readonly Prefix[] {
  return [
    ...pools.map(({ prefix }) => prefix),
    ...nodes.flatMap(({ bgpAddress }) => [bgpAddress[4]?.network ?? [], bgpAddress[6]?.network ?? []].flat()),
    ...underlay.subnets.map(({ prefix }) => prefix),
    ...underlay.routers.flatMap(({ interfaces, staticRoutes }) => [
      ...interfaces.map(({ address }) => address.network),
      ...staticRoutes.map(({ to }) => to),
    ]),
    ...underlay.attachments.flatMap(({ staticRoutes }) => staticRoutes.map(({ to }) => to)),
    ...underlay.hosts.map(({ address }) => address.network),
    ...bgp.serviceClusterIPs,
    ...bgp.serviceExternalIPs,
    ...bgp.serviceLoadBalancerIPs,
    ...services.flatMap(({ clusterIPs, externalIPs }) => [...clusterIPs, ...externalIPs].map(hostPrefix)),
  ].filter(({ length }) => length > 0)
}

function firstFree(spaces: readonly Prefix[], taken: readonly Prefix[], length: number): Prefix | undefined {
  for (const space of spaces) {
    if (length < space.length || length > bitsOf(space.family)) continue
    let candidate: Prefix | undefined = prefixOf(firstAddress(space), length)
    while (candidate !== undefined && containsPrefix(space, candidate)) {
      const at: Prefix = candidate
      const obstacle = taken.find((prefix) => overlaps(prefix, at))
      if (obstacle === undefined) return at
      candidate = after(obstacle.length < length ? obstacle : at, length)
    }
  }
  return undefined
}

/** The next prefix of this length behind another. */
function after(prefix: Prefix, length: number): Prefix | undefined {
  const next = addressPlus(lastAddress(prefix), 1)
  return next && prefixOf(next, length)
}
