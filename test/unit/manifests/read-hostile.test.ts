import { describe, expect, test } from 'vitest'
import { type ReadOptions, readManifestText } from '../../../src/manifests/read-manifests.js'

function codesOf(text: string, options: ReadOptions = {}): readonly string[] {
  return readManifestText(text, 'f', options).findings.map(({ code }) => code)
}

describe('aliases', () => {
  const bomb = (levels: number): string =>
    Array.from({ length: levels }, (_, level) => {
      const items =
        level === 0
          ? 'x,x,x,x,x,x,x,x,x'
          : Array(9)
              .fill(`*a${level - 1}`)
              .join(',')
      return `a${level}: &a${level} [${items}]\n`
    }).join('')

  test('ten levels of nine aliases are refused', () => {
    expect(codesOf(bomb(10))).toEqual(['INPUT_ALIAS_BOMB'])
  })

  test('the same below a resource is refused before anything walks through it', () => {
    expect(codesOf(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${bomb(10)}`)).toEqual(['INPUT_ALIAS_BOMB'])
  })

  test('an alias to itself is refused', () => {
    expect(codesOf('a: &a [*a]\n')).toEqual(['INPUT_ALIAS_BOMB'])
  })

  test('a chain of aliases that grows too deep is refused', () => {
    const chain = Array.from({ length: 300 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}`}]\n`).join('')
    expect(codesOf(chain)).toEqual(['INPUT_ALIAS_BOMB'])
  })

  test('a thousand aliases of one anchor are fine', () => {
    const uses = Array.from({ length: 1000 }, (_, i) => `  k${i}: *x\n`).join('')
    expect(codesOf(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x {a: b, c: d}\ndata:\n${uses}`)).toEqual(
      [],
    )
  })

  test('merging without end is refused', () => {
    const merges = Array.from({ length: 3000 }, (_, i) => `m${i}: &m${i}\n  <<: *m${i - 1}\n  k${i}: 1\n`)
      .slice(1)
      .join('')
    expect(codesOf(`m0: &m0 {a: 1}\n${merges}`)).toEqual(['INPUT_SYNTAX'])
  })
})

describe('depth', () => {
  test.each([
    ['open brackets in JSON', '['.repeat(100_000)],
    ['closed brackets in JSON', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['objects in JSON', '{"a":'.repeat(100_000)],
    ['flow YAML', `a: ${'['.repeat(100_000)}`],
    ['flow mappings', `a: ${'{a: '.repeat(100_000)}`],
    ['block YAML', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['dashes', `${'- '.repeat(100_000)}a`],
    ['explicit keys', `${'? '.repeat(100_000)}a`],
  ])('%s', (_, text) => {
    expect(codesOf(text)).toEqual(['INPUT_TOO_DEEP'])
  })

  test('lists in lists', () => {
    const open = '{"kind":"List","items":['
    expect(codesOf(open.repeat(5000) + ']}'.repeat(5000))).toEqual(['INPUT_TOO_DEEP'])
    expect(codesOf(open.repeat(50) + ']}'.repeat(50))).toEqual(['INPUT_NOT_A_RESOURCE'])
  })
})

describe('size', () => {
  test('values are counted before anything is parsed', () => {
    expect(codesOf(`[${'{},'.repeat(1000)}{}]`, { limits: { values: 1000 } })).toEqual(['INPUT_TOO_LARGE'])
  })

  test('documents beyond the limit are told, the others are read', () => {
    const text =
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n'
    const { manifests, findings } = readManifestText(text, 'f', { limits: { documents: 1 } })
    expect(manifests).toHaveLength(1)
    expect(findings.map(({ code }) => code)).toEqual(['INPUT_TOO_LARGE'])
  })

  test('one mistake in many documents is listed a hundred times and counted', () => {
    const { findings } = readManifestText('a\n---\n'.repeat(1000), 'f')
    expect(findings).toHaveLength(101)
    expect(findings.at(-1)?.message).toMatch(/^900 /)
  })

  test('many documents take linear time', () => {
    const text = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\nspec: *x\n---\n'
    const start = performance.now()
    readManifestText(text.repeat(20_000), 'f')
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('damage', () => {
  test.each([
    ['truncated JSON', '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Po', 'INPUT_SYNTAX'],
    ['truncated YAML', 'apiVersion: v1\nkind: "Po', 'INPUT_SYNTAX'],
    ['control characters', 'apiVersion: v1\nkind: \u0007\n', 'INPUT_SYNTAX'],
    ['a web page', '<!DOCTYPE html>\n<html><body>404</body></html>\n', 'INPUT_NOT_A_RESOURCE'],
    ['nothing', '', 'INPUT_EMPTY'],
    ['blanks', ' \n\t\n', 'INPUT_EMPTY'],
    ['comments', '# a\n---\n# b\n', 'INPUT_EMPTY'],
  ])('%s', (_, text, code) => {
    expect(codesOf(text)).toEqual([code])
  })
})
