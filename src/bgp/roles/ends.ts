/**
 * Established sessions of BGPPeers and routers as numbers: an end is a place in flat arrays, its colour stands for
 * everything that sending and receiving look at. The mesh is no part of it; only pairs of its members that a BGPPeer connects too are.
 */

import type { Family } from '../../address/address.js'
import { type BgpContext, ownersOf, routerOf } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { isMeshMember } from '../config/mesh.js'
import { routerAdvertises, routerProtocols } from '../config/router-config.js'
import type { PlainSession } from '../plain/input.js'
import { interfacesOf } from '../plain/interfaces.js'
import { answeringEnd, pairedSession } from '../plain/pairing.js'
import type { Session, SessionOptions } from '../session.js'
import { protocolsBetween } from '../sessions/links.js'
import { sessionOf } from '../sessions/sessions.js'
import { NeedsPlain } from './needs-plain.js'

/** A colour of session ends. */
export interface EndColour {
  readonly addPaths: boolean
}

/** Colour 0: two mesh members between which a BGPPeer stands and nothing runs. */
export const NO_SESSION = 0

export interface Ends {
  /** Ends of speaker s are those from `first[s]` up to `first[s + 1]`. */
  readonly first: Int32Array
  readonly peer: Int32Array
  readonly colour: Int32Array
  /** The same session's end at the peer; -1 without a session. */
  readonly reverse: Int32Array
  /** Which of the sessions with this peer, in BIRD's order. */
  readonly nth: Int32Array
  /** True when some session carries best routes only. */
  readonly bestOnly: boolean
}

/** Colours by number; shared by explicit sessions and the mesh. */
export interface ColourTable {
  readonly colours: EndColour[]
  number(key: string, colour: EndColour): number
}

export function colourTable(): ColourTable {
  const colours: EndColour[] = [{ addPaths: true }]
  const known = new Map<string, number>()
  return {
    colours,
    number: (key, colour) => {
      const held = known.get(key)
      if (held !== undefined) return held
      known.set(key, colours.push(colour) - 1)
      return colours.length - 1
    },
  }
}

/** Beyond this many ends of explicit sessions they are not written out. */
const MOST_ENDS = 4_000_000

interface Draft {
  readonly peer: number
  readonly session: Session | undefined
  readonly nth: number
}

export function explicitEnds(context: BgpContext, family: Family, table: ColourTable): Ends {
  const shared = sharedPairs(context, family)
  const drafts = context.speakers.map((_, index) => draftsOf(context, index, family, shared))
  const count = drafts.reduce((sum, list) => sum + list.length, 0)
  if (count > MOST_ENDS) throw new NeedsPlain('too many explicit sessions')
  const first = new Int32Array(drafts.length + 1)
  for (const [i, list] of drafts.entries()) first[i + 1] = (first[i] ?? 0) + list.length
  const [peer, colour, reverse, nth] = [0, 0, 0, 0].map(() => new Int32Array(count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const byPair = new Map<number, number[]>()
  for (const [speaker, list] of drafts.entries()) {
    for (const [i, draft] of list.entries()) {
      const end = (first[speaker] ?? 0) + i
      peer[end] = draft.peer
      nth[end] = draft.nth
      const key = speaker * drafts.length + draft.peer
      const held = byPair.get(key)
      if (held === undefined) byPair.set(key, [end])
      else held.push(end)
    }
  }
  let bestOnly = false
  for (const [speaker, list] of drafts.entries()) {
    for (const [i, { peer: other, session }] of list.entries()) {
      const end = (first[speaker] ?? 0) + i
      reverse[end] = -1
      if (session === undefined) continue
      const sessionsAt = (from: number, to: number): { readonly ends: number[]; readonly sessions: Session[] } => {
        const ends = byPair.get(from * drafts.length + to) ?? []
        return { ends, sessions: ends.flatMap((e) => drafts[from]?.[e - (first[from] ?? 0)]?.session ?? []) }
      }
      const [mine, theirs] = [sessionsAt(speaker, other), sessionsAt(other, speaker)]
      const place = answeringEnd(context, mine.sessions, theirs.sessions, session)
      const answer = theirs.sessions[place]
      if (answer === undefined) throw new NeedsPlain('a session without another end')
      reverse[end] = theirs.ends[place] ?? -1
      const paired = pair(context, family, session, answer)
      bestOnly ||= !paired.addPaths
      colour[end] = table.number(colourKey(context, session, paired), { addPaths: paired.addPaths })
    }
  }
  return { first, peer, colour, reverse, nth, bestOnly }
}

/** Pairs of mesh members that a BGPPeer names as well, by the lower one: both protocols of a pair have to be looked at. */
function sharedPairs(context: BgpContext, family: Family): ReadonlyMap<number, ReadonlySet<number>> {
  const pairs = new Map<number, Set<number>>()
  const add = (one: number, other: number): void => {
    const held = pairs.get(one)
    if (held === undefined) pairs.set(one, new Set([other]))
    else held.add(other)
  }
  if (context.peerings.rules.length === 0) return pairs
  for (const node of context.cluster.nodes) {
    if (!isMeshMember(context, node.index, family)) continue
    for (const { peerAddress } of explicitSessions(context, node.index, family)) {
      for (const owner of ownersOf(context, peerAddress)) {
        if (owner.kind !== 'node' || owner.index === node.index || !isMeshMember(context, owner.index, family)) continue
        add(node.index, owner.index)
        add(owner.index, node.index)
      }
    }
  }
  return pairs
}

function draftsOf(
  context: BgpContext,
  index: number,
  family: Family,
  shared: ReadonlyMap<number, ReadonlySet<number>>,
): readonly Draft[] {
  const speaker = context.speakers[index]
  if (speaker === undefined) return []
  const mixed = shared.get(index)
  const found: Session[] = []
  const explicit =
    speaker.kind === 'node' ? explicitSessions(context, index, family) : routerProtocols(context, speaker, family)
  for (const options of inNameOrder(explicit)) {
    const session = sessionOf(context, speaker, options)
    if (session.state !== 'Established' || session.peer === undefined || mixed?.has(session.peer.index)) continue
    found.push(session)
  }
  const drafts = numbered(found)
  for (const peer of mixed ?? []) {
    const other = context.speakers[peer]
    if (other === undefined) continue
    const between = establishedBetween(context, index, peer, family)
    if (between.length === 0) drafts.push({ peer, session: undefined, nth: 0 })
    else drafts.push(...numbered(between))
  }
  return drafts
}

/** Established sessions of one speaker with another, in BIRD's order. */
export function establishedBetween(context: BgpContext, from: number, to: number, family: Family): readonly Session[] {
  const [speaker, other] = [context.speakers[from], context.speakers[to]]
  if (speaker === undefined || other === undefined) return []
  return protocolsBetween(context, speaker, other, family)
    .protocols.map((options) => sessionOf(context, speaker, options))
    .filter((session) => session.state === 'Established' && session.peer?.index === to)
}

function numbered(sessions: readonly Session[]): Draft[] {
  const seen = new Map<number, number>()
  return sessions.flatMap((session) => {
    const peer = session.peer?.index
    if (peer === undefined) return []
    const nth = seen.get(peer) ?? 0
    seen.set(peer, nth + 1)
    return { peer, session, nth }
  })
}

function inNameOrder(sessions: readonly SessionOptions[]): readonly SessionOptions[] {
  return [...sessions].sort((a, b) => (a.birdName < b.birdName ? -1 : a.birdName > b.birdName ? 1 : 0))
}

function pair(context: BgpContext, family: Family, session: Session, answer: Session): PlainSession {
  // Nodes have multihop sessions only, for which interfaces do not matter.
  const interfaces = session.speaker.kind === 'router' ? interfacesOf(context, session.speaker, family) : []
  return pairedSession(session, answer, { peer: answer.speaker.index, place: -1, remoteID: 0, interfaces })
}

/** Everything that `sendRoute`, `receiveRoute` and the decision look at in an end, the addresses of the two speakers apart. */
export function colourKey(context: BgpContext, options: Session, paired: PlainSession): string {
  const router = routerOf(context, options.speaker)
  return JSON.stringify([
    options.type,
    options.localAS,
    options.remoteAS,
    options.rrClient,
    options.rrClusterID,
    options.nextHopSelf,
    options.nextHopKeep,
    options.allowLocalAS,
    options.importFilters,
    options.exportFilters,
    paired.addPaths,
    paired.link,
    ...(router === undefined
      ? []
      : [String(paired.source.value), routerAdvertises(router).get(options.peerIP) ?? null]),
  ])
}
