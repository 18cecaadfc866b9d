/**
 * A design as somebody would carry it out: commands in their order, each with the change that it makes, so that the
 * advice can be carried out on the input before it is given.
 */

import { buildCluster } from '../../cluster/build-cluster.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { ReadKind } from '../../cluster/inventory.js'
import type { Finding } from '../../findings/finding.js'
import type { Manifest, Resource } from '../../manifests/resource.js'
import { applyChange } from '../change/apply-change.js'
import type { Change, Client } from '../change/change.js'
import { type World, worldOf } from '../change/world.js'

export interface AdvisedStep {
  /** What it is for: a whole sentence. */
  readonly about: string
  /** As it would be pasted into a shell. */
  readonly command: string
  /** Undefined: the input does not hold what it would change, so it is not tried out. */
  readonly change?: Change
  /** It only looks, and waits for what is said in `about`. */
  readonly readOnly?: true
  /** A resource that the command reads, printed with it. */
  readonly manifest?: Resource
}

export interface Rehearsed {
  /** The cluster with every step carried out. */
  readonly cluster: Cluster
  /** What the API server or calicoctl would refuse, and warn of. */
  readonly findings: readonly Finding[]
}

/** Carries the steps out on the cluster's own manifests; every daemon has then read what was written. */
export function rehearseSteps(cluster: Cluster, steps: readonly AdvisedStep[]): Rehearsed {
  const options = { calico: cluster.release.name, seed: cluster.seed }
  let world: World = worldOf(cluster.manifests)
  const findings: Finding[] = []
  for (const { change } of steps) {
    if (change === undefined) continue
    const result = applyChange(world, change, options)
    findings.push(...result.findings)
    world = result.world
  }
  const rebuilt = world.manifests === cluster.manifests ? cluster : buildCluster(world.manifests, options)
  return { cluster: rebuilt, findings }
}

/** The manifest of a kind and name that the cluster was built from. */
export function manifestOf({ manifests }: Cluster, kind: string, name: string): Manifest | undefined {
  return manifests.find(({ resource }) => resource.kind === kind && resource.metadata.name === name)
}

export interface PatchWords {
  readonly client: Client
  readonly kind: ReadKind
  /** As the client takes it: `felixconfiguration`, `configmap`. */
  readonly word: string
  readonly name: string
  readonly namespace?: string
  readonly body: Readonly<Record<string, unknown>>
}

export function patchStep(about: string, words: PatchWords, inInput: boolean): AdvisedStep {
  const { client, kind, word, name, namespace, body } = words
  const place = namespace === undefined ? '' : ` -n ${namespace}`
  const type = client === 'kubectl' ? ' --type merge' : ''
  const change: Change = {
    do: 'patch',
    client,
    target: { kind, pick: { by: 'name', names: [name] }, ...(namespace === undefined ? {} : { namespace }) },
    patch: { type: 'merge', body },
  }
  return {
    about,
    command: `${client} patch ${word} ${name}${place}${type} -p '${JSON.stringify(body)}'`,
    ...(inInput ? { change } : {}),
  }
}

export function applyStep(about: string, resource: Resource, file: string): AdvisedStep {
  return {
    about,
    command: `calicoctl apply -f ${file}`,
    change: { do: 'apply', client: 'calicoctl', resources: [resource] },
    manifest: resource,
  }
}

/** Patches `spec` of a resource of Calico where the input holds one of that name, and makes it where not. */
export function calicoSpecStep(
  cluster: Cluster,
  about: string,
  kind: 'FelixConfiguration' | 'BGPConfiguration' | 'IPPool',
  name: string,
  spec: Readonly<Record<string, unknown>>,
): AdvisedStep {
  if (manifestOf(cluster, kind, name) === undefined) {
    const given = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null))
    const resource: Resource = {
      apiVersion: 'projectcalico.org/v3',
      kind,
      metadata: { name },
      spec: given,
    }
    return applyStep(about, resource, `${kind.toLowerCase()}-${name}.yaml`)
  }
  const words = { client: 'calicoctl', kind: `calico/${kind}`, word: kind.toLowerCase(), name, body: { spec } } as const
  return patchStep(about, words, true)
}

export function restartStep(
  about: string,
  word: 'daemonset' | 'deployment',
  namespace: string,
  name: string,
  inInput: boolean,
): AdvisedStep {
  const kind = word === 'daemonset' ? 'apps/DaemonSet' : 'apps/Deployment'
  return {
    about,
    command: `kubectl rollout restart ${word} ${name} -n ${namespace}`,
    ...(inInput
      ? { change: { do: 'rolloutRestart', target: { kind, namespace, pick: { by: 'name', names: [name] } } } as const }
      : {}),
  }
}

/** Restarts calico-node where it is not the operator that does so by itself. */
export function restartCalicoNode(cluster: Cluster, about: string): readonly AdvisedStep[] {
  if (cluster.manifests.some(({ resource }) => resource.kind === 'Installation')) return []
  const daemonSet = manifestOf(cluster, 'DaemonSet', 'calico-node')
  const namespace = daemonSet?.resource.metadata.namespace ?? 'kube-system'
  return [restartStep(about, 'daemonset', namespace, 'calico-node', daemonSet !== undefined)]
}
