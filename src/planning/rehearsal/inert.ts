/** Changes that the network cannot notice, told from the resources alone: they cost no simulation. */

import type { Manifest } from '../../manifests/resource.js'
import type { FieldChange, ResourceChange } from '../diff/cluster-diff.js'

export interface Surroundings {
  readonly manifests: readonly Manifest[]
  /** Pods wait for a node or an address, so that it matters which nodes take pods. */
  readonly podsWait: boolean
}

/** True when no change of the list can make a difference: labels that nothing selects, and cordons while no pod waits. */
export function areInert(changes: readonly ResourceChange[], surroundings: Surroundings): boolean {
  return changes.every((change) => isInert(change, surroundings))
}

function isInert({ kind, change, fields }: ResourceChange, surroundings: Surroundings): boolean {
  if (kind === 'Expectation' || kind === 'Runbook') return true
  return kind === 'Node' && change === 'changed' && fields.every((field) => isInertField(field, surroundings))
}

function isInertField({ path }: FieldChange, { manifests, podsWait }: Surroundings): boolean {
  const [first, second, third] = path
  if (first === 'spec' && (second === 'unschedulable' || second === 'taints')) return !podsWait
  if (first !== 'metadata' || second !== 'labels' || typeof third !== 'string' || path.length !== 3) return false
  return !/(^|\.)(kubernetes\.io|projectcalico\.org)\//.test(third) && !isSelected(third, manifests)
}

/** Kinds whose specs select no nodes; all the others are searched. */
const SELECTS_NO_NODES: ReadonlySet<string> = new Set([
  'Node',
  'NodeSet',
  'Pod',
  'Service',
  'Namespace',
  'Secret',
  'EndpointSlice',
  'IPAMBlock',
  'BlockAffinity',
  'Expectation',
  'Runbook',
])

/** Kinds by which IPAM and the scheduler choose among nodes, besides pods that run already. */
const PLACES_PODS: ReadonlySet<string> = new Set(['IPPool', 'Deployment', 'StatefulSet', 'ReplicaSet', 'DaemonSet'])

/** Whether a label of nodes may decide where pods go or which pools they take addresses from. */
export function placesPods(key: string, manifests: readonly Manifest[]): boolean {
  return manifests.some(
    ({ resource: { kind, spec } }) => PLACES_PODS.has(kind) && (JSON.stringify(spec) ?? '').includes(key),
  )
}

/** Whether the text of a label's key stands anywhere in a spec that may select nodes. */
function isSelected(key: string, manifests: readonly Manifest[]): boolean {
  return manifests.some(
    ({ resource: { kind, spec } }) => !SELECTS_NO_NODES.has(kind) && (JSON.stringify(spec) ?? '').includes(key),
  )
}
