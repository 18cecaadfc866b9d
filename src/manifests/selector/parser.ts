/**
 * Parses the selector language (libcalico-go/lib/selector/parser/parser.go):
 * `||` binds least, then `&&`, and `!` takes the one operation behind it.
 */

import { type CompareOperator, groupDepth, type SelectorNode } from './ast.js'
import { compareBytes } from './byte-order.js'
import { SelectorError, type Token, type TokenKind, tokenReader } from './tokenizer.js'

/**
 * A selector with more levels of parentheses than this is refused, be they as written or in canonical text. Calico sets
 * no limit, but the API server takes 1024 characters at most, so no selector that a cluster can hold comes near it.
 */
export const MAX_SELECTOR_DEPTH = 600

/** The tree of a selector; an empty one is `all()`. Throws SelectorError. Takes time in proportion to the length. */
export function parseSelectorTree(text: string): SelectorNode {
  const cursor = new Cursor(text)
  if (cursor.take('EOF')) return { kind: 'all' }
  const node = parseOr(cursor, 0)
  cursor.expect('EOF', 'unexpected content at the end of the selector')
  // `x || y && (...)` is two groups at each parenthesis; both limits together make canonical text always readable.
  if (groupDepth(node) > MAX_SELECTOR_DEPTH) throw tooDeep(0)
  return node
}

function tooDeep(offset: number): SelectorError {
  return new SelectorError(`the selector is nested deeper than ${MAX_SELECTOR_DEPTH} levels`, offset)
}

/** The token at hand, and the way to the next one. */
class Cursor {
  readonly #next: () => Token
  #current: Token

  constructor(text: string) {
    this.#next = tokenReader(text)
    this.#current = this.#next()
  }

  get current(): Token {
    return this.#current
  }

  take(kind: TokenKind): Token | undefined {
    const token = this.#current
    if (token.kind !== kind) return undefined
    this.#current = this.#next()
    return token
  }

  expect(kind: TokenKind, otherwise: string): Token {
    const token = this.take(kind)
    if (token === undefined) throw new SelectorError(otherwise, this.#current.offset)
    return token
  }
}

function parseOr(cursor: Cursor, depth: number): SelectorNode {
  const operands = [parseAnd(cursor, depth)]
  while (cursor.take('Or')) operands.push(parseAnd(cursor, depth))
  return group('or', operands)
}

function parseAnd(cursor: Cursor, depth: number): SelectorNode {
  const operands = [parseOperation(cursor, depth)]
  while (cursor.take('And')) operands.push(parseOperation(cursor, depth))
  return group('and', operands)
}

function group(kind: 'and' | 'or', operands: readonly SelectorNode[]): SelectorNode {
  const [first] = operands
  return operands.length === 1 && first ? first : { kind, operands }
}

function parseOperation(cursor: Cursor, depth: number): SelectorNode {
  let negated = false
  while (cursor.take('Not')) negated = !negated
  const operand = parsePrimary(cursor, depth)
  return negated ? { kind: 'not', operand } : operand
}

function parsePrimary(cursor: Cursor, depth: number): SelectorNode {
  if (cursor.take('All')) return { kind: 'all' }
  if (cursor.take('Global')) return { kind: 'global' }
  const has = cursor.take('Has')
  if (has) return { kind: 'has', label: has.value ?? '' }
  const label = cursor.take('Label')
  if (label) return parseComparison(cursor, label.value ?? '')
  const open = cursor.expect('LParen', 'expected a label, has(...), all() or an opening parenthesis')
  if (depth >= MAX_SELECTOR_DEPTH) throw tooDeep(open.offset)
  const inner = parseOr(cursor, depth + 1)
  cursor.expect('RParen', 'expected )')
  return inner
}

const COMPARISONS: readonly (readonly [kind: TokenKind, operator: CompareOperator])[] = [
  ['Eq', '=='],
  ['Ne', '!='],
  ['Contains', 'contains'],
  ['StartsWith', 'starts with'],
  ['EndsWith', 'ends with'],
]

function parseComparison(cursor: Cursor, label: string): SelectorNode {
  for (const [kind, operator] of COMPARISONS) {
    if (!cursor.take(kind)) continue
    const { value } = cursor.expect('StringLiteral', 'expected a string in quotes')
    return { kind: 'compare', label, operator, value: value ?? '' }
  }
  if (cursor.take('In')) return { kind: 'set', label, operator: 'in', values: parseSet(cursor) }
  if (cursor.take('NotIn')) return { kind: 'set', label, operator: 'not in', values: parseSet(cursor) }
  throw new SelectorError(`expected an operator after the label ${label}`, cursor.current.offset)
}

/** `{"a", "b",}`: may be empty, may end with one comma. */
function parseSet(cursor: Cursor): readonly string[] {
  cursor.expect('LBrace', 'expected a set in braces')
  const values = new Set<string>()
  for (;;) {
    const literal = cursor.take('StringLiteral')
    if (literal === undefined) break
    values.add(literal.value ?? '')
    if (!cursor.take('Comma')) break
  }
  cursor.expect('RBrace', 'expected }')
  return [...values].sort(compareBytes)
}
