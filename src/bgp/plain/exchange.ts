/**
 * One step of the plain engine: a speaker decides a prefix and tells its peers, who put what they hear in their
 * tables.
 */

import { selectBest } from '../decision/select.js'
import type { BgpAttributes } from '../policy/route.js'
import type { PlainSession } from './input.js'
import { lookUp, lookUpAgain } from './next-hops.js'
import { receiveRoute } from './receive.js'
import { delivered, mayRewrite, sendRoute } from './send.js'
import {
  type Engine,
  type ExportGroup,
  endKey,
  type Message,
  markWaiting,
  type Net,
  type SpeakerState,
  type TableRoute,
} from './state.js'

/** Returns by how many routes the tables of the peers grew. */
export function decideAndTell(engine: Engine, state: SpeakerState, prefix: number, net: Net): number {
  net.best = selectBest(net.routes)
  if (engine.covers(prefix)) lookUpAgain(engine, state, prefix)
  let grown = 0
  for (const group of state.groups) {
    const messages = messagesFor(engine, state, group, prefix, net)
    if (isNews(engine, group, prefix, messages)) grown += tell(engine, state, group, prefix, messages)
  }
  return grown
}

/** With added paths every route is offered whether it is the best or not (RA_ANY), otherwise the best alone. */
function messagesFor(
  engine: Engine,
  state: SpeakerState,
  group: ExportGroup,
  prefix: number,
  net: Net,
): readonly Message[] {
  const address = engine.prefixes[prefix]
  if (address === undefined) return []
  const { sample } = group
  const messages: Message[] = []
  for (const route of sample.addPaths ? net.routes : net.best ? [net.best] : []) {
    // A route that came by the sample session is judged by another member of the group, if there is one.
    const to = state.speaker.sessions[route.session] === sample ? otherMember(state, group, route) : sample
    const verdict = to && sendRoute(state.speaker, engine.filters, to, address, route)
    if (verdict?.sent) messages.push({ route, attributes: engine.intern(verdict.attributes) })
  }
  return messages
}

function otherMember(state: SpeakerState, group: ExportGroup, route: TableRoute): PlainSession | undefined {
  const place = group.places.find((candidate) => candidate !== route.session)
  return place === undefined ? undefined : state.speaker.sessions[place]
}

/** Remembers what a group is sent; false when it has been sent just that. */
function isNews(engine: Engine, group: ExportGroup, prefix: number, messages: readonly Message[]): boolean {
  const before = group.sent.get(prefix)
  if (messages.length === 0 && before === undefined) return false
  if (before?.epoch === engine.epoch && sameMessages(before.messages, messages)) return false
  if (messages.length === 0) group.sent.delete(prefix)
  else group.sent.set(prefix, { epoch: engine.epoch, messages })
  return true
}

function sameMessages(a: readonly Message[], b: readonly Message[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ route, attributes }, i) => route.id === b[i]?.route.id && attributes === b[i]?.attributes)
  )
}

/** Nobody is sent what came from itself, nor a route whose next hop it is itself. */
function tell(
  engine: Engine,
  state: SpeakerState,
  group: ExportGroup,
  prefix: number,
  messages: readonly Message[],
): number {
  // Most members of a group are concerned by neither and are told the same list.
  const origins = new Set(messages.map(({ route }) => route.session))
  const nextHops = new Set(messages.map(({ attributes }) => attributes.nextHop.value))
  let grown = 0
  for (const place of group.places) {
    const session = state.speaker.sessions[place]
    const peer = session && engine.speakers[session.peer]
    if (session === undefined || peer === undefined || engine.mute.has(endKey(state.index, place))) continue
    const concerned = origins.has(place) || nextHops.has(session.options.peerAddress.value)
    const rewritten = messages.some(({ attributes }) => mayRewrite(session, attributes))
    const told =
      concerned || rewritten ? messages.flatMap((message) => forSession(engine, state, place, message)) : messages
    grown += hear(engine, peer, session.peerSession, prefix, told, session.addPaths)
  }
  return grown
}

/** The message as this one session carries it; none where it does not. */
function forSession(
  engine: Engine,
  { speaker }: SpeakerState,
  place: number,
  { route, attributes }: Message,
): readonly Message[] {
  const session = speaker.sessions[place]
  if (session === undefined || route.session === place) return []
  const arriving = delivered(speaker, session, attributes)
  return arriving === undefined ? [] : [{ route, attributes: engine.intern(arriving) }]
}

/** Replaces what a peer had sent of one prefix by what it sends now. Returns by how many routes the table grew. */
function hear(
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
      known?.wire === attributes ? known : received(engine, state, place, prefix, attributes, remotePath, known?.id)
    if (now !== known) same = false
    if (now !== undefined) routes.push(now)
  }
  if (same && routes.length === had.length) return 0
  if (net === undefined) state.nets.set(prefix, { routes, best: undefined, runs: 0 })
  else net.routes = routes
  markWaiting(engine, state, prefix)
  return routes.length - had.length
}

/** The table route that a message becomes; undefined when the speaker drops it. */
function received(
  engine: Engine,
  state: SpeakerState,
  place: number,
  prefix: number,
  wire: BgpAttributes,
  remotePath: number,
  id: number | undefined,
): TableRoute | undefined {
  const session = state.speaker.sessions[place]
  const address = engine.prefixes[prefix]
  if (session === undefined || address === undefined) return undefined
  const verdict = receiveRoute(state.speaker, engine.filters, session, address, wire, (nextHop) =>
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
