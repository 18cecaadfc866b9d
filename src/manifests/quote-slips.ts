/** Typographic quotes that YAML has taken for part of a name or a value. */

import { type FieldPath, formatFieldPath } from '../findings/finding.js'
import type { Collector } from './collector.js'
import { type Manifest, refOf } from './resource.js'
import { typographicQuoteIn } from './typographic-quotes.js'
import { show } from './validation/slips.js'

/**
 * Reports the names of fields that hold one, and outside `spec`, whose values validation judges, the texts that begin
 * or end with one: `“rack-1”`. In the middle of a text, as in a description, they are in their place.
 */
export function findQuoteSlips(manifest: Manifest, findings: Collector): void {
  const { resource, origin } = manifest
  if (origin === undefined) return
  const report = (path: FieldPath, character: string, what: string, severity: 'error' | 'warning'): void => {
    findings.addAt(
      {
        severity,
        code: 'INPUT_TYPOGRAPHIC_QUOTES',
        message: `${what} holds the typographic quotation mark ${character}, which is no quote to a parser.`,
        hint: 'Write the plain quotes " or \'.',
        resource: refOf(resource),
        path,
      },
      origin,
      path,
    )
  }
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (typeof value === 'string') {
      const character = path[0] === 'spec' ? undefined : quoteAtEnd(value)
      if (character !== undefined) report([...path], character, `${formatFieldPath(path)}, ${show(value)},`, 'warning')
      return
    }
    if (typeof value !== 'object' || value === null) return
    const isList = Array.isArray(value)
    for (const [key, child] of Object.entries(value)) {
      path.push(isList ? Number(key) : key)
      const quote = isList ? undefined : typographicQuoteIn(key, 0, key.length)
      if (quote !== undefined) report([...path], quote.character, `The name ${show(key)}`, 'error')
      walk(child, path)
      path.pop()
    }
  }
  walk(resource, [])
}

function quoteAtEnd(text: string): string | undefined {
  const first = typographicQuoteIn(text, 0, 1) ?? typographicQuoteIn(text, text.length - 1, text.length)
  return first?.character
}
