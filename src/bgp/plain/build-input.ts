/** The plain engine's input for a whole cluster and one family. */

import type { Family } from '../../address/address.js'
import type { BgpFilter, FilterRule } from '../../cluster/bgp-settings.js'
import type { Release } from '../../cluster/release.js'
import type { BgpContext } from '../config/context.js'
import { speakerConfig } from '../config/speaker-config.js'
import { parseRouterID } from '../router-id.js'
import type { Session, Speaker } from '../session.js'
import { daemonOf } from '../sessions/daemon.js'
import { protocolsBetween } from '../sessions/links.js'
import { sessionOf, sessionsOf } from '../sessions/sessions.js'
import type { PlainInput, PlainSession, PlainSpeaker } from './input.js'
import { interfacesOf } from './interfaces.js'
import { type OwnRouteOptions, ownRoutes, unlearntRoutes } from './own-routes.js'
import { answeringEnd, pairedSession } from './pairing.js'
import { endKey } from './state.js'

/**
 * Speakers without a running BIRD have neither routes nor sessions. With `watched` given, only sessions that have one of
 * these speakers at an end are there, and nothing is sent to the others: right where the others pass nothing on.
 */
export function plainInput(
  context: BgpContext,
  family: Family,
  options: OwnRouteOptions = { felix: true },
  watched?: ReadonlySet<number>,
): PlainInput {
  const ends = context.speakers.map((speaker) => endsOf(context, speaker, family, watched))
  const speakers = context.speakers.map((speaker): PlainSpeaker => {
    const config = speakerConfig(context, speaker, family)
    const interfaces = interfacesOf(context, speaker, family)
    return {
      config,
      routerID: parseRouterID(config.routerID ?? '') ?? 0,
      interfaces,
      routes: runsBird(context, speaker, family) ? ownRoutes(context, config, interfaces, options) : [],
      unlearnt: unlearntRoutes(context, config, interfaces),
      sessions: [],
    }
  })
  const paired = speakers.map((speaker, index) => ({
    ...speaker,
    sessions: (ends[index]?.sessions ?? []).map((session) => plainSession(context, ends, speakers, session)),
  }))
  const input = { family, speakers: paired, filters: understoodFilters(context) }
  return watched === undefined ? input : { ...input, mute: endsToOthers(paired, watched) }
}

function endsToOthers(speakers: readonly PlainSpeaker[], watched: ReadonlySet<number>): ReadonlySet<number> {
  const mute = new Set<number>()
  for (const index of watched) {
    for (const [place, { peer }] of (speakers[index]?.sessions ?? []).entries()) {
      if (!watched.has(peer)) mute.add(endKey(index, place))
    }
  }
  return mute
}

/** True where BIRD runs with this speaker's configuration. */
export function runsBird(context: BgpContext, speaker: Speaker, family: Family): boolean {
  const { cluster } = context
  const { refused, down } = daemonOf(context, speaker, family)
  if (down) return false
  if (speaker.kind === 'node') return cluster.backend === 'bird' && refused === undefined
  return cluster.underlay.routers[speaker.index - cluster.nodes.length]?.bgp !== undefined
}

/** A speaker's established sessions; the places of those with each peer, by the peer's index. */
interface Ends {
  readonly sessions: readonly Session[]
  readonly places: ReadonlyMap<number, readonly number[]>
}

function endsOf(context: BgpContext, speaker: Speaker, family: Family, watched?: ReadonlySet<number>): Ends {
  const all =
    watched === undefined || watched.has(speaker.index)
      ? sessionsOf(context, speaker, family)
      : sessionsTowards(context, speaker, family, watched)
  const sessions = all.filter((session) => session.state === 'Established')
  const places = new Map<number, number[]>()
  for (const [place, { peer }] of sessions.entries()) {
    if (peer === undefined) continue
    const held = places.get(peer.index)
    if (held === undefined) places.set(peer.index, [place])
    else held.push(place)
  }
  return { sessions, places }
}

/** The speaker's sessions with the watched ones, in BIRD's order. */
function sessionsTowards(
  context: BgpContext,
  speaker: Speaker,
  family: Family,
  watched: ReadonlySet<number>,
): readonly Session[] {
  return [...watched]
    .flatMap((index) => context.speakers[index] ?? [])
    .filter((other) => other.index !== speaker.index)
    .flatMap((other) => protocolsBetween(context, speaker, other, family).protocols)
    .sort((a, b) => (a.birdName < b.birdName ? -1 : 1))
    .map((options) => sessionOf(context, speaker, options))
}

function plainSession(
  context: BgpContext,
  ends: readonly Ends[],
  speakers: readonly PlainSpeaker[],
  session: Session,
): PlainSession {
  const { speaker, peer } = session
  const [own, other] = [speakers[speaker.index], peer && speakers[peer.index]]
  const place = peer === undefined ? -1 : otherEnd(context, ends, session, peer)
  const end = peer && ends[peer.index]?.sessions[place]
  if (own === undefined || peer === undefined || other === undefined || !end) {
    throw new Error(`plainSession: the established session ${speaker.name} ${session.birdName} has no other end`)
  }
  return pairedSession(session, end, {
    peer: peer.index,
    place,
    remoteID: other.routerID,
    interfaces: own.interfaces,
  })
}

function otherEnd(context: BgpContext, ends: readonly Ends[], session: Session, peer: Speaker): number {
  const [mine, theirs] = [ends[session.speaker.index], ends[peer.index]]
  const places = theirs?.places.get(session.speaker.index) ?? []
  if (places.length === 1) return places[0] ?? -1
  const here = (mine?.places.get(peer.index) ?? []).flatMap((place) => mine?.sessions[place] ?? [])
  const there = places.flatMap((place) => theirs?.sessions[place] ?? [])
  return places[answeringEnd(context, here, there, session)] ?? -1
}

/** Filters without the conditions that the release does not know, which its API server drops. */
export function understoodFilters({ filters, cluster }: BgpContext): ReadonlyMap<string, BgpFilter> {
  const { release } = cluster
  if (release.bgpFilterOperations) return filters
  const strip = (rules: readonly FilterRule[]): readonly FilterRule[] => rules.map((rule) => understood(release, rule))
  return new Map(
    [...filters].map(([name, filter]) => [
      name,
      {
        name,
        import: { 4: strip(filter.import[4]), 6: strip(filter.import[6]) },
        export: { 4: strip(filter.export[4]), 6: strip(filter.export[6]) },
      },
    ]),
  )
}

function understood(release: Release, rule: FilterRule): FilterRule {
  return {
    action: rule.action,
    asPathPrefix: [],
    operations: [],
    ...(rule.prefix === undefined ? {} : { prefix: rule.prefix }),
    ...(rule.matchOperator === undefined ? {} : { matchOperator: rule.matchOperator }),
    ...(release.bgpFilterPrefixLength && rule.prefixLength ? { prefixLength: rule.prefixLength } : {}),
    ...(release.bgpFilterSourceAndInterface && rule.source ? { source: rule.source } : {}),
    ...(release.bgpFilterSourceAndInterface && rule.interface ? { interface: rule.interface } : {}),
  }
}
