/** Values of documents made into resources: lists opened, types looked up, slips of the outer fields recognised. */

import { type FieldPath, formatFieldPath, type ResourceRef } from '../findings/finding.js'
import type { Collector } from './collector.js'
import { type KnownKind, knownKind, typeSlip } from './kinds.js'
import type { Manifest, Metadata, Origin, Resource } from './resource.js'
import { didYouMean, show } from './validation/slips.js'

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface ObjectSink {
  readonly add: (manifest: Manifest, known: KnownKind) => void
  readonly skip: (apiVersion: string, kind: string) => void
  readonly findings: Collector
}

/** Lists in lists; kubectl makes one, and nobody makes more than two. */
const MOST_LISTS = 8

export interface ObjectSource {
  /** False for a file that was found in a directory, which may hold other things than manifests. */
  readonly named: boolean
}

/** Hands the resources of a document's value to the sink, in order. */
export function readObjects(value: unknown, origin: Origin, source: ObjectSource, sink: ObjectSink): void {
  openLists(value, origin, source, sink, MOST_LISTS)
}

function openLists(value: unknown, origin: Origin, source: ObjectSource, sink: ObjectSink, listsLeft: number): void {
  if (value === null || value === undefined) return
  const items = itemsOf(value)
  if (items === undefined || listsLeft === 0) {
    readObject(value, origin, source, sink)
    return
  }
  const { file, document } = origin
  const above = [...origin.path, ...items.below]
  for (let index = 0; index < items.list.length; index++) {
    const item = typedItem(value, items.list[index])
    openLists(item, { file, document, path: above.concat(index) }, source, sink, listsLeft - 1)
  }
}

/** The items of a `List`, of a typed one (`NodeList`), or of the bare array that calicoctl writes. */
function itemsOf(value: unknown): { readonly list: readonly unknown[]; readonly below: FieldPath } | undefined {
  if (Array.isArray(value)) return { list: value, below: [] }
  if (!isFields(value) || typeof value.kind !== 'string' || !value.kind.endsWith('List')) return undefined
  const items = value.items
  if (Array.isArray(items)) return { list: items, below: ['items'] }
  return items === null || (items === undefined && value.kind === 'List') ? { list: [], below: ['items'] } : undefined
}

/** Items of a typed list may leave out their apiVersion and kind, which are the list's. */
function typedItem(list: unknown, item: unknown): unknown {
  if (!isFields(list) || !isFields(item) || 'kind' in item || list.kind === 'List') return item
  return { apiVersion: list.apiVersion, kind: String(list.kind).slice(0, -'List'.length), ...item }
}

function readObject(value: unknown, origin: Origin, source: ObjectSource, sink: ObjectSink): void {
  if (!isFields(value)) {
    sink.findings.addAt(
      {
        severity: 'error',
        code: 'INPUT_NOT_A_RESOURCE',
        message: `The document is ${show(value)}, it has to be an object.`,
        hint: 'Write an object with apiVersion, kind and metadata.',
      },
      origin,
      [],
    )
    return
  }
  const { apiVersion, kind } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    reportMissingType(value, origin, source, sink)
    return
  }
  const known = knownKind(apiVersion, kind)
  if (known === undefined) {
    readUnknown(apiVersion, kind, value, origin, sink)
    return
  }
  const resource = withName(value, kind, origin, sink)
  if (resource === undefined) return
  reportLostSpec(resource, origin, sink)
  sink.add({ resource, origin }, known)
}

function readUnknown(apiVersion: string, kind: string, value: Fields, origin: Origin, sink: ObjectSink): void {
  const slip = typeSlip(apiVersion, kind)
  if (slip === undefined) {
    sink.skip(apiVersion, kind)
    return
  }
  const wrongKind = slip.field === 'kind'
  sink.findings.addAt(
    {
      severity: 'error',
      code: wrongKind ? 'INPUT_UNKNOWN_KIND' : 'INPUT_UNKNOWN_API_VERSION',
      message: wrongKind
        ? `kind is ${show(kind)}, which ${apiVersion} does not have.`
        : `apiVersion is ${show(apiVersion)}, which has no kind ${kind}.`,
      hint: `Did you mean ${slip.meant}?`,
      resource: looseRef(kind, value),
      path: [slip.field],
    },
    origin,
    [slip.field],
  )
}

/** A resource with a name; undefined, with a finding, when it has none. A generated one is named after its prefix. */
function withName(value: Fields, kind: string, origin: Origin, sink: ObjectSink): Resource | undefined {
  const { metadata } = value
  const name = isFields(metadata) ? metadata.name : undefined
  if (typeof name === 'string' && name !== '') return value as unknown as Resource
  if (isFields(metadata) && name === undefined && typeof metadata.generateName === 'string') {
    // The API server appends five characters that differ each time; the place in the input is as unique.
    const generated = `${metadata.generateName}${[origin.document, ...origin.path.filter(Number.isInteger)].join('-')}`
    return { ...(value as unknown as Resource), metadata: { ...(metadata as unknown as Metadata), name: generated } }
  }
  const beside = metadataBeside(value)
  if (beside.length > 0) {
    reportLost('metadata', beside, kind, value, origin, sink)
    return undefined
  }
  const path = isFields(metadata) ? ['metadata', 'name'] : ['metadata']
  const found = isFields(metadata) ? name : metadata
  const meant = isFields(metadata)
    ? name === undefined
      ? misspelt('name', metadata)
      : undefined
    : misspelt('metadata', value)
  sink.findings.addAt(
    {
      severity: 'error',
      code: 'INPUT_NOT_A_RESOURCE',
      message:
        found === undefined
          ? `${formatFieldPath(path)} of this ${kind} is missing.`
          : `${formatFieldPath(path)} of this ${kind} is ${show(found)}, it has to be ${path.length > 1 ? 'a text' : 'an object'}.`,
      hint:
        meant !== undefined
          ? `Did you mean ${path.at(-1)} where ${meant} is written?`
          : typeof found === 'number' || typeof found === 'boolean'
            ? 'Put the name in quotes.'
            : 'Give the resource a metadata.name.',
      resource: looseRef(kind, value),
      path,
    },
    origin,
    path,
  )
  return undefined
}

const METADATA_FIELDS = ['name', 'generateName', 'namespace', 'labels', 'annotations'] as const

function metadataBeside(value: Fields): readonly string[] {
  return METADATA_FIELDS.filter((field) => Object.hasOwn(value, field))
}

const OUTER_FIELDS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec', 'status'])

/** `spec:` with nothing below it, and what belongs there beside it. */
function reportLostSpec(resource: Resource, origin: Origin, sink: ObjectSink): void {
  if (resource.spec !== null) return
  const beside = Object.keys(resource).filter((field) => !OUTER_FIELDS.has(field))
  if (beside.length > 0) reportLost('spec', beside, resource.kind, { ...resource }, origin, sink)
}

function reportLost(
  parent: 'metadata' | 'spec',
  beside: readonly string[],
  kind: string,
  value: Fields,
  origin: Origin,
  sink: ObjectSink,
): void {
  const some = beside.slice(0, 5).join(', ')
  const state = isFields(value[parent]) ? 'is incomplete' : value[parent] === undefined ? 'is missing' : 'is empty'
  const path = [beside[0] ?? parent]
  sink.findings.addAt(
    {
      severity: 'error',
      code: 'INPUT_LOST_INDENTATION',
      message: `${parent} of this ${kind} ${state}, and ${some} ${beside.length === 1 ? 'stands' : 'stand'} beside it.`,
      hint: `Indent ${some} below ${parent}.`,
      resource: looseRef(kind, value),
      path,
    },
    origin,
    path,
  )
}

/** Files that kustomize and editors keep among manifests, and that have no kind. */
const OTHER_FILE =
  /(?:^|[\\/])(?:kustomization\.ya?ml|package(?:-lock)?\.json|tsconfig\.json|values\.ya?ml|Chart\.ya?ml)$/

function reportMissingType(value: Fields, origin: Origin, { named }: ObjectSource, sink: ObjectSink): void {
  const missing = (['apiVersion', 'kind'] as const).filter(
    (field) => typeof value[field] !== 'string' || value[field] === '',
  )
  // What lacks both and lies about in a directory is probably no manifest at all.
  const stray = missing.length === 2 && !named
  if (stray && OTHER_FILE.test(origin.file)) {
    sink.skip('no apiVersion', origin.file.replace(/^.*[\\/]/, ''))
    return
  }
  for (const field of missing) {
    const meant = misspelt(field, value)
    const other = isFields(value) && value[field] !== undefined
    sink.findings.addAt(
      {
        severity: stray ? 'warning' : 'error',
        code: 'INPUT_NOT_A_RESOURCE',
        message: other ? `${field} is ${show(value[field])}, it has to be a text.` : `The document has no ${field}.`,
        hint:
          meant === undefined
            ? `Add ${field}, as kubectl get -o yaml prints it.`
            : `Did you mean ${field} where ${meant} is written?`,
        path: [field],
      },
      origin,
      [meant ?? field],
    )
  }
}

const MOST_FIELDS = 50

/** A field of the object that may be a misspelling of the one that is missing. */
function misspelt(field: string, value: Fields): string | undefined {
  const candidates = Object.keys(value)
    .slice(0, MOST_FIELDS)
    .filter((key) => !OUTER_FIELDS.has(key))
  return didYouMean(field, candidates) ?? candidates.find((candidate) => lettersOf(candidate) === lettersOf(field))
}

/** Two letters that changed places count as one slip in short names too. */
function lettersOf(word: string): string {
  return word.length > MOST_FIELDS ? word : [...word.toLowerCase()].sort().join('')
}

/** A reference made of whatever is there. */
function looseRef(kind: string, value: Fields): ResourceRef {
  const metadata = isFields(value.metadata) ? value.metadata : {}
  const text = (field: 'name' | 'namespace'): string | undefined => {
    const found = metadata[field] ?? value[field]
    return typeof found === 'string' ? found : undefined
  }
  const namespace = text('namespace')
  const name = text('name') ?? ''
  return namespace === undefined ? { kind, name } : { kind, namespace, name }
}
