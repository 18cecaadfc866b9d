/** The two ends of an established session: which belongs to which, and what each makes of the other. */

import { type Address, sameAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'
import type { Session } from '../session.js'
import { addressesOf } from '../sessions/links.js'
import type { OwnInterface, PlainSession } from './input.js'

/**
 * Place in `theirs` of the session that answers one of `mine`; -1 where none does. `mine` are a speaker's established
 * sessions with another one in BIRD's order, `theirs` those of the other with it. They are told apart by their
 * addresses; sessions that share even these (several ports) are matched in the order of their names.
 */
export function answeringEnd(
  context: BgpContext,
  mine: readonly Session[],
  theirs: readonly Session[],
  session: Session,
): number {
  if (theirs.length === 1) return 0
  const own = addressesOf(context, session.speaker, session.family)
  const here = mine.filter((other) => sameAddress(other.peerAddress, session.peerAddress))
  const there = [...theirs.entries()].filter(([, other]) =>
    own.some((address) => sameAddress(address, other.peerAddress)),
  )
  const answers = there.filter(([, other]) => sameAddressOrUnset(other.sourceAddress, session.peerAddress))
  const found = answers.length > 0 ? answers : there
  const place = Math.min(here.indexOf(session), found.length - 1)
  return found[place]?.[0] ?? -1
}

function sameAddressOrUnset(a: Address | undefined, b: Address): boolean {
  return a === undefined || sameAddress(a, b)
}

export interface OtherEnd {
  /** Speaker at the other end, and the place of the session among its sessions. */
  readonly peer: number
  readonly place: number
  readonly remoteID: number
  /** Interfaces of this end. */
  readonly interfaces: readonly OwnInterface[]
}

/** A session as the engines see it from one end; `answer` is the same session at the other end. */
export function pairedSession(session: Session, answer: Session, other: OtherEnd): PlainSession {
  const link =
    session.multihop === undefined
      ? other.interfaces.find(({ network }) => containsAddress(network, session.peerAddress))
      : undefined
  return {
    options: session,
    peer: other.peer,
    peerSession: other.place,
    remoteID: other.remoteID,
    // The address that the other end connected to or was called from (bgp_conn_enter_established_state).
    source: answer.peerAddress,
    ...(link === undefined ? {} : { link: link.name }),
    addPaths: session.addPaths && answer.addPaths,
  }
}
