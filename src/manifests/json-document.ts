/** JSON documents: one, or several behind each other as when outputs of kubectl are joined. */

import { type JsonFault, traceJson } from './json-trace.js'
import type { ReadLimits } from './limits.js'
import { isDeeper } from './size.js'
import { type SyntaxFault, shifted } from './syntax.js'
import { typographicQuoteIn } from './typographic-quotes.js'

export interface JsonDocument {
  readonly span: { readonly start: number; readonly end: number }
  readonly value: unknown
  readonly faults: readonly SyntaxFault[]
}

/** The documents of the text up to the first fault; behind it nothing is certain, so nothing is read. */
export function parseJsonDocuments(text: string, limits: ReadLimits): readonly JsonDocument[] {
  const documents: JsonDocument[] = []
  let start = skipSpace(text, 0)
  while (start < text.length && documents.length < limits.documents) {
    const end = traceJson(text, start, limits.depth)
    if (typeof end !== 'number') {
      const span = { start, end: text.length }
      documents.push({ span, value: undefined, faults: [describe(text, end)] })
      break
    }
    const part = text.slice(start, end)
    const { value, faults } = judgeJson(JSON.parse(part), part, limits)
    documents.push({ span: { start, end }, value, faults: faults.map((fault) => shifted(fault, start)) })
    start = skipSpace(text, end)
  }
  return documents
}

/** Up to this length JSON is searched for keys that come twice: the parser itself is silent about them. */
const SEARCHED_LENGTH = 4_000_000
const MOST_FAULTS = 100

/** The value that a text parsed to, with what the parser lets pass: depth, and in small texts keys that come twice. */
export function judgeJson(
  value: unknown,
  text: string,
  { depth }: ReadLimits,
): { readonly value: unknown; readonly faults: readonly SyntaxFault[] } {
  if (text.length > SEARCHED_LENGTH && !isDeeper(value, depth)) return { value, faults: [] }
  const faults: SyntaxFault[] = []
  const end = traceJson(text, 0, depth, undefined, {
    onDuplicate: (what, offset, firstOffset) => {
      if (faults.length < MOST_FAULTS) faults.push({ kind: 'duplicate-key', offset, what, firstOffset })
    },
  })
  return typeof end === 'number' ? { value, faults } : { value: undefined, faults: [describe(text, end)] }
}

function skipSpace(text: string, from: number): number {
  const space = /\s*/y
  space.lastIndex = from
  space.test(text)
  return space.lastIndex
}

function describe(text: string, { offset, reason }: JsonFault): SyntaxFault {
  const quote = typographicQuoteIn(text, offset, offset + 1)
  if (quote !== undefined) return { kind: 'typographic-quote', offset: quote.offset, what: quote.character }
  switch (reason) {
    case 'depth':
      return { kind: 'depth', offset }
    case 'end':
      return {
        kind: 'syntax',
        offset,
        what: 'The text ends in the middle of a JSON value.',
        hint: 'The file is cut off, or a closing } or ] is missing: write it again.',
      }
    case 'comment':
      return {
        kind: 'syntax',
        offset,
        what: 'A comment stands here, which JSON does not have.',
        hint: 'Take the comment out, or write YAML.',
      }
    case 'trailing-comma':
      return {
        kind: 'syntax',
        offset,
        what: 'A comma stands before the closing bracket.',
        hint: 'Take the last comma out.',
      }
    case 'unclosed-text':
      return {
        kind: 'syntax',
        offset,
        what: 'A text has no closing quote on its line.',
        hint: 'Close the quote; write \\n for a line break.',
      }
    case 'bad-text':
    case 'unexpected':
      return {
        kind: 'syntax',
        offset,
        what: `JSON cannot go on with ${JSON.stringify(tokenAt(text, offset))}.`,
        hint: 'Look for a missing comma, quote or bracket before it.',
      }
    default:
      return reason satisfies never
  }
}

function tokenAt(text: string, offset: number): string {
  const token = /[^\s{}[\],:]{1,20}|./suy
  token.lastIndex = offset
  return token.exec(text)?.[0] ?? ''
}
