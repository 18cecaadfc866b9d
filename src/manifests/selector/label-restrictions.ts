/**
 * What labels must be like for a selector to match at all (libcalico-go/lib/selector/parser/ast.go LabelRestrictions):
 * a lower bound, cheap to ask before a selector is tried on thousands of label sets.
 */

import type { SelectorNode } from './ast.js'

export interface LabelRestriction {
  readonly mustBePresent: boolean
  readonly mustBeAbsent: boolean
  /** Undefined: no such restriction is known. Empty: no value satisfies it, the selector never matches. */
  readonly mustHaveOneOf?: readonly string[]
}

/** By label name; a label that is not listed may be anything. */
export type LabelRestrictions = ReadonlyMap<string, LabelRestriction>

/** Takes time in proportion to the selector's size. */
export function labelRestrictions(node: SelectorNode): LabelRestrictions {
  const out = new Map<string, LabelRestriction>()
  for (const [label, { mustBePresent, mustBeAbsent, oneOf }] of draftOf(node)) {
    out.set(label, { mustBePresent, mustBeAbsent, ...(oneOf && { mustHaveOneOf: [...oneOf] }) })
  }
  return out
}

/** A restriction in the making. Every draft belongs to one caller, which may change it. */
interface Draft {
  mustBePresent: boolean
  mustBeAbsent: boolean
  oneOf: Set<string> | undefined
}

type Drafts = Map<string, Draft>

function draftOf(node: SelectorNode): Drafts {
  switch (node.kind) {
    case 'has':
      return present(node.label)
    case 'compare':
      if (node.operator === '!=') return new Map()
      return present(node.label, node.operator === '==' ? [node.value] : [])
    case 'set':
      return node.operator === 'in' ? present(node.label, node.values) : new Map()
    case 'not':
      if (node.operand.kind !== 'has') return new Map()
      return new Map([[node.operand.label, { mustBePresent: false, mustBeAbsent: true, oneOf: undefined }]])
    case 'and':
      return node.operands.map(draftOf).reduce(both)
    case 'or':
      return node.operands.map(draftOf).reduce(either)
    case 'all':
    case 'global':
      return new Map()
  }
}

/** An empty set restricts no value, although `a in {}` never matches: Calico keeps it as the nil list. */
function present(label: string, values: readonly string[] = []): Drafts {
  const oneOf = values.length === 0 ? undefined : new Set(values)
  return new Map([[label, { mustBePresent: true, mustBeAbsent: false, oneOf }]])
}

/** All that either of them demands. The smaller is merged into the larger, so that deep nesting costs no more. */
function both(a: Drafts, b: Drafts): Drafts {
  const [larger, smaller] = a.size < b.size ? [b, a] : [a, b]
  for (const [label, from] of smaller) {
    const into = larger.get(label)
    if (into === undefined) {
      larger.set(label, from)
      continue
    }
    into.mustBePresent ||= from.mustBePresent
    into.mustBeAbsent ||= from.mustBeAbsent
    if (into.oneOf === undefined) into.oneOf = from.oneOf
    else if (from.oneOf !== undefined) keepOnly(into.oneOf, from.oneOf)
  }
  return larger
}

/** Only what every alternative demands stays. */
function either(a: Drafts, b: Drafts): Drafts {
  for (const [label, into] of a) {
    const from = b.get(label)
    into.mustBePresent &&= from?.mustBePresent === true
    into.mustBeAbsent &&= from?.mustBeAbsent === true
    if (into.mustBePresent && into.oneOf && from?.oneOf) for (const value of from.oneOf) into.oneOf.add(value)
    else into.oneOf = undefined
    if (!into.mustBePresent && !into.mustBeAbsent) a.delete(label)
  }
  return a
}

function keepOnly(values: Set<string>, allowed: ReadonlySet<string>): void {
  for (const value of values) if (!allowed.has(value)) values.delete(value)
}
