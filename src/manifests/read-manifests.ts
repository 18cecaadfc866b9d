/** Files, directories, standard input and texts made into resources, with a finding for everything that cannot be used. */

import type { Finding } from '../findings/finding.js'
import { createCollector } from './collector.js'
import { type ParsedDocument, parseDocuments } from './documents.js'
import { createDuplicateFinder, type Duplicate } from './duplicates.js'
import type { KnownKind } from './kinds.js'
import { DEFAULT_LIMITS, type ReadLimits } from './limits.js'
import { createLineIndex, type LineAndColumn } from './line-index.js'
import { type Located, placesOf, type Question, type Source } from './locate.js'
import { type ObjectSink, readObjects } from './objects.js'
import { findQuoteSlips } from './quote-slips.js'
import { readSources, type SourceText } from './read-files.js'
import { type Manifest, type Origin, refOf } from './resource.js'
import { roughValueCount } from './size.js'
import { syntaxFinding } from './syntax.js'
import { typographicQuoteIn } from './typographic-quotes.js'

export interface ManifestSet extends Located {
  /** Resources of the kinds that the planner reads, in the order of the input. */
  readonly manifests: readonly Manifest[]
  readonly findings: readonly Finding[]
  /** Count of the resources of other kinds by `apiVersion kind`. */
  readonly skipped: ReadonlyMap<string, number>
  /** By file name. */
  readonly sources: ReadonlyMap<string, Source>
}

export interface ReadOptions {
  readonly limits?: Partial<ReadLimits>
  /** What the path `-` reads; left out, standard input itself. */
  readonly stdin?: string
}

/**
 * Reads every manifest below the paths: files, directories with all `*.yaml`, `*.yml` and `*.json` below them, and `-`
 * for standard input. Never throws for what it finds there: each trouble is a finding, and the rest is read.
 */
export function readManifests(paths: readonly string[], options: ReadOptions = {}): ManifestSet {
  const reader = createReader({ ...DEFAULT_LIMITS, ...options.limits })
  const files = { limits: reader.limits, ...(options.stdin === undefined ? {} : { stdin: options.stdin }) }
  for (const source of readSources(paths, files, reader.add)) reader.read(source)
  return reader.finish()
}

/** Reads manifests out of a text, such as a here-document; `name` stands for the file in places. */
export function readManifestText(text: string, name: string, options: ReadOptions = {}): ManifestSet {
  const reader = createReader({ ...DEFAULT_LIMITS, ...options.limits })
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  reader.read({ name, text: plain, named: true, again: () => plain })
  return reader.finish()
}

/** Resources that a program has made, as if they had been read. They have no places. */
export function manifestSetOf(manifests: readonly Manifest[]): ManifestSet {
  return { manifests, findings: [], skipped: new Map(), sources: new Map() }
}

interface Reader {
  readonly limits: ReadLimits
  readonly add: (finding: Finding) => void
  readonly read: (source: SourceText) => void
  readonly finish: () => ManifestSet
}

function createReader(limits: ReadLimits): Reader {
  const findings = createCollector()
  const manifests: Manifest[] = []
  const skipped = new Map<string, number>()
  const sources = new Map<string, Source>()
  const duplicates = createDuplicateFinder()
  const found: Duplicate[] = []
  let values = 0

  const sink = (source: SourceText, document: ParsedDocument): ObjectSink => {
    const quoted = typographicQuoteIn(source.text, document.span.start, document.span.end) !== undefined
    return {
      findings,
      skip: (apiVersion, kind) => {
        const said = `${apiVersion} ${kind}`
        skipped.set(said, (skipped.get(said) ?? 0) + 1)
      },
      add: (manifest, known) => {
        if (quoted) findQuoteSlips(manifest, findings)
        addManifest(manifest, known)
      },
    }
  }

  const addManifest = (manifest: Manifest, known: KnownKind): void => {
    manifests.push(manifest)
    const duplicate = duplicates.check(manifest, known)
    if (duplicate !== undefined) found.push(duplicate)
  }

  const read = (source: SourceText): void => {
    values += roughValueCount(source.text)
    if (values > limits.values) {
      const fault = { kind: 'too-many', offset: 0, what: `${limits.values.toLocaleString('en-US')} values` } as const
      findings.add(syntaxFinding(fault, { file: source.name }, undefined))
      return
    }
    const documents = parseDocuments(source.text, limits)
    sources.set(source.name, { name: source.name, documents: documents.map(({ span }) => span), text: source.again })
    let index: ((offset: number) => LineAndColumn) | undefined
    for (const [number, document] of documents.entries()) {
      for (const fault of document.faults) {
        index ??= createLineIndex(source.text)
        const firstLine = fault.kind === 'duplicate-key' ? index(fault.firstOffset).line : undefined
        findings.add(syntaxFinding(fault, { file: source.name, ...index(fault.offset) }, firstLine))
      }
      const origin: Origin = { file: source.name, document: number, path: [] }
      readObjects(document.value, origin, source, sink(source, document))
    }
  }

  const finish = (): ManifestSet => {
    reportDuplicates(found, { manifests, sources }, findings.addAt)
    if (manifests.length === 0 && !findings.hasErrors()) {
      const others = [...skipped.values()].reduce((sum, count) => sum + count, 0)
      findings.add({
        severity: 'error',
        code: 'INPUT_EMPTY',
        message: `The input holds no resource that the planner reads${others === 0 ? '' : `, and ${others} of other kinds`}.`,
        hint: 'Give manifests, for example what kubectl get nodes,ippools,bgppeers -o yaml prints.',
      })
    }
    const set = { manifests, sources }
    return { ...set, skipped, findings: findings.finish((questions: readonly Question[]) => placesOf(set, questions)) }
  }

  return { limits, add: findings.add, read, finish }
}

const MOST_DUPLICATES = 100

function reportDuplicates(
  duplicates: readonly Duplicate[],
  set: Located,
  addAt: (finding: Finding, origin: Origin, path: readonly string[]) => void,
): void {
  const firsts = placesOf(
    set,
    duplicates
      .slice(0, MOST_DUPLICATES)
      .flatMap(({ first }) => (first.origin ? [{ origin: first.origin, path: [] }] : [])),
  )
  for (const [index, { again, same }] of duplicates.entries()) {
    if (again.origin === undefined) continue
    const { kind, metadata } = again.resource
    const place = firsts[index]
    const where =
      place === undefined ? 'earlier' : `in ${[place.file, place.line].filter((part) => part !== undefined).join(':')}`
    addAt(
      {
        severity: same ? 'warning' : 'error',
        code: 'INPUT_DUPLICATE_RESOURCE',
        message: `${kind} ${metadata.name} is given twice, first ${where}${same ? ', with the same content' : ' with other content'}.`,
        hint: same ? 'Take one of the two out.' : 'Take out the one that is not meant; the last one would count.',
        resource: refOf(again.resource),
      },
      again.origin,
      [],
    )
  }
}
