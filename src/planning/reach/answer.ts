/** The answer to who reaches whom. Reasons are worded in `report/`. */

import type { LossReason } from '../../dataplane/trace/packet.js'

export type ReachVerdict = 'delivered' | 'lost' | 'one-way'

/** What becomes of the packets between two nodes, each of which stands for its class. */
export interface ReachCell {
  readonly verdict: ReachVerdict
  /** Why the packet, or for `one-way` its answer, is lost. */
  readonly reason?: LossReason
  /** Name of the node, router or host at which it ends. */
  readonly at?: string
  /** One of the two has neither a pod nor a block, so that nothing is asked. */
  readonly vacuous?: true
  /** Node indexes of the pair that was looked at. */
  readonly example: { readonly from: number; readonly to: number }
}

/** Pairs of nodes with one verdict for one reason: from each of `from` to each of `to` that is another node. */
export interface ReachGroup {
  /** Node names in byte order. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** Ordered pairs of distinct nodes. The pairs of all groups together are every pair once. */
  readonly pairs: number
  readonly verdict: ReachVerdict
  /** The example's. */
  readonly reason?: LossReason
  readonly at?: string
  /** The nodes of one pair, and a pod of each where it has one: what to `trace`. */
  readonly example: ReachExample
}

export interface ReachExample {
  readonly from: string
  readonly to: string
  /** `namespace/name`; absent where the node has no pods. */
  readonly fromPod?: string
  readonly toPod?: string
}

export interface PairCounts {
  readonly total: number
  readonly delivered: number
  readonly lost: number
  readonly oneWay: number
}

export interface Reach {
  /** Ordered pairs of distinct nodes. */
  readonly pairs: PairCounts
  /** Class of every node by node index; nodes of one class behave alike in everything that reach asks. */
  readonly classOf: Int32Array
  /** Node indexes of each class, ascending. */
  readonly classes: readonly (readonly number[])[]
  /** For two distinct nodes, one of each class; the same class where it has two. */
  cell(from: number, to: number): ReachCell
  /** Lost ones first, then one-way ones, the largest first. */
  readonly groups: readonly ReachGroup[]
}
