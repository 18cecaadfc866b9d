/**
 * What is worked out once for a cluster and then shared by every question about its BGP: addresses, AS numbers and
 * ports of the nodes, who owns which address, the BGPPeers turned into rules, pool policies and service routes.
 */

import type { Address, Family } from '../../address/address.js'
import type { BgpFilter } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Router } from '../../cluster/underlay.js'
import type { IpamView } from '../../ipam/view.js'
import type { SessionOptions, Speaker } from '../session.js'
import { type AddressKey, addressKey } from './address-key.js'
import { knownFilters } from './filter-calls.js'
import { affinitiesByNode, type BlocksOfNode } from './node-blocks.js'
import { type NodeEndpoints, nodeEndpoints } from './node-endpoints.js'
import { type PeeringIndex, peeringIndex } from './peering-rules.js'
import { type PoolPolicy, poolPolicy } from './pool-policy.js'
import { type ServiceAdvertisement, serviceAdvertisement } from './service-routes.js'

export interface BgpContext {
  readonly cluster: Cluster
  readonly ipam: IpamView
  /** Nodes in the order of `cluster.nodes`, then every Underlay router, with BGP or without. */
  readonly speakers: readonly Speaker[]
  readonly speakerByName: ReadonlyMap<string, Speaker>
  readonly endpoints: NodeEndpoints
  /** Speakers that own an address. Two nodes may claim one address, which is a fault that the findings report. */
  readonly owners: { readonly [F in Family]: ReadonlyMap<AddressKey, readonly Speaker[]> }
  readonly peerings: PeeringIndex
  readonly blocks: BlocksOfNode
  readonly pools: { readonly [F in Family]: PoolPolicy }
  readonly services: ServiceAdvertisement
  /** BGPFilters by name, as far as the release knows them. */
  readonly filters: ReadonlyMap<string, BgpFilter>
  /** Only these of the configured sessions are there: the state in the middle of a change. Undefined: all. */
  readonly kept?: KeptSessions
}

/** Which sessions count. Both ends of a session have to be kept. */
export interface KeptSessions {
  /** Whether a node's mesh sessions with the other kept members are there. */
  mesh(node: number, family: Family): boolean
  explicit(speaker: number, options: SessionOptions): boolean
}

export function createBgpContext(cluster: Cluster, ipam: IpamView, kept?: KeptSessions): BgpContext {
  const endpoints = nodeEndpoints(cluster)
  const speakers: readonly Speaker[] = [
    ...cluster.nodes.map((node): Speaker => ({ index: node.index, kind: 'node', name: node.name })),
    ...cluster.underlay.routers.map(
      (router, i): Speaker => ({ index: cluster.nodes.length + i, kind: 'router', name: router.name }),
    ),
  ]
  return {
    cluster,
    ipam,
    speakers,
    speakerByName: new Map([...speakers].reverse().map((speaker) => [speaker.name, speaker])),
    endpoints,
    owners: { 4: addressOwners(cluster, speakers, endpoints, 4), 6: addressOwners(cluster, speakers, endpoints, 6) },
    peerings: peeringIndex(cluster, endpoints),
    blocks: affinitiesByNode(cluster, ipam),
    pools: { 4: poolPolicy(cluster, 4), 6: poolPolicy(cluster, 6) },
    services: serviceAdvertisement(cluster, ipam.loadBalancers),
    filters: knownFilters(cluster),
    ...(kept === undefined ? {} : { kept }),
  }
}

/** The Underlay router behind a speaker; undefined for a node. */
export function routerOf(context: BgpContext, speaker: Speaker): Router | undefined {
  return context.cluster.underlay.routers[speaker.index - context.cluster.nodes.length]
}

/** Speakers that own the address, nodes first. */
export function ownersOf(context: BgpContext, address: Address): readonly Speaker[] {
  return context.owners[address.family].get(addressKey(address)) ?? []
}

function addressOwners(
  cluster: Cluster,
  speakers: readonly Speaker[],
  endpoints: NodeEndpoints,
  family: Family,
): ReadonlyMap<AddressKey, readonly Speaker[]> {
  const owners = new Map<AddressKey, Speaker[]>()
  const add = (address: Address, index: number): void => {
    const speaker = speakers[index]
    if (speaker === undefined || address.family !== family) return
    const list = owners.get(addressKey(address))
    if (list === undefined) owners.set(addressKey(address), [speaker])
    else if (!list.includes(speaker)) list.push(speaker)
  }
  for (const endpoint of endpoints[family]) if (endpoint) add(endpoint.address, endpoint.node)
  for (const [i, router] of cluster.underlay.routers.entries()) {
    for (const { address } of router.interfaces) add(address.address, cluster.nodes.length + i)
  }
  return owners
}
