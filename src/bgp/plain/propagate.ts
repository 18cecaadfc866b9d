/**
 * BGP as message passing, one table entry at a time until nothing changes: the plain engine, which follows BIRD step by
 * step and holds every route of every table. Work is taken in the order in which it arose, so that the same input
 * always runs alike.
 */

import { selectBest } from '../decision/select.js'
import { decideAndTell } from './exchange.js'
import type { PlainInput } from './input.js'
import { startEngine } from './start.js'
import { type Engine, endKey, markWaiting } from './state.js'

export interface PropagationOptions {
  /** Most routes in all tables together. */
  readonly routes?: number
  /** How often one prefix of one table may change. */
  readonly runsPerNet?: number
  /** Sessions over which a speaker's messages do not arrive, by `endKey`. */
  readonly mute?: ReadonlySet<number>
  readonly order?: MessageOrder
}

/** An order in which messages may come. */
export interface MessageOrder {
  /** Seed of the order in which work is taken; undefined is the order in which it arose. */
  readonly seed?: number
  /** Without a seed: the newest work first. */
  readonly newestFirst?: boolean
  /** Sessions that come up after the others have said everything. */
  readonly late?: 'addPaths' | 'bestOnly'
}

/**
 * The order that is assumed: routers, whose sessions carry the best route alone, speak at once; the BIRD of a node,
 * started for graceful recovery, speaks when it has heard its peers.
 */
const USUAL_ORDER: MessageOrder = { late: 'addPaths' }

/** How it ended. Tables of an unstable or unfinished run are those at the moment when it was stopped. */
export type Outcome =
  | { readonly kind: 'stable' }
  /** These prefixes (their places, ascending) keep changing: the routing oscillates. */
  | { readonly kind: 'unstable'; readonly prefixes: readonly number[] }
  | { readonly kind: 'tooLarge'; readonly limit: number }

export interface Propagation {
  readonly engine: Engine
  readonly outcome: Outcome
}

/** Routes in all tables together, about a gigabyte. */
export const DEFAULT_ROUTE_LIMIT = 3_000_000

export function propagate(input: PlainInput, options: PropagationOptions = {}): Propagation {
  const limit = options.routes ?? DEFAULT_ROUTE_LIMIT
  const runsPerNet = options.runsPerNet ?? 1000 + 4 * input.speakers.length
  const order = options.order ?? USUAL_ORDER
  const late = lateEnds(input, order.late)
  const mute = new Set([...(options.mute ?? []), ...late])
  const engine = startEngine(input, mute)
  const unstable = new Set<number>()
  const comeUp = (): ReturnType<Taker> => {
    if (late.length === 0) return undefined
    engine.epoch++
    for (const end of late.splice(0)) if (!options.mute?.has(end)) mute.delete(end)
    for (const state of engine.speakers) for (const prefix of state.nets.keys()) markWaiting(engine, state, prefix)
    return next()
  }
  let routes = 0
  for (const state of engine.speakers) {
    for (const [prefix, net] of state.nets) {
      net.best = selectBest(net.routes)
      routes += net.routes.length
      markWaiting(engine, state, prefix)
    }
  }
  const next = takerOf(engine.queue, order)
  for (let item = next() ?? comeUp(); item !== undefined; item = next() ?? comeUp()) {
    const state = engine.speakers[item.speaker]
    const net = state?.nets.get(item.prefix)
    if (state === undefined || net === undefined) continue
    state.waiting.delete(item.prefix)
    if (unstable.has(item.prefix)) continue
    net.runs++
    if (net.runs > runsPerNet) {
      unstable.add(item.prefix)
      continue
    }
    routes += decideAndTell(engine, state, item.prefix, net)
    if (routes > limit) return { engine, outcome: { kind: 'tooLarge', limit } }
  }
  if (unstable.size === 0) return { engine, outcome: { kind: 'stable' } }
  return { engine, outcome: { kind: 'unstable', prefixes: [...unstable].sort((a, b) => a - b) } }
}

/** Nobody is late where all sessions are of one kind. */
function lateEnds(input: PlainInput, late: MessageOrder['late']): number[] {
  const kinds = new Set(input.speakers.flatMap(({ sessions }) => sessions.map(({ addPaths }) => addPaths)))
  if (late === undefined || kinds.size < 2) return []
  return input.speakers.flatMap(({ sessions }, speaker) =>
    sessions.flatMap(({ addPaths }, place) => (addPaths === (late === 'addPaths') ? endKey(speaker, place) : [])),
  )
}

type Taker = () => Engine['queue'][number] | undefined

/** First in, first out; with a seed any of those that wait, by a linear congruential generator. */
function takerOf(queue: Engine['queue'], { seed, newestFirst }: MessageOrder): Taker {
  let at = 0
  if (seed === undefined && newestFirst) return () => queue.pop()
  if (seed === undefined) {
    return () => {
      if (at > 100_000) {
        queue.splice(0, at)
        at = 0
      }
      return at < queue.length ? queue[at++] : undefined
    }
  }
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const place = Math.floor((state / 2 ** 32) * queue.length)
    const [item, last] = [queue[place], queue.pop()]
    if (last !== undefined && place < queue.length) queue[place] = last
    return item
  }
}
