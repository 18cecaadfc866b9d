/**
 * What labels must be like for a selector to match at all (libcalico-go/lib/selector/parser/ast.go LabelRestrictions):
 * a lower bound, cheap to ask before a selector is tried on thousands of label sets.
 */

import type { SelectorNode } from './ast.js'

export interface LabelRestriction {
  readonly mustBePresent: boolean
  readonly mustBeAbsent: boolean
  /** Undefined: any value. Empty: no value satisfies it, the selector never matches. */
  readonly mustHaveOneOf?: readonly string[]
}

export type LabelRestrictions = ReadonlyMap<string, LabelRestriction>

export function labelRestrictions(node: SelectorNode): LabelRestrictions {
  switch (node.kind) {
    case 'has':
      return new Map([[node.label, PRESENT]])
    case 'compare':
      if (node.operator === '!=') return NONE
      return new Map([[node.label, node.operator === '==' ? { ...PRESENT, mustHaveOneOf: [node.value] } : PRESENT]])
    case 'set':
      return node.operator === 'in' ? new Map([[node.label, { ...PRESENT, mustHaveOneOf: node.values }]]) : NONE
    case 'not':
      return node.operand.kind === 'has' ? new Map([[node.operand.label, ABSENT]]) : NONE
    case 'and':
      return node.operands.map(labelRestrictions).reduce(both)
    case 'or':
      return node.operands.map(labelRestrictions).reduce(either)
    case 'all':
    case 'global':
      return NONE
  }
}

const NONE: LabelRestrictions = new Map()
const PRESENT: LabelRestriction = { mustBePresent: true, mustBeAbsent: false }
const ABSENT: LabelRestriction = { mustBePresent: false, mustBeAbsent: true }

function both(a: LabelRestrictions, b: LabelRestrictions): LabelRestrictions {
  const out = new Map(a)
  for (const [label, right] of b) {
    const left = out.get(label)
    if (left === undefined) {
      out.set(label, right)
      continue
    }
    const values =
      left.mustHaveOneOf && right.mustHaveOneOf
        ? intersection(left.mustHaveOneOf, right.mustHaveOneOf)
        : (left.mustHaveOneOf ?? right.mustHaveOneOf)
    out.set(label, {
      mustBePresent: left.mustBePresent || right.mustBePresent,
      mustBeAbsent: left.mustBeAbsent || right.mustBeAbsent,
      ...(values === undefined ? {} : { mustHaveOneOf: values }),
    })
  }
  return out
}

/** Only what every alternative demands stays. */
function either(a: LabelRestrictions, b: LabelRestrictions): LabelRestrictions {
  const out = new Map<string, LabelRestriction>()
  for (const [label, left] of a) {
    const right = b.get(label)
    const mustBePresent = left.mustBePresent && right?.mustBePresent === true
    const mustBeAbsent = left.mustBeAbsent && right?.mustBeAbsent === true
    if (!mustBePresent && !mustBeAbsent) continue
    const values =
      mustBePresent && left.mustHaveOneOf && right?.mustHaveOneOf
        ? union(left.mustHaveOneOf, right.mustHaveOneOf)
        : undefined
    out.set(label, { mustBePresent, mustBeAbsent, ...(values === undefined ? {} : { mustHaveOneOf: values }) })
  }
  return out
}

function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  const allowed = new Set(b)
  return a.filter((value) => allowed.has(value))
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])]
}
