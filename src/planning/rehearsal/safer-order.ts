/** A better order of the same steps: the cheapest way from the start to the end, found by searching forward. */

import type { Down } from '../../cluster/down.js'
import { resourceChanges } from '../diff/resource-changes.js'
import type { RunbookStep } from '../runbook/runbook.js'
import { type Carried, type CarriedStep, carryStep, forgetful } from './carry-out.js'
import { type Cost, compareCosts, costOf, type RehearsedStep, type SaferOrder, worstVerdict } from './rehearsal.js'
import { splitSteps } from './split-steps.js'
import type { Stage, StageOptions } from './stage.js'

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

/** Waiting is no step to be put elsewhere: whatever the order, each change settles before the next. */
function isMovable({ step, status }: RehearsedStep): boolean {
  return step.action.type === 'change' && step.action.change.do !== 'wait' && status === 'simulated'
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
  const steps = cheapest(start, end, changes, bound, limit, options)
  if (steps === undefined) return undefined
  return { steps, verdict: worstVerdict(steps.map(({ verdict }) => verdict)), cost: costOf(steps), added }
}

const NOTHING: Cost = { missing: 0, pairSeconds: 0 }

/** Some of the steps done, in the cheapest order known. */
interface Reached {
  readonly done: number
  readonly order: readonly number[]
  readonly steps: readonly RehearsedStep[]
  readonly carried: Carried
  readonly cost: Cost
}

/** What may be tried, what was, and how much more may be. */
interface Search {
  readonly start: Reached
  readonly end: Stage
  readonly changes: readonly Movable[]
  readonly options: StageOptions
  readonly tried: Map<string, CarriedStep | undefined>
  left: number
}

/** In a cluster of more nodes than this one good order has to do: each further one takes seconds. */
const MANY_NODES = 300

/** The order of least cost that is found, where it is less than `bound`. */
function cheapest(
  start: Stage,
  end: Stage,
  changes: readonly Movable[],
  bound: Cost,
  limit: number,
  options: StageOptions,
): readonly RehearsedStep[] | undefined {
  const carried: Carried = { stage: start, light: forgetful(start, options), missing: 0 }
  const first: Reached = { done: 0, order: [], steps: [], carried, cost: NOTHING }
  const search: Search = { start: first, end, changes, options, tried: new Map(), left: limit }
  const straight = straightOn(search, bound)
  if (straight !== undefined && start.simulation.cluster.nodes.length > MANY_NODES) return straight.steps
  return (exhaustive(search, straight?.cost ?? bound) ?? straight)?.steps
}

/**
 * One way straight on: the next step that costs nothing, in the order given; where there is none, the one that costs
 * least. Steps that cost something a moment ago are tried last.
 */
function straightOn(search: Search, bound: Cost): Reached | undefined {
  const { start, end, changes } = search
  let at = start
  let waiting = [...changes.keys()]
  while (waiting.length > 0) {
    const costly: Reached[] = []
    let free: Reached | undefined
    for (const step of waiting) {
      if (search.left <= 0) return undefined
      const next = extended(search, at, step)
      if (next === undefined) continue
      if (compareCosts(next.cost, at.cost) === 0) {
        free = next
        break
      }
      costly.push(next)
    }
    const next = free ?? costly.reduce<Reached | undefined>(cheaper, undefined)
    const taken = next?.order.at(-1)
    if (next === undefined || taken === undefined || compareCosts(next.cost, bound) >= 0) return undefined
    const late = new Set(costly.flatMap(({ order }) => order.slice(-1)))
    waiting = [...waiting.filter((step) => !late.has(step)), ...waiting.filter((step) => late.has(step))]
    waiting = waiting.filter((step) => step !== taken)
    at = next
  }
  return isSameWorld(at.carried.stage, end) ? at : undefined
}

function cheaper(best: Reached | undefined, one: Reached): Reached {
  return best === undefined || compareCosts(one.cost, best.cost) < 0 ? one : best
}

/** Every way that may be cheaper than `bound`, the cheapest first; of equal ones that which is nearest to the one given. */
function exhaustive(search: Search, bound: Cost): Reached | undefined {
  const { start, end, changes } = search
  const all = 2 ** changes.length - 1
  const open: Reached[] = [start]
  const closed = new Set<number>()
  for (;;) {
    const from = takeCheapest(open)
    if (from === undefined) return undefined
    if (from.done === all) {
      if (isSameWorld(from.carried.stage, end)) return from
      continue
    }
    if (closed.has(from.done)) continue
    closed.add(from.done)
    for (const at of changes.keys()) {
      const done = from.done | (1 << at)
      if (done === from.done || closed.has(done)) continue
      if (search.left <= 0) return undefined
      const reached = extended(search, from, at)
      if (reached !== undefined && compareCosts(reached.cost, bound) < 0) open.push(reached)
    }
  }
}

function isSameWorld({ world: one }: Stage, { world: other }: Stage): boolean {
  return isSameDown(one.down, other.down) && resourceChanges(one.manifests, other.manifests).length === 0
}

function isSameDown(one: Down, other: Down): boolean {
  return (['nodes', 'birds', 'routers', 'links'] as const).every(
    (kind) => one[kind].size === other[kind].size && [...one[kind]].every((key) => other[kind].has(key)),
  )
}

/** The same steps in another order lead to the same stage, so that what a step does is known by those before it. */
function extended(search: Search, from: Reached, at: number): Reached | undefined {
  const key = `${from.done} ${at}`
  if (!search.tried.has(key)) search.tried.set(key, tried(search, from, at))
  const known = search.tried.get(key)
  if (known === undefined) return undefined
  const steps = [...from.steps, known.step]
  return { done: from.done | (1 << at), order: [...from.order, at], steps, carried: known.carried, cost: costOf(steps) }
}

/** Undefined where it is refused. */
function tried(search: Search, from: Reached, at: number): CarriedStep | undefined {
  const { start, changes, options } = search
  const change = changes[at]
  if (change === undefined) return undefined
  search.left--
  const done = carryStep(from.carried, start.carried.stage.simulation, change.step, options, true)
  const errors = done.step.remarks.filter(({ severity }) => severity === 'error').length
  return done.step.status !== 'simulated' || errors > change.refused ? undefined : done
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
