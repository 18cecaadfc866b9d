/** What is wrong with a text, before it is worded as a Finding. */

import type { Finding, Place } from '../findings/finding.js'

export type SyntaxFault =
  | { readonly kind: 'syntax'; readonly offset: number; readonly what: string; readonly hint: string }
  | { readonly kind: 'tab'; readonly offset: number }
  | { readonly kind: 'typographic-quote'; readonly offset: number; readonly what: string }
  | { readonly kind: 'template'; readonly offset: number; readonly what: string }
  | { readonly kind: 'unknown-tag'; readonly offset: number; readonly what: string }
  | { readonly kind: 'duplicate-key'; readonly offset: number; readonly what: string; readonly firstOffset: number }
  | { readonly kind: 'depth'; readonly offset: number }
  | { readonly kind: 'alias-growth'; readonly offset: number }
  | { readonly kind: 'too-many'; readonly offset: number; readonly what: string }

/** The same fault in a text that the document begins `by` characters into. */
export function shifted(fault: SyntaxFault, by: number): SyntaxFault {
  if (fault.kind !== 'duplicate-key') return { ...fault, offset: fault.offset + by }
  return { ...fault, offset: fault.offset + by, firstOffset: fault.firstOffset + by }
}

/** `firstLine` is that of the other key with the same name. */
export function syntaxFinding(fault: SyntaxFault, place: Place, firstLine: number | undefined): Finding {
  const error = { severity: 'error', place } as const
  switch (fault.kind) {
    case 'syntax':
      return { ...error, code: 'INPUT_SYNTAX', message: fault.what, hint: fault.hint }
    case 'tab':
      return {
        ...error,
        code: 'INPUT_TAB',
        message: 'A tab stands in the indentation, where YAML allows blanks only.',
        hint: 'Indent with blanks.',
      }
    case 'typographic-quote':
      return {
        ...error,
        code: 'INPUT_TYPOGRAPHIC_QUOTES',
        message: `The typographic quotation mark ${fault.what} stands here, which is no quote to a parser.`,
        hint: 'Write the plain quotes " or \'.',
      }
    case 'template':
      return {
        ...error,
        code: 'INPUT_TEMPLATE',
        message: `The document is a template: it holds ${fault.what}.`,
        hint: 'Render it first, for example with helm template, and read what comes out.',
      }
    case 'unknown-tag':
      return {
        severity: 'warning',
        place,
        code: 'INPUT_UNKNOWN_TAG',
        message: `YAML takes ${fault.what} for a tag, so what kubectl stores is empty or lacks it.`,
        hint: 'Put the whole value in quotes.',
      }
    case 'duplicate-key':
      return {
        ...error,
        code: 'INPUT_DUPLICATE_KEY',
        message: `The field ${fault.what} is written twice${firstLine === undefined ? '' : `, first in line ${firstLine}`}.`,
        hint: 'Take one of the two out, or put --- between two documents that ran together.',
      }
    case 'depth':
      return {
        ...error,
        code: 'INPUT_TOO_DEEP',
        message: 'Objects and lists are nested more deeply here than any manifest needs.',
        hint: 'Look for a damaged or hostile file.',
      }
    case 'alias-growth':
      return {
        ...error,
        code: 'INPUT_ALIAS_BOMB',
        message: 'The aliases of this document stand for far more values than it has, or for themselves.',
        hint: 'Write the repeated parts out, or generate them.',
      }
    case 'too-many':
      return {
        ...error,
        code: 'INPUT_TOO_LARGE',
        message: `What follows is not read: there are more than ${fault.what}.`,
        hint: 'Give only the kinds that the planner reads.',
      }
    default:
      return fault satisfies never
  }
}
