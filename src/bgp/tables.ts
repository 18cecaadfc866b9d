/**
 * BGP tables as the later rooms see them, whichever engine worked them out. A table is made when it is asked for; what
 * BIRD hands to the kernel of each prefix is part of it.
 */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { Path } from './path.js'
import type { Speaker } from './session.js'
import type { KernelPoolAction } from './speaker-config.js'

/** One next hop of a kernel route. */
export interface KernelHop {
  readonly gateway?: Address
  readonly dev: string
}

/** Why BIRD writes nothing for a prefix. `ownProtocol`: the best route is the kernel's own, or a connected network. */
export type NotProgrammed = 'ownProtocol' | 'serviceRange' | 'wireguardPeer' | 'poolNotOwned'

/** What BIRD's kernel protocol does with a prefix. */
export type KernelExport =
  | { readonly programmed: false; readonly because: NotProgrammed; readonly pool?: string }
  | {
      readonly programmed: true
      readonly type: 'unicast' | 'blackhole' | 'unreachable' | 'prohibit'
      /** In the kernel's order, at most 16; more than one is a multipath route. Empty unless unicast. */
      readonly hops: readonly KernelHop[]
      /** Undefined: written without a metric. */
      readonly metric?: number
      /**
       * `via <this> dev tunl0 onlink` in place of the hop, where tunl0 exists; a multipath route is never tunnelled
       * (lab finding A15).
       */
      readonly tunnelTo?: Address
      /** The IPPool whose statement decided, and what it said. */
      readonly pool?: string
      readonly action?: KernelPoolAction
    }

export interface BgpEntry {
  readonly prefix: Prefix
  /**
   * The route in use first, the others in the order in which they would take its place. BIRD lists the others newest
   * first, which depends on when each arrived.
   */
  readonly paths: readonly Path[]
  readonly kernel: KernelExport
  /**
   * The network has several resting states for this prefix, and which one it reaches depends on which message comes
   * first. What is shown is one of them.
   */
  readonly dependsOnArrival?: true
  /**
   * The other states in which this speaker's entry may rest, as far as they were found (at most 15): where
   * `dependsOnArrival` says that there are some. Worked out when read.
   */
  readonly alternatives?: readonly BgpEntry[] | undefined
}

/** A session that cuts itself off: its node learnt an unreachable route that covers the neighbour's address. */
export interface SeveredSession {
  readonly speaker: Speaker
  readonly birdName: string
  readonly peer: Speaker
  /** The prefix that BIRD writes into the node's kernel as unreachable. */
  readonly by: Prefix
}

export interface BgpTable {
  readonly speaker: Speaker
  readonly family: Family
  /** Ascending by prefix (`comparePrefixes`). */
  readonly entries: readonly BgpEntry[]
  /** The entry of exactly this prefix. */
  entry(prefix: Prefix): BgpEntry | undefined
}

/**
 * How the computation ended. In an unstable network BIRD's tables never come to rest; in one that is too large for the
 * engine the tables are not complete.
 */
export type Convergence =
  | { readonly kind: 'stable' }
  | { readonly kind: 'unstable'; readonly prefixes: readonly Prefix[] }
  | { readonly kind: 'tooLarge'; readonly routeLimit: number }

export interface BgpTables {
  /** The table of a speaker; empty where no BIRD runs. */
  table(speakerIndex: number, family: Family): BgpTable
  convergence(family: Family): Convergence
  /** Prefixes with several resting states, ascending: see `BgpEntry.dependsOnArrival`. Works every table out. */
  undetermined(family: Family): readonly Prefix[]
  /**
   * Sessions over which the node's own announcements never arrive. Tables show the state until the peer's hold timer
   * ends the session; then it comes up and is cut again.
   */
  severed(family: Family): readonly SeveredSession[]
  /** Single routes without their table; absent or undefined where tables are made whole. */
  byRoles?(family: Family): RoleLookup | undefined
}

/** Every speaker's table as numbers: a row of 32-bit integers, one for each prefix, that say what BIRD hands to the kernel. */
export interface CompactTables {
  /** Ascending (`comparePrefixes`). Pods of a node inside its own blocks, which nobody else hears of, are left out. */
  readonly prefixes: readonly Prefix[]
  /** A speaker's numbers by prefix. Equal numbers mean equal exports, whoever's row they stand in. */
  row(speaker: number, into?: Int32Array): Int32Array
  /** What a number of some row means; undefined for NO_ROUTE. */
  meaning(number: number): KernelExport | undefined
}

/** The number of a prefix that the speaker has no route for. */
export const NO_ROUTE = -1

/** What the engine by roles can say of single addresses. */
export interface RoleLookup {
  /** The entry of exactly this prefix in a speaker's table; none for its own pods. */
  entry(speaker: number, prefix: Prefix): BgpEntry | undefined
  /** All tables as numbers; worked out when first called. Throws NeedsPlain where roles do not tell enough. */
  numbers(): CompactTables
  /** Entries of a speaker's table whose prefixes hold the address, the longest first; its own pods are left out. */
  covering(speaker: number, address: Address): Iterable<BgpEntry>
  /**
   * Text that is equal for the addresses of two nodes when the routes to them are, those of either to its own and
   * whoever exchanges the two: of prefixes with one solution, which each has alone or both have.
   */
  column(node: number, address: Address): string
  /**
   * As `column`, without naming the prefix class: what nodes of unlike networks can have in common. `network`, the node's
   * own, is not named either.
   */
  likeness(node: number, address: Address, network: Prefix | undefined): string
}
