/** Two protocols that meet: does the session come up, and if not, what each side sees. */

import { formatAddress } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { passwordOf } from '../config/session-password.js'
import type { SessionOptions, SessionReason, SessionState, Speaker } from '../session.js'
import { BGP_PORT, type Daemon, daemonOf } from './daemon.js'
import type { Link } from './links.js'
import { type Reach, underlayReach } from './underlay-reach.js'

/** What becomes of one protocol. */
export interface Outcome {
  readonly state: SessionState
  readonly alsoSeen?: readonly SessionState[]
  readonly lastError?: string
  readonly reason: SessionReason
}

interface Party {
  readonly speaker: Speaker
  readonly daemon: Daemon
  readonly session: SessionOptions
  /** It opens connections that the other protocol gets. */
  readonly dials: boolean
}

export const ESTABLISHED: Outcome = { state: 'Established', reason: { code: 'established' } }

/** The outcome of a link for both ends; `a` of the link belongs to `one`. */
export function negotiate(context: BgpContext, one: Speaker, other: Speaker, link: Link): readonly [Outcome, Outcome] {
  const { family } = link.a
  const a: Party = { speaker: one, daemon: daemonOf(context, one, family), session: link.a, dials: link.aDials }
  const b: Party = { speaker: other, daemon: daemonOf(context, other, family), session: link.b, dials: link.bDials }
  const forth = underlayReach(context, one, link.a.peerAddress)
  const back = underlayReach(context, other, link.b.peerAddress)
  if (!forth.ok || !back.ok) return [unreachable(a, b, forth, back), unreachable(b, a, back, forth)]
  const refusal = portRefusal(a, b)
  if (refusal !== undefined) return refusal
  if (!a.dials && !b.dials) {
    return [bothPassive(a, b), bothPassive(b, a)]
  }
  if (passwordsDiffer(context, a, b)) {
    return [silent(a, b), silent(b, a)]
  }
  const ttl = ttlTrouble(a, b, forth, back)
  return ttl ?? openMessages(a, b)
}

/** What a protocol shows that cannot get a connection: the words of the kernel, or nothing where packets just vanish. */
function unreachable(self: Party, peer: Party, reach: Reach, back: Reach): Outcome {
  const reason = reachReason(reach.ok ? back : reach)
  if (self.session.passive) return { state: 'Passive', reason }
  if (reach.ok) return { state: 'Connect', reason: back.ok ? { code: 'oneSided', peer: peer.speaker.name } : reason }
  return { ...dialFailure(reach), reason }
}

/** How a failed dial looks, by where the packet ended. */
export function dialFailure(reach: Reach & { readonly ok: false }): Pick<Outcome, 'state' | 'alsoSeen' | 'lastError'> {
  switch (reach.why) {
    case 'noRoute':
      return { state: 'Active', alsoSeen: ['Connect'], lastError: 'Socket: Network is unreachable' }
    case 'refused':
    case 'notOnLink':
    case 'gateway':
      return { state: 'Connect', alsoSeen: ['Active'], lastError: 'Socket: No route to host' }
    case 'filtered':
      return { state: 'Connect' }
  }
}

export function reachReason(reach: Reach): SessionReason {
  if (reach.ok) return { code: 'established' }
  switch (reach.why) {
    case 'noRoute':
    case 'refused':
      return reach.at === undefined ? { code: 'noRouteToPeer' } : { code: 'noRouteToPeer', at: reach.at }
    case 'notOnLink':
      // A router that delivers to a segment where nobody has the address says nothing of the node's mask.
      return reach.at === undefined
        ? { code: 'notOnLink', subnet: reach.subnet }
        : { code: 'noRouteToPeer', at: reach.at }
    case 'gateway':
      return { code: 'gatewayUnreachable', gateway: formatAddress(reach.gateway) }
    case 'filtered':
      return { code: 'filtered', subnet: reach.subnet, protocol: 'bgp' }
  }
}

/** One side dials a port on which the other does not listen, and nobody dials the right one. */
function portRefusal(a: Party, b: Party): readonly [Outcome, Outcome] | undefined {
  const [aFits, bFits] = [portFits(a, b), portFits(b, a)]
  if ((a.dials && aFits) || (b.dials && bFits) || (!a.dials && !b.dials)) return undefined
  return [wrongPort(a, b), wrongPort(b, a)]
}

function portFits(self: Party, peer: Party): boolean {
  return (self.session.port ?? BGP_PORT) === peer.daemon.port
}

function wrongPort(self: Party, peer: Party): Outcome {
  const dialled = self.session.port ?? BGP_PORT
  const [caller, target] = self.dials ? [self, peer] : [peer, self]
  const reason: SessionReason = {
    code: 'portMismatch',
    peer: peer.speaker.name,
    dialled: caller === self ? dialled : (peer.session.port ?? BGP_PORT),
    listening: target.daemon.port,
  }
  return self.session.passive ? { state: 'Passive', reason } : { ...REFUSED, reason }
}

export const REFUSED: Pick<Outcome, 'state' | 'alsoSeen' | 'lastError'> = {
  state: 'Active',
  alsoSeen: ['Idle', 'Connect'],
  lastError: 'Socket: Connection refused',
}

export const CLOSED: Pick<Outcome, 'state' | 'alsoSeen' | 'lastError'> = {
  state: 'Active',
  alsoSeen: ['Idle', 'Connect', 'OpenSent'],
  lastError: 'Socket: Connection closed',
}

function bothPassive(self: Party, peer: Party): Outcome {
  if (self.session.passive) return { state: 'Passive', reason: { code: 'bothPassive', peer: peer.speaker.name } }
  return { ...CLOSED, reason: { code: 'sourceAddress', ...sourceWords(self, peer) } }
}

/** A protocol that dials, but from an address for which the peer has no protocol. */
function sourceWords(self: Party, peer: Party): { expected: string; used: string; peer: string } {
  const used = self.session.sourceAddress
  return { expected: peer.session.peerIP, used: used === undefined ? '' : formatAddress(used), peer: peer.speaker.name }
}

function passwordsDiffer(context: BgpContext, a: Party, b: Party): boolean {
  const [own, theirs] = [passwordOf(context, a.speaker, a.session), passwordOf(context, b.speaker, b.session)]
  return own.known && theirs.known && own.value !== theirs.value
}

/** Packets with a wrong TCP MD5 signature are dropped without an answer; a port where nobody listens still refuses. */
function silent(self: Party, peer: Party): Outcome {
  const reason: SessionReason = { code: 'passwordMismatch', peer: peer.speaker.name }
  if (self.session.passive) return { state: 'Passive', reason }
  return portFits(self, peer) ? { state: 'Connect', reason } : { ...REFUSED, reason }
}

/**
 * With TTL security of h hops a side sends TTL 255 and takes no less than 256 - h; without, it sends the hops that it
 * allows (BIRD bgp_connect, sk_set_min_ttl). A one-sided setting lets the connection open but no message through.
 */
function ttlTrouble(
  a: Party,
  b: Party,
  forth: Reach & { readonly ok: true },
  back: Reach & { readonly ok: true },
): readonly [Outcome, Outcome] | undefined {
  if (arrives(a, b, forth.hops) && arrives(b, a, back.hops)) return undefined
  const outcome = (self: Party, peer: Party): Outcome => {
    const reason: SessionReason = { code: 'ttlSecurity', peer: peer.speaker.name }
    if (self.session.ttlSecurity === undefined && self.dials) {
      return { state: 'OpenConfirm', alsoSeen: ['Active', 'Connect', 'OpenSent'], reason }
    }
    if (self.session.passive) return { state: 'Passive', alsoSeen: ['OpenSent'], reason }
    return { state: peer.dials ? 'OpenSent' : 'Connect', alsoSeen: ['Connect', 'Active'], reason }
  }
  return [outcome(a, b), outcome(b, a)]
}

function arrives(sender: Party, receiver: Party, routers: number): boolean {
  const sent = sender.session.ttlSecurity === undefined ? (sender.session.multihop ?? 1) : 255
  const left = sent - routers
  const needed = receiver.session.ttlSecurity === undefined ? 1 : 256 - receiver.session.ttlSecurity
  return left >= needed
}

/** What each side says of the other's OPEN, in BIRD's order: identifier first, then AS number (bgp_rx_open). */
function openMessages(a: Party, b: Party): readonly [Outcome, Outcome] {
  const [atA, atB] = [openError(a, b), openError(b, a)]
  if (atA === undefined && atB === undefined) return [ESTABLISHED, ESTABLISHED]
  return [backedOff(a, atA, atB), backedOff(b, atB, atA)]
}

interface OpenError {
  readonly text: string
  readonly here: SessionReason
  readonly there: SessionReason
}

function openError(self: Party, peer: Party): OpenError | undefined {
  const { routerID } = peer.daemon
  if (self.session.type === 'ibgp' && routerID === self.daemon.routerID) {
    const reason = (name: string): SessionReason => ({ code: 'duplicateRouterID', routerID, peer: name })
    return { text: 'Bad BGP identifier', here: reason(peer.speaker.name), there: reason(self.speaker.name) }
  }
  const [expected, announced] = [self.session.remoteAS, peer.session.localAS]
  if (expected === announced) return undefined
  return {
    text: 'Bad peer AS',
    here: { code: 'wrongAS', side: 'here', expected, announced, peer: peer.speaker.name },
    there: { code: 'wrongAS', side: 'peer', expected, announced, peer: self.speaker.name },
  }
}

/** After an error BIRD stays Idle for 5, 10, 20 and then always 30 seconds between attempts. */
function backedOff(self: Party, own: OpenError | undefined, other: OpenError | undefined): Outcome {
  const alsoSeen: readonly SessionState[] = self.session.passive ? ['Passive'] : ['Active', 'Connect', 'OpenSent']
  if (own !== undefined) return { state: 'Idle', alsoSeen, lastError: `BGP Error: ${own.text}`, reason: own.here }
  if (other === undefined) return ESTABLISHED
  return { state: 'Idle', alsoSeen, lastError: `Received: ${other.text}`, reason: other.there }
}
