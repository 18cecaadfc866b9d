/** What becomes of the packets between two classes, traced once for the nodes that stand for them. */

import type { LossReason } from '../../dataplane/trace/packet.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import { type Trace, traceFlow } from '../../dataplane/trace/trace.js'
import type { ReachCell, ReachVerdict } from './answer.js'
import type { Classes } from './classes.js'
import type { ReachEnd, ReachEnds } from './ends.js'
import type { Racks } from './racks.js'

/** An echo request as `ping` sends it. */
const PACKET = { protocol: 'icmp', size: 84 } as const

export function cellReader(
  plane: Plane,
  ends: ReachEnds,
  { classes, passing, racks }: Classes,
): (from: number, to: number) => ReachCell {
  const held = new Map<number, ReachCell>()
  // Losses have names in them, and are looked at each by itself.
  const delivered = new Map<string, ReachCell>()
  return (from, to) => {
    const key = from * classes.length + to
    const known = held.get(key)
    if (known !== undefined) return known
    const first = classes[from]?.[0] ?? 0
    // The first and the last of a class are those whose tables have been read; of those that pass packets on any will do.
    const second = classes[to]?.at(from !== to ? 0 : passing.has(to) ? 1 : -1) ?? first
    const shape = racks && shapeOf(racks, from, to)
    const like = shape === undefined ? undefined : delivered.get(shape)
    if (like !== undefined) return { ...like, example: { from: first, to: second } }
    const fresh = cellOf(plane, ends, first, second)
    if (shape !== undefined && fresh.verdict === 'delivered') delivered.set(shape, fresh)
    held.set(key, fresh)
    return fresh
  }
}

/** Equal for pairs of classes that racks which may change places have in common. */
function shapeOf({ shapeOf: shapes, rackOf }: Racks, from: number, to: number): string {
  return `${shapes[from]} ${shapes[to]} ${from === to ? 'one' : rackOf[from] === rackOf[to]}`
}

function cellOf(plane: Plane, ends: ReachEnds, from: number, to: number): ReachCell {
  const [sources, destinations] = [ends[from] ?? [], ends[to] ?? []]
  const example = { from, to }
  if (sources.length === 0 || destinations.length === 0) return { verdict: 'delivered', vacuous: true, example }
  let worst: ReachCell = { verdict: 'delivered', example }
  let asked = false
  for (const [source, destination] of pairsOf(sources, destinations)) {
    if (source.address.family !== destination.address.family) continue
    asked = true
    const trace = traceEnds(plane, source, destination)
    if (RANK[trace.verdict] > RANK[worst.verdict]) worst = { ...outcomeOf(trace), example }
  }
  if (asked) return worst
  const name = plane.source.cluster.nodes[to]?.name ?? ''
  return { verdict: 'lost', reason: { code: 'noAddress', what: name }, at: name, example }
}

/** Pairs of ends that are all tried. Nodes with borrowed addresses have many ends, each with a route of its own. */
const MOST_PAIRS = 64

/**
 * Every pair; of more than that each end with one of every family at the other side, since a packet is routed by where
 * it goes, and its answer by where it came from.
 */
function pairsOf(
  sources: readonly ReachEnd[],
  destinations: readonly ReachEnd[],
): readonly (readonly [ReachEnd, ReachEnd])[] {
  const all = sources.length * destinations.length <= MOST_PAIRS
  const [from, to] = [all ? sources : firsts(sources), all ? destinations : firsts(destinations)]
  const pairs = from.flatMap((source) => destinations.map((destination) => [source, destination] as const))
  return all
    ? pairs
    : [...pairs, ...sources.flatMap((source) => to.map((destination) => [source, destination] as const))]
}

function firsts(ends: readonly ReachEnd[]): readonly ReachEnd[] {
  return ([4, 6] as const).flatMap((family) => ends.find(({ address }) => address.family === family) ?? [])
}

const RANK: Readonly<Record<ReachVerdict, number>> = { delivered: 0, 'one-way': 1, lost: 2 }

function traceEnds(plane: Plane, from: ReachEnd, to: ReachEnd): Trace {
  const end = ({ address }: ReachEnd) => ({ kind: 'address', address }) as const
  return traceFlow(plane, { from: end(from), to: end(to), family: from.address.family, ...PACKET })
}

function outcomeOf(trace: Trace): Omit<ReachCell, 'example'> {
  const path = trace.verdict === 'lost' ? trace.forward : trace.return
  const { reason } = path
  const at = reason === undefined ? undefined : (endOf(reason) ?? path.hops.at(-1)?.at)
  return {
    verdict: trace.verdict,
    ...(reason === undefined ? {} : { reason }),
    ...(at === undefined ? {} : { at }),
  }
}

function endOf(reason: LossReason): string | undefined {
  return 'at' in reason ? reason.at : undefined
}
