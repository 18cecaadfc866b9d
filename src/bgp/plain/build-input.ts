/** The plain engine's input for a whole cluster and one family. */

import { type Address, type Family, sameAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { BgpFilter, FilterRule } from '../../cluster/bgp-settings.js'
import type { Release } from '../../cluster/release.js'
import type { BgpContext } from '../config/context.js'
import { speakerConfig } from '../config/speaker-config.js'
import { parseRouterID } from '../router-id.js'
import type { Session, Speaker } from '../session.js'
import { daemonOf } from '../sessions/daemon.js'
import { addressesOf, protocolsBetween } from '../sessions/links.js'
import { sessionOf, sessionsOf } from '../sessions/sessions.js'
import type { PlainInput, PlainSession, PlainSpeaker } from './input.js'
import { interfacesOf } from './interfaces.js'
import { type OwnRouteOptions, ownRoutes, unlearntRoutes } from './own-routes.js'
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

function runsBird(context: BgpContext, speaker: Speaker, family: Family): boolean {
  const { cluster } = context
  const refused = daemonOf(context, speaker, family).refused !== undefined
  if (speaker.kind === 'node') return cluster.backend === 'bird' && !refused
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
  // BIRD takes an external session as direct and an internal one as multihop unless told (bgp_check_config).
  const direct = session.multihop === undefined && session.type === 'ebgp'
  const link = direct ? own.interfaces.find(({ network }) => containsAddress(network, session.peerAddress)) : undefined
  return {
    options: session,
    peer: peer.index,
    peerSession: place,
    remoteID: other.routerID,
    // The address that the other end connected to or was called from (bgp_conn_enter_established_state).
    source: end.peerAddress,
    ...(link === undefined ? {} : { link: link.name }),
    addPaths: session.addPaths && end.addPaths,
  }
}

/**
 * Sessions between two speakers are told apart by their addresses; those that share even these (several ports) are
 * matched in the order of their names.
 */
function otherEnd(context: BgpContext, ends: readonly Ends[], session: Session, peer: Speaker): number {
  const mine = ends[session.speaker.index]
  const theirs = ends[peer.index]
  const places = theirs?.places.get(session.speaker.index) ?? []
  if (places.length === 1) return places[0] ?? -1
  const own = addressesOf(context, session.speaker, session.family)
  const here = (mine?.places.get(peer.index) ?? []).filter((place) => {
    const other = mine?.sessions[place]
    return other !== undefined && sameAddress(other.peerAddress, session.peerAddress)
  })
  const there = places.filter((place) => {
    const other = theirs?.sessions[place]
    return other !== undefined && own.some((address) => sameAddress(address, other.peerAddress))
  })
  const answers = there.filter((place) =>
    sameAddressOrUnset(theirs?.sessions[place]?.sourceAddress, session.peerAddress),
  )
  const found = answers.length > 0 ? answers : there
  const nth = here.findIndex((place) => mine?.sessions[place] === session)
  return found[Math.min(nth, found.length - 1)] ?? -1
}

function sameAddressOrUnset(a: Address | undefined, b: Address): boolean {
  return a === undefined || sameAddress(a, b)
}

/** Filters without the conditions that the release does not know, which its API server drops. */
function understoodFilters({ filters, cluster }: BgpContext): ReadonlyMap<string, BgpFilter> {
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
