/**
 * Which protocol of one speaker meets which of the other. BIRD runs one protocol for each neighbour address and port,
 * the first by name, and gives an incoming connection to the first protocol with that remote address whatever its port
 * (BIRD bgp_start, nest/locks.c, bgp_find_proto; lab finding A8).
 */

import { type Address, type Family, sameAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import { type BgpContext, routerOf } from '../config/context.js'
import { explicitSessionsToward } from '../config/explicit-sessions.js'
import { meshSessionsToward } from '../config/mesh.js'
import { routerProtocols } from '../config/router-config.js'
import type { SessionOptions, Speaker } from '../session.js'
import { BGP_PORT } from './daemon.js'

/** One end: a speaker's protocols towards the other speaker, in BIRD's order. */
export interface End {
  readonly speaker: Speaker
  readonly protocols: readonly SessionOptions[]
}

/** Two protocols that meet when at least one of them dials the other. */
export interface Link {
  readonly a: SessionOptions
  readonly b: SessionOptions
  readonly aDials: boolean
  readonly bDials: boolean
}

/** All protocols of a speaker whose neighbour address belongs to the other speaker. */
export function protocolsBetween(context: BgpContext, from: Speaker, to: Speaker, family: Family): End {
  const sessions = addressesOf(context, to, family).flatMap((address) => protocolsToward(context, from, address))
  return { speaker: from, protocols: inNameOrder(sessions) }
}

function protocolsToward(context: BgpContext, from: Speaker, address: Address): readonly SessionOptions[] {
  if (from.kind === 'router') {
    const protocols = routerProtocols(context, from, address.family)
    return protocols.filter((session) => sameAddress(session.peerAddress, address))
  }
  const mesh = meshSessionsToward(context, from.index, address)
  if (context.peerings.rules.length === 0) return mesh
  return [...mesh, ...explicitSessionsToward(context, from.index, address)]
}

/** Addresses that a speaker answers on. */
export function addressesOf(context: BgpContext, speaker: Speaker, family: Family): readonly Address[] {
  if (speaker.kind === 'node') {
    const endpoint = context.endpoints[family][speaker.index]
    return endpoint === undefined ? [] : [endpoint.address]
  }
  const ports = routerOf(context, speaker)?.interfaces ?? []
  return ports.map((port) => port.address.address).filter((address) => address.family === family)
}

/** The protocol that holds the lock on this one's neighbour and port; itself when it is the first. */
export function holderOf(protocols: readonly SessionOptions[], session: SessionOptions): SessionOptions {
  const port = session.port ?? BGP_PORT
  const same = (other: SessionOptions): boolean => other.peerIP === session.peerIP && (other.port ?? BGP_PORT) === port
  return protocols.find(same) ?? session
}

/** The address that a protocol dials from; without one configured the kernel's choice, the speaker's only address. */
export function sourceOf(context: BgpContext, speaker: Speaker, session: SessionOptions): Address | undefined {
  return session.sourceAddress ?? addressesOf(context, speaker, session.family)[0]
}

/**
 * Every pair of protocols of which one reaches the other, best first: in the order of names. Addresses and locks are
 * looked at, nothing else yet.
 */
export function linksBetween(context: BgpContext, one: End, other: End): readonly Link[] {
  const [simpleA, simpleB] = [one.protocols[0], other.protocols[0]]
  const running = (end: End) =>
    end.protocols.filter(
      (session) => holderOf(end.protocols, session) === session && hasNeighbor(context, end.speaker, session),
    )
  const meets = (from: End, session: SessionOptions, to: End): SessionOptions | undefined => {
    const source = sourceOf(context, from.speaker, session)
    return source && to.protocols.find((candidate) => sameAddress(candidate.peerAddress, source))
  }
  if (simpleA === undefined || simpleB === undefined) return []
  const links: Link[] = []
  for (const a of running(one)) {
    for (const b of running(other)) {
      const aReaches = meets(one, a, other) === b
      const bReaches = meets(other, b, one) === a
      if (!aReaches && !bReaches) continue
      links.push({ a, b, aDials: aReaches && !a.passive, bDials: bReaches && !b.passive })
    }
  }
  return links
}

/** A direct session needs its neighbour on a connected network (BIRD bgp_start_locked). Only routers have such. */
export function hasNeighbor(context: BgpContext, speaker: Speaker, session: SessionOptions): boolean {
  if (session.multihop !== undefined) return true
  const ports = routerOf(context, speaker)?.interfaces ?? []
  return ports.some((port) => containsAddress(port.address.network, session.peerAddress))
}

function inNameOrder(sessions: readonly SessionOptions[]): readonly SessionOptions[] {
  if (sessions.length < 2) return sessions
  return [...sessions].sort((a, b) => (a.birdName < b.birdName ? -1 : a.birdName > b.birdName ? 1 : 0))
}
