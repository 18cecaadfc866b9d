import { describe, expect, test } from 'vitest'
import { SelectorError, tokenize } from '../../../src/manifests/selector/tokenizer.js'

const kinds = (text: string): string[] => tokenize(text).map(({ kind }) => kind)

describe('tokens', () => {
  test('every mark', () => {
    expect(kinds("(){},== != ! && || 'x'")).toEqual(
      'LParen RParen LBrace RBrace Comma Eq Ne Not And Or StringLiteral EOF'.split(' '),
    )
  })

  test('words are operators behind a label and labels elsewhere', () => {
    expect(kinds('in in')).toEqual(['Label', 'In', 'EOF'])
    expect(kinds('contains contains')).toEqual(['Label', 'Contains', 'EOF'])
    expect(kinds('! in')).toEqual(['Not', 'Label', 'EOF'])
  })

  test('functions are not looked for behind a label', () => {
    expect(() => tokenize('a has(b)')).toThrow(SelectorError)
  })

  test('contains and in may stand before a label, words of two parts may not', () => {
    expect(kinds('a in b')).toEqual(['Label', 'In', 'Label', 'EOF'])
    expect(kinds('a contains b')).toEqual(['Label', 'Contains', 'Label', 'EOF'])
    expect(() => tokenize('a starts with b')).toThrow(SelectorError)
    expect(() => tokenize('a not in b')).toThrow(SelectorError)
  })

  test('a function carries its label, and its parenthesis stands close', () => {
    expect(tokenize('has(\t x )')[0]).toEqual({ kind: 'Has', value: 'x', offset: 0 })
    expect(kinds('has (')).toEqual(['Label', 'LParen', 'EOF'])
  })

  test('a string has no escapes and ends at the next quote of its kind', () => {
    expect(tokenize(`'a\\n"b'`)[0]).toEqual({ kind: 'StringLiteral', value: 'a\\n"b', offset: 0 })
    expect(() => tokenize('"x\\"y"')).toThrow(SelectorError)
  })

  test('each says where it begins', () => {
    expect(tokenize("  a not  in {'x'}").map(({ offset }) => offset)).toEqual([2, 4, 12, 13, 16, 17])
  })
})
