/** The CIDRs of the calculation graph that the route managers of some node look at, and where each is found. */

import type { Address } from '../../address/address.js'
import { bitsOf, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { BgpContext } from '../config/context.js'
import { once } from '../config/once.js'
import { perContext } from '../config/per-context.js'
import { type L3Entry, l3Entries } from './l3-entries.js'
import type { L3Viewer } from './l3-route.js'

/** Whether Felix goes by blocks, or by the workloads themselves. */
export type EntryKind = 'blocks' | 'workloads'

/** Blocks, borrowed addresses and tunnels, in the order in which Felix writes them. */
export const blockEntries = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: ipam.blocks, tunnels: ipam.tunnels, pods: [] }).filter((entry) =>
    mayBeRouted(cluster, entry),
  ),
)

/** What counts in their place with `routeSource: WorkloadIPs`. */
export const workloadEntries = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: [], tunnels: ipam.tunnels, pods: ipam.pods }).filter(
    ({ workloads }) => workloads.length > 0,
  ),
)

/** With those that no manager looks at. */
export const everyEntry = perContext(({ cluster, ipam }) =>
  l3Entries({ cluster, blocks: ipam.blocks, tunnels: ipam.tunnels, pods: [] }),
)

/** Leaves out what no manager looks at on any node: most tunnel addresses and hosts, and pools themselves. */
function mayBeRouted({ release }: Cluster, { blockNodes, blockIsExact, tunnels, host }: L3Entry): boolean {
  const [first] = blockNodes
  if (first === undefined) return false
  if (blockIsExact || release.blockRouteTypes === 'all') return true
  if (tunnels.some(({ node }) => node !== first)) return true
  return host !== undefined && release.blockRouteTypes === 'notTunnels'
}

/** The node of a block that nothing else is said of. */
export function soleNode({ blockNodes, blockIsExact, host, workloads, tunnels }: L3Entry): string | undefined {
  const alone = blockIsExact && blockNodes.length === 1 && host === undefined
  return alone && workloads.length === 0 && tunnels.length === 0 ? blockNodes[0] : undefined
}

type Key = number | string

function keyOf(prefix: Prefix): Key {
  return prefix.family === 4 ? prefix.base * 64 + prefix.length : `${prefix.base}/${prefix.length}`
}

/** The block, or address used outside of its block, of exactly this prefix. */
export function blockEntryAt(context: BgpContext, prefix: Prefix): L3Entry | undefined {
  return blockIndex(context).get(keyOf(prefix))
}

const blockIndex = perContext(
  (context): ReadonlyMap<Key, L3Entry> =>
    new Map(blockEntries(context).flatMap((entry) => (entry.blockIsExact ? [[keyOf(entry.prefix), entry]] : []))),
)

/** Entries whose prefixes hold the address, the longest first. */
export function entriesHolding(context: BgpContext, { workloadIPs }: L3Viewer, address: Address): readonly L3Entry[] {
  return holding(entryTables(context)[kindFor(workloadIPs)](), address)
}

/** As `entriesHolding`, for whoever looks: those by blocks, then those by workloads. */
export function allEntriesHolding(context: BgpContext, address: Address): readonly L3Entry[] {
  const { blocks, workloads } = entryTables(context)
  const byBlocks = holding(blocks(), address)
  return workloads().size === 0 ? byBlocks : [...byBlocks, ...holding(workloads(), address)]
}

/** The entry of exactly this prefix. */
export function entryAt(context: BgpContext, { workloadIPs }: L3Viewer, prefix: Prefix): L3Entry | undefined {
  return entryTables(context)[kindFor(workloadIPs)]().get(prefix)
}

function kindFor(workloadIPs: boolean): EntryKind {
  return workloadIPs ? 'workloads' : 'blocks'
}

const entryTables = perContext((context) => ({
  blocks: once(() => tableOf(blockEntries(context))),
  workloads: once(() => tableOf(usesWorkloads(context) ? workloadEntries(context) : [])),
}))

function usesWorkloads({ cluster }: BgpContext): boolean {
  return [cluster.felix, ...cluster.felixByNode.values()].some(({ routeSource }) => routeSource === 'WorkloadIPs')
}

function tableOf(entries: readonly L3Entry[]): PrefixTable<L3Entry> {
  const table = new PrefixTable<L3Entry>()
  for (const entry of entries) table.set(entry.prefix, entry)
  return table
}

function holding(table: PrefixTable<L3Entry>, address: Address): readonly L3Entry[] {
  const found: L3Entry[] = []
  for (let length: number = bitsOf(address.family); length >= 0; ) {
    const held = table.matchWithin(address, length)
    if (held === undefined) break
    found.push(held.value)
    length = held.prefix.length - 1
  }
  return found
}
