/** apply, create and replace: the verbs that bring whole objects. */

import type { Finding } from '../../findings/finding.js'
import { type Fields, isFields } from '../../manifests/objects.js'
import { isCalicoGroup, type Resource } from '../../manifests/resource.js'
import type { Change, Client } from './change.js'
import type { ChangeContext, Outcome } from './context.js'
import type { ObjectRef } from './effect.js'
import { mergePatch } from './merge-patch.js'
import { nameOf, notFound, refuse } from './remark.js'
import { refIn, refOfResource } from './store.js'
import { strategicMerge } from './strategic-merge.js'
import { readObject, writeObject } from './write-object.js'

type ObjectsChange = Extract<Change, { readonly do: 'apply' | 'create' | 'replace' }>

/** Both commands go on with the next object when one is refused. */
export function changeObjects(context: ChangeContext, change: ObjectsChange): Outcome {
  return { findings: change.resources.flatMap((resource) => changeObject(context, change, resource)), effects: [] }
}

function changeObject(context: ChangeContext, change: ObjectsChange, given: Resource): readonly Finding[] {
  const { client } = change
  const placed = inNamespace(given, change.namespace)
  if ('findings' in placed) return placed.findings
  const { ref, resource } = placed
  const foreign = notServed(resource, client)
  if (foreign !== undefined) return [foreign]
  const before = readObject(context, ref)
  if (change.do === 'create' && before !== undefined) {
    return change.skipExisting ? [] : [alreadyExists(ref)]
  }
  if (change.do === 'replace' && before === undefined) return [notFound(ref)]
  if (before === undefined && ref.kind === 'calico/Node') return [noCreate(ref)]
  const after = before === undefined ? resource : merged(change, before, resource)
  return writeObject(context, { ref, before, after, client, strict: true })
}

type Placed = { readonly ref: ObjectRef; readonly resource: Resource } | { readonly findings: readonly Finding[] }

/** The object in its namespace: its own, the command's, or `default`; two that differ are refused. */
function inNamespace(resource: Resource, namespace: string | undefined): Placed {
  const ref = refOfResource(resource)
  if (ref === undefined) {
    const { apiVersion, kind } = resource
    return { findings: [unknownKind(apiVersion, kind)] }
  }
  if (ref.namespace === undefined || namespace === undefined) return { ref, resource }
  const own = resource.metadata.namespace
  if (own !== undefined && own !== namespace) {
    const message = `${nameOf(ref)} is in namespace ${own}, the command says ${namespace}.`
    return { findings: [refuse('RUNBOOK_COMMAND_INVALID', message, 'Give one of the two.', ref)] }
  }
  return {
    ref: refIn(ref.kind, ref.name, namespace),
    resource: { ...resource, metadata: { ...resource.metadata, namespace } },
  }
}

function unknownKind(apiVersion: string, kind: string): Finding {
  return refuse('CHANGE_KIND_UNKNOWN', `There is no kind ${kind} in ${apiVersion}.`, 'Check apiVersion and kind.')
}

const CALICOCTL_KINDS: ReadonlySet<string> = new Set([
  'IPPool',
  'BGPConfiguration',
  'BGPPeer',
  'BGPFilter',
  'FelixConfiguration',
  'Node',
  'IPReservation',
  'IPAMConfiguration',
  'ClusterInformation',
])

/** calicoctl knows projectcalico.org/v3 alone; the API server has no Calico Node. */
function notServed({ apiVersion, kind }: Resource, client: Client): Finding | undefined {
  if (apiVersion.startsWith('calico-plan/')) return undefined
  if (client === 'calicoctl') {
    if (apiVersion === 'projectcalico.org/v3' && CALICOCTL_KINDS.has(kind)) return undefined
    const message = `calicoctl does not know ${kind} of ${apiVersion}.`
    return refuse('CHANGE_KIND_UNKNOWN', message, 'Use kubectl for it, or write apiVersion: projectcalico.org/v3.')
  }
  if (!isCalicoGroup(apiVersion) || kind !== 'Node') return undefined
  const message = `The API server has no ${kind} of ${apiVersion}; it is calicoctl's view of the Kubernetes Node.`
  return refuse('CHANGE_KIND_UNKNOWN', message, 'Use calicoctl, or annotate the Kubernetes Node.')
}

function alreadyExists(ref: ObjectRef): Finding {
  const message = `${nameOf(ref)} exists already at this point.`
  return refuse('CHANGE_ALREADY_EXISTS', message, 'Use apply or replace to change it.', ref)
}

function noCreate(ref: ObjectRef): Finding {
  return refuse(
    'CHANGE_NOT_FOUND',
    `${nameOf(ref)} does not exist, and calicoctl creates no nodes on a Kubernetes datastore.`,
    'A node appears when its kubelet registers it; check the name.',
    ref,
  )
}

function merged({ do: verb, client }: ObjectsChange, before: Resource, after: Resource): Resource {
  if (client === 'calicoctl') return replacedByCalicoctl(before, after)
  if (verb === 'apply') return applied(before, after)
  return withStatusOf(before, { ...after, metadata: { ...after.metadata } })
}

/** The whole spec, the labels and the annotations are the new ones; the rest of the metadata stays. */
function replacedByCalicoctl(before: Resource, after: Resource): Resource {
  const { labels: _l, annotations: _a, ...kept } = before.metadata
  const { labels, annotations } = after.metadata
  const metadata = {
    ...kept,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
  }
  return withStatusOf(before, { ...after, metadata })
}

/** The status is nobody's to write but the controllers'. */
function withStatusOf({ status }: Resource, after: Resource): Resource {
  const { status: _, ...rest } = after
  return status === undefined ? rest : { ...rest, status }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'

/**
 * kubectl's client-side apply (k8s.io/kubectl pkg/cmd/apply/patcher.go): fields given are merged in, fields that the
 * last apply gave and this one does not are taken away, the others stay. What the last apply gave stands in an
 * annotation; without it nothing is taken away. The annotation is written once something else changes.
 */
function applied(before: Resource, after: Resource): Resource {
  const annotation = before.metadata.annotations?.[LAST_APPLIED]
  const base = annotation === undefined ? before : pruned(before, lastApplied(annotation), after)
  const { status: _, ...given } = after
  const typed = !isCalicoGroup(after.apiVersion)
  const patched = (typed ? strategicMerge(base, given, true) : mergePatch(base, given)) as Resource
  if (annotation === undefined && sameText(patched, before)) return before
  const annotations = { ...patched.metadata.annotations, [LAST_APPLIED]: JSON.stringify(given) }
  return { ...patched, metadata: { ...patched.metadata, annotations } }
}

function sameText(a: Resource, b: Resource): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function lastApplied(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Without the fields that the earlier apply had and the new one leaves out; lists are merged by their own rules. */
function pruned<T>(held: T, earlier: unknown, now: unknown): T {
  if (!isFields(held) || !isFields(earlier) || !isFields(now)) return held
  const kept = Object.entries(held as Fields).flatMap(([name, value]): [string, unknown][] => {
    if (!Object.hasOwn(earlier, name)) return [[name, value]]
    return Object.hasOwn(now, name) ? [[name, pruned(value, earlier[name], now[name])]] : []
  })
  return Object.fromEntries(kept) as T
}
