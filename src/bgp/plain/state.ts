/** The tables of the plain engine while it runs. Prefixes are numbers: places in the list of all prefixes. */

import type { Address } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import type { Candidate, Neighbor, ResolvedHop } from '../decision/candidate.js'
import type { FiltersByName } from '../policy/bgp-filter.js'
import type { BgpAttributes } from '../policy/route.js'
import type { PlainSession, PlainSpeaker } from './input.js'

/** One route of a table. Everything but `hop` stays as it is; a changed route is a new object with the old `id`. */
export interface TableRoute extends Candidate {
  /** Unlike any other of the same engine run; sent along as path identifier where paths are added. */
  readonly id: number
  /** Place of the session that it came by; -1 for an own route. */
  readonly session: number
  /** The sender's `id`, 0 where it sends only its best route. */
  readonly remotePath: number
  /** The attributes as they were received, before import. */
  readonly wire: BgpAttributes | undefined
  /** The next hop is looked up in the table. */
  readonly recursive: boolean
  readonly krtMetric: number | undefined
  hop: ResolvedHop
}

/** A prefix of one speaker's table. */
export interface Net {
  routes: readonly TableRoute[]
  best: TableRoute | undefined
  /** How often it was worked on. */
  runs: number
}

/** Sessions of one speaker that are sent the same, but for what came from their own peer. */
export interface ExportGroup {
  /** One of them; export looks only at what they share. */
  readonly sample: PlainSession
  readonly places: readonly number[]
  /** What was last sent of each prefix, and in which epoch. */
  readonly sent: Map<number, { readonly epoch: number; readonly messages: readonly Message[] }>
}

/** A route with the attributes that it is sent with. */
export interface Message {
  readonly route: TableRoute
  readonly attributes: BgpAttributes
}

export type AddressValue = number | bigint

export interface SpeakerState {
  readonly index: number
  readonly speaker: PlainSpeaker
  readonly nets: Map<number, Net>
  readonly neighbors: readonly Neighbor[]
  readonly groups: readonly ExportGroup[]
  /** What next hops resolve to, by address. */
  readonly hops: Map<AddressValue, { readonly address: Address; hop: ResolvedHop }>
  /** Prefixes that wait to be worked on. */
  readonly waiting: Set<number>
}

/** What all speakers share. */
export interface Engine {
  readonly prefixes: readonly Prefix[]
  readonly speakers: readonly SpeakerState[]
  readonly filters: FiltersByName
  /** Sessions over which a speaker's messages do not arrive, by `endKey`. */
  readonly mute: ReadonlySet<number>
  readonly queue: { readonly speaker: number; readonly prefix: number }[]
  /** Places of the prefixes that hold the address, longest first. */
  covering(address: Address): readonly number[]
  /** True for a prefix that holds some address which may be a next hop. */
  covers(prefix: number): boolean
  /** Goes up when further sessions come up, which must be sent everything. */
  epoch: number
  intern(attributes: BgpAttributes): BgpAttributes
  nextID(): number
}

/** A number for one end of a session: speaker index and place. */
export function endKey(speaker: number, place: number): number {
  return speaker * 100_000 + place
}

export function markWaiting(engine: Engine, state: SpeakerState, prefix: number): void {
  if (state.waiting.has(prefix)) return
  state.waiting.add(prefix)
  engine.queue.push({ speaker: state.index, prefix })
}
