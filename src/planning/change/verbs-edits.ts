/** patch, label and annotate: the verbs that change parts of objects that are there. */

import type { Finding } from '../../findings/finding.js'
import { type Fields, isFields } from '../../manifests/objects.js'
import { isCalicoGroup, type Metadata, type Resource } from '../../manifests/resource.js'
import type { Change, Client, Patch } from './change.js'
import type { ChangeContext, Outcome } from './context.js'
import type { ObjectRef } from './effect.js'
import { jsonPatch } from './json-patch.js'
import { mergePatch } from './merge-patch.js'
import { nameOf, refuse, remark } from './remark.js'
import { strategicMerge } from './strategic-merge.js'
import { resolve } from './targets.js'
import { writeObject } from './write-object.js'

export function patchObjects(
  context: ChangeContext,
  { client, target, patch }: Extract<Change, { readonly do: 'patch' }>,
): Outcome {
  const { found, findings } = resolve(context, target)
  const each = found.flatMap(({ ref, resource }): readonly Finding[] => {
    const patched = patchedBy(patch, client, ref, resource)
    if ('refused' in patched) return [patched.refused]
    const write = { ref, before: resource, after: patched.resource, client, strict: client === 'calicoctl' }
    return [...patched.findings, ...writeObject(context, write)]
  })
  return { findings: [...findings, ...each], effects: [] }
}

type Patched = { readonly resource: Resource; readonly findings: readonly Finding[] } | { readonly refused: Finding }

function patchedBy(patch: Patch, client: Client, ref: ObjectRef, resource: Resource): Patched {
  if (patch.type === 'json') {
    const outcome = jsonPatch(resource, patch.operations)
    return 'value' in outcome
      ? asResource(outcome.value, ref, resource)
      : { refused: failed(ref, `Operation ${outcome.failed + 1} of the patch fails: ${outcome.why}.`) }
  }
  if (!isFields(patch.body)) return { refused: failed(ref, 'The patch is no object.') }
  const calico = isCalicoGroup(resource.apiVersion) || resource.apiVersion.startsWith('calico-plan/')
  if (patch.type === 'merge') return asResource(mergePatch(resource, patch.body), ref, resource)
  const result = asResource(strategicMerge(resource, patch.body, !calico), ref, resource)
  if (client === 'calicoctl' || !calico || 'refused' in result) return result
  return { ...result, findings: [...result.findings, strategicOnCustom(ref)] }
}

function failed(ref: ObjectRef, message: string): Finding {
  return refuse('CHANGE_PATCH_FAILED', message, 'Compare the patch with what get -o yaml shows of the object.', ref)
}

function strategicOnCustom(ref: ObjectRef): Finding {
  return remark(
    'warning',
    'CHANGE_PATCH_TYPE',
    `kubectl sends a strategic patch for ${nameOf(ref)}, which only the Calico API server takes; a plain custom resource refuses it.`,
    'Add --type=merge, which both take.',
    ref,
  )
}

/** Type and name of an object cannot be patched away. */
function asResource(value: unknown, ref: ObjectRef, before: Resource): Patched {
  const { metadata } = isFields(value) ? value : {}
  const same =
    isFields(value) &&
    value.kind === before.kind &&
    value.apiVersion === before.apiVersion &&
    isFields(metadata) &&
    metadata.name === before.metadata.name &&
    metadata.namespace === before.metadata.namespace
  return same
    ? { resource: value as unknown as Resource, findings: [] }
    : { refused: failed(ref, `The patch changes the kind or the name of ${nameOf(ref)}, which cannot change.`) }
}

type MarkChange = Extract<Change, { readonly do: 'label' | 'annotate' }>

export function markObjects(context: ChangeContext, change: MarkChange): Outcome {
  const { found, findings } = resolve(context, change.target)
  const each = found.flatMap(({ ref, resource }) => markObject(context, change, ref, resource))
  return { findings: [...findings, ...each], effects: [] }
}

function markObject(
  context: ChangeContext,
  change: MarkChange,
  ref: ObjectRef,
  resource: Resource,
): readonly Finding[] {
  const { client, set, remove, overwrite } = change
  const field = change.do === 'label' ? 'labels' : 'annotations'
  const held = new Map(Object.entries(resource.metadata[field] ?? {}))
  for (const [key, value] of set) {
    const old = held.get(key)
    if (old !== undefined && old !== value && !overwrite) return [hasOther(ref, field, key, old)]
    held.set(key, value)
  }
  for (const key of remove) {
    if (!held.delete(key) && client === 'calicoctl') return [noSuchLabel(ref, key)]
  }
  const masked = client === 'calicoctl' ? context.store.get({ kind: 'core/Node', name: ref.name }) : undefined
  const stays = remove.filter((key) => masked?.metadata.labels?.[key] !== undefined)
  const after = { ...resource, metadata: withMarks(resource.metadata, field, held) }
  const written = writeObject(context, { ref, before: resource, after, client, strict: false })
  return ref.kind === 'calico/Node' && stays.length > 0 ? [...written, staysOn(ref, stays)] : written
}

function withMarks(metadata: Metadata, field: 'labels' | 'annotations', marks: ReadonlyMap<string, string>): Metadata {
  const rest: Fields = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== field))
  return { ...rest, ...(marks.size === 0 ? {} : { [field]: Object.fromEntries(marks) }), name: metadata.name }
}

function hasOther(ref: ObjectRef, field: string, key: string, old: string): Finding {
  const what = field === 'labels' ? 'label' : 'annotation'
  const message = `${nameOf(ref)} has the ${what} ${key} already, with the value ${JSON.stringify(old.slice(0, 80))}.`
  return refuse('CHANGE_LABEL_EXISTS', message, 'Add --overwrite.', ref)
}

function noSuchLabel(ref: ObjectRef, key: string): Finding {
  return refuse('CHANGE_NOT_FOUND', `${nameOf(ref)} has no label ${key} to remove.`, 'Check the key.', ref)
}

function staysOn(ref: ObjectRef, keys: readonly string[]): Finding {
  const message = `The label ${keys.join(', ')} of ${nameOf(ref)} is Kubernetes' own, so it stays.`
  return remark('warning', 'CHANGE_LABEL_MASKED', message, `Use kubectl label node ${ref.name} KEY- for it.`, ref)
}
