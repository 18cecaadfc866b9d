/** The sessions of a speaker with what becomes of each. */

import type { Family } from '../../address/address.js'
import { sameAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import { type BgpContext, ownersOf, routerOf } from '../config/context.js'
import { perContext } from '../config/per-context.js'
import { speakerConfig } from '../config/speaker-config.js'
import type { Session, SessionOptions, Speaker } from '../session.js'
import { daemonOf } from './daemon.js'
import { type End, hasNeighbor, holderOf, linksBetween, protocolsBetween } from './links.js'
import { nodeClasses } from './mesh-classes.js'
import { CLOSED, dialFailure, ESTABLISHED, negotiate, type Outcome, REFUSED, reachReason } from './negotiation.js'
import { underlayReach } from './underlay-reach.js'

/** All sessions of a speaker in BIRD's order. Symmetric: where one end is Established, so is the other. */
export function sessionsOf(context: BgpContext, speaker: Speaker, family: Family): readonly Session[] {
  return speakerConfig(context, speaker, family).sessions.map((options) => sessionOf(context, speaker, options))
}

/** One session with its state. */
export function sessionOf(context: BgpContext, speaker: Speaker, options: SessionOptions): Session {
  const peer = peerOf(context, speaker, options)
  const outcome = outcomeOf(context, speaker, peer, options)
  return { ...options, speaker, ...(peer === undefined ? {} : { peer }), ...outcome }
}

/** Whether the session comes up, without putting it together. */
export function isEstablished(context: BgpContext, speaker: Speaker, options: SessionOptions): boolean {
  return outcomeOf(context, speaker, peerOf(context, speaker, options), options).state === 'Established'
}

/** The speaker at the other end, where the session is up. */
export function establishedPeer(context: BgpContext, speaker: Speaker, options: SessionOptions): Speaker | undefined {
  const peer = peerOf(context, speaker, options)
  return outcomeOf(context, speaker, peer, options).state === 'Established' ? peer : undefined
}

/**
 * The speaker at the neighbour address. A router that the planner itself made up says nothing about a BGP speaker there. Where several claim it, the first by index that lies on the way; the session
 * is then with whoever answers first, which the findings report.
 */
function peerOf(context: BgpContext, speaker: Speaker, options: SessionOptions): Speaker | undefined {
  if (options.kind === 'localWorkload') return undefined
  return ownersOf(context, options.peerAddress).find(
    (owner) => owner.index !== speaker.index && routerOf(context, owner)?.assumed !== true,
  )
}

/** Outcomes by the options that they are of: the same object is the same session. */
const outcomesOf = perContext(() => new WeakMap<SessionOptions, Outcome>())

function outcomeOf(context: BgpContext, speaker: Speaker, peer: Speaker | undefined, options: SessionOptions): Outcome {
  const memo = outcomesOf(context)
  const held = memo.get(options)
  if (held !== undefined) return held
  const fresh = workedOut(context, speaker, peer, options)
  memo.set(options, fresh)
  return fresh
}

function workedOut(context: BgpContext, speaker: Speaker, peer: Speaker | undefined, options: SessionOptions): Outcome {
  const { family } = options
  const own = daemonOf(context, speaker, family)
  if (own.down) return { state: 'Down', reason: { code: 'down', element: speaker.name } }
  if (own.refused !== undefined) {
    return { state: 'Down', reason: { code: 'configurationRefused', detail: own.refused } }
  }
  if (options.kind === 'localWorkload') {
    return {
      state: 'Passive',
      reason: { code: 'dependsOn', what: `the BGP speaker in the workload ${options.peerIP}` },
    }
  }
  if (peer === undefined) return noSpeaker(context, speaker, options)
  const ends = endsOf(context, speaker, peer, family)
  const holder = holderOf(ends.self.protocols, options)
  if (holder.birdName !== options.birdName) {
    return { state: 'Idle', reason: { code: 'duplicateNeighbor', runningInstead: holder.birdName } }
  }
  if (!hasNeighbor(context, speaker, options)) {
    return { state: 'Idle', reason: { code: 'notOnLink', subnet: firstSubnetOf(context, speaker) } }
  }
  if (!daemonOf(context, peer, family).listens) return noDaemon(context, speaker, peer, options)
  const kind = kindOf(context, ends, family)
  const known = establishedOf(context)
  if (kind !== undefined && known.has(kind)) return ESTABLISHED
  const outcome = matched(context, ends, options)
  if (kind !== undefined && outcome === ESTABLISHED) known.add(kind)
  return outcome
}

/** The part of one end in the kind of its pair, by its options. */
const textsOf = perContext(() => new WeakMap<SessionOptions, string>())

/** Kinds of pairs whose session is known to come up. */
const establishedOf = perContext(() => new Set<string>())

/** Text that is equal for pairs of nodes of the same two classes with one protocol each of the same options. */
function kindOf(context: BgpContext, { self, peer }: Ends, family: Family): string | undefined {
  const [mine, theirs] = [self.protocols[0], peer.protocols[0]]
  if (mine === undefined || theirs === undefined || self.protocols.length > 1 || peer.protocols.length > 1) return
  if (self.speaker.kind !== 'node' || peer.speaker.kind !== 'node') return undefined
  const classes = nodeClasses(context, family)
  const texts = textsOf(context)
  const of = (end: End, options: SessionOptions): string => {
    const held = texts.get(options)
    if (held !== undefined) return held
    const fresh = textOf(end, options)
    texts.set(options, fresh)
    return fresh
  }
  const textOf = ({ speaker: { index } }: End, options: SessionOptions): string => {
    const own = context.endpoints[family][index]?.address
    const source = options.sourceAddress === undefined || (own && sameAddress(options.sourceAddress, own))
    const { kind, from, reverse, port, remoteAS, localAS, multihop, ttlSecurity, passive, rrClient, password } = options
    return `${classes[index]} ${source} ${kind} ${reverse} ${port} ${remoteAS} ${localAS} ${multihop} ${ttlSecurity} ${passive} ${rrClient} ${password} ${from}`
  }
  return `${of(self, mine)} | ${of(peer, theirs)}`
}

interface Ends {
  readonly self: End
  readonly peer: End
}

function endsOf(context: BgpContext, speaker: Speaker, peer: Speaker, family: Family): Ends {
  return {
    self: protocolsBetween(context, speaker, peer, family),
    peer: protocolsBetween(context, peer, speaker, family),
  }
}

/** Links are taken in one order whichever end asks, so that both ends agree on who runs with whom. */
function matched(context: BgpContext, { self, peer }: Ends, options: SessionOptions): Outcome {
  const swapped = peer.speaker.index < self.speaker.index
  const [one, other] = swapped ? [peer, self] : [self, peer]
  const takenOne = new Set<string>()
  const takenOther = new Set<string>()
  let failure: Outcome | undefined
  let lost = false
  for (const link of linksBetween(context, one, other)) {
    const mine = (swapped ? link.b : link.a).birdName === options.birdName
    if (takenOne.has(link.a.birdName) || takenOther.has(link.b.birdName)) {
      lost ||= mine
      continue
    }
    const outcomes = negotiate(context, one.speaker, other.speaker, link)
    const outcome = outcomes[swapped ? 1 : 0]
    if (outcome.state === 'Established') {
      takenOne.add(link.a.birdName)
      takenOther.add(link.b.birdName)
      if (mine) return ESTABLISHED
    } else if (mine) failure ??= outcome
  }
  if (failure !== undefined) return failure
  if (lost) return crowdedOut(self, options)
  return unanswered(context, { self, peer }, options)
}

/** A second protocol with another port to a neighbour whose only matching protocol is taken. */
function crowdedOut(self: End, options: SessionOptions): Outcome {
  const first = self.protocols.find((session) => session.birdName !== options.birdName)
  const reason = { code: 'duplicateNeighbor', runningInstead: first?.birdName ?? '' } as const
  return options.passive ? { state: 'Passive', reason } : { ...CLOSED, reason }
}

/** The peer's BIRD runs, but no protocol of it belongs to this one. */
function unanswered(context: BgpContext, { self, peer }: Ends, options: SessionOptions): Outcome {
  const reach = underlayReach(context, self.speaker, options.peerAddress)
  const reason = { code: 'oneSided', peer: peer.speaker.name } as const
  if (options.passive) return { state: 'Passive', reason }
  if (!reach.ok) return { ...dialFailure(reach), reason: reachReason(reach) }
  const listening = daemonOf(context, peer.speaker, options.family).port
  if ((options.port ?? 179) !== listening) {
    const mismatch = { code: 'portMismatch', peer: peer.speaker.name, dialled: options.port ?? 179, listening } as const
    return { ...REFUSED, reason: mismatch }
  }
  return { ...CLOSED, reason }
}

/** The peer has no BGP daemon, or one that opens no port. */
function noDaemon(context: BgpContext, speaker: Speaker, peer: Speaker, options: SessionOptions): Outcome {
  const { refused, down } = daemonOf(context, peer, options.family)
  const reason = down
    ? ({ code: 'down', element: peer.name } as const)
    : refused === undefined
      ? ({ code: 'peerHasNoBgp', peer: peer.name } as const)
      : ({ code: 'configurationRefused', detail: `${peer.name}: ${refused}` } as const)
  if (options.passive) return { state: 'Passive', reason }
  const reach = underlayReach(context, speaker, options.peerAddress)
  if (reach.ok) return { ...REFUSED, reason }
  return { ...dialFailure(reach), reason: down ? reason : reachReason(reach) }
}

/** Nobody in the input has the address: a fault where the Underlay describes that place, otherwise unknown. */
function noSpeaker(context: BgpContext, speaker: Speaker, options: SessionOptions): Outcome {
  const { underlay } = context.cluster
  const host = underlay.hosts.find((candidate) => sameAddress(candidate.address.address, options.peerAddress))
  const described = underlay.subnets.some((subnet) => containsAddress(subnet.prefix, options.peerAddress))
  const atRouter = ownersOf(context, options.peerAddress).some((owner) => owner.kind === 'router')
  if (host === undefined && (underlay.assumed || !described || atRouter)) {
    const reason = {
      code: 'dependsOn',
      what: `a BGP speaker at ${options.peerIP}, which the input does not describe`,
    } as const
    if (options.passive) return { state: 'Passive', reason }
    const reach = underlayReach(context, speaker, options.peerAddress)
    // What the described part shows: until somebody is there, the dial fails where the packet ends.
    if (!reach.ok && !underlay.assumed) return { ...dialFailure(reach), reason }
    return { state: 'Connect', alsoSeen: ['Active'], reason }
  }
  const reason =
    host === undefined ? ({ code: 'noSuchPeer' } as const) : ({ code: 'peerHasNoBgp', peer: host.name } as const)
  if (options.passive) return { state: 'Passive', reason }
  const reach = underlayReach(context, speaker, options.peerAddress)
  if (reach.ok) return { ...REFUSED, reason }
  return { ...dialFailure(reach), reason: reach.why === 'notOnLink' ? reason : reachReason(reach) }
}

/** A router's first subnet, where a direct session looks for its neighbour. */
function firstSubnetOf(context: BgpContext, speaker: Speaker): string {
  const port = routerOf(context, speaker)?.interfaces[0]
  return (port && context.cluster.underlay.subnets[port.subnet]?.name) ?? ''
}
