/** The resources of the input by kind, each identity once. */

import { groupOf, isCalicoGroup, type Manifest, type Resource } from '../manifests/resource.js'

/** Kinds that the planner reads, as `group/Kind`; both Calico groups are `calico`. */
export const READ_KINDS = [
  'calico/IPPool',
  'calico/BGPConfiguration',
  'calico/BGPPeer',
  'calico/BGPFilter',
  'calico/FelixConfiguration',
  'calico/Node',
  'calico/IPReservation',
  'calico/IPAMConfiguration',
  'calico/BlockAffinity',
  'calico/IPAMBlock',
  'calico/ClusterInformation',
  'core/Node',
  'core/Namespace',
  'core/Pod',
  'core/Service',
  'core/ConfigMap',
  'core/Secret',
  'discovery.k8s.io/EndpointSlice',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'operator.tigera.io/Installation',
  'calico-plan/Underlay',
  'calico-plan/NodeSet',
  'calico-plan/Expectation',
  'calico-plan/Runbook',
] as const

export type ReadKind = (typeof READ_KINDS)[number]

/** Of these, the kinds whose objects lie in namespaces. */
export const NAMESPACED_KINDS: readonly ReadKind[] = [
  'core/Pod',
  'core/Service',
  'core/ConfigMap',
  'core/Secret',
  'discovery.k8s.io/EndpointSlice',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
]

export interface Inventory {
  /** Resources of a kind, namespace by namespace; of two with one identity the later stands, as with `apply`. */
  readonly of: (kind: ReadKind) => readonly Manifest[]
  /** Count of the others by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>
}

const KNOWN: ReadonlySet<string> = new Set(READ_KINDS)

/** The kind that the planner reads a resource as; undefined when it reads no such kind. */
export function readKindOf({ apiVersion, kind }: Pick<Resource, 'apiVersion' | 'kind'>): ReadKind | undefined {
  const group = isCalicoGroup(apiVersion) ? 'calico' : groupOf(apiVersion) || 'core'
  const name = `${group}/${kind === 'IPAMConfig' && group === 'calico' ? 'IPAMConfiguration' : kind}`
  return KNOWN.has(name) ? (name as ReadKind) : undefined
}

export function createInventory(manifests: readonly Manifest[]): Inventory {
  const byKind = new Map<ReadKind, NamedManifests>()
  const skipped = new Map<string, number>()
  const readKind = createKindReader()
  for (const manifest of manifests) {
    const { apiVersion, kind, metadata } = manifest.resource
    const read = readKind(apiVersion, kind)
    if (read === undefined) {
      const said = `${apiVersion} ${kind}`
      skipped.set(said, (skipped.get(said) ?? 0) + 1)
      continue
    }
    const named = entryOf(byKind, read, () => new Map())
    entryOf(named, metadata.namespace ?? '', () => new Map<string, Manifest>()).set(metadata.name, manifest)
  }
  const lists = new Map(
    [...byKind].map(([kind, named]) => [kind, [...named.values()].flatMap((held) => [...held.values()])]),
  )
  return { of: (kind) => lists.get(kind) ?? [], skipped }
}

/** By namespace, then by name: joined keys would cost more than all the rest with 150,000 pods. */
type NamedManifests = Map<string, Map<string, Manifest>>

/** The entry of a map, made when it is not there yet. */
export function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const held = map.get(key)
  if (held !== undefined) return held
  const made = make()
  map.set(key, made)
  return made
}

/** `readKindOf`, asked once for each apiVersion and kind. */
function createKindReader(): (apiVersion: string, kind: string) => ReadKind | undefined {
  const known = new Map<string, Map<string, ReadKind | undefined>>()
  return (apiVersion, kind) => {
    const kinds = entryOf(known, apiVersion, () => new Map<string, ReadKind | undefined>())
    if (!kinds.has(kind)) kinds.set(kind, readKindOf({ apiVersion, kind }))
    return kinds.get(kind)
  }
}

/** Byte order of names, in which Calico's datastore lists resources. */
export function byName(manifests: readonly Manifest[]): Manifest[] {
  return [...manifests].sort((a, b) => compareText(a.resource.metadata.name, b.resource.metadata.name))
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
