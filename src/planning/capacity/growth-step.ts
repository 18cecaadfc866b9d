/** What is known of a cluster at one moment of its growth. */

import type { FailureReason } from '../../ipam/failure.js'

/** Something that happens for the first time. */
export type GrowthEvent =
  /** A node claims one block more than it needed so far. */
  | { readonly event: 'furtherBlock'; readonly node: string }
  /** The last block is claimed; `effect` says where nodes turn from here on. */
  | {
      readonly event: 'blocksExhausted'
      readonly pool: string
      readonly effect: 'borrowing' | 'noAddress' | 'nextPool'
    }
  | { readonly event: 'nodeWithoutBlock'; readonly node: string }
  /** `from` is the owner of the block, null for an orphan; absent for what happened before the growth. */
  | { readonly event: 'borrowing'; readonly node: string; readonly pool: string; readonly from?: string | null }
  | { readonly event: 'addressesExhausted'; readonly pool: string }
  | {
      readonly event: 'podWithoutAddress'
      readonly node: string
      readonly cause: FailureReason
      /** In the words of the CNI plugin. */
      readonly reason: string
    }
  | { readonly event: 'tunnelWithoutAddress'; readonly node: string; readonly reason: string }
  /** More pods on one node than the kubelet takes by default. */
  | { readonly event: 'maxPods'; readonly node: string; readonly value: number }
  /** More nodes than a full mesh is advised for. */
  | { readonly event: 'meshSize'; readonly value: number }
  /** More nodes than kube-controller-manager has podCIDRs for. */
  | { readonly event: 'podCidrsExhausted'; readonly node: string; readonly value: number }

export interface GrowthPool {
  readonly pool: string
  readonly blocks: { readonly used: number; readonly free: number }
  readonly addresses: { readonly used: number; readonly free: number }
}

/** Figures of one moment. None but those of what is free ever falls from one step to the next. */
export interface GrowthStep {
  readonly nodes: number
  /** Pods with an address. */
  readonly pods: number
  /** Pods and tunnels that were refused one. */
  readonly refused: number
  /** Nodes that a pool selects and that want addresses, but own no block of a family. */
  readonly nodesWithoutBlock: number
  /** Addresses used outside the node that owns their block: as many host routes on every other node. */
  readonly borrowed: number
  /** Most routes to pods in one node's table. */
  readonly routesPerNode: number
  /** Sessions of each node in the full mesh; absent without one. */
  readonly meshSessionsPerNode?: number
  readonly pools: readonly GrowthPool[]
  /** What has happened for the first time since the step before. */
  readonly events: readonly GrowthEvent[]
}
