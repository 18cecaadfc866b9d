/** What follows from what was written: who reads it at once, who restarts for it, who does not notice. */

import { isDeepStrictEqual } from 'node:util'
import { at, fieldsOf, listOf, textMapOf, textOf, wholeWithin } from '../../cluster/read-fields.js'
import type { Resource } from '../../manifests/resource.js'
import type { ChangeContext } from './context.js'
import type { Effect, ObjectRef } from './effect.js'
import type { Write } from './store.js'
import { isCalicoNode } from './targets.js'
import { rollout, strategyOf, waitsForDeletion } from './verbs-workloads.js'
import { endPod, isWorkloadKind, namespaceOf, podRef, podsOf } from './workload-pods.js'

/**
 * Carries on what controllers do once a workload was written, in the store: pods of an old template end, replicas too
 * many go, a calico-node of another release writes its version down. Gives what that brings about.
 */
export function settleWorkloads(context: ChangeContext): Effect[] {
  return context.store.writes().flatMap((write): Effect[] => {
    const { ref, before, after } = write
    if (!isWorkloadKind(ref.kind) || after === undefined) return []
    if (before === undefined) return isCalicoNode(ref) ? [] : replicasEffect(context, ref, before, after)
    const template = !isDeepStrictEqual(at(before.spec, 'template'), at(after.spec, 'template'))
    return [
      ...replicasEffect(context, ref, before, after),
      ...(template ? templateEffect(context, ref, before, after) : []),
    ]
  })
}

function templateEffect(context: ChangeContext, ref: ObjectRef, before: Resource, after: Resource): Effect[] {
  if ((ref.kind === 'apps/DaemonSet' || ref.kind === 'apps/StatefulSet') && strategyOf(after).type === 'OnDelete')
    return [waitsForDeletion(ref)]
  if (ref.kind === 'apps/ReplicaSet') return [waitsForDeletion(ref)]
  if (!isCalicoNode(ref)) {
    for (const pod of podsOf(context, before)) endPod(context, pod)
    return [rollout(ref, after, 'template')]
  }
  const [old, image] = [imageOf(before), imageOf(after)]
  if (old === image || image === undefined) return [rollout(ref, after, 'template')]
  writeVersion(context, image)
  return [rollout(ref, after, 'upgrade')]
}

function imageOf({ spec }: Resource): string | undefined {
  const containers = listOf(at(spec, 'template', 'spec', 'containers'))
  return textOf(at(containers.find((container) => at(container, 'name') === 'calico-node') ?? containers[0], 'image'))
}

/** calico-node writes its own version into ClusterInformation when it starts (startup.go ensureDefaultConfig). */
function writeVersion({ store }: ChangeContext, image: string): void {
  const version = /:(v[0-9]+\.[0-9]+[0-9A-Za-z.-]*)(?:@.*)?$/.exec(image)?.[1]
  const information = store.get({ kind: 'calico/ClusterInformation', name: 'default' })
  if (information === undefined || version === undefined) return
  store.put({ ...information, spec: { ...fieldsOf(information.spec), calicoVersion: version } })
}

const MOST_REPLICAS = 1_000_000

function replicasEffect(
  context: ChangeContext,
  ref: ObjectRef,
  before: Resource | undefined,
  after: Resource,
): Effect[] {
  if (ref.kind === 'apps/DaemonSet') return []
  const wanted = replicasOf(after)
  const held = before === undefined ? 0 : replicasOf(before)
  if (wanted > held) return [{ effect: 'podsAdded', workload: ref, count: wanted - held }]
  if (wanted === held) return []
  const listed = podsOf(context, after)
  const gone = [...listed]
    .sort(byNameDescending)
    .slice(0, Math.max(0, listed.length - wanted))
    .map(podRef)
  for (const pod of gone) context.store.remove({ kind: 'core/Pod', ...pod })
  const [first, end] = [Math.max(0, wanted - listed.length), Math.max(0, held - listed.length)]
  const made = Array.from({ length: end - first }, (_, number) => ({
    namespace: namespaceOf(after),
    name: `${after.metadata.name}-${first + number}`,
  }))
  const pods = [...gone, ...made]
  return pods.length === 0 ? [] : [{ effect: 'podsDeleted', pods: { by: 'name', pods } }]
}

function replicasOf({ spec }: Resource): number {
  return wholeWithin(at(spec, 'replicas'), 0, MOST_REPLICAS) ?? 1
}

function byNameDescending(a: Resource, b: Resource): number {
  return a.metadata.name < b.metadata.name ? 1 : -1
}

/** Objects that confd turns into BIRD's configuration as soon as they change (confd/pkg/backends/calico/client.go). */
export function birdEffect(writes: readonly Write[]): Effect[] {
  const because = writes.filter(concernsBird).map(({ ref }) => ref)
  return because.length === 0 ? [] : [{ effect: 'birdReconfigured', nodes: nodesOf(because), because }]
}

function concernsBird({ ref, before, after }: Write): boolean {
  switch (ref.kind) {
    case 'calico/BGPConfiguration':
    case 'calico/BGPPeer':
    case 'calico/BGPFilter':
      return !isDeepStrictEqual(before?.spec, after?.spec)
    case 'calico/IPPool':
      return !isDeepStrictEqual(birdPart(before), birdPart(after))
    case 'core/Node':
      return !isDeepStrictEqual(peeringPart(before), peeringPart(after))
    default:
      return false
  }
}

/** What the filters of BIRD take from a pool. */
function birdPart(pool: Resource | undefined): readonly unknown[] | undefined {
  return pool && ['cidr', 'ipipMode', 'vxlanMode', 'disableBGPExport'].map((field) => at(pool.spec, field))
}

/** What peering takes from a node: labels, addresses, AS number and cluster ID. */
function peeringPart(node: Resource | undefined): unknown {
  if (node === undefined) return undefined
  const annotations = Object.entries(textMapOf(node.metadata.annotations))
  return [
    textMapOf(node.metadata.labels),
    Object.fromEntries(annotations.filter(([key]) => key.startsWith('projectcalico.org/'))),
  ]
}

/** A BGPConfiguration `node.NAME` is read by that node alone. */
function nodesOf(because: readonly ObjectRef[]): readonly string[] | 'all' {
  const own = because.flatMap(({ kind, name }) =>
    kind === 'calico/BGPConfiguration' && name.startsWith('node.') ? [name.slice('node.'.length)] : [],
  )
  return own.length === because.length ? own : 'all'
}

/** Nodes that came and went, and settings that lie unread. */
export function otherEffects(writes: readonly Write[]): Effect[] {
  const nodes = writes.filter(({ ref }) => ref.kind === 'core/Node')
  const added = nodes.filter(({ before }) => before === undefined).map(({ ref }) => ref.name)
  const removed = nodes.filter(({ after }) => after === undefined).map(({ ref }) => ref.name)
  return [
    ...(added.length === 0 ? [] : [{ effect: 'nodesAdded', nodes: added } as const]),
    ...(removed.length === 0 ? [] : [{ effect: 'nodesRemoved', nodes: removed } as const]),
    ...writes.flatMap(unreadEffects),
    ...writes.flatMap(installationEffects),
  ]
}

/** calico-config is read when calico-node starts; the MTU that it installs then holds for pods made after that. */
function unreadEffects({ ref, before, after }: Write): Effect[] {
  if (ref.kind !== 'core/ConfigMap' || ref.name !== 'calico-config') return []
  const [old, now] = [textMapOf(at(before, 'data')), textMapOf(at(after, 'data'))]
  const fields = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((key) => old[key] !== now[key]).sort()
  if (fields.length === 0) return []
  const pods = fields.filter((field) => field === 'veth_mtu' || field === 'cni_network_config')
  return [
    { effect: 'notPickedUp', object: ref, fields, until: 'calicoNodeRestart' },
    ...(pods.length === 0
      ? []
      : [{ effect: 'notPickedUp', object: ref, fields: pods, until: 'podRecreation' } as const]),
  ]
}

/** Fields of Installation that the operator puts into the calico-node pods. */
const RENDERED = [
  ['calicoNetwork', 'bgp'],
  ['calicoNetwork', 'mtu'],
  ['calicoNetwork', 'nodeAddressAutodetectionV4'],
  ['calicoNetwork', 'nodeAddressAutodetectionV6'],
  ['calicoNetwork', 'linuxDataplane'],
  ['calicoNetwork', 'hostPorts'],
  ['calicoNetwork', 'multiInterfaceMode'],
  ['cni'],
  ['registry'],
  ['imagePath'],
  ['calicoNodeDaemonSet'],
] as const

/** The operator's DaemonSet replaces pods one by one unless nodeUpdateStrategy says otherwise. */
function installationEffects({ ref, before, after }: Write): Effect[] {
  if (ref.kind !== 'operator.tigera.io/Installation' || after === undefined || before === undefined) return []
  const rendered = RENDERED.some((path) => !isDeepStrictEqual(at(before.spec, ...path), at(after.spec, ...path)))
  if (!rendered) return []
  const given = at(after.spec, 'nodeUpdateStrategy', 'rollingUpdate', 'maxUnavailable')
  const maxUnavailable = typeof given === 'number' || typeof given === 'string' ? given : 1
  return [
    {
      effect: 'calicoNodeRestarted',
      nodes: 'all',
      rolling: true,
      maxUnavailable,
      graceful: true,
      cause: 'installation',
    },
  ]
}
