/** The resources of an input by kind, with the little that rules across resources ask again and again. */

import { type Prefix, parsePrefix } from '../../../address/prefix.js'
import { isCalicoGroup, type Resource } from '../../resource.js'
import { type Fields, isFields } from '../schema.js'
import { createNodeLabels, type NodeLabels } from './node-labels.js'

/** A resource that stands for a range of addresses. */
export interface Ranged {
  readonly resource: Resource
  readonly spec: Fields
  readonly prefix: Prefix
}

/** The resources by what they are. */
export interface Inventory {
  readonly pools: readonly Ranged[]
  readonly blocks: readonly Ranged[]
  readonly affinities: readonly Ranged[]
  /** Calico and planner resources by kind. */
  readonly of: (kind: string) => readonly Resource[]
  /** Kubernetes and Calico Nodes. */
  readonly nodes: readonly Resource[]
  /** True for the name of a node in the input, those of NodeSets included. */
  readonly hasNode: (name: string) => boolean
  /** False when the input shows no node: then nothing is said about node names. */
  readonly knowsNodes: boolean
  readonly labels: NodeLabels
  readonly pods: ReadonlySet<string>
  /** `namespace/name-` of everything that makes pods. */
  readonly podPrefixes: readonly string[]
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'])

/** Sorts the resources; what is no usable resource is passed over. */
export function createInventory(resources: readonly Resource[]): Inventory {
  const byKind = new Map<string, Resource[]>()
  const nodes: Resource[] = []
  const pods = new Set<string>()
  const podPrefixes: string[] = []
  for (const resource of resources) {
    if (!isUsable(resource)) continue
    const { apiVersion, kind, metadata } = resource
    if (kind === 'Node' && (apiVersion === 'v1' || isCalicoGroup(apiVersion))) nodes.push(resource)
    else if (kind === 'Pod') pods.add(`${metadata.namespace ?? 'default'}/${metadata.name}`)
    else if (WORKLOADS.has(kind)) podPrefixes.push(`${metadata.namespace ?? 'default'}/${metadata.name}-`)
    else if (isCalicoGroup(apiVersion) || apiVersion.startsWith('calico-plan/')) {
      const list = byKind.get(kind)
      if (list) list.push(resource)
      else byKind.set(kind, [resource])
    }
  }
  const of = (kind: string): readonly Resource[] => byKind.get(kind) ?? []
  const nodeSets = of('NodeSet')
  const names = new Set(nodes.map(({ metadata }) => metadata.name))
  return {
    pools: ranged(of('IPPool')),
    blocks: ranged(of('IPAMBlock')),
    affinities: ranged(of('BlockAffinity')),
    of,
    nodes,
    hasNode: (name) => names.has(name) || nodeSets.some((set) => isOfNodeSet(set, name)),
    knowsNodes: nodes.length > 0 || nodeSets.length > 0,
    labels: createNodeLabels(nodes, nodeSets),
    pods,
    podPrefixes,
  }
}

/** Any value may come in place of a resource. */
function isUsable(resource: Resource): boolean {
  const given: unknown = resource
  return (
    isFields(given) &&
    typeof given.apiVersion === 'string' &&
    typeof given.kind === 'string' &&
    isFields(given.metadata) &&
    typeof given.metadata.name === 'string'
  )
}

/** The spec of a resource; empty when it has none. */
export function specOf(resource: Resource): Fields {
  return isFields(resource.spec) ? resource.spec : {}
}

function ranged(resources: readonly Resource[]): readonly Ranged[] {
  return resources.flatMap((resource) => {
    const spec = specOf(resource)
    const prefix = typeof spec.cidr === 'string' ? parsePrefix(spec.cidr) : undefined
    return prefix === undefined ? [] : [{ resource, spec, prefix }]
  })
}

/** Nodes of a NodeSet are NAME-0 to NAME-(count - 1). */
function isOfNodeSet(set: Resource, name: string): boolean {
  const prefix = `${set.metadata.name}-`
  const { count } = specOf(set)
  if (!name.startsWith(prefix) || typeof count !== 'number') return false
  const index = name.slice(prefix.length)
  return /^(0|[1-9][0-9]{0,9})$/.test(index) && Number(index) < count
}
