/** Speakers as the plain engine's functions want them, each made when it is first needed; so are their sessions. */

import type { Family } from '../../address/address.js'
import type { Pool } from '../../cluster/pool.js'
import type { BgpContext } from '../config/context.js'
import { routerIDOfSpeaker, speakerConfig } from '../config/speaker-config.js'
import type { Neighbor } from '../decision/candidate.js'
import { runsBird } from '../plain/build-input.js'
import { felixPools } from '../plain/felix-routes.js'
import type { OwnRoute, PlainSession, PlainSpeaker } from '../plain/input.js'
import { interfacesOf } from '../plain/interfaces.js'
import { ownRoutes, unlearntRoutes } from '../plain/own-routes.js'
import { answeringEnd, pairedSession } from '../plain/pairing.js'
import { parseRouterID } from '../router-id.js'
import type { Session } from '../session.js'
import { type Ends, establishedBetween } from './ends.js'
import { meshEnd } from './mesh.js'
import { NeedsPlain } from './needs-plain.js'
import { type PrefixKey, prefixKey } from './prefix-key.js'

export interface RoleSpeaker {
  readonly index: number
  /** Its `sessions` are those that were needed so far. */
  readonly plain: PlainSpeaker
  readonly sessions: PlainSession[]
  readonly neighbors: Neighbor[]
  /** Ends by place. */
  readonly ends: number[]
  /** Places of sessions by end: an explicit end, or -1 - peer for one of the mesh. */
  readonly places: Map<number, number>
  /** Routes of its own by prefix, Felix's cluster routes left out. */
  readonly own: ReadonlyMap<PrefixKey, readonly OwnRoute[]>
  /** Pools whose cluster routes Felix writes here and BIRD learns. */
  readonly felixPools: readonly Pool[]
}

export interface Speakers {
  at(index: number): RoleSpeaker
  /** As `at`, for a speaker whose sessions are referred to for good. */
  pinned(index: number): RoleSpeaker
  /** Forgets the others when there are many; true when it did. To be called when nothing refers to their sessions. */
  trim(): boolean
  /** Place of a session among the speaker's; `end` is an explicit end, or -1 - peer for one of the mesh. */
  placeOf(speaker: RoleSpeaker, end: number): number
}

/** Speakers that are remembered, and sessions of them all, before some are forgotten. */
const MOST_SPEAKERS = 4000
const MOST_SESSIONS = 400_000

export function meshEndTo(peer: number): number {
  return -1 - peer
}

export function speakersOf(context: BgpContext, family: Family, felix: boolean, ends: Ends): Speakers {
  const held = new Map<number, RoleSpeaker>()
  const pins = new Set<number>()
  let sessions = 0
  const at = (index: number): RoleSpeaker => {
    const known = held.get(index)
    if (known !== undefined) return known
    const fresh = speakerAt(context, family, felix, index)
    held.set(index, fresh)
    return fresh
  }
  return {
    at,
    pinned: (index) => {
      pins.add(index)
      return at(index)
    },
    trim: () => {
      if (held.size - pins.size < MOST_SPEAKERS && sessions < MOST_SESSIONS) return false
      for (const index of [...held.keys()]) if (!pins.has(index)) held.delete(index)
      sessions = 0
      return true
    },
    placeOf: (speaker, end) => {
      const known = speaker.places.get(end)
      if (known !== undefined) return known
      const session =
        end < 0
          ? meshSessionAt(context, family, speaker, -1 - end)
          : explicitSessionAt(context, family, ends, speaker, end)
      const place = speaker.sessions.push(session) - 1
      speaker.ends.push(end)
      sessions++
      speaker.neighbors.push({
        internal: session.options.type === 'ibgp',
        remoteAS: session.options.remoteAS,
        remoteID: session.remoteID,
        address: session.options.peerAddress,
      })
      speaker.places.set(end, place)
      return place
    },
  }
}

function speakerAt(context: BgpContext, family: Family, felix: boolean, index: number): RoleSpeaker {
  const speaker = context.speakers[index]
  if (speaker === undefined) throw new RangeError(`speakerAt: no speaker ${index}`)
  const config = speakerConfig(context, speaker, family)
  const interfaces = interfacesOf(context, speaker, family)
  const runs = runsBird(context, speaker, family)
  const routes = runs ? ownRoutes(context, config, interfaces, { felix: false }) : []
  const sessions: PlainSession[] = []
  const own = new Map<PrefixKey, OwnRoute[]>()
  for (const route of routes) {
    const key = prefixKey(route.prefix)
    const list = own.get(key)
    if (list === undefined) own.set(key, [route])
    else list.push(route)
  }
  return {
    index,
    plain: {
      config,
      routerID: routerIDAt(context, index),
      interfaces,
      routes,
      unlearnt: unlearntRoutes(context, config, interfaces),
      sessions,
    },
    sessions,
    neighbors: [],
    ends: [],
    places: new Map(),
    own,
    felixPools: felix && runs && speaker.kind === 'node' ? felixPools(context, speaker, family) : [],
  }
}

export function routerIDAt(context: BgpContext, index: number): number {
  const speaker = context.speakers[index]
  return parseRouterID((speaker && routerIDOfSpeaker(context, speaker)) ?? '') ?? 0
}

function meshSessionAt(context: BgpContext, family: Family, speaker: RoleSpeaker, peer: number): PlainSession {
  const [mine, theirs] = [meshEnd(context, family, speaker.index, peer), meshEnd(context, family, peer, speaker.index)]
  if (mine === undefined || theirs === undefined) throw new NeedsPlain('a mesh session without ends')
  return paired(context, speaker, mine, theirs, peer)
}

function explicitSessionAt(
  context: BgpContext,
  family: Family,
  ends: Ends,
  speaker: RoleSpeaker,
  end: number,
): PlainSession {
  const peer = ends.peer[end] ?? -1
  const mine = establishedBetween(context, speaker.index, peer, family)
  const theirs = establishedBetween(context, peer, speaker.index, family)
  const session = mine[ends.nth[end] ?? 0]
  const answer = session && theirs[answeringEnd(context, mine, theirs, session)]
  if (session === undefined || answer === undefined) throw new NeedsPlain('a session without another end')
  return paired(context, speaker, session, answer, peer)
}

function paired(
  context: BgpContext,
  speaker: RoleSpeaker,
  session: Session,
  answer: Session,
  peer: number,
): PlainSession {
  const remoteID = routerIDAt(context, peer)
  return pairedSession(session, answer, { peer, place: -1, remoteID, interfaces: speaker.plain.interfaces })
}
