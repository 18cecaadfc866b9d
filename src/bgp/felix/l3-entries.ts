/**
 * What Felix's L3RouteResolver holds of every CIDR, whichever node looks at it (felix/calc/l3_route_resolver.go
 * RouteTrie): the pools and blocks that cover it, the hosts, tunnels and workloads that have it as their address.
 */

import { type Address, addressPlus } from '../../address/address.js'
import { firstAddress, hostPrefix, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { ClusterNode, TunnelKind } from '../../cluster/node.js'
import { isCrossSubnet, type Pool } from '../../cluster/pool.js'
import { routeTypeOf } from '../../cluster/route-ownership.js'
import type { IpamView, PlacedPod } from '../../ipam/view.js'
import { hostAddresses, isKnown } from './node-facts.js'

/** In the order in which Felix sorts them at one address of one node. */
export type TunnelRef = 'wireguard' | 'ipip' | 'vxlan'

export interface L3Entry {
  readonly prefix: Prefix
  /** The narrowest pool around it that has a route type. */
  readonly pool?: Pool
  /** Set by any pool around it: a pool inside another cannot take it back. */
  readonly natOutgoing: boolean
  readonly crossSubnet: boolean
  /** The node of each block entry on the way to the CIDR, the widest first; an address in use elsewhere is one too. */
  readonly blockNodes: readonly string[]
  /** The last of them is about this very CIDR. */
  readonly blockIsExact: boolean
  /** First in byte order of the nodes that have it as their own address. */
  readonly host?: string
  /** Nodes with a workload at it, in byte order. */
  readonly workloads: readonly string[]
  /** By node, then kind. */
  readonly tunnels: readonly { readonly node: string; readonly kind: TunnelRef }[]
}

export interface L3Source {
  readonly cluster: Cluster
  /** Empty where Felix takes its routes from workloads (`routeSource: WorkloadIPs`). */
  readonly blocks: readonly RecordedBlock[]
  readonly tunnels: IpamView['tunnels']
  readonly pods: readonly PlacedPod[]
}

/** Every CIDR once: pools, then blocks and addresses used outside of their block, hosts, tunnels, workloads. */
export function l3Entries({ cluster, blocks, tunnels, pods }: L3Source): readonly L3Entry[] {
  const trie = new Trie(cluster)
  for (const { prefix } of cluster.pools) trie.at(prefix)
  for (const block of blocks) {
    for (const { prefix, node } of blockRoutes(block)) trie.at(prefix).block = node
  }
  for (const node of cluster.nodes) {
    if (!isKnown(node)) continue
    for (const address of hostAddresses(node)) {
      const draft = trie.at(hostPrefix(address))
      if (draft.host === undefined || node.name < draft.host) draft.host = node.name
    }
    if (!cluster.release.tunnelAddressesResolved) continue
    for (const { address, kind } of tunnelRefs(tunnels, node)) {
      trie.addTunnel(address, { node: node.name, kind })
    }
  }
  for (const { node, addresses } of pods) for (const address of addresses) trie.addWorkload(address, node)
  return trie.entries()
}

/** The block for its node, and each address that another node uses (felix routesFromBlock; model/block.go). */
export function blockRoutes(block: RecordedBlock): readonly { readonly prefix: Prefix; readonly node: string }[] {
  const owner = block.affinity?.host
  const lent = block.allocations.flatMap(({ ordinal, node, releasedAt }) => {
    if (node === undefined || node === owner || releasedAt !== undefined) return []
    const address = addressPlus(firstAddress(block.prefix), ordinal)
    return address === undefined ? [] : [{ prefix: hostPrefix(address), node }]
  })
  return owner === undefined ? lent : [{ prefix: block.prefix, node: owner }, ...lent]
}

const REFS: readonly (readonly [TunnelKind, TunnelRef])[] = [
  ['wireguard', 'wireguard'],
  ['wireguardV6', 'wireguard'],
  ['ipip', 'ipip'],
  ['vxlan', 'vxlan'],
  ['vxlanV6', 'vxlan'],
]

function tunnelRefs(
  tunnels: IpamView['tunnels'],
  { name }: ClusterNode,
): readonly { readonly address: Address; readonly kind: TunnelRef }[] {
  const own = tunnels.get(name)
  if (own === undefined) return []
  return REFS.flatMap(([tunnel, kind]) => {
    const address = own[tunnel]
    return address === undefined ? [] : [{ address, kind }]
  })
}

interface Draft {
  readonly prefix: Prefix
  block?: string
  host?: string
  /** Of most CIDRs there are none, and there are as many CIDRs as nodes, tunnels and blocks. */
  workloads?: Set<string>
  tunnels?: { readonly node: string; readonly kind: TunnelRef }[]
}

interface PoolFacts {
  readonly pool?: Pool
  readonly natOutgoing: boolean
  readonly crossSubnet: boolean
}

class Trie {
  readonly #drafts = new PrefixTable<Draft>()
  readonly #order: Draft[] = []
  readonly #pools: PrefixTable<PoolFacts>

  constructor(cluster: Cluster) {
    this.#pools = poolFacts(cluster)
  }

  at(prefix: Prefix): Draft {
    const known = this.#drafts.get(prefix)
    if (known !== undefined) return known
    const draft: Draft = { prefix }
    this.#drafts.set(prefix, draft)
    this.#order.push(draft)
    return draft
  }

  addTunnel(address: Address, tunnel: { readonly node: string; readonly kind: TunnelRef }): void {
    const draft = this.at(hostPrefix(address))
    draft.tunnels ??= []
    draft.tunnels.push(tunnel)
  }

  addWorkload(address: Address, node: string): void {
    const draft = this.at(hostPrefix(address))
    draft.workloads ??= new Set()
    draft.workloads.add(node)
  }

  entries(): readonly L3Entry[] {
    const blocks = new PrefixTable<string>()
    for (const { prefix, block } of this.#order) if (block !== undefined) blocks.set(prefix, block)
    return this.#order.map((draft) => this.#entry(draft, blocks))
  }

  #entry({ prefix, block, host, workloads, tunnels }: Draft, blocks: PrefixTable<string>): L3Entry {
    const facts = this.#pools.covering(prefix)?.value
    return {
      prefix,
      ...(facts?.pool === undefined ? {} : { pool: facts.pool }),
      natOutgoing: facts?.natOutgoing ?? false,
      crossSubnet: facts?.crossSubnet ?? false,
      blockNodes: nodesOnTheWay(prefix, blocks),
      blockIsExact: block !== undefined,
      ...(host === undefined ? {} : { host }),
      workloads: workloads === undefined ? NONE : [...workloads].sort(byteOrder),
      tunnels: tunnels === undefined ? NONE : tunnels.sort((a, b) => byteOrder(a.node, b.node)),
    }
  }
}

const NONE: readonly never[] = []

function nodesOnTheWay(prefix: Prefix, blocks: PrefixTable<string>): readonly string[] {
  const nodes: string[] = []
  let held = blocks.covering(prefix)
  while (held !== undefined) {
    nodes.unshift(held.value)
    if (held.prefix.length === 0) break
    held = blocks.matchWithin(firstAddress(held.prefix), held.prefix.length - 1)
  }
  return nodes
}

/** What each pool says together with the pools around it. */
function poolFacts(cluster: Cluster): PrefixTable<PoolFacts> {
  const table = new PrefixTable<PoolFacts>()
  for (const pool of [...cluster.pools].sort((a, b) => a.prefix.length - b.prefix.length)) {
    const outer = table.covering(pool.prefix)?.value
    const typed = routeTypeOf(cluster, pool) === undefined ? outer?.pool : pool
    table.set(pool.prefix, {
      ...(typed === undefined ? {} : { pool: typed }),
      natOutgoing: pool.natOutgoing || (outer?.natOutgoing ?? false),
      crossSubnet: isCrossSubnet(pool) || (outer?.crossSubnet ?? false),
    })
  }
  return table
}

function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
