/** Selector language: parse, canonical text, uid, evaluation, tokens, label restrictions, label prefixing. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapLabels } from '../../../src/manifests/selector/ast.js'
import { labelRestrictions } from '../../../src/manifests/selector/label-restrictions.js'
import { parseSelector, type Selector, selectorOf, selectorUID } from '../../../src/manifests/selector/selector.js'
import { tokenize } from '../../../src/manifests/selector/tokenizer.js'
import type { Area } from '../area.js'

interface Cases {
  readonly parse: readonly { id: string; selector: string; valid: boolean; canonical?: string; uid?: string }[]
  readonly evaluate: readonly { id: string; selector: string; labels: Record<string, string>; match: boolean }[]
  readonly tokenize: readonly {
    id: string
    input: string
    error: boolean
    tokens?: { kind: string; value?: string }[]
  }[]
  readonly labelRestrictions: readonly { id: string; selector: string; restrictions: Record<string, Restriction> }[]
  readonly prefixVisitor: readonly { selector: string; prefix: string; expected: string }[]
}

interface Restriction {
  readonly mustBePresent: boolean
  readonly mustBeAbsent: boolean
  readonly hasOneOf: boolean
  readonly mustHaveOneOfValues: readonly string[] | null
}

export const selectorArea: Area = {
  name: 'selector',
  run(folder) {
    const cases = JSON.parse(readFileSync(join(folder, 'ipam/selector.json'), 'utf8')) as Cases
    const results = [
      ...cases.parse.map((entry) => judge(entry.id, () => parsed(entry))),
      ...cases.evaluate.map((entry) => judge(entry.id, () => evaluated(entry))),
      ...cases.tokenize.map((entry) => judge(entry.id, () => tokenized(entry))),
      ...cases.labelRestrictions.map((entry) => judge(entry.id, () => restricted(entry))),
      ...cases.prefixVisitor.map((entry) => judge(`prefix ${entry.selector}`, () => prefixed(entry))),
    ]
    const failed = results
      .filter((result) => result.why !== undefined)
      .map(({ id, why }) => ({ case: id, why: why ?? '' }))
    return { cases: results.length, passed: results.length - failed.length, failed, skipped: [] }
  },
}

function judge(id: string, run: () => string | undefined): { readonly id: string; readonly why: string | undefined } {
  try {
    return { id, why: run() }
  } catch (error) {
    return { id, why: String(error) }
  }
}

function parsed({ selector, valid, canonical, uid }: Cases['parse'][number]): string | undefined {
  let found: Selector | undefined
  try {
    found = parseSelector(selector)
  } catch (error) {
    return valid ? `refused: ${String(error)}` : undefined
  }
  if (!valid) return `accepted as ${found.canonical}`
  if (found.canonical !== canonical) return `canonical ${found.canonical}, expected ${canonical}`
  return selectorUID(found) === uid ? undefined : `uid ${selectorUID(found)}, expected ${uid}`
}

function evaluated({ selector, labels, match }: Cases['evaluate'][number]): string | undefined {
  const direct = parseSelector(selector)
  if (direct.matches(labels) !== match) return `matches: ${!match}`
  return parseSelector(direct.canonical).matches(labels) === match
    ? undefined
    : 'the canonical text evaluates otherwise'
}

function tokenized({ input, error, tokens }: Cases['tokenize'][number]): string | undefined {
  try {
    const found = tokenize(input).map(({ kind, value }) => (value ? { kind, value } : { kind }))
    if (error) return `no error: ${JSON.stringify(found)}`
    return JSON.stringify(found) === JSON.stringify(tokens) ? undefined : JSON.stringify(found)
  } catch (thrown) {
    return error ? undefined : String(thrown)
  }
}

function restricted({ selector, restrictions }: Cases['labelRestrictions'][number]): string | undefined {
  const found = [...labelRestrictions(parseSelector(selector).tree)].map(([label, r]) => [
    label,
    r.mustBePresent,
    r.mustBeAbsent,
    r.mustHaveOneOf === undefined ? null : [...r.mustHaveOneOf].sort(),
  ])
  const expected = Object.entries(restrictions).map(([label, r]) => [
    label,
    r.mustBePresent,
    r.mustBeAbsent,
    r.hasOneOf ? [...(r.mustHaveOneOfValues ?? [])].sort() : null,
  ])
  const text = JSON.stringify(found.sort())
  return text === JSON.stringify(expected.sort()) ? undefined : text
}

function prefixed({ selector, prefix, expected }: Cases['prefixVisitor'][number]): string | undefined {
  const { canonical } = selectorOf(mapLabels(parseSelector(selector).tree, (label) => prefix + label))
  return canonical === expected ? undefined : canonical
}
