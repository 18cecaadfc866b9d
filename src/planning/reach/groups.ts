/** Cells put together: pairs of classes with the same verdict for the same reason. */

import type { LossReason } from '../../dataplane/trace/packet.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { ReachCell, ReachExample, ReachGroup, ReachVerdict } from './answer.js'
import type { Classes } from './classes.js'
import type { ReachEnds } from './ends.js'

interface Row {
  readonly from: number[]
  /** Classes by what becomes of packets to them. */
  readonly to: Map<string, number[]>
}

export function groupsOf(
  plane: Plane,
  ends: ReachEnds,
  { classes }: Classes,
  cell: (from: number, to: number) => ReachCell,
): readonly ReachGroup[] {
  const { nodes } = plane.source.cluster
  const names = (list: readonly number[]): readonly string[] =>
    list
      .flatMap((cls) => classes[cls] ?? [])
      .sort((a, b) => a - b)
      .flatMap((node) => nodes[node]?.name ?? [])
  const merged = new Map<string, { from: number[]; to: readonly number[]; sample: ReachCell }>()
  for (const [from] of classes.entries()) {
    for (const [key, to] of rowOf(classes, cell, from).to) {
      const text = `${key}: ${to.join(' ')}`
      const held = merged.get(text)
      if (held !== undefined) held.from.push(from)
      else merged.set(text, { from: [from], to, sample: sampleOf(classes, cell, from, to) })
    }
  }
  const exampleOf = ({ example }: ReachCell): ReachExample => {
    const [fromPod, toPod] = [firstPod(ends, example.from), firstPod(ends, example.to)]
    return {
      from: nodes[example.from]?.name ?? '',
      to: nodes[example.to]?.name ?? '',
      ...(fromPod === undefined ? {} : { fromPod }),
      ...(toPod === undefined ? {} : { toPod }),
    }
  }
  return [...merged.values()]
    .map(({ from, to, sample }): ReachGroup => {
      const { verdict, reason, at } = sample
      const sources = names(from)
      return {
        from: sources,
        // A node alone has no pair with itself.
        to: sources.length > 1 ? names(to) : names(to).filter((name) => name !== sources[0]),
        pairs: pairsBetween(classes, from, to),
        verdict,
        ...(reason === undefined ? {} : { reason }),
        ...(at === undefined ? {} : { at }),
        example: exampleOf(sample),
      }
    })
    .filter(({ pairs }) => pairs > 0)
    .sort(byWeight)
}

/**
 * The classes that packets from one class go to, by what becomes of them. A class of one node has no pairs with itself
 * and joins the most frequent outcome, so that a cluster in which all is well is one group.
 */
function rowOf(classes: Classes['classes'], cell: (from: number, to: number) => ReachCell, from: number): Row {
  const to = new Map<string, number[]>()
  const weight = new Map<string, number>()
  let most: string | undefined
  for (const [cls, members] of classes.entries()) {
    if (cls === from && members.length < 2) continue
    const key = keyOf(cell(from, cls))
    const list = to.get(key)
    if (list === undefined) to.set(key, [cls])
    else list.push(cls)
    const total = (weight.get(key) ?? 0) + members.length
    weight.set(key, total)
    if (most === undefined || total > (weight.get(most) ?? 0)) most = key
  }
  const list = most === undefined ? undefined : to.get(most)
  if (list !== undefined && !list.includes(from) && (classes[from]?.length ?? 0) < 2) {
    list.push(from)
    list.sort((a, b) => a - b)
  }
  return { from: [from], to }
}

function sampleOf(
  classes: Classes['classes'],
  cell: (from: number, to: number) => ReachCell,
  from: number,
  to: readonly number[],
): ReachCell {
  const first = to.find((cls) => cls !== from || (classes[from]?.length ?? 0) > 1) ?? from
  return cell(from, first)
}

/** What two cells must share to be told of together: the rule, and the place where it is one place for both. */
function keyOf({ verdict, reason, at }: ReachCell): string {
  if (reason === undefined) return verdict
  return `${verdict} ${ruleOf(reason)} ${placeOf(at, reason)}`
}

function ruleOf(reason: LossReason): string {
  switch (reason.code) {
    case 'filtered':
      return `${reason.code} ${reason.protocol} ${reason.subnet}`
    case 'antiSpoofing':
    case 'noNeighbor':
      return `${reason.code} ${reason.subnet}`
    case 'tooBig':
      return `${reason.code} ${reason.dev} ${reason.mtu}`
    case 'someEndpoints':
    case 'someNextHops':
      return `${reason.code} ${ruleOf(reason.otherwise)}`
    default:
      return reason.code
  }
}

/** The first or the last node of the way is whichever it is; anything between is itself. */
function placeOf(at: string | undefined, reason: LossReason): string {
  return 'atKind' in reason && reason.atKind !== 'node' ? (at ?? '') : ''
}

function pairsBetween(classes: Classes['classes'], from: readonly number[], to: readonly number[]): number {
  const wanted = new Set(to)
  const count = (list: readonly number[]): number => list.reduce((sum, cls) => sum + (classes[cls]?.length ?? 0), 0)
  return count(from) * count(to) - count(from.filter((cls) => wanted.has(cls)))
}

const ORDER: Readonly<Record<ReachVerdict, number>> = { lost: 0, 'one-way': 1, delivered: 2 }

function byWeight(a: ReachGroup, b: ReachGroup): number {
  return ORDER[a.verdict] - ORDER[b.verdict] || b.pairs - a.pairs || (text(a) < text(b) ? -1 : 1)
}

function text({ from, to }: ReachGroup): string {
  return `${from.join()} ${to.join()}`
}

function firstPod(ends: ReachEnds, node: number): string | undefined {
  return ends[node]?.find(({ pod }) => pod !== undefined)?.pod
}
