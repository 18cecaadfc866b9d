import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalText, type SelectorNode } from '../../src/manifests/selector/ast.js'
import { labelRestrictions } from '../../src/manifests/selector/label-restrictions.js'
import { parseSelector, SelectorError } from '../../src/manifests/selector/selector.js'

const label = fc.constantFrom('a', 'b.c/d', 'in', 'not', 'has', '__proto__')
const value = fc.constantFrom('', 'x', 'xy', "it's", 'say "x"', '\u{1F600}')
const operator = fc.constantFrom('==', '!=', 'contains', 'starts with', 'ends with')

const quoted = (text: string): string => (text.includes('"') ? `'${text}'` : `"${text}"`)

/** Texts of selectors, in the several ways of writing one thing. */
const { selector } = fc.letrec<{ selector: string; primary: string }>((tie) => ({
  primary: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('all()', 'global( )'),
    label.map((name) => `has( ${name})`),
    fc.tuple(label, operator, value).map(([name, sign, text]) => `${name} ${sign}${quoted(text)}`),
    fc
      .tuple(label, fc.constantFrom('in', 'not in', 'notin'), fc.array(value, { maxLength: 3 }), fc.boolean())
      .map(([name, sign, set, comma]) => {
        return `${name} ${sign} {${set.map(quoted).join(',')}${comma && set.length > 0 ? ',' : ''}}`
      }),
    tie('selector').map((inner) => `(${inner})`),
  ),
  selector: fc
    .array(fc.tuple(fc.constantFrom('', '!', '! !'), tie('primary'), fc.constantFrom(' && ', '||')), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.map(([not, text, joint], i) => (i === 0 ? '' : joint) + not + text).join('')),
}))

const labels = fc.dictionary(label, value, { noNullPrototype: false })

/** The rules once more, over the tree and without compiling it. */
function holds(node: SelectorNode, of: Readonly<Record<string, string>>): boolean {
  if (node.kind === 'all' || node.kind === 'global') return true
  if (node.kind === 'not') return !holds(node.operand, of)
  if ('operands' in node) {
    const held = node.operands.filter((operand) => holds(operand, of)).length
    return node.kind === 'and' ? held === node.operands.length : held > 0
  }
  const found = Object.entries(of).find(([name]) => name === node.label)?.[1]
  if (node.kind === 'has') return found !== undefined
  if (node.kind === 'set') return (found !== undefined && node.values.includes(found)) === (node.operator === 'in')
  if (node.operator === '!=') return found !== node.value
  if (found === undefined) return false
  if (node.operator === '==') return found === node.value
  const at = node.operator === 'ends with' ? found.lastIndexOf(node.value) : found.indexOf(node.value)
  if (node.operator === 'contains') return at >= 0
  return node.operator === 'starts with' ? at === 0 : at >= 0 && at + node.value.length === found.length
}

describe('selectors', () => {
  test('canonical text is a fixed point, `!(!x)` aside', () => {
    fc.assert(
      fc.property(selector, (text) => {
        const { canonical } = parseSelector(text)
        fc.pre(!canonical.includes('!!'))
        expect(parseSelector(canonical).canonical).toBe(canonical)
      }),
      { numRuns: 500 },
    )
  })

  test('canonical text means what was written', () => {
    fc.assert(
      fc.property(selector, labels, (text, of) => {
        const parsed = parseSelector(text)
        expect(parseSelector(parsed.canonical).matches(of)).toBe(parsed.matches(of))
      }),
      { numRuns: 500 },
    )
  })

  test('matching follows the rules over the tree', () => {
    fc.assert(
      fc.property(selector, labels, (text, of) => {
        const { tree, matches } = parseSelector(text)
        expect(matches(of)).toBe(holds(tree, of))
      }),
      { numRuns: 1000 },
    )
  })

  test('negation turns the answer round, twice brings it back', () => {
    fc.assert(
      fc.property(selector, labels, (text, of) => {
        const answer = parseSelector(text).matches(of)
        expect(parseSelector(`!(${text})`).matches(of)).toBe(!answer)
        expect(parseSelector(`!!(${text})`).matches(of)).toBe(answer)
        expect(parseSelector(`!!(${text})`).canonical).toBe(parseSelector(text).canonical)
      }),
    )
  })

  test('labels that match keep every restriction', () => {
    fc.assert(
      fc.property(selector, labels, (text, of) => {
        const parsed = parseSelector(text)
        fc.pre(parsed.matches(of))
        for (const [name, { mustBePresent, mustBeAbsent, mustHaveOneOf }] of labelRestrictions(parsed.tree)) {
          if (mustBePresent) expect(Object.hasOwn(of, name)).toBe(true)
          if (mustBeAbsent) expect(Object.hasOwn(of, name)).toBe(false)
          if (mustHaveOneOf) expect(mustHaveOneOf).toContain(of[name])
        }
      }),
      { numRuns: 1000 },
    )
  })

  test('any text parses or is refused at a place within it', () => {
    const piece = fc.constantFrom(
      ...'(){},!&|="\' \t\nab-é\u{1F600}',
      '==',
      '&&',
      '||',
      'has(',
      'all()',
      ' in ',
      'not',
      ' starts with ',
      '"x"',
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
    )
    fc.assert(
      fc.property(text, (written) => {
        try {
          const { tree, canonical } = parseSelector(written)
          expect(canonicalText(tree)).toBe(canonical)
        } catch (error) {
          if (!(error instanceof SelectorError)) throw error
          expect(error.offset).toBeGreaterThanOrEqual(0)
          expect(error.offset).toBeLessThanOrEqual(written.length)
        }
      }),
      { numRuns: 500 },
    )
  })
})
