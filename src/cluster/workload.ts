/** Pods, the workloads that will make pods, and Services: what needs addresses and what advertises them. */

import type { Address } from '../address/address.js'

export type Labels = Readonly<Record<string, string>>

export interface Pod {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
  /** Undefined: not scheduled yet. */
  readonly node?: string
  /** Addresses that `status.podIPs` records. Empty for a pod that has none yet. */
  readonly addresses: readonly Address[]
  readonly hostNetwork: boolean
  /** Succeeded and Failed pods hold no address. */
  readonly finished: boolean
  /** Set for a pod that no manifest lists: a replica made up from a workload or from a NodeSet's podsPerNode. */
  readonly synthetic?: 'workload' | 'nodeSet'
}

/** A Deployment, StatefulSet, ReplicaSet or DaemonSet with pods that the input does not list. */
export interface Workload {
  readonly kind: 'Deployment' | 'StatefulSet' | 'ReplicaSet' | 'DaemonSet'
  readonly namespace: string
  readonly name: string
  /** Replicas that are not listed, at least one. For a DaemonSet undefined: one on each node that it selects. */
  readonly replicas?: number
  readonly podLabels: Labels
  readonly podAnnotations: Readonly<Record<string, string>>
  readonly nodeSelector: Labels
  readonly tolerations: readonly Readonly<Record<string, unknown>>[]
  readonly hostNetwork: boolean
  /** Its pods that the input does list: how many, and on which nodes. Absent: none. */
  readonly listed?: { readonly count: number; readonly nodes: ReadonlySet<string> }
}

export interface Namespace {
  readonly name: string
  readonly labels: Labels
  readonly annotations: Readonly<Record<string, string>>
}

export interface Service {
  readonly namespace: string
  readonly name: string
  readonly type: string
  readonly clusterIPs: readonly Address[]
  readonly externalIPs: readonly Address[]
  readonly loadBalancerIP?: Address
  readonly loadBalancerIngress: readonly Address[]
  readonly externalTrafficPolicy?: 'Cluster' | 'Local'
  readonly ipFamilies: readonly string[]
  readonly annotations: Readonly<Record<string, string>>
  /** Labels of the pods behind it; absent: its endpoints are written by hand. */
  readonly selector?: Labels
  /** Ports that every node listens on for it. */
  readonly nodePorts?: readonly number[]
  readonly internalTrafficPolicy?: 'Cluster' | 'Local'
}

export interface EndpointSlice {
  readonly namespace: string
  readonly service: string
  readonly addressType: string
  readonly endpoints: readonly {
    readonly addresses: readonly Address[]
    readonly node?: string
    readonly ready: boolean
  }[]
}
