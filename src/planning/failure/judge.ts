/** One failure: who loses whom, for how long, and what stays broken. */

import { clusterWith } from '../../cluster/cluster-with-down.js'
import { createSimulation, type Simulation } from '../simulation.js'
import { phasesBetween, stagesOf } from '../transition/outage.js'
import type { OutageCause, Seconds } from '../transition/outage-cause.js'
import { type Alike, commonClasses, type Stage } from '../transition/stage.js'
import { downWith, type FailingElement } from './element.js'

/** Ordered pairs of distinct nodes that were delivered before. */
export interface Failure {
  /** What fails together. */
  readonly elements: readonly FailingElement[]
  readonly lost: {
    /** Lost at some moment. */
    readonly pairs: number
    /** Of those, the ones that do not begin or end at a node that fails. */
    readonly others: number
    /** Nodes that lose every node that they could reach, and the pods on them. */
    readonly nodes: number
    readonly pods: number
  }
  /** Of the pairs that come back by themselves; undefined when none does. */
  readonly outage?: { readonly seconds: Seconds; readonly cause: OutageCause }
  readonly permanent: {
    readonly pairs: number
    readonly others: number
    /** When the last of `others` is lost: a timer may keep routes alive for a while. */
    readonly begins?: Seconds
  }
  /** The nodes that are left no longer reach each other as a whole: sizes of the parts, the largest first. */
  readonly parts: readonly number[]
}

export function judgeFailure(before: Simulation, elements: readonly FailingElement[]): Failure {
  const cluster = clusterWith(before.cluster, downWith(before.cluster.down, elements))
  const after = createSimulation(cluster, { ipam: before.ipam })
  const stages = stagesOf(before, phasesBetween(before, after))
  const dead = new Set(elements.map(({ name, down }) => (down === 'links' ? name.slice(0, name.indexOf('/')) : name)))
  const alike = splitDead(commonClasses(stages, before.ipam), dead)
  const tally = tallyOf(stages, alike)
  const pods = new Map<string, number>()
  for (const { node } of before.ipam.pods) pods.set(node, (pods.get(node) ?? 0) + 1)
  const isolated = alike.filter((_, i) => tally.isolated[i] === true).flatMap(({ names }) => names)
  return {
    elements,
    lost: {
      pairs: tally.lost,
      others: tally.lostOthers,
      nodes: isolated.length,
      pods: isolated.reduce((sum, name) => sum + (pods.get(name) ?? 0), 0),
    },
    ...(tally.outage === undefined ? {} : { outage: tally.outage }),
    permanent: {
      pairs: tally.permanent,
      others: tally.permanentOthers,
      ...(tally.begins === undefined ? {} : { begins: tally.begins }),
    },
    parts: partsOf(stages, alike),
  }
}

interface Party extends Alike {
  readonly dead: boolean
}

/** Nodes that fail apart from those that look like them. */
function splitDead(classes: readonly Alike[], dead: ReadonlySet<string>): readonly Party[] {
  return classes.flatMap(({ names, classes: of }) => {
    const [failing, left] = [names.filter((name) => dead.has(name)), names.filter((name) => !dead.has(name))]
    return [
      ...(left.length > 0 ? [{ names: left, classes: of, dead: false }] : []),
      ...(failing.length > 0 ? [{ names: failing, classes: of, dead: true }] : []),
    ]
  })
}

interface Tally {
  lost: number
  lostOthers: number
  permanent: number
  permanentOthers: number
  outage?: { readonly seconds: Seconds; readonly cause: OutageCause } | undefined
  begins?: Seconds | undefined
  readonly isolated: boolean[]
}

function tallyOf(stages: readonly Stage[], alike: readonly Party[]): Tally {
  const tally: Tally = { lost: 0, lostOthers: 0, permanent: 0, permanentOthers: 0, isolated: [] }
  for (const [from, one] of alike.entries()) {
    let [reached, gone] = [0, 0]
    for (const [to, other] of alike.entries()) {
      const pairs = one.names.length * (from === to ? one.names.length - 1 : other.names.length)
      if (pairs === 0) continue
      const course = stages.map(({ reach }, i) => reach.cell(one.classes[i] ?? 0, other.classes[i] ?? 0).verdict)
      if (course[0] !== 'delivered') continue
      reached += pairs
      const begin = course.findIndex((verdict) => verdict !== 'delivered')
      if (begin < 0) continue
      gone += pairs
      const others = one.dead || other.dead ? 0 : pairs
      tally.lost += pairs
      tally.lostOthers += others
      const start = stages[begin]
      if (course.at(-1) !== 'delivered') {
        tally.permanent += pairs
        tally.permanentOthers += others
        if (others > 0 && start !== undefined) tally.begins = latest(tally.begins, start.from)
      } else if (start !== undefined) {
        const end = stages[course.findLastIndex((verdict) => verdict !== 'delivered') + 1]
        if (end !== undefined) tally.outage = longest(tally.outage, start, end)
      }
    }
    tally.isolated.push(reached > 0 && gone === reached)
  }
  return tally
}

function latest(a: Seconds | undefined, b: Seconds): Seconds {
  return a === undefined || b.max > a.max ? b : a
}

function longest(held: Tally['outage'], start: Stage, end: Stage): Tally['outage'] {
  const seconds = { min: Math.max(0, end.from.min - start.from.max), max: end.from.max - start.from.min }
  return held !== undefined && held.seconds.max >= seconds.max ? held : { seconds, cause: end.cause }
}

/** Sizes of the parts that the nodes which do not fail are in at the end, where they are more than before. */
function partsOf(stages: readonly Stage[], alike: readonly Party[]): readonly number[] {
  const alive = alike.filter(({ dead }) => !dead)
  const parts = partsAt(stages, alive, stages.length - 1)
  return parts.length > 1 && parts.length > partsAt(stages, alive, 0).length ? parts : []
}

function partsAt(stages: readonly Stage[], alive: readonly Party[], end: number): readonly number[] {
  const joined = (at: number, one: Party, other: Party): boolean =>
    stages[at]?.reach.cell(one.classes[at] ?? 0, other.classes[at] ?? 0).verdict === 'delivered'
  const part = alive.map((_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (part[root] !== root) root = part[root] ?? root
    return root
  }
  for (const [i, one] of alive.entries()) {
    for (const [j, other] of alive.entries()) {
      if (i < j && joined(end, one, other)) part[rootOf(i)] = rootOf(j)
    }
  }
  const sizes = new Map<number, number>()
  const alone: number[] = []
  for (const [i, one] of alive.entries()) {
    const root = rootOf(i)
    const others = alive.some((_, j) => j !== i && rootOf(j) === root)
    // Alike nodes that no longer reach each other and nobody else are as many parts.
    if (!others && one.names.length > 1 && !joined(end, one, one)) alone.push(...one.names.map(() => 1))
    else sizes.set(root, (sizes.get(root) ?? 0) + one.names.length)
  }
  return [...sizes.values(), ...alone].sort((a, b) => b - a)
}
