/** Text split into documents as kubectl splits it, each parsed by itself: one that is broken does not lose the others. */

import { judgeJson, parseJsonDocuments } from './json-document.js'
import type { ReadLimits } from './limits.js'
import { type SyntaxFault, shifted } from './syntax.js'
import { parseYaml } from './yaml-document.js'

/** Offsets of a document in its text, markers excluded. */
export interface DocumentSpan {
  readonly start: number
  readonly end: number
  readonly format: 'yaml' | 'json'
}

export interface ParsedDocument {
  readonly span: DocumentSpan
  /** Undefined for an empty document, and for one with a fault that nothing could be read past. */
  readonly value: unknown
  readonly faults: readonly SyntaxFault[]
}

/**
 * Every document of the text, in order.
 *
 * A document that begins with a brace or a bracket is JSON when it is JSON, one or several behind each other, and
 * else YAML. kubectl takes all of those for JSON and refuses flow YAML; calicoctl reads it.
 */
export function parseDocuments(text: string, limits: ReadLimits): readonly ParsedDocument[] {
  if (startsAsJson(text)) {
    try {
      const { value, faults } = judgeJson(JSON.parse(text), text, limits)
      return [{ span: { start: 0, end: text.length, format: 'json' }, value, faults }]
    } catch {
      // Several documents, flow YAML, or broken: found out below, document by document.
    }
  }
  const documents: ParsedDocument[] = []
  for (const [start, end] of partsOf(text)) {
    documents.push(...parsePart(text.slice(start, end), start, limits))
    if (documents.length < limits.documents) continue
    const span = { start: end, end: text.length, format: 'yaml' } as const
    const what = `${limits.documents.toLocaleString('en-US')} documents`
    documents.push({ span, value: undefined, faults: [{ kind: 'too-many', offset: start, what }] })
    break
  }
  return documents
}

function parsePart(part: string, start: number, limits: ReadLimits): readonly ParsedDocument[] {
  if (startsAsJson(part)) {
    const documents = parseJsonDocuments(part, limits)
    const looksLikeJson = /^\s*(?:\{\s*["}]|\[\s*[\]{["])/.test(part)
    if (looksLikeJson || documents.every(({ faults }) => faults.length === 0)) {
      return documents.map(({ span, value, faults }) => ({
        span: { start: start + span.start, end: start + span.end, format: 'json' },
        value,
        faults: faults.map((fault) => shifted(fault, start)),
      }))
    }
  }
  const { value, faults } = parseYaml(part, limits)
  const span = { start, end: start + part.length, format: 'yaml' } as const
  return [{ span, value, faults: faults.map((fault) => shifted(fault, start)) }]
}

function startsAsJson(text: string): boolean {
  return /^\s*[{[]/.test(text)
}

/** YAML forbids `---` and `...` at the start of a line anywhere but between documents. */
function* partsOf(text: string): Generator<readonly [start: number, end: number]> {
  const marker = /^(?:---|\.\.\.)(?=[ \t\r\n]|$)/gm
  let start = 0
  for (let match = marker.exec(text); match !== null; match = marker.exec(text)) {
    if (!isBlank(text, start, match.index)) yield [start, match.index]
    // What follows the marker on its line belongs to the new document.
    start = match.index + match[0].length
  }
  if (!isBlank(text, start, text.length)) yield [start, text.length]
}

/** Nothing but blanks, comments and directives such as `%YAML 1.1`. */
function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const character = text.charAt(at)
    const isLineStart = at === 0 || text.charAt(at - 1) === '\n'
    if (character === '#' || (character === '%' && isLineStart)) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? to : end
    } else if (!/\s/.test(character)) return false
  }
  return true
}
