/** What a change brings about besides another desired state. */

import type { ReadKind } from '../../cluster/inventory.js'
import type { Element, Manner } from './change.js'

export interface PodRef {
  readonly namespace: string
  readonly name: string
}

export interface ObjectRef {
  readonly kind: ReadKind
  readonly namespace?: string
  readonly name: string
}

/**
 * Which pods, made-up replicas included: those of a namespace that a label selector matches (all namespaces when it is
 * left out), or those of a node that a drain moves. `pods-picked.ts` tells whether a pod is among them.
 */
export type PodPick =
  | { readonly by: 'name'; readonly pods: readonly PodRef[] }
  | { readonly by: 'label'; readonly namespace?: string; readonly selector: string }
  | { readonly by: 'node'; readonly node: string; readonly except: readonly PodRef[] }

/** `all` is every node of the cluster, so that a step on 5,000 nodes need not list them. */
export type NodeNames = readonly string[] | 'all'

/** Why calico-node pods are made anew. */
export type RestartCause = 'template' | 'rolloutRestart' | 'podDeleted' | 'installation' | 'upgrade'

export type Effect =
  /**
   * The calico-node pods end and start: BIRD, confd and Felix with them; pods, their veths and kernel routes stay.
   * `graceful`: BIRD is killed without a farewell, so that peers keep its routes for the graceful-restart time.
   * `rolling`: one after another, as far as the DaemonSet's maxUnavailable says; otherwise all at once.
   */
  | {
      readonly effect: 'calicoNodeRestarted'
      readonly nodes: NodeNames
      readonly rolling: boolean
      readonly maxUnavailable: number | string
      readonly graceful: boolean
      readonly cause: RestartCause
    }
  /** Felix exits and is started anew by its supervisor within a few seconds; BIRD and forwarding go on meanwhile. */
  | { readonly effect: 'felixRestarted'; readonly nodes: NodeNames; readonly settings: readonly string[] }
  /** BIRD reads a new configuration without ending; sessions that are not concerned stay. */
  | { readonly effect: 'birdReconfigured'; readonly nodes: NodeNames; readonly because: readonly ObjectRef[] }
  /** New values lie in the datastore and nobody looks at them until something is restarted or made anew. */
  | {
      readonly effect: 'notPickedUp'
      readonly object: ObjectRef
      readonly fields: readonly string[]
      readonly until: 'calicoNodeRestart' | 'podRecreation' | 'never'
    }
  /** Gone for good. */
  | { readonly effect: 'podsDeleted'; readonly pods: PodPick }
  /**
   * Ended, and made anew with other addresses: by their workload, on any node, or by their DaemonSet on the same one.
   * `rolling`: some at a time, the new one before the old one ends; otherwise all at once.
   */
  | { readonly effect: 'podsRecreated'; readonly pods: PodPick; readonly rolling: boolean }
  /** A workload wants more pods now. */
  | { readonly effect: 'podsAdded'; readonly workload: ObjectRef; readonly count: number }
  /** Blocks or single addresses go back to their pool. */
  | {
      readonly effect: 'addressesReleased'
      readonly blocks: readonly string[]
      readonly addresses: readonly string[]
      /** By a controller some minutes later, not at once. */
      readonly later: boolean
    }
  /** Blocks of a pool that went: they keep their addresses but no pool stands behind them any more. */
  | { readonly effect: 'blocksOrphaned'; readonly pool: string; readonly blocks: readonly string[] }
  | { readonly effect: 'nodesAdded'; readonly nodes: readonly string[] }
  | { readonly effect: 'nodesRemoved'; readonly nodes: readonly string[] }
  | { readonly effect: 'elementFailed'; readonly element: Element; readonly manner: Manner }
  | { readonly effect: 'elementRecovered'; readonly element: Element }
  | { readonly effect: 'waited'; readonly seconds: number }
