import { describe, expect, test } from 'vitest'
import { parseSelector } from '../../../src/manifests/selector/selector.js'

const matches = (text: string, labels: Record<string, string>): boolean => parseSelector(text).matches(labels)

describe('one label', () => {
  // [selector, with a="xyz", with a="", without a]
  test.each<[string, boolean, boolean, boolean]>([
    ["a == 'xyz'", true, false, false],
    ["a == ''", false, true, false],
    ["a != 'xyz'", false, true, true],
    ["a != ''", true, false, true],
    ["a contains 'y'", true, false, false],
    ["a contains ''", true, true, false],
    ["a starts with 'xy'", true, false, false],
    ["a starts with 'yz'", false, false, false],
    ["a ends with 'yz'", true, false, false],
    ["a ends with 'xy'", false, false, false],
    ["a in {'xyz', 'b'}", true, false, false],
    ["a in {''}", false, true, false],
    ['a in {}', false, false, false],
    ["a not in {'xyz', 'b'}", false, true, true],
    ['a not in {}', true, true, true],
    ['has(a)', true, true, false],
    ["!a == 'xyz'", false, true, true],
    ['!has(a)', false, false, true],
    ['all()', true, true, true],
    ['global()', true, true, true],
    ['!all()', false, false, false],
    ['', true, true, true],
  ])('%s', (text, full, empty, absent) => {
    expect([matches(text, { a: 'xyz' }), matches(text, { a: '' }), matches(text, { b: 'xyz' })]).toEqual([
      full,
      empty,
      absent,
    ])
  })

  test('is compared with regard to case', () => {
    expect(matches("a == 'X'", { a: 'x' })).toBe(false)
    expect(matches("A == 'x'", { a: 'x' })).toBe(false)
  })
})

describe('groups', () => {
  const both = { a: '1', b: '1' }
  test('&& needs all', () => {
    expect(matches('has(a) && has(b)', both)).toBe(true)
    expect(matches('has(a) && has(b)', { b: '1' })).toBe(false)
    expect(matches('has(a) && has(b)', { a: '1' })).toBe(false)
  })

  test('|| needs one', () => {
    expect(matches('has(a) || has(b)', { b: '1' })).toBe(true)
    expect(matches('has(a) || has(b)', { c: '1' })).toBe(false)
  })

  test('! before parentheses negates the group', () => {
    expect(matches('!(has(a) || has(c))', both)).toBe(false)
    expect(matches('!has(c) && has(a)', both)).toBe(true)
  })
})

describe('labels named as members of every object', () => {
  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('%s is absent unless given', (label) => {
    expect(matches(`has(${label})`, {})).toBe(false)
    expect(matches(`${label} contains ''`, {})).toBe(false)
    const labels: Record<string, string> = Object.create(null)
    labels[label] = 'x'
    expect(matches(`${label} == 'x'`, labels)).toBe(true)
  })
})
