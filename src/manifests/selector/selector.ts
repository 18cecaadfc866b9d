/** A parsed selector of Calico's selector language. */

import { createHash } from 'node:crypto'
import { canonicalText, type SelectorNode } from './ast.js'
import { compileSelector, type Labels } from './evaluate.js'
import { parseSelectorTree } from './parser.js'

export { SelectorError } from './tokenizer.js'

/** A selector, ready to be asked. */
export interface Selector {
  /** As written. */
  readonly text: string
  /** Canonical text (libcalico-go/lib/selector/parser/ast.go). */
  readonly canonical: string
  readonly tree: SelectorNode
  /** Whether labels match. `global()` counts as `all()`: only policies give it a meaning of its own. */
  matches(labels: Labels): boolean
}

/**
 * Parses a selector; an empty or blank one selects everything.
 *
 * ```
 * parseSelector("rack in {'b', 'a'} && !has(gpu)").canonical
 * // (rack in {"a", "b"} && !has(gpu))
 * ```
 *
 * Throws SelectorError with the offset at which the text goes wrong; also when it is nested deeper than
 * MAX_SELECTOR_DEPTH levels, which no selector of 1024 characters can be.
 */
export function parseSelector(text: string): Selector {
  return selectorOf(parseSelectorTree(text), text)
}

/** The selector of a tree; its text is the canonical one unless another is given. */
export function selectorOf(tree: SelectorNode, text?: string): Selector {
  const canonical = canonicalText(tree)
  return { text: text ?? canonical, canonical, tree, matches: compileSelector(tree) }
}

/** Calico's own id of a selector: `s:` and the SHA-224 of `s:` + canonical text in base64url (lib/hash/id.go). */
export function selectorUID(selector: Selector): string {
  const digest = createHash('sha224').update(`s:${selector.canonical}`).digest('base64url')
  return `s:${digest}`
}
