/** What differs between two clusters, or between one cluster before and after a change. */

import type { Session, SessionKind, SessionOptions } from '../../bgp/session.js'
import type { ExplainedRoute } from '../../dataplane/kernel-route.js'
import type { FieldPath, Finding } from '../../findings/finding.js'
import type { PairCounts, ReachCell, ReachExample } from '../reach/answer.js'

export type ChangeKind = 'added' | 'removed' | 'changed'

/** A resource of the input by kind, namespace and name. */
export interface ResourceChange {
  readonly change: ChangeKind
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** Of a changed one: what differs, in byte order of the path. */
  readonly fields: readonly FieldChange[]
}

export interface FieldChange {
  readonly path: FieldPath
  /** As the resource holds it; absent where the field is not there. */
  readonly before?: unknown
  readonly after?: unknown
}

/** Names a ResourceChange: what a difference follows from. */
export interface Cause {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  /** Fields of it that matter here; empty for all. */
  readonly fields: readonly string[]
}

/** Sessions between the same two groups of speakers that differ in the same way. */
export interface SessionChange {
  readonly change: ChangeKind
  readonly kind: SessionKind
  /** Between two speakers one, whatever each end has configured. */
  readonly count: number
  /** Of `count`, those that are Established before and after. */
  readonly established: { readonly before: number; readonly after: number }
  /**
   * Names of the speakers at one end and at the other, twice the same when each has a session with each of them; the
   * other end may be an address that nobody has.
   */
  readonly between: readonly [readonly string[], readonly string[]]
  /** Options of the changed ones that differ, and `state`. */
  readonly fields: readonly (keyof SessionOptions | 'state')[]
  /** One of them. */
  readonly example: { readonly before?: Session; readonly after?: Session }
  readonly causes: readonly Cause[]
}

export interface SessionTotals {
  readonly total: number
  readonly established: number
}

export interface SessionDifference {
  readonly before: SessionTotals
  readonly after: SessionTotals
  readonly added: number
  readonly removed: number
  readonly changed: number
  readonly groups: readonly SessionChange[]
}

/** Routes of one form, to the same kind of destination, that differ in the same way on several nodes. */
export interface RouteChange {
  readonly change: ChangeKind
  readonly table: string
  /** Names of the nodes, in byte order. */
  readonly nodes: readonly string[]
  /** Routes on one node. */
  readonly perNode: { readonly min: number; readonly max: number }
  /** On all nodes together. */
  readonly count: number
  /**
   * As `ip route` writes them, of the nodes that were looked at. Where nodes have different ones, each has as many of
   * them as `perNode` says; of nodes that are alike, one was looked at, and what is its own is missing here.
   */
  readonly destinations: readonly string[]
  /** True when each of the nodes has exactly these destinations. */
  readonly sameEverywhere: boolean
  readonly example: { readonly node: string; readonly before?: ExplainedRoute; readonly after?: ExplainedRoute }
  readonly causes: readonly Cause[]
}

export interface RouteDifference {
  /** Routes on all nodes together. */
  readonly added: number
  readonly removed: number
  readonly changed: number
  /** Nodes whose tables differ. */
  readonly nodes: number
  readonly groups: readonly RouteChange[]
}

/** Ordered pairs of nodes whose fate differs in the same way. */
export interface ReachChange {
  /** `lost`: delivered before and not after, an answer that no longer arrives included. */
  readonly change: 'lost' | 'restored' | 'otherwise'
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly pairs: number
  readonly before: Omit<ReachCell, 'example'>
  readonly after: Omit<ReachCell, 'example'>
  readonly example: ReachExample
}

export interface ReachDifference {
  readonly before: PairCounts
  readonly after: PairCounts
  /** Ordered pairs of nodes that both clusters have. */
  readonly lost: number
  readonly restored: number
  readonly groups: readonly ReachChange[]
}

/** One figure of the capacity books. */
export interface Figure {
  readonly what: 'totalBlocks' | 'affineBlocks' | 'freeBlocks' | 'pods' | 'tunnels' | 'borrowed' | 'freeAddresses'
  readonly before: number
  readonly after: number
}

export interface PoolChange {
  readonly change: ChangeKind
  readonly name: string
  /** Of the pool itself: `blockSize`, `ipipMode`, ... */
  readonly settings: readonly { readonly field: string; readonly before?: string; readonly after?: string }[]
  readonly figures: readonly Figure[]
}

export interface CapacityDifference {
  readonly pools: readonly PoolChange[]
  /** Blocks that have an owner in one of the two only, or another one. */
  readonly blocks: { readonly added: number; readonly removed: number; readonly moved: number }
  /** Pods, made-up replicas included, that have an address in one of the two only, or another one. */
  readonly pods: { readonly added: number; readonly removed: number; readonly readdressed: number }
  /** `namespace/name` of pods that find no address: those that did before, and the other way round. */
  readonly unplaced: readonly string[]
  readonly placed: readonly string[]
}

export interface ClusterDiff {
  /** Present when another release is predicted. */
  readonly release?: { readonly before: string; readonly after: string }
  readonly resources: readonly ResourceChange[]
  readonly nodes: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly sessions: SessionDifference
  readonly routes: RouteDifference
  readonly reach: ReachDifference
  readonly capacity: CapacityDifference
  readonly findings: { readonly added: readonly Finding[]; readonly gone: readonly Finding[] }
  /** True when the network does the same in both, whatever the resources say. */
  readonly empty: boolean
}
