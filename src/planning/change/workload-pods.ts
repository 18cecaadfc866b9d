/** Pods of the datastore and the workloads that stand behind them. */

import type { ReadKind } from '../../cluster/inventory.js'
import { at, fieldsOf, listOf, textMapOf, textOf } from '../../cluster/read-fields.js'
import type { Labels } from '../../cluster/workload.js'
import type { Resource } from '../../manifests/resource.js'
import type { ChangeContext } from './context.js'
import type { PodRef } from './effect.js'
import { refIn, refOfResource } from './store.js'

export const WORKLOAD_KINDS = ['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet', 'apps/DaemonSet'] as const

export type WorkloadKind = (typeof WORKLOAD_KINDS)[number]

export function isWorkloadKind(kind: ReadKind): kind is WorkloadKind {
  return (WORKLOAD_KINDS as readonly string[]).includes(kind)
}

export function templateLabels(workload: Resource): Labels {
  return textMapOf(at(workload.spec, 'template', 'metadata', 'labels'))
}

/** The selector of a workload's pods in kubectl's words; that of its template where it has none. */
export function selectorOf(workload: Resource): string {
  const given = textMapOf(at(workload.spec, 'selector', 'matchLabels'))
  const labels = Object.keys(given).length > 0 ? given : templateLabels(workload)
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
}

export function namespaceOf({ metadata }: Resource): string {
  return metadata.namespace ?? 'default'
}

export function podRef(pod: Resource): PodRef {
  return { namespace: namespaceOf(pod), name: pod.metadata.name }
}

export function nodeOf(pod: Resource): string | undefined {
  return textOf(at(pod.spec, 'nodeName'))
}

export interface Owner {
  readonly kind: string
  readonly name: string
}

/** The controller of a pod; undefined for one that nobody makes anew. */
export function ownerOf(pod: Resource): Owner | undefined {
  const owners = listOf(at(pod.metadata, 'ownerReferences'))
  const owner = owners.find((entry) => at(entry, 'controller') === true) ?? owners[0]
  const [kind, name] = [textOf(at(owner, 'kind')), textOf(at(owner, 'name'))]
  return kind === undefined || name === undefined ? undefined : { kind, name }
}

/** The workload of the datastore that makes the pod anew; a ReplicaSet's is its Deployment where that is there. */
export function workloadOf({ store }: ChangeContext, pod: Resource): Resource | undefined {
  const owner = ownerOf(pod)
  if (owner === undefined) return undefined
  const namespace = namespaceOf(pod)
  const find = (kind: WorkloadKind, name: string): Resource | undefined => store.get(refIn(kind, name, namespace))
  if (owner.kind === 'ReplicaSet') {
    const deployment = owner.name.slice(0, Math.max(0, owner.name.lastIndexOf('-')))
    return find('apps/Deployment', deployment) ?? find('apps/ReplicaSet', owner.name)
  }
  const kind = WORKLOAD_KINDS.find((candidate) => candidate === `apps/${owner.kind}`)
  return kind && find(kind, owner.name)
}

/** The listed pods of a workload. */
export function podsOf(context: ChangeContext, workload: Resource): readonly Resource[] {
  const ref = refOfResource(workload)
  return context.store.list('core/Pod').filter((pod) => {
    const owner = workloadOf(context, pod)
    const own = owner && refOfResource(owner)
    return own?.kind === ref?.kind && own?.name === ref?.name && own?.namespace === ref?.namespace
  })
}

/**
 * Ends a listed pod the way its owner answers: a workload of the datastore makes a replica that is not listed yet, an
 * owner that the input lacks makes one that takes over the name here, without a node and an address. A pod of a
 * DaemonSet stays on its node. A pod without an owner is gone; gives false then.
 */
export function endPod(context: ChangeContext, pod: Resource): boolean {
  const { store } = context
  const ref = refIn('core/Pod', pod.metadata.name, pod.metadata.namespace)
  const owner = ownerOf(pod)
  if (owner === undefined) {
    store.remove(ref)
    return false
  }
  if (owner.kind === 'DaemonSet') store.put(withoutAddress(pod))
  else if (workloadOf(context, pod) !== undefined) store.remove(ref)
  else store.put(withoutNode(withoutAddress(pod)))
  return true
}

function withoutAddress(pod: Resource): Resource {
  const { podIP: _ip, podIPs: _ips, ...status } = fieldsOf(pod.status)
  const annotations = Object.entries(pod.metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith('cni.projectcalico.org/podIP'),
  )
  const { annotations: _, ...metadata } = pod.metadata
  return {
    ...pod,
    metadata: { ...metadata, ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }) },
    ...(pod.status === undefined ? {} : { status }),
  }
}

function withoutNode(pod: Resource): Resource {
  const { nodeName: _, ...spec } = fieldsOf(pod.spec)
  return { ...pod, spec }
}
