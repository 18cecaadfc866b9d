/** The kinds that the planner reads, the apiVersions that have them, and what a misspelt one was meant to be. */

import { groupOf, isCalicoGroup } from './resource.js'
import { didYouMean } from './validation/slips.js'

export interface KnownKind {
  /** Group and kind with both Calico groups as `calico` and the core group as `core`: `calico/IPPool`, `core/Pod`. */
  readonly identity: string
  readonly namespaced: boolean
  readonly apiVersions: readonly string[]
}

const CALICO = ['projectcalico.org/v3', 'crd.projectcalico.org/v1'] as const

type Row = readonly [identity: string, apiVersions: readonly string[], namespaced?: 'namespaced']

const ROWS: readonly Row[] = [
  ['calico/IPPool', CALICO],
  ['calico/BGPConfiguration', CALICO],
  ['calico/BGPPeer', CALICO],
  ['calico/BGPFilter', CALICO],
  ['calico/FelixConfiguration', CALICO],
  ['calico/Node', ['projectcalico.org/v3']],
  ['calico/IPReservation', CALICO],
  ['calico/IPAMConfiguration', CALICO],
  ['calico/BlockAffinity', CALICO],
  ['calico/IPAMBlock', CALICO],
  ['calico/ClusterInformation', CALICO],
  ['core/Node', ['v1']],
  ['core/Namespace', ['v1']],
  ['core/Pod', ['v1'], 'namespaced'],
  ['core/Service', ['v1'], 'namespaced'],
  ['core/ConfigMap', ['v1'], 'namespaced'],
  ['core/Secret', ['v1'], 'namespaced'],
  ['discovery.k8s.io/EndpointSlice', ['discovery.k8s.io/v1', 'discovery.k8s.io/v1beta1'], 'namespaced'],
  ['apps/Deployment', ['apps/v1'], 'namespaced'],
  ['apps/StatefulSet', ['apps/v1'], 'namespaced'],
  ['apps/DaemonSet', ['apps/v1'], 'namespaced'],
  ['apps/ReplicaSet', ['apps/v1'], 'namespaced'],
  ['operator.tigera.io/Installation', ['operator.tigera.io/v1']],
  ['calico-plan/Underlay', ['calico-plan/v1']],
  ['calico-plan/NodeSet', ['calico-plan/v1']],
  ['calico-plan/Expectation', ['calico-plan/v1']],
  ['calico-plan/Runbook', ['calico-plan/v1']],
]

const KNOWN: ReadonlyMap<string, KnownKind> = new Map(
  ROWS.map(([identity, apiVersions, namespaced]): [string, KnownKind] => [
    identity,
    { identity, apiVersions, namespaced: namespaced !== undefined },
  ]),
)

const KIND_NAMES: readonly string[] = [...new Set(ROWS.map(([identity]) => nameIn(identity)))]

function nameIn(identity: string): string {
  return identity.slice(identity.indexOf('/') + 1)
}

function groupIn(apiVersion: string): string {
  if (isCalicoGroup(apiVersion)) return 'calico'
  const group = groupOf(apiVersion)
  if (group === '') return 'core'
  // A group of this very name, as in the slip calico/v3, is not what identities call so.
  return group === 'calico' || group === 'core' ? `${group}?` : group
}

/**
 * The kind as the planner reads it; undefined when it reads no such kind. The version is not looked at: a wrong one of
 * the right group is for validation to say. `IPAMConfig` is the CRD's name of `IPAMConfiguration`.
 */
export function knownKind(apiVersion: string, kind: string): KnownKind | undefined {
  const group = groupIn(apiVersion)
  return KNOWN.get(`${group}/${group === 'calico' && kind === 'IPAMConfig' ? 'IPAMConfiguration' : kind}`)
}

export type TypeSlip =
  | { readonly field: 'kind'; readonly meant: string }
  | { readonly field: 'apiVersion'; readonly meant: string }

/** Groups that Kubernetes had these kinds in and no longer serves. */
const REMOVED = /^extensions\/v1beta1$/

/**
 * What an unknown kind or apiVersion was probably meant to be: `IPPools`, `BGPConfig`, a Deployment in `v1`. Undefined
 * for one that has nothing to do with the planner, such as metallb's BGPPeer.
 */
export function typeSlip(apiVersion: string, kind: string): TypeSlip | undefined {
  const group = groupIn(apiVersion)
  const own = ROWS.filter(([identity]) => identity.startsWith(`${group}/`)).map(([identity]) => nameIn(identity))
  const nearest = nearKind(kind, own)
  if (nearest !== undefined) return { field: 'kind', meant: nearest }
  const same = KIND_NAMES.find((name) => name.toLowerCase() === kind.toLowerCase())
  if (same === undefined) return undefined
  const versions = ROWS.filter(([identity]) => nameIn(identity) === same).flatMap(([, apiVersions]) => apiVersions)
  const alike = didYouMean(apiVersion, versions)
  const meant = alike ?? versions[0] ?? ''
  const closedGroup = own.length > 0 || REMOVED.test(apiVersion) || /calico|tigera/i.test(apiVersion)
  return closedGroup || alike !== undefined ? { field: 'apiVersion', meant } : undefined
}

const SHORTEST_PREFIX = 5

/** A name that differs little, or one cut short: `FelixConfig` for `FelixConfiguration`. */
function nearKind(kind: string, names: readonly string[]): string | undefined {
  const near = didYouMean(kind, names)
  if (near !== undefined) return near
  if (kind.length < SHORTEST_PREFIX) return undefined
  return names.find((name) => name.toLowerCase().startsWith(kind.toLowerCase()))
}
