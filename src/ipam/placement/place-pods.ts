/** Puts every pod of a Cluster on a node and gives it addresses, in an order that is part of the answer. */

import { type Address, compareAddresses } from '../../address/address.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Labels, Pod } from '../../cluster/workload.js'
import { type IpamFailure, isFailure } from '../failure.js'
import type { IpamState } from '../ipam-state.js'
import type { AddressOwner } from '../owner.js'
import type { RecordedAddresses } from '../recorded-addresses.js'
import type { PlacedPod, UnplacedPod } from '../view.js'
import { cniAdd } from './cni-add.js'
import { type CniRequest, cniRequest } from './cni-request.js'
import { nextNode, Scheduler } from './scheduler.js'
import { nodeSetPods, workloadPods } from './synthetic-pods.js'

export interface Placement {
  /** In byte order of namespace and name. */
  readonly pods: readonly PlacedPod[]
  readonly unplaced: readonly UnplacedPod[]
}

/** The order in which pods ask for addresses. */
export const PLACEMENT_ASSUMPTION =
  'Pods ask for addresses in this order: pods with a node, pods of NodeSets, pods without a node, then replicas of workloads, each in byte order of namespace and name.'

/** Made-up pods beyond this number are left out: thirty on each of 100,000 nodes, and a third more. */
export const MOST_PODS = 4_000_000

/** Gives one pod on one node its addresses, IPv4 first. */
export type AssignPod = (pod: Pod, node: string) => readonly Address[] | IpamFailure

/**
 * Assigns addresses to the pods that have none yet. Pods on the host's network and finished pods need none.
 *
 * @param recorded addresses that the input's pods have according to the blocks
 * @param stays pods of any kind that are left where they are, by `namespace/name`
 */
export function placePods(
  cluster: Cluster,
  recorded: Pick<RecordedAddresses, 'pods'>,
  assign: AssignPod,
  stays: ReadonlyMap<string, PlacedPod> = new Map(),
): Placement {
  const placer = new Placer(cluster, assign, stays)
  const waiting: Pod[] = []
  const homeless: Pod[] = []
  for (const pod of cluster.pods) {
    if (pod.hostNetwork || pod.finished) continue
    const held = addressesOf(pod, recorded)
    if (stays.has(podKey(pod))) waiting.push(pod)
    else if (pod.node === undefined) homeless.push(pod)
    else if (held.length > 0) placer.keep(pod, pod.node, held)
    else waiting.push(pod)
  }
  for (const pod of waiting) placer.assign(pod, pod.node)
  for (const node of cluster.nodes) {
    for (const pod of nodeSetPods(node)) if (!placer.full) placer.assign(pod, node.name)
  }
  const scheduler = new Scheduler(cluster.nodes)
  const anywhere = scheduler.turn({}, [])
  for (const pod of homeless) placer.assign(pod, nextNode(anywhere)?.name)
  const taken = new Set(cluster.workloads.length > 0 ? cluster.pods.map(podKey) : [])
  for (const workload of cluster.workloads) {
    if (workload.hostNetwork || placer.full) continue
    for (const pod of workloadPods(workload, scheduler, taken)) {
      if (placer.full) break
      placer.assign(pod, pod.node)
    }
  }
  return placer.placement()
}

/** What the pod's status says, else what the blocks say. */
export function addressesOf(pod: Pod, recorded: Pick<RecordedAddresses, 'pods'>): readonly Address[] {
  return pod.addresses.length > 0 ? pod.addresses : (recorded.pods.get(podKey(pod)) ?? [])
}

/** The CNI plugin with Calico's own IPAM. */
export function calicoIpam(state: IpamState, cluster: Cluster): AssignPod {
  const { cni, namespaces, nodeByName } = cluster
  const implied = new Map<string, Labels>()
  const labelsOf = (namespace: string): Labels => {
    const labels = namespaces.get(namespace)?.labels ??
      implied.get(namespace) ?? { 'kubernetes.io/metadata.name': namespace }
    implied.set(namespace, labels)
    return labels
  }
  // Replicas of a workload ask alike, one after the other.
  let last: { readonly pod: Labels; readonly namespace: string; readonly request: CniRequest | IpamFailure } | undefined
  return (pod, node) => {
    if (last?.pod !== pod.annotations || last.namespace !== pod.namespace) {
      const annotations = namespaces.get(pod.namespace)?.annotations ?? NO_ANNOTATIONS
      const request = cniRequest(pod.annotations, annotations, cni, state.pools)
      last = { pod: pod.annotations, namespace: pod.namespace, request }
    }
    const { request } = last
    if (isFailure(request)) return request
    return cniAdd(state, {
      node,
      windows: nodeByName.get(node)?.os === 'windows',
      namespaceLabels: labelsOf(pod.namespace),
      owner: podOwner(pod, node),
      request,
    })
  }
}

export function podKey({ namespace, name }: Pick<Pod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}

/** Who holds a pod's addresses. The handle has the container's id in it, which nobody knows, and is left out. */
export function podOwner(pod: Pick<Pod, 'namespace' | 'name'>, node: string): AddressOwner {
  const { namespace, name } = pod
  return { node, namespace, pod: name }
}

const NO_ANNOTATIONS: Labels = {}

class Placer {
  readonly #cluster: Cluster
  readonly #assign: AssignPod
  readonly #stays: ReadonlyMap<string, PlacedPod>
  readonly #pods: PlacedPod[] = []
  readonly #unplaced: UnplacedPod[] = []

  constructor(cluster: Cluster, assign: AssignPod, stays: ReadonlyMap<string, PlacedPod>) {
    this.#cluster = cluster
    this.#assign = assign
    this.#stays = stays
  }

  keep(pod: Pod, node: string, addresses: readonly Address[]): void {
    this.#pods.push({ pod, node, addresses: addresses.length > 1 ? [...addresses].sort(compareAddresses) : addresses })
  }

  assign(pod: Pod, node: string | undefined): void {
    const placed = this.#stays.size > 0 ? this.#stays.get(podKey(pod)) : undefined
    if (placed) {
      this.keep(pod.synthetic ? { ...pod, node: placed.node } : pod, placed.node, placed.addresses)
      return
    }
    if (node === undefined) {
      const count = this.#cluster.nodes.length
      const reason = `0/${count} nodes are available: no schedulable node matches the pod's node selector and tolerations.`
      this.#unplaced.push({ pod, reason, failure: 'notScheduled' })
      return
    }
    const result = this.#assign(pod, node)
    if (!isFailure(result)) this.keep(pod, node, result)
    else this.#unplaced.push({ pod, reason: result.message, failure: result.reason, node })
  }

  /** True when no more pods are made up. */
  get full(): boolean {
    return this.#pods.length + this.#unplaced.length >= MOST_PODS
  }

  placement(): Placement {
    return { pods: this.#pods.sort(byPod), unplaced: this.#unplaced.sort(byPod) }
  }
}

function byPod(a: { readonly pod: Pod }, b: { readonly pod: Pod }): number {
  if (a.pod.namespace !== b.pod.namespace) return a.pod.namespace < b.pod.namespace ? -1 : 1
  return a.pod.name < b.pod.name ? -1 : a.pod.name > b.pod.name ? 1 : 0
}
