/** What stands for a node in the question who reaches whom: one pod of each block, one address of a node without pods. */

import { type Address, addressPlus, compareAddresses, type Family, formatAddress } from '../../address/address.js'
import { containsAddress, firstAddress, formatPrefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { StaticRoute } from '../../cluster/underlay.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { PlacedPod } from '../../ipam/view.js'

/**
 * Where the address of an end comes from. `own`: the node's own block, and nothing speaks against it. `borrowed`:
 * recorded as used here in a block of another node. `odd`: anything else, which is looked at node by node.
 * `imagined`: the node has no pods, and a pod is imagined at an address of its block.
 */
export type EndSource = 'own' | 'borrowed' | 'odd' | 'imagined'

export interface ReachEnd {
  readonly node: number
  readonly address: Address
  readonly source: EndSource
  /** Indexes of the pools that hold the address, which NAT goes by. */
  readonly pools: string
  /** `namespace/name`; undefined for an imagined pod. */
  readonly pod?: string
}

/** Ends by node index, IPv4 first and ascending by address. */
export type ReachEnds = readonly (readonly ReachEnd[])[]

export function reachEnds({ source: { cluster, ipam } }: Plane): ReachEnds {
  const blocks = blockIndex(ipam.blocks)
  const users = lentAddresses(ipam.blocks)
  const written = writtenPrefixes(cluster)
  const shared = sharedAddresses(ipam.pods)
  const found = cluster.nodes.map(() => new Map<string | number, ReachEnd>())
  const add = (node: number, key: string | number, end: Omit<ReachEnd, 'node' | 'pools'>): void => {
    const held = found[node]
    if (held === undefined || held.has(key)) return
    held.set(key, { ...end, node, pools: poolsOf(end.address) })
  }
  const poolsOf = (address: Address): string =>
    cluster.pools.flatMap(({ index, prefix }) => (containsAddress(prefix, address) ? [index] : [])).join(' ')
  for (const placed of ipam.pods) {
    const node = cluster.nodeByName.get(placed.node)
    if (node === undefined) continue
    for (const address of placed.addresses) {
      const block = blocks.match(address)?.value
      const origin = shared.has(keyOf(address)) ? 'odd' : originOf(block, users.get(keyOf(address)), node.name)
      const part = written.match(address)?.value
      const key = origin === 'own' && block !== undefined ? keyIn(block, part) : formatAddress(address)
      if (found[node.index]?.has(key)) continue
      add(node.index, key, { address, source: origin, pod: nameOf(placed) })
    }
  }
  for (const block of ipam.blocks) {
    const node = block.affinity?.type === 'host' ? cluster.nodeByName.get(block.affinity.host) : undefined
    if (node === undefined || hasPods(found[node.index])) continue
    const address = freeAddress(block)
    if (address !== undefined) add(node.index, formatAddress(address), { address, source: 'imagined' })
  }
  return found.map((ends) => [...ends.values()].sort((a, b) => compareAddresses(a.address, b.address)))
}

/** Pods of one block stand for each other where no route that somebody wrote cuts through it. */
function keyIn({ number }: NumberedBlock, written: string | undefined): string | number {
  return written === undefined ? number : `${number} ${written}`
}

function nameOf({ pod }: PlacedPod): string {
  return `${pod.namespace}/${pod.name}`
}

function hasPods(ends: ReadonlyMap<string | number, ReachEnd> | undefined): boolean {
  for (const { source } of ends?.values() ?? []) if (source !== 'imagined') return true
  return false
}

interface NumberedBlock {
  readonly number: number
  readonly owner?: string
}

function blockIndex(blocks: readonly RecordedBlock[]): PrefixTable<NumberedBlock> {
  const table = new PrefixTable<NumberedBlock>()
  for (const [number, { prefix, affinity }] of blocks.entries()) {
    table.set(prefix, affinity?.type === 'host' ? { number, owner: affinity.host } : { number })
  }
  return table
}

/** Node that uses an address, of those that the block's owner does not use itself. */
function lentAddresses(blocks: readonly RecordedBlock[]): ReadonlyMap<string | number, string> {
  const lent = new Map<string | number, string>()
  for (const { prefix, affinity, allocations } of blocks) {
    for (const { ordinal, node, releasedAt } of allocations) {
      if (node === undefined || node === affinity?.host || releasedAt !== undefined) continue
      const address = addressPlus(firstAddress(prefix), ordinal)
      if (address !== undefined) lent.set(keyOf(address), node)
    }
  }
  return lent
}

/** Addresses that several pods are recorded with. */
function sharedAddresses(pods: readonly PlacedPod[]): ReadonlySet<string | number> {
  const [seen, shared] = [new Set<string | number>(), new Set<string | number>()]
  for (const { addresses } of pods) {
    for (const address of addresses) {
      const key = keyOf(address)
      if (seen.has(key)) shared.add(key)
      seen.add(key)
    }
  }
  return shared
}

/** Destinations of routes that somebody wrote by hand: they may cut through a block. */
function writtenPrefixes({ underlay }: Cluster): PrefixTable<string> {
  const table = new PrefixTable<string>()
  const add = ({ to }: StaticRoute): void => {
    table.set(to, formatPrefix(to))
  }
  for (const { staticRoutes } of underlay.attachments) for (const route of staticRoutes) add(route)
  for (const { staticRoutes } of underlay.routers) for (const route of staticRoutes) add(route)
  return table
}

function keyOf(address: Address): string | number {
  return address.family === 4 ? address.value : formatAddress(address)
}

function originOf(block: NumberedBlock | undefined, user: string | undefined, node: string): EndSource {
  if (user !== undefined) return user === node ? 'borrowed' : 'odd'
  return block?.owner === node ? 'own' : 'odd'
}

/** An address of the block that nobody has: the next one that IPAM would give. */
function freeAddress({ prefix, unallocated }: RecordedBlock): Address | undefined {
  const [next] = unallocated
  return next === undefined ? undefined : addressPlus(firstAddress(prefix), next)
}

export function familiesOf(ends: readonly ReachEnd[]): ReadonlySet<Family> {
  return new Set(ends.map(({ address }) => address.family))
}
