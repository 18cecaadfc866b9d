/** A better order of the same steps: the cheapest way from the start to the end, found by searching forward. */

import { resourceChanges } from '../diff/resource-changes.js'
import type { RunbookStep } from '../runbook/runbook.js'
import { predictTransition } from '../transition/outage.js'
import { carryOut, missingPairs } from './carry-out.js'
import {
  type Cost,
  compareCosts,
  costOf,
  type RehearsedStep,
  type SaferOrder,
  transientCost,
  worstVerdict,
} from './rehearsal.js'
import { splitSteps } from './split-steps.js'
import { play, type Stage, type StageOptions } from './stage.js'

export interface SearchOptions extends StageOptions {
  readonly searchLimit?: number
}

/**
 * Steps that are simulated at most; a runbook of five changes has 80 ways from one set of them to the next. In a large
 * cluster each takes long, and fewer have to do.
 */
function searchLimit(nodes: number): number {
  return Math.max(30, Math.min(120, Math.round(40_000 / Math.max(1, nodes))))
}

/** Runbooks with more changes are not searched: sets of steps are held as bits, and there would be too many. */
const MOST_CHANGES = 20

/** A step to be put somewhere; `refused`: how many errors it has where it stands in the runbook. */
interface Movable {
  readonly step: RunbookStep
  readonly refused: number
}

/**
 * Undefined when the order given costs nothing, or when nothing better was found. Which steps depend on each other is
 * found by trying: a step that is refused earlier than it stands is not put there.
 */
export function saferOrder(
  start: Stage,
  end: Stage,
  given: readonly RehearsedStep[],
  options: SearchOptions,
): SaferOrder | undefined {
  const changes = given.filter(isMovable).map(movable)
  return bestOrder(start, end, changes, costOf(given), [], options)
}

/** The same with the steps that still cost something done in parts: `best` is the cheapest way so far. */
export function splitOrder(
  start: Stage,
  end: Stage,
  given: readonly RehearsedStep[],
  best: { readonly steps: readonly RehearsedStep[]; readonly cost: Cost },
  options: SearchOptions,
): SaferOrder | undefined {
  if (compareCosts(best.cost, NOTHING) === 0) return undefined
  const costly = new Set(best.steps.filter(({ verdict }) => verdict !== 'safe').map(({ step }) => step))
  const split = splitSteps(given.filter(({ step }) => costly.has(step)))
  const parts = new Map(split.map(({ whole, parts: made }) => [whole, made]))
  if (parts.size === 0) return undefined
  const changes = given
    .filter(isMovable)
    .flatMap((one) => parts.get(one)?.map((step): Movable => ({ step, refused: 0 })) ?? [movable(one)])
  return bestOrder(start, end, changes, best.cost, [...parts.values()].flat(), options)
}

function isMovable({ step, status }: RehearsedStep): boolean {
  return step.action.type === 'change' && status === 'simulated'
}

function movable({ step, remarks }: RehearsedStep): Movable {
  return { step, refused: remarks.filter(({ severity }) => severity === 'error').length }
}

function bestOrder(
  start: Stage,
  end: Stage,
  changes: readonly Movable[],
  bound: Cost,
  added: readonly RunbookStep[],
  options: SearchOptions,
): SaferOrder | undefined {
  const limit = options.searchLimit ?? searchLimit(start.simulation.cluster.nodes.length)
  if (compareCosts(bound, NOTHING) === 0 || changes.length < 2 || changes.length > MOST_CHANGES) return undefined
  const order = cheapest(start, end, changes, bound, limit, options)
  if (order === undefined) return undefined
  const { steps } = carryOut(start, start.simulation, order, options)
  const cost = costOf(steps)
  if (compareCosts(cost, bound) >= 0) return undefined
  return { steps, verdict: worstVerdict(steps.map(({ verdict }) => verdict)), cost, added }
}

const NOTHING: Cost = { missing: 0, pairSeconds: 0 }

/** Some of the steps done, in the cheapest order known. */
interface Reached {
  readonly done: number
  readonly order: readonly number[]
  readonly stage: Stage
  readonly cost: Cost
  /** The step to be tried next behind these. */
  next: number
}

/**
 * The order of least cost, where it is less than `bound`; of equal ones that which is nearest to the one given. Of what
 * may follow a set of steps one is tried at a time: no way through the set is cheaper than the set, so that a step that
 * costs nothing is gone on with at once.
 */
function cheapest(
  start: Stage,
  end: Stage,
  changes: readonly Movable[],
  bound: Cost,
  limit: number,
  options: StageOptions,
): readonly RunbookStep[] | undefined {
  const all = 2 ** changes.length - 1
  const open: Reached[] = [{ done: 0, order: [], stage: start, cost: NOTHING, next: 0 }]
  const closed = new Map<number, Reached>()
  let left = limit
  for (;;) {
    // In the second half of the search some order has to be found, though it may not be the cheapest.
    const from = takeOut(open, left > limit / 2 ? compareReached : compareDepth)
    if (from === undefined) return undefined
    if (from.done === all) {
      if (!isSameWorld(from.stage, end)) continue
      return from.order.flatMap((at) => changes[at]?.step ?? [])
    }
    const first = closed.get(from.done) ?? from
    if (first !== from) continue
    closed.set(from.done, from)
    const at = nextUntried(from, changes.length, closed)
    const change = at === undefined ? undefined : changes[at]
    if (at === undefined || change === undefined) continue
    from.next = at + 1
    open.push(from)
    if (left-- <= 0) return undefined
    const reached = extended(start, from, at, change, options)
    if (reached !== undefined && compareCosts(reached.cost, bound) < 0) open.push(reached)
  }
}

function nextUntried({ done, next }: Reached, count: number, closed: ReadonlyMap<number, Reached>): number | undefined {
  for (let at = next; at < count; at++) {
    const then = done | (1 << at)
    if (then !== done && !closed.has(then)) return at
  }
  return undefined
}

function isSameWorld(one: Stage, other: Stage): boolean {
  return resourceChanges(one.world.manifests, other.world.manifests).length === 0
}

function extended(
  start: Stage,
  from: Reached,
  at: number,
  { step, refused }: Movable,
  options: StageOptions,
): Reached | undefined {
  const { stage, result } = play(from.stage, step, options)
  const errors = result.findings.filter(({ severity }) => severity === 'error').length
  if (result.status !== 'simulated' || errors > refused) return undefined
  const [before, after] = [from.stage.simulation, stage.simulation]
  const missing = missingPairs(start.simulation, after)
  const transition = before === after ? undefined : predictTransition(before, after, result.effects)
  return {
    done: from.done | (1 << at),
    order: [...from.order, at],
    stage,
    cost: { missing: from.cost.missing + missing, pairSeconds: from.cost.pairSeconds + transientCost(transition) },
    next: 0,
  }
}

function takeOut(open: Reached[], compare: (a: Reached, b: Reached) => number): Reached | undefined {
  let best = 0
  for (const [at, candidate] of open.entries()) {
    const held = open[best]
    if (held !== undefined && compare(candidate, held) < 0) best = at
  }
  return open.splice(best, 1)[0]
}

/** The cheapest first; of equal ones the one with most steps done, then the one in the order given. */
function compareReached(a: Reached, b: Reached): number {
  const cost = compareCosts(a.cost, b.cost) || b.order.length - a.order.length
  if (cost !== 0) return cost
  for (const [at, step] of a.order.entries()) {
    const other = b.order[at] ?? 0
    if (step !== other) return step - other
  }
  return 0
}

/** The one with most steps done first. */
function compareDepth(a: Reached, b: Reached): number {
  return b.order.length - a.order.length || compareReached(a, b)
}
