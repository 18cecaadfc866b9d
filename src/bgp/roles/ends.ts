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
import { peerClasses } from '../sessions/peer-classes.js'
import { establishedPeer, sessionOf } from '../sessions/sessions.js'
import { classEnds, countOf, writeClasses } from './class-ends.js'
import { NeedsPlain } from './needs-plain.js'

/** A colour of session ends. */
export interface EndColour {
  readonly addPaths: boolean
  /** Equal for colours that differ in nothing but the cluster id. */
  readonly like: string
  /** With which the speaker reflects. */
  readonly clusterID: string
  /** iBGP that leaves next hops as they are. */
  readonly keepsNextHops: boolean
  /** Equal for colours that differ in nothing but AS numbers and addresses. */
  readonly kind: string
  readonly localAS: number
  readonly remoteAS: number
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
  const none = { addPaths: true, like: '', clusterID: '', keepsNextHops: true, kind: '', localAS: 0, remoteAS: 0 }
  const colours: EndColour[] = [none]
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
  /** Undefined between mesh members that a BGPPeer connects too and nothing runs between. */
  readonly options: SessionOptions | undefined
  readonly nth: number
}

export function explicitEnds(context: BgpContext, family: Family, table: ColourTable): Ends {
  const known = peerClasses(context, family)
  const classOf = (speaker: number): number => known.classOf[speaker] ?? -1
  // Each end is asked for from the other one too, and then found among its speaker's.
  if (context.peerings.rules.length > 0) {
    for (const { index } of context.cluster.nodes) if (classOf(index) < 0) explicitSessions(context, index, family)
  }
  const shared = sharedPairs(context, family, classOf)
  const drafts = context.speakers.map((_, index) =>
    classOf(index) < 0 ? draftsOf(context, index, family, shared) : [],
  )
  const coloured = colouring(context, family, table)
  const inClasses = classEnds(known, ({ node, session, peer, back }) => coloured(node, session, peer, back))
  const first = new Int32Array(drafts.length + 1)
  for (const [i, list] of drafts.entries()) {
    const ofClass = inClasses[classOf(i)]
    first[i + 1] = (first[i] ?? 0) + (ofClass === undefined ? list.length : countOf(ofClass))
  }
  const count = first.at(-1) ?? 0
  if (count > MOST_ENDS) throw new NeedsPlain('too many explicit sessions')
  const [peer, colour, reverse, nth] = [0, 0, 0, 0].map(() => new Int32Array(count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  const ends = { first, peer, colour, reverse, nth }
  writeClasses(ends, classOf, inClasses)
  const pairs = pairsOf(drafts, first)
  for (const [speaker, list] of drafts.entries()) {
    for (const [i, draft] of list.entries()) {
      const end = (first[speaker] ?? 0) + i
      peer[end] = draft.peer
      nth[end] = draft.nth
    }
  }
  for (const [speaker, list] of drafts.entries()) {
    for (const [i, { peer: other, options }] of list.entries()) {
      const end = (first[speaker] ?? 0) + i
      reverse[end] = -1
      if (options === undefined) continue
      const theirs = pairs.between(other, speaker)
      const answer = theirs[theirs.length === 1 ? 0 : placeOfAnswer(context, pairs, speaker, other, options)]
      if (answer?.options === undefined) throw new NeedsPlain('a session without another end')
      reverse[end] = answer.end
      colour[end] = coloured(speaker, options, other, answer.options)
    }
  }
  const bestOnly = colour.some((number, end) => (reverse[end] ?? -1) >= 0 && table.colours[number]?.addPaths === false)
  return { ...ends, bestOnly }
}

interface DraftEnd {
  readonly end: number
  readonly options: SessionOptions | undefined
}

/** Ends by the speaker that they are at and the one that they lead to. */
interface Pairs {
  between(from: number, to: number): readonly DraftEnd[]
}

function pairsOf(drafts: readonly (readonly Draft[])[], first: Int32Array): Pairs {
  const byPair = new Map<number, DraftEnd | DraftEnd[]>()
  for (const [speaker, list] of drafts.entries()) {
    for (const [i, { peer, options }] of list.entries()) {
      const fresh: DraftEnd = { end: (first[speaker] ?? 0) + i, options }
      const key = speaker * drafts.length + peer
      const held = byPair.get(key)
      if (held === undefined) byPair.set(key, fresh)
      else if (Array.isArray(held)) held.push(fresh)
      else byPair.set(key, [held, fresh])
    }
  }
  return {
    between: (from, to) => {
      const held = byPair.get(from * drafts.length + to)
      return held === undefined ? [] : Array.isArray(held) ? held : [held]
    },
  }
}

/** Place among the other's ends of the one that answers, where there are several. */
function placeOfAnswer(
  context: BgpContext,
  pairs: Pairs,
  speaker: number,
  other: number,
  options: SessionOptions,
): number {
  const sessions = (at: number, ends: readonly DraftEnd[]): readonly Session[] =>
    ends.flatMap((end) => (end.options === undefined ? [] : whole(context, at, end.options)))
  const mine = pairs.between(speaker, other)
  const own = sessions(speaker, mine)
  const session = own[mine.findIndex((end) => end.options === options)]
  return session === undefined
    ? -1
    : answeringEnd(context, own, sessions(other, pairs.between(other, speaker)), session)
}

function whole(context: BgpContext, at: number, options: SessionOptions): Session | readonly [] {
  const speaker = context.speakers[at]
  return speaker === undefined ? [] : sessionOf(context, speaker, options)
}

type Coloured = (speaker: number, options: SessionOptions, other: number, answer: SessionOptions) => number

/** Colours of sessions; of two nodes whose ends have like options they are found without putting the pair together. */
function colouring(context: BgpContext, family: Family, table: ColourTable): Coloured {
  const byOptions = new Map<string, number>()
  return (speaker, options, other, answer) => {
    const fromNode = context.speakers[speaker]?.kind === 'node' && options.multihop !== undefined
    const key = fromNode ? `${answer.addPaths} ${options.addPaths} ${optionsText(options)}` : ''
    const held = fromNode ? byOptions.get(key) : undefined
    if (held !== undefined) return held
    const [mine, theirs] = [whole(context, speaker, options), whole(context, other, answer)]
    if (!('state' in mine && 'state' in theirs)) throw new NeedsPlain('a session without a speaker')
    const paired = pair(context, family, mine, theirs)
    const fresh = table.number(colourKey(context, mine, paired), endColour(context, mine, paired))
    if (fromNode) byOptions.set(key, fresh)
    return fresh
  }
}

/** Pairs of mesh members that a BGPPeer names as well, by the lower one: both protocols of a pair have to be looked at. */
function sharedPairs(
  context: BgpContext,
  family: Family,
  classOf: (node: number) => number,
): ReadonlyMap<number, ReadonlySet<number>> {
  const pairs = new Map<number, Set<number>>()
  const add = (one: number, other: number): void => {
    const held = pairs.get(one)
    if (held === undefined) pairs.set(one, new Set([other]))
    else held.add(other)
  }
  if (context.peerings.rules.length === 0) return pairs
  for (const node of context.cluster.nodes) {
    if (classOf(node.index) >= 0 || !isMeshMember(context, node.index, family)) continue
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
  const found: Running[] = []
  const explicit =
    speaker.kind === 'node' ? explicitSessions(context, index, family) : routerProtocols(context, speaker, family)
  for (const options of inNameOrder(explicit)) {
    const peer = establishedPeer(context, speaker, options)
    if (peer !== undefined && !mixed?.has(peer.index)) found.push({ peer: peer.index, options })
  }
  const drafts = numbered(found)
  for (const peer of mixed ?? []) {
    const between = runningBetween(context, index, peer, family)
    if (between.length === 0) drafts.push({ peer, options: undefined, nth: 0 })
    else drafts.push(...numbered(between))
  }
  return drafts
}

/** A session that is up. */
interface Running {
  readonly peer: number
  readonly options: SessionOptions
}

function runningBetween(context: BgpContext, from: number, to: number, family: Family): readonly Running[] {
  const [speaker, other] = [context.speakers[from], context.speakers[to]]
  if (speaker === undefined || other === undefined) return []
  return protocolsBetween(context, speaker, other, family).protocols.flatMap((options) =>
    establishedPeer(context, speaker, options)?.index === to ? { peer: to, options } : [],
  )
}

/** Established sessions of one speaker with another, in BIRD's order. */
export function establishedBetween(context: BgpContext, from: number, to: number, family: Family): readonly Session[] {
  return runningBetween(context, from, to, family).flatMap(({ options }) => whole(context, from, options))
}

function numbered(running: readonly Running[]): Draft[] {
  const seen = new Map<number, number>()
  return running.map(({ peer, options }) => {
    const nth = seen.get(peer) ?? 0
    seen.set(peer, nth + 1)
    return { peer, options, nth }
  })
}

function inNameOrder(sessions: readonly SessionOptions[]): readonly SessionOptions[] {
  if (sessions.length < 2) return sessions
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
    optionsText(options),
    paired.addPaths,
    paired.link,
    ...(router === undefined
      ? []
      : [String(paired.source.value), routerAdvertises(router).get(options.peerIP) ?? null]),
  ])
}

export function endColour(context: BgpContext, options: Session, { addPaths, link }: PlainSession): EndColour {
  const { rrClusterID, localAS, remoteAS } = options
  const like = optionsText({ ...options, ...(rrClusterID === undefined ? {} : { rrClusterID: 'its own' }) })
  const router = routerOf(context, options.speaker)
  const advertised = router && [...(routerAdvertises(router).get(options.peerIP) ?? [])]
  return {
    addPaths,
    like: `${like} ${addPaths} ${JSON.stringify(link)}`,
    clusterID: rrClusterID ?? '',
    keepsNextHops: options.type === 'ibgp' && !options.nextHopSelf,
    kind: JSON.stringify([optionsText({ ...options, localAS: 0, remoteAS: 0 }), addPaths, link, advertised]),
    localAS,
    remoteAS,
  }
}

function optionsText(options: SessionOptions): string {
  const { type, localAS, remoteAS, rrClient, rrClusterID, nextHopSelf, nextHopKeep, allowLocalAS } = options
  const { importFilters, exportFilters } = options
  const filters =
    importFilters.length + exportFilters.length === 0 ? '' : JSON.stringify([importFilters, exportFilters])
  return `${type} ${localAS} ${remoteAS} ${rrClient} ${rrClusterID} ${nextHopSelf} ${nextHopKeep} ${allowLocalAS} ${filters}`
}
