import { describe, expect, test } from 'vitest'
import { mapLabels } from '../../../src/manifests/selector/ast.js'
import { type LabelRestriction, labelRestrictions } from '../../../src/manifests/selector/label-restrictions.js'
import { parseSelector, selectorOf } from '../../../src/manifests/selector/selector.js'

const restrictions = (text: string): Record<string, LabelRestriction> =>
  Object.fromEntries(labelRestrictions(parseSelector(text).tree))

const PRESENT = { mustBePresent: true, mustBeAbsent: false }
const oneOf = (...values: string[]): LabelRestriction => ({ ...PRESENT, mustHaveOneOf: values })

describe('label restrictions', () => {
  test.each(['', 'all()', 'global()', "a != 'x'", "a not in {'x'}", "!a == 'x'", '!(has(a) && has(b))'])(
    '%j demands nothing',
    (text) => expect(restrictions(text)).toEqual({}),
  )

  test.each(['has(a)', "a contains 'x'", "a starts with 'x'", "a ends with 'x'", 'a in {}'])(
    '%s demands that the label is there',
    (text) => expect(restrictions(text)).toEqual({ a: PRESENT }),
  )

  test('== and in demand one of their values', () => {
    expect(restrictions("a == 'x'")).toEqual({ a: oneOf('x') })
    expect(restrictions("a in {'y', 'x'}")).toEqual({ a: oneOf('x', 'y') })
  })

  test('! demands absence only before has()', () => {
    expect(restrictions('!has(a)')).toEqual({ a: { mustBePresent: false, mustBeAbsent: true } })
  })

  test('&& demands all that its operands demand', () => {
    expect(restrictions("a == 'x' && has(b) && has(a)")).toEqual({ a: oneOf('x'), b: PRESENT })
    expect(restrictions("has(a) && a == 'x'")).toEqual({ a: oneOf('x') })
    expect(restrictions("a in {'x', 'y', 'z'} && a in {'y', 'z', 'w'}")).toEqual({ a: oneOf('y', 'z') })
    expect(restrictions("a == 'x' && a == 'y'")).toEqual({ a: oneOf() })
    expect(restrictions('has(a) && !has(a)')).toEqual({ a: { mustBePresent: true, mustBeAbsent: true } })
  })

  test('|| demands only what each operand demands', () => {
    expect(restrictions("a == 'x' || a == 'y'")).toEqual({ a: oneOf('x', 'y') })
    expect(restrictions("a == 'x' || has(a)")).toEqual({ a: PRESENT })
    expect(restrictions("a == 'x' || has(b)")).toEqual({})
    expect(restrictions('!has(a) || !has(a) && has(b)')).toEqual({ a: { mustBePresent: false, mustBeAbsent: true } })
    expect(restrictions('has(a) || !has(a)')).toEqual({})
  })

  test('take time in proportion to the selector', () => {
    const labels = Array.from({ length: 40_000 }, (_, i) => `l${i}`)
    const started = performance.now()
    expect(Object.keys(restrictions(labels.map((label) => `has(${label})`).join('&&')))).toHaveLength(40_000)
    expect(restrictions(labels.map((label) => `a=='${label}'`).join('||')).a?.mustHaveOneOf).toHaveLength(40_000)
    const nested = `${'has(x)&&('.repeat(500)}${labels.map((label) => `has(${label})`).join('&&')}${')'.repeat(500)}`
    expect(Object.keys(restrictions(nested))).toHaveLength(40_001)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

test('a prefix before every label leaves values and shape alone', () => {
  const { tree } = parseSelector("!(!(k == 'v' && has(t) || all()) && a in {'b'} || k starts with 'k' || global())")
  expect(selectorOf(mapLabels(tree, (label) => `p/${label}`)).canonical).toBe(
    '!((!((p/k == "v" && has(p/t)) || all()) && p/a in {"b"}) || p/k starts with "k" || global())',
  )
})
