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

export function reachDifference(before: ReachSide, after: ReachSide): ReachDifference {
  const groups = reachChanges(before, after)
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

function jointClasses({ cluster, reach }: ReachSide, other: ReachSide): readonly JointClass[] {
  const found = new Map<number, { before: number; after: number; names: string[] }>()
  const width = other.reach.classes.length
  for (const { name, index } of cluster.nodes) {
    const counterpart = other.cluster.nodeByName.get(name)
    if (counterpart === undefined) continue
    const [was, is] = [reach.classOf[index] ?? 0, other.reach.classOf[counterpart.index] ?? 0]
    const held = found.get(was * width + is)
    if (held === undefined) found.set(was * width + is, { before: was, after: is, names: [name] })
    else held.names.push(name)
  }
  return [...found.values()]
}

interface Draft {
  readonly change: ReachChange['change']
  readonly before: ReachCell
  readonly after: ReachCell
  readonly from: JointClass
  readonly to: JointClass
  readonly pairs: number
}

function reachChanges(before: ReachSide, after: ReachSide): readonly ReachChange[] {
  const classes = jointClasses(before, after)
  const merged = new Map<string, Draft[]>()
  for (const from of classes) {
    const row = new Map<string, Draft[]>()
    for (const to of classes) {
      const pairs = from.names.length * (from === to ? from.names.length - 1 : to.names.length)
      if (pairs === 0) continue
      const [was, is] = [before.reach.cell(from.before, to.before), after.reach.cell(from.after, to.after)]
      const change = changeOf(was, is)
      if (change === undefined) continue
      const key = `${change} ${textOf(was)} ${textOf(is)}`
      row.set(key, [...(row.get(key) ?? []), { change, before: was, after: is, from, to, pairs }])
    }
    for (const [key, drafts] of row) {
      const others = drafts.map(({ to }) => classes.indexOf(to)).filter((at) => classes[at] !== from)
      const text = `${key} ${others.length === 0 ? 'itself' : ''}`
      merged.set(text, [...(merged.get(text) ?? []), ...drafts])
    }
  }
  return [...merged.values()].flatMap((drafts) => groupOf(drafts) ?? []).sort(byWeight)
}

function groupOf(drafts: readonly Draft[]): ReachChange | undefined {
  const [first] = drafts
  if (first === undefined) return undefined
  const names = (classes: readonly JointClass[]): readonly string[] =>
    [...new Set(classes)].flatMap((cls) => cls.names).sort(compareText)
  const [from] = first.from.names
  const to = first.to.names.find((name) => name !== from)
  return {
    change: first.change,
    from: names(drafts.map((draft) => draft.from)),
    to: names(drafts.map((draft) => draft.to)),
    pairs: drafts.reduce((sum, { pairs }) => sum + pairs, 0),
    before: withoutExample(first.before),
    after: withoutExample(first.after),
    example: { from: from ?? '', to: to ?? '' },
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
