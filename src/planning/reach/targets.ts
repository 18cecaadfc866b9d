/** Every address that a packet between two nodes may be looked up by: ends, nodes' own addresses, tunnels' addresses. */

import { type Address, parseAddress, sameAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { ClusterNode } from '../../cluster/node.js'
import { TUNNEL_KINDS } from '../../cluster/node.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { IpamView } from '../../ipam/view.js'
import type { ReachEnds } from './ends.js'

export interface Targets {
  readonly addresses: readonly Address[]
  /** Node of each; -1 for an address that belongs to none. */
  readonly nodeOf: Int32Array
  /** Node i's are `start[i]` up to, and without, `start[i + 1]`; those of no node follow. */
  readonly start: Int32Array
  /** What a node's are, in their order: equal texts can be compared place by place. */
  label(node: ClusterNode): string
}

/** The pods' gateway, without a route to which no pod can send (lab finding A12). */
const POD_GATEWAY = parseAddress('169.254.1.1')

/** With `only`, addresses of these nodes alone. */
export function reachTargets(
  { source: { cluster, ipam } }: Plane,
  ends: ReachEnds,
  only?: ReadonlySet<number>,
): Targets {
  const addresses: Address[] = []
  const nodeOf: number[] = []
  const start = new Int32Array(cluster.nodes.length + 1)
  const pools = (address: Address): string =>
    cluster.pools.flatMap(({ index, prefix }) => (containsAddress(prefix, address) ? [index] : [])).join(' ')
  for (const node of cluster.nodes) {
    if (only === undefined || only.has(node.index)) {
      for (const { address } of addressesOf(node, ipam, ends)) {
        addresses.push(address)
        nodeOf.push(node.index)
      }
    }
    start[node.index + 1] = addresses.length
  }
  const settings = [cluster.felix, ...cluster.felixByNode.values()]
  const rest = [POD_GATEWAY, ...settings.map(({ natOutgoingAddress }) => natOutgoingAddress)]
  for (const address of rest) {
    if (address === undefined) continue
    addresses.push(address)
    nodeOf.push(-1)
  }
  return {
    addresses,
    nodeOf: Int32Array.from(nodeOf),
    start,
    label: (node) =>
      addressesOf(node, ipam, ends)
        .map(({ address, what }) => `${what} ${address.family} (${pools(address)})`)
        .join(', '),
  }
}

/** A node's own addresses, those of its tunnels, and its ends. */
export function addressesOf(
  node: ClusterNode,
  { tunnels }: Pick<IpamView, 'tunnels'>,
  ends: ReachEnds,
): readonly { readonly address: Address; readonly what: string }[] {
  const own = tunnels.get(node.name)
  return [
    ...ownAddresses(node).map((address) => ({ address, what: 'host' })),
    ...TUNNEL_KINDS.flatMap((kind) => {
      const address = own?.[kind]
      return address === undefined ? [] : [{ address, what: kind }]
    }),
    ...(ends[node.index] ?? []).map(({ address, source }) => ({ address, what: source })),
  ]
}

/** The BGP addresses and whatever else Kubernetes knows, each once. */
export function ownAddresses({ bgpAddress, addresses }: ClusterNode): readonly Address[] {
  const own = [bgpAddress[4]?.address, bgpAddress[6]?.address, ...addresses.map(({ address }) => address)]
  const found: Address[] = []
  for (const address of own) {
    if (address !== undefined && !found.some((other) => sameAddress(other, address))) found.push(address)
  }
  return found
}
