/** Changes that an operator or a fault makes, as data. */

import type { ReadKind } from '../../cluster/inventory.js'
import type { Resource } from '../../manifests/resource.js'

/** Who asks: the two judge, merge and default differently. `world` is what happens by itself or by hand. */
export type Client = 'kubectl' | 'calicoctl'

/** Which objects of a kind. A label selector is in the words of kubectl's `-l`. */
export type Pick =
  | { readonly by: 'name'; readonly names: readonly string[] }
  | { readonly by: 'label'; readonly selector: string }
  | { readonly by: 'all' }

export interface Target {
  readonly kind: ReadKind
  /** Of a namespaced kind; `default` when the command names none. `*` is all of them. */
  readonly namespace?: string
  readonly pick: Pick
  /** The command said not to mind a missing object (`--ignore-not-found`, calicoctl's `--skip-not-exists`). */
  readonly mayBeMissing?: boolean
}

export interface JsonPatchOperation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

export type Patch =
  | { readonly type: 'merge' | 'strategic'; readonly body: unknown }
  | { readonly type: 'json'; readonly operations: readonly JsonPatchOperation[] }

/** An element of the world that breaks or comes back. */
export type Element =
  | { readonly what: 'node' | 'bird' | 'router'; readonly name: string }
  /** `device` is a node or a router; `subnet` a subnet of the Underlay by name. */
  | { readonly what: 'link'; readonly device: string; readonly subnet: string }

/** How a daemon or node stops: killed, it sends nothing and peers keep its routes (graceful restart). */
export type Manner = 'killed' | 'orderly'

export type Change =
  | {
      readonly do: 'apply'
      readonly client: Client
      readonly resources: readonly Resource[]
      readonly namespace?: string
    }
  | {
      readonly do: 'create'
      readonly client: Client
      readonly resources: readonly Resource[]
      readonly namespace?: string
      /** calicoctl's `--skip-exists`. */
      readonly skipExisting?: boolean
    }
  | {
      readonly do: 'replace'
      readonly client: Client
      readonly resources: readonly Resource[]
      readonly namespace?: string
    }
  | { readonly do: 'patch'; readonly client: Client; readonly target: Target; readonly patch: Patch }
  | { readonly do: 'delete'; readonly client: Client; readonly target: Target }
  | {
      readonly do: 'label' | 'annotate'
      readonly client: Client
      readonly target: Target
      readonly set: readonly (readonly [key: string, value: string])[]
      readonly remove: readonly string[]
      readonly overwrite: boolean
    }
  | { readonly do: 'scale'; readonly target: Target; readonly replicas: number; readonly currentReplicas?: number }
  | { readonly do: 'cordon' | 'uncordon'; readonly target: Target }
  | {
      readonly do: 'drain'
      readonly target: Target
      readonly ignoreDaemonSets: boolean
      readonly force: boolean
      readonly deleteEmptyDirData: boolean
    }
  | {
      readonly do: 'setEnv'
      readonly target: Target
      readonly set: readonly (readonly [name: string, value: string])[]
      readonly remove: readonly string[]
      /** Only these containers; undefined is all of them. */
      readonly containers?: readonly string[]
    }
  | { readonly do: 'rolloutRestart'; readonly target: Target }
  /** `calicoctl ipam configure`: what is left out stays as it is. */
  | { readonly do: 'configureIpam'; readonly strictAffinity?: boolean; readonly maxBlocksPerHost?: number }
  /** A node joins: its Node object, with whatever else comes with it. */
  | { readonly do: 'addNode'; readonly resources: readonly Resource[] }
  /** The machine is gone and so is its Node object, as after `kubectl delete node`. */
  | { readonly do: 'removeNode'; readonly node: string }
  | { readonly do: 'fail'; readonly element: Element; readonly manner: Manner }
  | { readonly do: 'recover'; readonly element: Element }
  | { readonly do: 'wait'; readonly seconds: number }
  /** One pod by hand, with its address: on a block of another node it is a borrowed one. */
  | {
      readonly do: 'addWorkload'
      readonly namespace: string
      readonly name: string
      readonly node: string
      readonly address?: string
    }
  | { readonly do: 'removeWorkload'; readonly namespace: string; readonly name: string }
  /** All at the same moment, in their order as far as one builds on another. */
  | { readonly do: 'together'; readonly changes: readonly Change[] }
