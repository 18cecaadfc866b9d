/** Every failure of some kinds, one or several elements at a time. */

import type { Simulation } from '../simulation.js'
import { type AlikeElements, alikeElements } from './alike.js'
import { type FailingElement, type FailureKind, failingElements } from './element.js'
import { type Failure, judgeFailure } from './judge.js'

export interface SweepOptions {
  /** Nodes, reflectors and routers unless given. */
  readonly kinds?: readonly FailureKind[]
  /** How many fail together; 1 unless given, 0 is nothing. */
  readonly k?: number
  /** This part of the work, from 1, of so many: for several machines. */
  readonly shard?: { readonly index: number; readonly count: number }
  /** Told before each combination how many are done, and of how many. */
  readonly onProgress?: (done: number, of: number) => void
}

/** A failure with all those that are like it. */
export interface SweptFailure extends Failure {
  /** How many combinations of elements it stands for, itself included. */
  readonly alike: number
  /** The elements that may stand in place of each of `elements`, itself included. */
  readonly instead: readonly (readonly FailingElement[])[]
}

export interface Sweep {
  readonly kinds: readonly FailureKind[]
  readonly k: number
  /** Combinations of elements, all shards together. */
  readonly combinations: number
  /** Of these, the ones that differ. */
  readonly different: number
  /** Worst first. */
  readonly failures: readonly SweptFailure[]
}

export const SWEPT_KINDS: readonly FailureKind[] = ['node', 'reflector', 'router']

/** More different combinations than this are refused. */
export const MOST_DIFFERENT = 200_000

/** Throws RangeError when there are more combinations than can be worked out. */
export function sweepFailures(simulation: Simulation, options: SweepOptions = {}): Sweep {
  const { kinds = SWEPT_KINDS, k = 1, shard, onProgress } = options
  const groups = alikeElements(simulation, distinctElements(failingElements(simulation.cluster, kinds)))
  const different = countDifferent(groups, k)
  if (different > MOST_DIFFERENT) {
    throw new RangeError(`${different} different combinations; at most ${MOST_DIFFERENT} are worked out`)
  }
  const picks = combinationsOf(groups, k)
  const mine = shard === undefined ? picks : picks.filter((_, i) => i % shard.count === shard.index - 1)
  return {
    kinds,
    k,
    combinations: picks.reduce((sum, pick) => sum + waysOf(pick), 0),
    different: picks.length,
    failures: mine
      .map((pick, done) => {
        onProgress?.(done, mine.length)
        return sweptFailure(simulation, pick)
      })
      .sort(worstFirst),
  }
}

/** A node that reflects is met as a reflector and as a node: once is enough. */
function distinctElements(elements: readonly FailingElement[]): readonly FailingElement[] {
  const seen = new Set<string>()
  const kept: FailingElement[] = []
  for (const element of [...elements].sort((a, b) => Number(b.kind === 'reflector') - Number(a.kind === 'reflector'))) {
    const key = `${element.down} ${element.name}`
    if (!seen.has(key)) kept.push(element)
    seen.add(key)
  }
  return kept
}

type Pick = readonly { readonly group: AlikeElements; readonly count: number }[]

/** Every way of taking k elements, told apart only as far as they differ. */
function combinationsOf(groups: readonly AlikeElements[], k: number): readonly Pick[] {
  const found: Pick[] = []
  const choose = (at: number, left: number, taken: Pick): void => {
    if (left === 0) {
      if (taken.length > 0) found.push(taken)
      return
    }
    const group = groups[at]
    if (group === undefined) return
    for (let count = Math.min(left, group.members.length); count >= 0; count--) {
      choose(at + 1, left - count, count === 0 ? taken : [...taken, { group, count }])
    }
  }
  choose(0, k, [])
  return found
}

/** As `combinationsOf(...).length`, without making them. */
function countDifferent(groups: readonly AlikeElements[], k: number): number {
  let ways = new Array<number>(k + 1).fill(0)
  ways[0] = 1
  for (const { members } of groups) {
    ways = ways.map((_, left) => {
      let sum = 0
      for (let count = 0; count <= Math.min(left, members.length); count++) sum += ways[left - count] ?? 0
      return sum
    })
  }
  return k === 0 ? 0 : (ways[k] ?? 0)
}

function waysOf(pick: Pick): number {
  return pick.reduce((product, { group, count }) => product * choose(group.members.length, count), 1)
}

function choose(n: number, k: number): number {
  let result = 1
  for (let i = 1; i <= k; i++) result = (result * (n - k + i)) / i
  return Math.round(result)
}

function sweptFailure(simulation: Simulation, pick: Pick): SweptFailure {
  const elements = pick.flatMap(({ group, count }) => group.members.slice(0, count))
  const instead = pick.flatMap(({ group, count }) => new Array<readonly FailingElement[]>(count).fill(group.members))
  return { ...judgeFailure(simulation, elements), alike: waysOf(pick), instead }
}

/** What stays broken for others first, then what is lost for a while, then the sheer number of pairs. */
export function worstFirst(a: SweptFailure, b: SweptFailure): number {
  return (
    b.permanent.others - a.permanent.others ||
    b.lost.others - a.lost.others ||
    b.permanent.pairs - a.permanent.pairs ||
    b.lost.pairs - a.lost.pairs ||
    compareText(nameOf(a), nameOf(b))
  )
}

function nameOf({ elements }: SweptFailure): string {
  return elements.map(({ kind, name }) => `${kind} ${name}`).join()
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
