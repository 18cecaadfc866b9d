/** Which resources differ, and in which fields; what only the API server writes is left out of account. */

import { isDeepStrictEqual } from 'node:util'
import { compareText, readKindOf } from '../../cluster/inventory.js'
import type { FieldPath } from '../../findings/finding.js'
import type { Manifest, Resource } from '../../manifests/resource.js'
import type { FieldChange, ResourceChange } from './cluster-diff.js'

/** Fields of one resource that are told one by one. */
const MOST_FIELDS = 40

/** Resources that differ, by kind, namespace and name. Linear in the input; objects that both share cost nothing. */
export function resourceChanges(before: readonly Manifest[], after: readonly Manifest[]): readonly ResourceChange[] {
  const shared = new Set(before.map(({ resource }) => resource))
  const kept = new Set<Resource>()
  for (const { resource } of after) if (shared.has(resource)) kept.add(resource)
  const [old, now] = [indexOf(before, kept), indexOf(after, kept)]
  const changes: ResourceChange[] = []
  for (const [key, resource] of old) {
    const counterpart = now.get(key)
    if (counterpart === undefined) changes.push(changeOf('removed', resource, []))
    else {
      const fields = fieldChanges(resource, counterpart)
      if (fields.length > 0) changes.push(changeOf('changed', resource, fields))
    }
  }
  for (const [key, resource] of now) if (!old.has(key)) changes.push(changeOf('added', resource, []))
  return changes.sort(
    (a, b) =>
      compareText(a.kind, b.kind) || compareText(a.namespace ?? '', b.namespace ?? '') || compareText(a.name, b.name),
  )
}

/** Of two with one identity the later stands. */
function indexOf(manifests: readonly Manifest[], kept: ReadonlySet<Resource>): Map<string, Resource> {
  const found = new Map<string, Resource>()
  for (const { resource } of manifests) {
    if (kept.has(resource)) continue
    const { namespace, name } = resource.metadata
    const kind = readKindOf(resource)
    if (kind !== undefined) found.set(JSON.stringify([kind, namespace ?? '', name]), resource)
  }
  return found
}

function changeOf(
  change: ResourceChange['change'],
  { kind, metadata }: Resource,
  fields: readonly FieldChange[],
): ResourceChange {
  const { name, namespace } = metadata
  return { change, kind, ...(namespace === undefined ? {} : { namespace }), name, fields }
}

/** What the API server, controllers and clients note down about an object, which is nobody's wish. */
const NOTED = new Set([
  'creationTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
  'ownerReferences',
])
const NOTED_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'projectcalico.org/metadata',
])

function fieldChanges(before: Resource, after: Resource): readonly FieldChange[] {
  const changes: FieldChange[] = []
  compare(before, after, [], changes)
  return changes
}

function compare(before: unknown, after: unknown, path: FieldPath, changes: FieldChange[]): void {
  if (changes.length >= MOST_FIELDS || isDeepStrictEqual(before, after) || isNoted(path)) return
  if (isRecord(before) && isRecord(after)) {
    for (const key of [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText)) {
      compare(valueAt(before, key), valueAt(after, key), [...path, key], changes)
    }
    return
  }
  changes.push({
    path,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  })
}

function isNoted(path: FieldPath): boolean {
  const [first, second, third] = path
  if (first === 'status') return second === 'conditions' || second === 'images' || second === 'nodeInfo'
  if (first !== 'metadata' || typeof second !== 'string') return false
  return NOTED.has(second) || (second === 'annotations' && typeof third === 'string' && NOTED_ANNOTATIONS.has(third))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function valueAt(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
