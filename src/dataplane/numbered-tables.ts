/**
 * The kernel tables of nodes as numbers: what `nodeTables` gives, at the price of a few numbers a route, for those who want
 * every table of a large cluster. What a node shares with others is numbered once; its own routes are made for it.
 */

import type { Prefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import type { ClusterNode } from '../cluster/node.js'
import { nodePodRoutes } from './felix-routes.js'
import type { DataplaneInput } from './input.js'
import { kernelOrder, podsByNode, settle, taggedTables, wireguardTagged } from './kernel-table.js'
import { birdRows, numberedBird } from './numbered-bird.js'
import { type NumberedFelix, numberedFelix } from './numbered-felix.js'
import { NO_ROUTE, type NumberedTable, SharedRoutes } from './shared-routes.js'
import { tunnelAddressRoutes } from './tunnel-address-routes.js'
import { nodeUnderlayRoutes, type TaggedRoute } from './underlay-routes.js'
import { wireguardTable } from './wireguard-routes.js'

/** Tables of a node by name, as `nodeTables` orders them, good until the next node is asked for. Empty for an unknown node. */
export type NumberedTables = (index: number) => ReadonlyMap<string, NumberedTable>

/** Shared routes that are held before they are forgotten: where every node has a way of its own to everything. */
const MOST_SHARED = 1_000_000
/** Own routes of a node, beyond which its table takes room of its own. */
const MOST_OWN = 1000
/** Kinds of nodes whose numbers are held. */
const MOST_KINDS = 64

export function numberedTables(input: DataplaneInput): NumberedTables {
  const { context } = input
  const { cluster } = context
  const rows = birdRows(input)
  if (rows === undefined) return (index) => allOwn(input, index)
  const begun = () => {
    const shared = new SharedRoutes()
    return { shared, felix: numberedFelix(context, shared), bird: numberedBird(rows, shared) }
  }
  let held = begun()
  const slots = slotsOf(held.felix.prefixes, rows.prefixes)
  const into = new Int32Array(2 * slots.prefixes.length + MOST_OWN)
  return (index) => {
    const node = cluster.nodes[index]
    if (node === undefined) return new Map()
    if (held.shared.routes.length > MOST_SHARED || held.felix.kinds > MOST_KINDS) held = begun()
    const row = rows.on(node)
    const { shared, felix, bird } = held
    const writers = { shared, felix, bird: (place: number) => bird(place, row[place] ?? NO_ROUTE) }
    const main = merged({ context, node, slots, into, ...writers })
    const wireguard = wireguardTable(cluster, node)
    return new Map([
      ['main', main],
      ...(wireguard === undefined ? [] : [[wireguard, ownTable(wireguardTagged(input, index))] as const]),
    ])
  }
}

function allOwn(input: DataplaneInput, index: number): ReadonlyMap<string, NumberedTable> {
  return new Map([...taggedTables(input, index)].map(([name, routes]) => [name, ownTable(routes)]))
}

function ownTable(routes: readonly TaggedRoute[]): NumberedTable {
  return {
    numbers: Int32Array.from(routes, (_, i) => ~i),
    own: routes.map(({ explained }) => explained.route),
    shared: [],
  }
}

/** Destinations that shared routes may lead to, in the kernel's order, with their places in the lists of both writers. */
interface Slots {
  readonly prefixes: readonly Prefix[]
  /** Place of the block, -1 where there is none. */
  readonly felix: Int32Array
  /** Place in BIRD's row, -1 where it has none. */
  readonly bird: Int32Array
}

function slotsOf(felix: readonly Prefix[], bird: readonly Prefix[]): Slots {
  const all = [
    ...felix.map((prefix, place) => ({ prefix, felix: place, bird: -1 })),
    ...bird.map((prefix, place) => ({ prefix, felix: -1, bird: place })),
  ].sort((a, b) => kernelOrder(a.prefix, b.prefix))
  const slots: (typeof all)[number][] = []
  for (const one of all) {
    const last = slots.at(-1)
    if (last === undefined || kernelOrder(last.prefix, one.prefix) !== 0) slots.push(one)
    else
      slots[slots.length - 1] = { ...last, bird: Math.max(last.bird, one.bird), felix: Math.max(last.felix, one.felix) }
  }
  return {
    prefixes: slots.map(({ prefix }) => prefix),
    felix: Int32Array.from(slots, (slot) => slot.felix),
    bird: Int32Array.from(slots, (slot) => slot.bird),
  }
}

interface Parts {
  readonly context: BgpContext
  readonly node: ClusterNode
  readonly slots: Slots
  /** Room for two routes to each slot, and for some of the node's own. */
  readonly into: Int32Array
  readonly shared: SharedRoutes
  readonly felix: NumberedFelix
  readonly bird: (place: number) => number
}

/** As `settle` does: the first writer keeps a destination and metric, the host's own before Felix before BIRD. */
function merged({ context, node, slots, into, shared, felix, bird }: Parts): NumberedTable {
  const { own: cluster, to } = felix.on(node)
  const own = settle([
    ...nodeUnderlayRoutes(context.cluster, node),
    ...tunnelAddressRoutes(context, node),
    ...nodePodRoutes(context.cluster, node, podsByNode(context).get(node.name) ?? []),
    ...cluster,
  ])
  const most = 2 * slots.prefixes.length + own.length
  const numbers = into.length < most ? new Int32Array(most) : into
  let length = 0
  const felixAt = (slot: number): number => {
    const block = slots.felix[slot] ?? -1
    return block < 0 || to === undefined ? NO_ROUTE : to(block)
  }
  const birdAt = (slot: number): number => {
    const place = slots.bird[slot] ?? -1
    return place < 0 ? NO_ROUTE : bird(place)
  }
  const metricOf = (number: number): number =>
    number < 0 ? (own[~number]?.explained.route.metric ?? 0) : (shared.metrics[number] ?? 0)
  /** Numbers of one destination in the order of their writers. */
  const put = (writers: readonly number[]): void => {
    const start = length
    for (const number of [...writers].sort((a, b) => metricOf(a) - metricOf(b))) {
      const before = length === start ? undefined : numbers[length - 1]
      if (before === undefined || metricOf(before) !== metricOf(number)) numbers[length++] = number
    }
  }
  const copyTo = (end: number, from: number): void => {
    for (let slot = from; slot < end; slot++) {
      const ofFelix = felixAt(slot)
      const ofBird = birdAt(slot)
      if (ofFelix >= 0 && ofBird >= 0) put([ofFelix, ofBird])
      else if (ofFelix >= 0) numbers[length++] = ofFelix
      else if (ofBird >= 0) numbers[length++] = ofBird
    }
  }
  let slot = 0
  for (let i = 0; i < own.length; ) {
    const { prefix } = own[i] as TaggedRoute
    const next = placeOf(slots.prefixes, prefix, slot)
    copyTo(next, slot)
    slot = next
    const writers: number[] = []
    for (; i < own.length && kernelOrder((own[i] as TaggedRoute).prefix, prefix) === 0; i++) writers.push(~i)
    const found = slots.prefixes[slot]
    if (found !== undefined && kernelOrder(found, prefix) === 0) {
      writers.push(...[felixAt(slot), birdAt(slot)].filter((number) => number >= 0))
      slot++
    }
    put(writers)
  }
  copyTo(slots.prefixes.length, slot)
  return {
    numbers: numbers.subarray(0, length),
    own: own.map(({ explained }) => explained.route),
    shared: shared.routes,
  }
}

/** The first place from `low` on whose prefix is not before the one given. */
function placeOf(prefixes: readonly Prefix[], prefix: Prefix, low: number): number {
  let high = prefixes.length
  while (low < high) {
    const middle = (low + high) >> 1
    const found = prefixes[middle]
    if (found !== undefined && kernelOrder(found, prefix) < 0) low = middle + 1
    else high = middle
  }
  return low
}
