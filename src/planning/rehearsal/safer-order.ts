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
import { play, type Stage, type StageOptions } from './stage.js'

export interface SearchOptions extends StageOptions {
  readonly searchLimit?: number
}

/** Steps that are simulated at most; a runbook of five changes has 80 ways from one set of them to the next. */
const SEARCH_LIMIT = 120

/** Runbooks with more changes are not searched: sets of steps are held as bits, and there would be too many. */
const MOST_CHANGES = 20

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
  const limit = options.searchLimit ?? SEARCH_LIMIT
  const cost = costOf(given)
  const changes = given.filter(({ step, status }) => step.action.type === 'change' && status === 'simulated')
  if (compareCosts(cost, NOTHING) === 0 || changes.length < 2 || changes.length > MOST_CHANGES || limit === 0) {
    return undefined
  }
  const order = cheapest(start, end, changes, cost, limit, options)
  if (order === undefined) return undefined
  const { steps } = carryOut(start, start.simulation, order, options)
  const better = costOf(steps)
  if (compareCosts(better, cost) >= 0) return undefined
  return { steps, verdict: worstVerdict(steps.map(({ verdict }) => verdict)), cost: better, added: [] }
}

const NOTHING: Cost = { missing: 0, pairSeconds: 0 }

/** Some of the steps done, in the cheapest order known. */
interface Reached {
  readonly done: number
  readonly order: readonly number[]
  readonly stage: Stage
  readonly cost: Cost
}

/** The order of least cost, where it is less than `bound`; of equal ones that which is nearest to the one given. */
function cheapest(
  start: Stage,
  end: Stage,
  changes: readonly RehearsedStep[],
  bound: Cost,
  limit: number,
  options: StageOptions,
): readonly RunbookStep[] | undefined {
  const all = 2 ** changes.length - 1
  const open: Reached[] = [{ done: 0, order: [], stage: start, cost: NOTHING }]
  const closed = new Set<number>()
  let left = limit
  for (;;) {
    const next = takeCheapest(open)
    if (next === undefined) return undefined
    if (next.done === all) {
      if (!isSameWorld(next.stage, end)) continue
      return next.order.flatMap((at) => changes[at]?.step ?? [])
    }
    if (closed.has(next.done)) continue
    closed.add(next.done)
    for (const [at, change] of changes.entries()) {
      const done = next.done | (1 << at)
      if (done === next.done || closed.has(done)) continue
      if (left-- <= 0) return undefined
      const reached = extended(start, next, at, done, change, options)
      if (reached !== undefined && compareCosts(reached.cost, bound) < 0) open.push(reached)
    }
  }
}

function isSameWorld(one: Stage, other: Stage): boolean {
  return resourceChanges(one.world.manifests, other.world.manifests).length === 0
}

function extended(
  start: Stage,
  from: Reached,
  at: number,
  done: number,
  { step, remarks }: RehearsedStep,
  options: StageOptions,
): Reached | undefined {
  const { stage, result } = play(from.stage, step, options)
  const refused = result.findings.filter(({ severity }) => severity === 'error').length
  if (result.status !== 'simulated' || refused > remarks.filter(({ severity }) => severity === 'error').length) {
    return undefined
  }
  const [before, after] = [from.stage.simulation, stage.simulation]
  const missing = missingPairs(start.simulation, after)
  const transition = before === after ? undefined : predictTransition(before, after, result.effects)
  return {
    done,
    order: [...from.order, at],
    stage,
    cost: { missing: from.cost.missing + missing, pairSeconds: from.cost.pairSeconds + transientCost(transition) },
  }
}

/** Takes out the cheapest one; of equal ones the one with most steps done, then the one in the order given. */
function takeCheapest(open: Reached[]): Reached | undefined {
  let best = 0
  for (const [at, candidate] of open.entries()) {
    const held = open[best]
    if (held !== undefined && compareReached(candidate, held) < 0) best = at
  }
  return open.splice(best, 1)[0]
}

function compareReached(a: Reached, b: Reached): number {
  const cost = compareCosts(a.cost, b.cost) || b.order.length - a.order.length
  if (cost !== 0) return cost
  for (const [at, step] of a.order.entries()) {
    const other = b.order[at] ?? 0
    if (step !== other) return step - other
  }
  return 0
}
