/**
 * Pairs of nodes that lose each other or find each other again. Both clusters say who behaves alike; nodes that are
 * alike in both form a class of the two together, and one question to each answers for all pairs of two classes.
 */

import type { Cluster } from '../../cluster/cluster.js'
import { compareText } from '../../cluster/inventory.js'
import type { Reach, ReachCell } from '../reach/answer.js'
import type { ReachChange, ReachDifference } from './cluster-diff.js'

export interface ReachSide {
  readonly cluster: Cluster
  readonly reach: Reach
}

/** `counts` leaves out nodes, by name, that have nothing to lose. */
export function reachDifference(
  before: ReachSide,
  after: ReachSide,
  counts: (node: string) => boolean = () => true,
): ReachDifference {
  const groups = reachChanges(before, after, counts)
  const count = (change: ReachChange['change']): number =>
    groups.reduce((sum, group) => sum + (group.change === change ? group.pairs : 0), 0)
  return {
    before: before.reach.pairs,
    after: after.reach.pairs,
    lost: count('lost'),
    restored: count('restored'),
    groups,
  }
}

/** Nodes of both clusters that are in one class in each, by their index in each; in the order of names. */
interface JointClass {
  readonly before: number
  readonly after: number
  readonly names: readonly string[]
}

function jointClasses(
  { cluster, reach }: ReachSide,
  other: ReachSide,
  counts: (node: string) => boolean,
): readonly JointClass[] {
  const found = new Map<number, { before: number; after: number; names: string[] }>()
  const width = other.reach.classes.length
  for (const { name, index } of cluster.nodes) {
    const counterpart = other.cluster.nodeByName.get(name)
    if (counterpart === undefined || !counts(name)) continue
    const [was, is] = [reach.classOf[index] ?? 0, other.reach.classOf[counterpart.index] ?? 0]
    const held = found.get(was * width + is)
    if (held === undefined) found.set(was * width + is, { before: was, after: is, names: [name] })
    else held.names.push(name)
  }
  return [...found.values()]
}

/** What becomes of the pairs from one class to some others. */
interface Fate {
  readonly change: ReachChange['change'] | undefined
  readonly before: ReachCell
  readonly after: ReachCell
  /** Positions of classes. */
  readonly to: number[]
  /** The first of `to` with which there is a pair. */
  readonly sample: number
  weight: number
}

function reachChanges(before: ReachSide, after: ReachSide, counts: (node: string) => boolean): readonly ReachChange[] {
  const classes = jointClasses(before, after, counts)
  const merged = new Map<string, { readonly from: number[]; readonly fate: Fate }>()
  for (const from of classes.keys()) {
    for (const [key, fate] of fatesFrom(before, after, classes, from)) {
      if (fate.change === undefined) continue
      const text = `${key}: ${fate.to.join(' ')}`
      const held = merged.get(text)
      if (held === undefined) merged.set(text, { from: [from], fate })
      else held.from.push(from)
    }
  }
  return [...merged.values()].flatMap(({ from, fate }) => groupOf(classes, from, fate) ?? []).sort(byWeight)
}

/** A class of one node has no pairs with itself and joins the most frequent fate, so that rows of like fates are equal. */
function fatesFrom(
  before: ReachSide,
  after: ReachSide,
  classes: readonly JointClass[],
  at: number,
): ReadonlyMap<string, Fate> {
  const fates = new Map<string, Fate>()
  const from = classes[at]
  let most: Fate | undefined
  for (const [position, to] of classes.entries()) {
    if (from === undefined || (position === at && to.names.length < 2)) continue
    const [was, is] = [before.reach.cell(from.before, to.before), after.reach.cell(from.after, to.after)]
    const change = changeOf(was, is)
    const key = change === undefined ? '' : `${change} ${textOf(was)} ${textOf(is)}`
    const fate = fates.get(key) ?? { change, before: was, after: is, to: [], sample: position, weight: 0 }
    fates.set(key, fate)
    fate.to.push(position)
    fate.weight += to.names.length
    if (most === undefined || fate.weight > most.weight) most = fate
  }
  if (most !== undefined && from?.names.length === 1) {
    most.to.push(at)
    most.to.sort((a, b) => a - b)
  }
  return fates
}

function groupOf(
  classes: readonly JointClass[],
  from: readonly number[],
  { change, before, after, to, sample }: Fate,
): ReachChange | undefined {
  const [first] = from
  const [source, destination] = [classes[first ?? -1], classes[sample]]
  if (change === undefined || source === undefined || destination === undefined) return undefined
  const namesOf = (positions: readonly number[]): readonly string[] =>
    positions.flatMap((position) => classes[position]?.names ?? []).sort(compareText)
  const senders = namesOf(from)
  const [alone] = senders.length === 1 ? senders : []
  const receivers = namesOf(to).filter((name) => name !== alone)
  const both = new Set(receivers)
  const [name = ''] = source.names
  return {
    change,
    from: senders,
    to: receivers,
    pairs: senders.length * receivers.length - senders.filter((sender) => both.has(sender)).length,
    before: withoutExample(before),
    after: withoutExample(after),
    example: { from: name, to: destination.names.find((other) => other !== name) ?? '' },
  }
}

function changeOf(before: ReachCell, after: ReachCell): ReachChange['change'] | undefined {
  if (before.verdict === after.verdict) return undefined
  if (before.verdict === 'delivered') return 'lost'
  return after.verdict === 'delivered' ? 'restored' : 'otherwise'
}

/** What two pairs must have in common to be told of together: verdicts and rules, not places. */
function textOf({ verdict, reason }: ReachCell): string {
  return `${verdict} ${reason?.code ?? ''}`
}

function withoutExample({ example: _, ...rest }: ReachCell): Omit<ReachCell, 'example'> {
  return rest
}

const ORDER: Readonly<Record<ReachChange['change'], number>> = { lost: 0, otherwise: 1, restored: 2 }

function byWeight(a: ReachChange, b: ReachChange): number {
  return ORDER[a.change] - ORDER[b.change] || b.pairs - a.pairs || compareText(textIn(a), textIn(b))
}

function textIn({ from, to }: ReachChange): string {
  return `${from.join()} ${to.join()}`
}
