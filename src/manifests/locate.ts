/**
 * Where a field stands: file, line and column, worked out only for what is reported, by reading the one document
 * concerned again with a parser that tells positions.
 */

import type { FieldPath, Finding, Place } from '../findings/finding.js'
import type { DocumentSpan } from './documents.js'
import { traceJson } from './json-trace.js'
import { createLineIndex } from './line-index.js'
import type { Manifest, Origin, Resource } from './resource.js'
import { addWanted, offsetOf, wantedNode } from './wanted-paths.js'
import { traceYaml } from './yaml-trace.js'

/** A text that was read, and its documents. */
export interface Source {
  readonly name: string
  readonly documents: readonly DocumentSpan[]
  /** The text, read again where it is a file; undefined when it is gone or has changed. */
  readonly text: () => string | undefined
}

/** What places are asked of: a set of manifests with the texts they came from. */
export interface Located {
  readonly manifests: readonly Manifest[]
  readonly sources: ReadonlyMap<string, Source>
}

export interface Question {
  readonly origin: Origin
  /** From the resource's root. */
  readonly path: FieldPath
}

/** The place of a field, or of its nearest ancestor that is written down. Only the file when the text is gone. */
export function locate(set: Located, origin: Origin, path: FieldPath): Place {
  return placesOf(set, [{ origin, path }])[0] ?? { file: origin.file }
}

/** As `locate`, for many at once: each document that is asked about is read once. */
export function placesOf({ sources }: Located, questions: readonly Question[]): readonly Place[] {
  const places: Place[] = questions.map(({ origin }) => ({ file: origin.file }))
  for (const [file, indexes] of groupBy(questions, ({ origin }) => origin.file)) {
    const source = sources.get(file)
    const text = source?.text()
    if (source === undefined || text === undefined) continue
    const lineAt = createLineIndex(text)
    const asked = indexes.flatMap((index) => {
      const question = questions[index]
      return question === undefined ? [] : [{ index, ...question }]
    })
    for (const [document, chosen] of groupBy(asked, ({ origin }) => origin.document)) {
      const span = source.documents[document]
      if (span === undefined) continue
      const inDocument = chosen.flatMap((at) => asked[at] ?? [])
      const paths = inDocument.map(({ origin, path }) => [...origin.path, ...path])
      for (const [at, offset] of offsetsIn(text, span, paths).entries()) {
        const index = inDocument[at]?.index
        if (index !== undefined && offset !== undefined) places[index] = { file, ...lineAt(offset) }
      }
    }
  }
  return places
}

/** Indexes of the items by a key of theirs. */
function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly number[]> {
  const groups = new Map<K, number[]>()
  for (const [index, item] of items.entries()) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [index])
    else group.push(index)
  }
  return groups
}

/** The document was read once within its limits, so this only keeps the stack bounded. */
const DEEPEST = 1000

function offsetsIn(text: string, span: DocumentSpan, paths: readonly FieldPath[]): readonly (number | undefined)[] {
  const wanted = wantedNode()
  for (const path of paths) addWanted(wanted, path)
  const part = text.slice(span.start, span.end)
  if (span.format === 'json') traceJson(part, 0, DEEPEST, wanted)
  else traceYaml(part, DEEPEST, wanted)
  return paths.map((path) => {
    const offset = offsetOf(wanted, path)
    return offset === undefined ? undefined : span.start + offset
  })
}

/** The same findings in the same order, each with a place where the resource that it names was read. */
export function placeFindings(set: Located, findings: readonly Finding[]): readonly Finding[] {
  const open = new Map<string, Manifest[]>()
  for (const { resource, place } of findings) {
    if (resource !== undefined && place?.line === undefined) open.set(keyOf(resource.kind, resource), [])
  }
  if (open.size === 0) return findings
  for (const manifest of set.manifests) {
    const { kind, metadata } = manifest.resource
    open.get(keyOf(kind, metadata))?.push(manifest)
  }
  const questions: Question[] = []
  const asked = new Map<Finding, number>()
  for (const finding of findings) {
    const { resource, path = [], place } = finding
    if (resource === undefined || place?.line !== undefined || asked.has(finding)) continue
    const origin = likeliest(open.get(keyOf(resource.kind, resource)) ?? [], path, place?.file)
    if (origin === undefined) continue
    asked.set(finding, questions.length)
    questions.push({ origin, path })
  }
  const places = placesOf(set, questions)
  return findings.map((finding) => {
    const at = asked.get(finding)
    const place = at === undefined ? undefined : places[at]
    return place === undefined ? finding : { ...finding, place }
  })
}

function keyOf(kind: string, { namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return `${kind} ${namespace ?? ''} ${name}`
}

/**
 * A finding names kind and name: Calico's Node and that of Kubernetes share both, and a resource may be given twice.
 * The one in the file that is already known comes first, then the one that has most of the path; of equals the last,
 * which is the one that counts.
 */
function likeliest(manifests: readonly Manifest[], path: FieldPath, file: string | undefined): Origin | undefined {
  let best: Origin | undefined
  let bestScore = -1
  for (const { resource, origin } of manifests) {
    if (origin === undefined) continue
    const score = depthOf(resource, path) + (origin.file === file ? path.length + 1 : 0)
    if (score < bestScore) continue
    best = origin
    bestScore = score
  }
  return best
}

/** How many steps of the path the resource has. */
function depthOf(resource: Resource, path: FieldPath): number {
  let value: unknown = resource
  for (const [depth, part] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return depth
    value = (value as Readonly<Record<string | number, unknown>>)[part]
  }
  return path.length
}
