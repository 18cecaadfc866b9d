/** Nodes cordoned, drained and removed. */

import { formatPrefix } from '../../address/prefix.js'
import { PODS_ANNOTATION } from '../../cluster/node-draft.js'
import { at, fieldsOf, listOf, wholeWithin } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../../manifests/resource.js'
import type { Change } from './change.js'
import { type ChangeContext, joined, type Outcome, said } from './context.js'
import type { Effect, PodRef } from './effect.js'
import { refuse } from './remark.js'
import { resolve } from './targets.js'
import { endPod, namespaceOf, nodeOf, ownerOf, podRef } from './workload-pods.js'

export function cordonNodes(
  context: ChangeContext,
  { do: verb, target }: Extract<Change, { readonly do: 'cordon' | 'uncordon' }>,
): Outcome {
  const { found, findings } = resolve(context, target)
  for (const { resource } of found) setSchedulable(context, resource, verb === 'uncordon')
  return said(...findings)
}

/** An uncordoned node has no field at all, as the API server stores false. */
function setSchedulable({ store }: ChangeContext, node: Resource, schedulable: boolean): Resource {
  if ((at(node.spec, 'unschedulable') === true) !== schedulable) return node
  const { unschedulable: _, ...spec } = fieldsOf(node.spec)
  const after = { ...node, spec: schedulable ? spec : { ...spec, unschedulable: true } }
  store.put(after)
  return after
}

type Drain = Extract<Change, { readonly do: 'drain' }>

/** kubectl drain: the node is cordoned first, then its pods are evicted unless one of them forbids it. */
export function drainNodes(context: ChangeContext, change: Drain): Outcome {
  const { found, findings } = resolve(context, change.target)
  return joined([said(...findings), ...found.map(({ resource }) => drainNode(context, change, resource))])
}

function drainNode(context: ChangeContext, change: Drain, node: Resource): Outcome {
  const { name } = node.metadata
  const cordoned = setSchedulable(context, node, false)
  const pods = context.store
    .list('core/Pod')
    .filter((pod) => nodeOf(pod) === name && !isMirror(pod) && !isFinished(pod))
  const movable = pods.filter((pod) => ownerOf(pod)?.kind !== 'DaemonSet')
  const why = refusalOf(change, name, movable)
  if (why !== undefined) return said(why)
  const gone = movable.filter((pod) => !endPod(context, pod)).map(podRef)
  moveNodeSetPods(context, cordoned)
  const effects: Effect[] = [
    {
      effect: 'podsRecreated',
      pods: { by: 'node', node: name, except: stayingOn(context, name, gone) },
      rolling: false,
    },
  ]
  if (gone.length > 0) effects.push({ effect: 'podsDeleted', pods: { by: 'name', pods: gone } })
  return { findings: [], effects }
}

/** A static pod of the kubelet, shown by the API server and not its to end. */
function isMirror({ metadata }: Resource): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
}

function isFinished({ status }: Resource): boolean {
  const phase = at(status, 'phase')
  return phase === 'Succeeded' || phase === 'Failed'
}

function refusalOf(change: Drain, node: string, pods: readonly Resource[]): Finding | undefined {
  const about = { kind: 'core/Node', name: node } as const
  const stop = (message: string, hint: string): Finding => refuse('CHANGE_DRAIN_REFUSED', message, hint, about)
  if (!change.ignoreDaemonSets) {
    return stop(
      `kubectl drain refuses node ${node}: it has pods of DaemonSets, calico-node itself among them.`,
      'Add --ignore-daemonsets.',
    )
  }
  const bare = pods.find((pod) => ownerOf(pod) === undefined)
  if (bare !== undefined && !change.force) {
    const name = `${namespaceOf(bare)}/${bare.metadata.name}`
    return stop(`kubectl drain refuses node ${node}: no controller would make the pod ${name} anew.`, 'Add --force.')
  }
  const local = pods.find((pod) =>
    listOf(at(pod.spec, 'volumes')).some((volume) => at(volume, 'emptyDir') !== undefined),
  )
  if (local !== undefined && !change.deleteEmptyDirData) {
    const name = `${namespaceOf(local)}/${local.metadata.name}`
    return stop(`kubectl drain refuses node ${node}: the pod ${name} has an emptyDir.`, 'Add --delete-emptydir-data.')
  }
  return undefined
}

/** Pods of DaemonSets, listed or not, and pods that are gone for good. */
function stayingOn({ store }: ChangeContext, node: string, gone: readonly PodRef[]): readonly PodRef[] {
  const listed = store.list('core/Pod').filter((pod) => nodeOf(pod) === node && ownerOf(pod)?.kind === 'DaemonSet')
  const made = store
    .list('apps/DaemonSet')
    .map((set) => ({ namespace: namespaceOf(set), name: `${set.metadata.name}-${node}` }))
  return [...listed.map(podRef), ...made, ...gone]
}

/**
 * Pods that a NodeSet puts on each of its nodes belong to no workload. When their node goes they become replicas of a
 * Deployment that gives them the same names.
 */
function moveNodeSetPods({ store }: ChangeContext, node: Resource): void {
  const { [PODS_ANNOTATION]: count, ...annotations } = node.metadata.annotations ?? {}
  const replicas = wholeWithin(count, 1, 10_000)
  if (replicas === undefined) return
  store.put({ ...node, metadata: { ...node.metadata, annotations } })
  store.put({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${node.metadata.name}-pod`, namespace: 'default' },
    spec: { replicas, template: { metadata: { labels: {} }, spec: {} } },
  })
}

/**
 * The Node object deleted: its pods are collected and made anew elsewhere, kube-controllers gives its blocks back
 * (kube-controllers/pkg/controllers/node/ipam.go), and nobody peers with it any more.
 */
export function removeNode(context: ChangeContext, node: Resource): Outcome {
  const { name } = node.metadata
  const pods = context.store.list('core/Pod').filter((pod) => nodeOf(pod) === name)
  const gone: PodRef[] = []
  for (const pod of pods) {
    const stays = ownerOf(pod)?.kind !== 'DaemonSet' && endPod(context, pod)
    if (!stays) {
      context.store.remove({ kind: 'core/Pod', ...podRef(pod) })
      gone.push(podRef(pod))
    }
  }
  moveNodeSetPods(context, node)
  context.store.remove({ kind: 'core/Node', name })
  const except = [...gone, ...stayingOn(context, name, [])]
  const effects: Effect[] = [
    { effect: 'podsRecreated', pods: { by: 'node', node: name, except }, rolling: false },
    { effect: 'addressesReleased', blocks: blocksOf(context, name), addresses: [], later: true },
  ]
  if (gone.length > 0) effects.push({ effect: 'podsDeleted', pods: { by: 'name', pods: gone } })
  return { findings: [], effects }
}

function blocksOf({ ipam }: ChangeContext, node: string): readonly string[] {
  return (ipam()?.affinities ?? [])
    .filter((affinity) => affinity.node === node)
    .map(({ prefix }) => formatPrefix(prefix))
}
