/**
 * IPAM by the host-local plugin over each node's podCIDR: no pools and no blocks of Calico's own. The podCIDRs stand in
 * for blocks (libcalico-go updateprocessors/felixnodeprocessor.go), and the IPIP and WireGuard devices have the first
 * address of the IPv4 one.
 */

import { type Address, addressPlus, compareAddresses } from '../../address/address.js'
import {
  comparePrefixes,
  firstAddress,
  lastAddress,
  ordinalOf,
  type Prefix,
  parsePrefix,
} from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Allocation, BlockAffinity, RecordedBlock } from '../../cluster/ipam-records.js'
import type { ClusterNode } from '../../cluster/node.js'
import { failure, type IpamFailure, isFailure } from '../failure.js'
import type { TunnelAddresses } from '../recorded-addresses.js'
import { compareAffinities } from '../recorded-state.js'
import type { IpamView, PlacedPod } from '../view.js'
import { PLACEMENT_ASSUMPTION, placePods } from './place-pods.js'
import { SCHEDULING_ASSUMPTION } from './scheduler.js'
import { tunnelPools } from './tunnel-addresses.js'

/** The state of a cluster whose pods get their addresses from host-local. */
export function hostLocalView(cluster: Cluster): IpamView {
  const ranges = new Map(cluster.nodes.map((node) => [node.name, rangesOf(node)]))
  const used = new Set(cluster.pods.flatMap(({ addresses }) => addresses.map(keyOf)))
  const assign = (_: unknown, node: string): readonly Address[] | IpamFailure => {
    const own = ranges.get(node) ?? []
    if (own.length === 0) return failure('hostLocal', `no podCidr for node ${node}`)
    const found: Address[] = []
    for (const range of own) {
      const address = range.next(used)
      if (isFailure(address)) return address
      found.push(address)
    }
    return found
  }
  const { pods, unplaced } = placePods(cluster, { pods: new Map() }, assign)
  return {
    simulated: true,
    ...blocksOf(cluster, ranges, pods),
    pods,
    unplaced,
    tunnels: tunnelsOf(cluster),
    assumptions: [SCHEDULING_ASSUMPTION, PLACEMENT_ASSUMPTION],
  }
}

function keyOf({ family, value }: Address): string {
  return `${family} ${value}`
}

function rangesOf({ podCIDRs }: ClusterNode): Range[] {
  const prefixes = podCIDRs.map(parsePrefix).filter((prefix) => prefix !== undefined)
  return [4, 6]
    .flatMap((family) => prefixes.filter((prefix) => prefix.family === family).slice(0, 1))
    .map((prefix) => new Range(prefix))
}

/** host-local gives out neither the network's own address, nor the gateway after it, nor the IPv4 broadcast address. */
class Range {
  readonly prefix: Prefix
  #offset = 2

  constructor(prefix: Prefix) {
    this.prefix = prefix
  }

  next(used: Set<string>): Address | IpamFailure {
    const last = ordinalOf(this.prefix, lastAddress(this.prefix)) - (this.prefix.family === 4 ? 1 : 0)
    while (this.#offset <= last) {
      const address = addressPlus(firstAddress(this.prefix), this.#offset++)
      if (address === undefined || used.has(keyOf(address))) continue
      used.add(keyOf(address))
      return address
    }
    return failure('hostLocal', 'failed to allocate for range 0: no IP addresses available in range set')
  }
}

interface Blocks {
  readonly blocks: readonly RecordedBlock[]
  readonly affinities: readonly BlockAffinity[]
}

function blocksOf(cluster: Cluster, ranges: ReadonlyMap<string, Range[]>, pods: readonly PlacedPod[]): Blocks {
  const byNode = new Map<string, PlacedPod[]>()
  for (const placed of pods) {
    const list = byNode.get(placed.node)
    if (list) list.push(placed)
    else byNode.set(placed.node, [placed])
  }
  const blocks: RecordedBlock[] = []
  const affinities: BlockAffinity[] = []
  for (const { name } of cluster.nodes) {
    for (const { prefix } of ranges.get(name) ?? []) {
      const allocations = allocationsIn(prefix, byNode.get(name) ?? [])
      blocks.push({ prefix, affinity: { type: 'host', host: name }, allocations, unallocated: [] })
      affinities.push({ node: name, type: 'host', prefix, state: 'confirmed' })
    }
  }
  return {
    blocks: blocks.sort((a, b) => comparePrefixes(a.prefix, b.prefix)),
    affinities: affinities.sort(compareAffinities),
  }
}

function allocationsIn(prefix: Prefix, pods: readonly PlacedPod[]): Allocation[] {
  const [first, last] = [firstAddress(prefix), lastAddress(prefix)]
  const inside = (address: Address): boolean =>
    compareAddresses(address, first) >= 0 && compareAddresses(address, last) <= 0
  return pods
    .flatMap(({ pod: { namespace, name: pod }, node, addresses }) =>
      addresses.filter(inside).map((address) => ({ ordinal: ordinalOf(prefix, address), node, namespace, pod })),
    )
    .sort((a, b) => a.ordinal - b.ordinal)
}

function tunnelsOf(cluster: Cluster): Map<string, TunnelAddresses> {
  const tunnels = new Map<string, TunnelAddresses>()
  for (const node of cluster.nodes) {
    const [range] = rangesOf(node)
    const address = range?.prefix.family === 4 ? addressPlus(firstAddress(range.prefix), 1) : undefined
    const own = address && {
      ...(tunnelPools(cluster, node, 'ipip').length > 0 ? { ipip: address } : {}),
      ...(tunnelPools(cluster, node, 'wireguard').length > 0 ? { wireguard: address } : {}),
    }
    const held: TunnelAddresses = { ...own, ...node.tunnelAddress }
    if (Object.keys(held).length > 0) tunnels.set(node.name, held)
  }
  return tunnels
}
