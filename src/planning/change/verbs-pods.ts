/** Pods deleted: those that the input lists, and those that the planner has made up for workloads. */

import { at } from '../../cluster/read-fields.js'
import type { Finding } from '../../findings/finding.js'
import type { Resource } from '../../manifests/resource.js'
import type { Target } from './change.js'
import { type ChangeContext, joined, NOTHING, type Outcome, said } from './context.js'
import type { Effect, PodRef } from './effect.js'
import { parseLabelSelector } from './label-selector.js'
import { notFound, remark } from './remark.js'
import { refIn } from './store.js'
import { badSelector } from './targets.js'
import { endPod, namespaceOf, nodeOf, ownerOf, podRef, templateLabels, WORKLOAD_KINDS } from './workload-pods.js'

const CALICO_NODE = 'calico-node'

export function deletePods(context: ChangeContext, target: Target): Outcome {
  return target.pick.by === 'name'
    ? joined(target.pick.names.map((name) => deleteNamed(context, target, name)))
    : deleteSelected(context, target, target.pick.by === 'label' ? target.pick.selector : '')
}

function deleteNamed(context: ChangeContext, target: Target, name: string): Outcome {
  const ref = refIn('core/Pod', name, target.namespace)
  const namespace = ref.namespace ?? 'default'
  const pod = context.store.get(ref)
  if (pod !== undefined) return { findings: [], effects: endAll(context, [pod]) }
  if (name.startsWith(`${CALICO_NODE}-`) && /^(kube|calico)-system$/.test(namespace)) {
    return { findings: [unknownPlace(name)], effects: [restart([])] }
  }
  // A replica that the input does not list goes by a name that nobody knows, but it begins with its workload's.
  const made = WORKLOAD_KINDS.flatMap((kind) => context.store.list(kind)).some(
    (workload) => namespaceOf(workload) === namespace && name.startsWith(`${workload.metadata.name}-`),
  )
  if (made) return { findings: [], effects: [recreated([{ namespace, name }])] }
  return target.mayBeMissing ? NOTHING : said(notFound(ref))
}

function deleteSelected(context: ChangeContext, target: Target, selector: string): Outcome {
  const matches = parseLabelSelector(selector)
  if (matches === undefined) return said(badSelector(selector))
  const namespace = target.namespace === '*' ? undefined : (target.namespace ?? 'default')
  const here = (resource: Resource): boolean => namespace === undefined || namespaceOf(resource) === namespace
  const pods = context.store.list('core/Pod').filter((pod) => here(pod) && matches(pod.metadata.labels ?? {}))
  const workloads = WORKLOAD_KINDS.flatMap((kind) => context.store.list(kind)).filter(
    (workload) => here(workload) && matches(templateLabels(workload)),
  )
  const effects = endAll(context, pods)
  const others = workloads.filter((workload) => at(workload.spec, 'template', 'spec', 'hostNetwork') !== true)
  if (others.length > 0) {
    const pick = { by: 'label', selector, ...(namespace === undefined ? {} : { namespace }) } as const
    effects.push({ effect: 'podsRecreated', pods: pick, rolling: false })
  }
  const restarts =
    workloads.some(({ kind, metadata }) => kind === 'DaemonSet' && metadata.name === CALICO_NODE) ||
    isCalicoNodeSelector(selector, namespace)
  if (restarts)
    return { findings: [], effects: [...effects.filter((one) => one.effect !== 'calicoNodeRestarted'), restart('all')] }
  return { findings: pods.length + others.length === 0 ? [nothing(selector)] : [], effects }
}

/** The selector of calico-node's own pods means them even where the input lists neither them nor their DaemonSet. */
function isCalicoNodeSelector(selector: string, namespace: string | undefined): boolean {
  const own = /^(k8s-app=|app\.kubernetes\.io\/name=)calico-node$/.test(selector.replaceAll(/\s|=(?==)/g, ''))
  return own && (namespace === undefined || namespace === 'kube-system' || namespace === 'calico-system')
}

/** Effects of ending listed pods: their addresses go back, calico-node's own pods restart their node's daemons. */
function endAll(context: ChangeContext, pods: readonly Resource[]): Effect[] {
  const gone: PodRef[] = []
  const again: PodRef[] = []
  const nodes: string[] = []
  for (const pod of pods) {
    const owner = ownerOf(pod)
    const node = nodeOf(pod)
    if (owner?.kind === 'DaemonSet' && owner.name === CALICO_NODE) {
      if (node !== undefined) nodes.push(node)
    } else if (endPod(context, pod)) again.push(podRef(pod))
    else gone.push(podRef(pod))
  }
  return [
    ...(gone.length === 0 ? [] : [{ effect: 'podsDeleted', pods: { by: 'name', pods: gone } } as const]),
    ...(again.length === 0 ? [] : [recreated(again)]),
    ...(nodes.length === 0 ? [] : [restart(nodes)]),
  ]
}

function recreated(pods: readonly PodRef[]): Effect {
  return { effect: 'podsRecreated', pods: { by: 'name', pods }, rolling: false }
}

/** Deleted pods of the DaemonSet go at once; what kills them leaves BIRD no time for a farewell. */
function restart(nodes: readonly string[] | 'all'): Effect {
  return {
    effect: 'calicoNodeRestarted',
    nodes,
    rolling: false,
    maxUnavailable: '100%',
    graceful: true,
    cause: 'podDeleted',
  }
}

function unknownPlace(name: string): Finding {
  return remark(
    'warning',
    'CHANGE_NOTHING_SELECTED',
    `The input does not list the pod ${name}, so nobody knows on which node calico-node restarts.`,
    'Add the pods of kube-system to the input, or delete them by label.',
  )
}

function nothing(selector: string): Finding {
  return remark(
    'warning',
    'CHANGE_NOTHING_SELECTED',
    `No pod ${selector === '' ? '' : `with ${selector} `}is there at this point, so nothing happens.`,
    'Check the labels and the namespace (-n).',
  )
}
