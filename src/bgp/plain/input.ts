/**
 * What the plain engine works on: speakers with the routes that they hold before any BGP, and the sessions that are up,
 * each end knowing the other. Nothing here refers to a Cluster, so tests write it by hand.
 */

import type { Address, Family } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import type { Resolution } from '../path.js'
import type { FiltersByName } from '../policy/bgp-filter.js'
import type { SessionOptions } from '../session.js'
import type { SpeakerConfig } from '../speaker-config.js'

/** A route that BIRD has from its static, direct or kernel protocol. */
export interface OwnRoute {
  readonly prefix: Prefix
  readonly source: 'static' | 'direct' | 'kernel'
  readonly resolution: Resolution
  /** Metric of a kernel route, 0 when it has none; undefined for the other protocols. */
  readonly krtMetric?: number
}

/** One end of an established session. */
export interface PlainSession {
  readonly options: SessionOptions
  /** Index of the speaker at the other end. */
  readonly peer: number
  /** Place of the other end in that speaker's `sessions`. */
  readonly peerSession: number
  /** Router id of the neighbour. */
  readonly remoteID: number
  /** The address that this end sends from: the next hop where it names itself. */
  readonly source: Address
  /** Interface to the neighbour of a session on one link, which is what BIRD calls direct; undefined for multihop. */
  readonly link?: string
  /** This end sends every route of a prefix and not only the best. Both ends must offer it. */
  readonly addPaths: boolean
}

/** An interface with the address that BIRD finds on it. */
export interface OwnInterface {
  readonly name: string
  readonly address: Address
  readonly network: Prefix
}

export interface PlainSpeaker {
  readonly config: SpeakerConfig
  /** 0 when there is none; such a speaker has no sessions. */
  readonly routerID: number
  readonly interfaces: readonly OwnInterface[]
  readonly routes: readonly OwnRoute[]
  /** Routes of the kernel's table that BIRD does not learn. */
  readonly unlearnt: readonly OwnRoute[]
  readonly sessions: readonly PlainSession[]
}

export interface PlainInput {
  readonly family: Family
  /** By speaker index. */
  readonly speakers: readonly PlainSpeaker[]
  readonly filters: FiltersByName
  /** Session ends (`endKey`) whose messages nobody waits for, so that they are not worked out. */
  readonly mute?: ReadonlySet<number>
}
