/** Deployments, StatefulSets, ReplicaSets and DaemonSets, as far as their pods are not in the input. */

import type { Manifest } from '../manifests/resource.js'
import { entryOf, type Inventory } from './inventory.js'
import { DEFAULT_NAMESPACE, sorted } from './kubernetes-objects.js'
import { at, fieldsOf, listOf, textMapOf, textOf, wholeWithin } from './read-fields.js'
import type { Workload } from './workload.js'

type WorkloadKind = Workload['kind']

/** The workloads that have pods still to come: those whose pods the input does not list, or not all of them. */
export function readWorkloads(inventory: Inventory): readonly Workload[] {
  const deployments = inventory.of('apps/Deployment')
  const deployed = new Set(deployments.map(({ resource }) => keyOf(resource.metadata)))
  const replicaSets = inventory.of('apps/ReplicaSet').filter(({ resource: { metadata } }) => {
    const owner = ownerOf(metadata)
    return owner?.kind !== 'Deployment' || !deployed.has(keyOf({ ...metadata, name: owner.name }))
  })
  const all: readonly (readonly [WorkloadKind, readonly Manifest[]])[] = [
    ['Deployment', deployments],
    ['StatefulSet', inventory.of('apps/StatefulSet')],
    ['ReplicaSet', replicaSets],
    ['DaemonSet', inventory.of('apps/DaemonSet')],
  ]
  const listed = listedPods(all, inventory)
  const workloads = all.flatMap(([kind, manifests]) =>
    manifests.map((manifest) => readWorkload(kind, manifest, listed.get(kind)?.get(keyOf(manifest.resource.metadata)))),
  )
  return sorted(workloads).filter(({ replicas }) => replicas === undefined || replicas > 0)
}

/** Bounds what one manifest can ask for. */
const MOST_REPLICAS = 1_000_000

function readWorkload(kind: WorkloadKind, manifest: Manifest, listed: Listed | undefined): Workload {
  const { metadata, spec } = manifest.resource
  const template = at(spec, 'template')
  const wanted = wholeWithin(at(spec, 'replicas'), 0, MOST_REPLICAS) ?? 1
  return {
    kind,
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    name: metadata.name,
    ...(kind === 'DaemonSet' ? {} : { replicas: Math.max(0, wanted - (listed?.count ?? 0)) }),
    podLabels: textMapOf(at(template, 'metadata', 'labels')),
    podAnnotations: textMapOf(at(template, 'metadata', 'annotations')),
    nodeSelector: textMapOf(at(template, 'spec', 'nodeSelector')),
    tolerations: listOf(at(template, 'spec', 'tolerations')).map(fieldsOf),
    hostNetwork: at(template, 'spec', 'hostNetwork') === true,
    ...(listed === undefined || listed.count === 0 ? {} : { listed }),
  }
}

interface Listed {
  count: number
  readonly nodes: Set<string>
}

/** Pods that the input lists, by the kind and identity of the workload that they belong to. */
function listedPods(
  workloads: readonly (readonly [WorkloadKind, readonly Manifest[]])[],
  inventory: Inventory,
): ReadonlyMap<string, ReadonlyMap<string, Listed>> {
  const listed = new Map<string, Map<string, Listed>>()
  for (const [kind, manifests] of workloads) {
    if (manifests.length === 0) continue
    const empty = (): Listed => ({ count: 0, nodes: new Set() })
    listed.set(kind, new Map(manifests.map(({ resource }) => [keyOf(resource.metadata), empty()])))
  }
  if (listed.size === 0) return listed
  const owning = createOwnerIndex(listed, inventory)
  for (const { resource } of inventory.of('core/Pod')) {
    const owner = ownerOf(resource.metadata)
    const phase = at(resource.status, 'phase')
    if (owner === undefined || phase === 'Succeeded' || phase === 'Failed') continue
    const node = textOf(at(resource.spec, 'nodeName'))
    for (const workload of owning(owner, resource.metadata.namespace ?? DEFAULT_NAMESPACE)) {
      workload.count++
      if (node !== undefined) workload.nodes.add(node)
    }
  }
  return listed
}

/** The listed workloads that a pod's owner stands for: itself, and the Deployment of a ReplicaSet. */
function createOwnerIndex(
  listed: ReadonlyMap<string, ReadonlyMap<string, Listed>>,
  inventory: Inventory,
): (owner: Owner, namespace: string) => readonly Listed[] {
  const deploymentOf = new Map<string, string>()
  for (const { resource } of inventory.of('apps/ReplicaSet')) {
    const owner = ownerOf(resource.metadata)
    if (owner?.kind === 'Deployment') deploymentOf.set(keyOf(resource.metadata), owner.name)
  }
  const known = new Map<string, Map<string, Map<string, readonly Listed[]>>>()
  return ({ kind, name }, namespace) => {
    const names = entryOf(
      entryOf(known, kind, () => new Map()),
      namespace,
      () => new Map<string, readonly Listed[]>(),
    )
    return entryOf(names, name, () => {
      const own = listed.get(kind)?.get(keyOf({ namespace, name }))
      // A dump without ReplicaSets still tells the Deployment: its name and a hash make the ReplicaSet's.
      const deployment =
        kind === 'ReplicaSet'
          ? (deploymentOf.get(keyOf({ namespace, name })) ?? name.slice(0, Math.max(0, name.lastIndexOf('-'))))
          : ''
      const above = listed.get('Deployment')?.get(keyOf({ namespace, name: deployment }))
      return [own, above].filter((workload) => workload !== undefined)
    })
  }
}

interface Owner {
  readonly kind: string
  readonly name: string
}

function ownerOf(metadata: unknown): Owner | undefined {
  const owners = listOf(at(metadata, 'ownerReferences'))
  const owner = owners.find((entry) => at(entry, 'controller') === true) ?? owners[0]
  const [kind, name] = [textOf(at(owner, 'kind')), textOf(at(owner, 'name'))]
  return kind === undefined || name === undefined ? undefined : { kind, name }
}

function keyOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace ?? DEFAULT_NAMESPACE}/${name}`
}
