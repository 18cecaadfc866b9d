/**
 * BGP as message passing, one table entry at a time until nothing changes: the plain engine, which follows BIRD step by
 * step and holds every route of every table. Work is taken in the order in which it arose, so that the same input
 * always runs alike.
 */

import { selectBest } from '../decision/select.js'
import type { BgpAttributes } from '../policy/route.js'
import type { PlainInput, PlainSession } from './input.js'
import { lookUp, lookUpAgain } from './next-hops.js'
import { receiveRoute } from './receive.js'
import { namesThePeer, sendRoute } from './send.js'
import { startEngine } from './start.js'
import {
  type Engine,
  type ExportGroup,
  endKey,
  markWaiting,
  type Net,
  type SpeakerState,
  type TableRoute,
} from './state.js'

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
  const next = takerOf(engine.queue, order.seed)
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
    routes += workOn(input, engine, state, item.prefix, net)
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
function takerOf(queue: Engine['queue'], seed: number | undefined): Taker {
  let at = 0
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

/** Decides one prefix of one speaker and tells its peers. Returns by how many routes the peers' tables grew. */
function workOn(input: PlainInput, engine: Engine, state: SpeakerState, prefix: number, net: Net): number {
  net.best = selectBest(net.routes)
  if (engine.covers(prefix)) lookUpAgain(engine, state, prefix)
  let grown = 0
  for (const group of state.groups) grown += tell(input, engine, state, group, prefix, net)
  return grown
}

interface Message {
  readonly route: TableRoute
  readonly attributes: BgpAttributes
}

/** With added paths every route is offered whether it is the best or not (RA_ANY), otherwise the best alone. */
function tell(
  input: PlainInput,
  engine: Engine,
  state: SpeakerState,
  group: ExportGroup,
  prefix: number,
  net: Net,
): number {
  const address = engine.prefixes[prefix]
  if (address === undefined) return 0
  const { sample } = group
  const offered = sample.addPaths ? net.routes : net.best ? [net.best] : []
  const messages: Message[] = []
  for (const route of offered) {
    // A route that came by the sample session is judged by another member of the group, if there is one.
    const to = state.speaker.sessions[route.session] === sample ? otherMember(state, group, route) : sample
    const verdict = to && sendRoute(state.speaker, input.filters, to, address, route)
    if (verdict?.sent) messages.push({ route, attributes: engine.intern(verdict.attributes) })
  }
  if (messages.length === 0 && !group.sent.has(prefix)) return 0
  if (messages.length === 0) group.sent.delete(prefix)
  else group.sent.add(prefix)
  // Most members of a group are told all of it: neither did any of it come from them, nor is it they who are named.
  const origins = new Set(messages.map(({ route }) => route.session))
  const nextHops = new Set(messages.map(({ attributes }) => attributes.nextHop.value))
  let grown = 0
  for (const place of group.places) {
    const session = state.speaker.sessions[place]
    const peer = session && engine.speakers[session.peer]
    if (session === undefined || peer === undefined || engine.mute.has(endKey(state.index, place))) continue
    const concerned = origins.has(place) || nextHops.has(session.options.peerAddress.value)
    const told = concerned ? messages.filter((message) => isFor(session, place, message)) : messages
    grown += hear(input, engine, peer, session.peerSession, prefix, told, sample.addPaths)
  }
  return grown
}

function isFor(session: PlainSession, place: number, { route, attributes }: Message): boolean {
  return route.session !== place && !namesThePeer(session, attributes)
}

function otherMember(state: SpeakerState, group: ExportGroup, route: TableRoute) {
  const place = group.places.find((candidate) => candidate !== route.session)
  return place === undefined ? undefined : state.speaker.sessions[place]
}

/** Replaces what a peer had sent of one prefix by what it sends now. Returns by how many routes the table grew. */
function hear(
  input: PlainInput,
  engine: Engine,
  state: SpeakerState,
  place: number,
  prefix: number,
  told: readonly Message[],
  addPaths: boolean,
): number {
  const net = state.nets.get(prefix)
  if (net === undefined && told.length === 0) return 0
  const had = net?.routes ?? []
  const routes = had.filter((route) => route.session !== place)
  let same = true
  for (const { route, attributes } of told) {
    const remotePath = addPaths ? route.id : 0
    const known = had.find((other) => other.session === place && other.remotePath === remotePath)
    const now =
      known?.wire === attributes
        ? known
        : received(input, engine, state, place, prefix, remotePath, attributes, known?.id)
    if (now !== known) same = false
    if (now !== undefined) routes.push(now)
  }
  if (same && routes.length === had.length) return 0
  if (net === undefined) state.nets.set(prefix, { routes, best: undefined, runs: 0 })
  else net.routes = routes
  markWaiting(engine, state, prefix)
  return routes.length - had.length
}

function received(
  input: PlainInput,
  engine: Engine,
  state: SpeakerState,
  place: number,
  prefix: number,
  remotePath: number,
  wire: BgpAttributes,
  id: number | undefined,
): TableRoute | undefined {
  const session = state.speaker.sessions[place]
  const address = engine.prefixes[prefix]
  if (session === undefined || address === undefined) return undefined
  const verdict = receiveRoute(state.speaker, input.filters, session, address, wire, (nextHop) =>
    lookUp(engine, state, nextHop),
  )
  if (!verdict.taken) return undefined
  return {
    id: id ?? engine.nextID(),
    source: 'bgp',
    preference: verdict.preference,
    hop: verdict.hop,
    attributes: engine.intern(verdict.attributes),
    neighbor: state.neighbors[place],
    session: place,
    remotePath,
    wire,
    recursive: verdict.recursive,
    krtMetric: undefined,
  }
}
