import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { PrefixTable } from '../../../src/address/prefix-table.js'
import { address, prefix } from './parsed.js'

function tableOf(...texts: readonly string[]): PrefixTable<string> {
  const table = new PrefixTable<string>()
  for (const text of texts) table.set(prefix(text), text)
  return table
}

describe('prefix table', () => {
  test('the longest prefix that holds the address wins', () => {
    const table = tableOf('0.0.0.0/0', '10.0.0.0/8', '10.65.0.0/16', '10.65.1.64/26', '10.65.1.65/32')
    expect(
      ['1.1.1.1', '10.1.1.1', '10.65.1.1', '10.65.1.66', '10.65.1.65'].map((a) => table.match(address(a))?.value),
    ).toEqual(['0.0.0.0/0', '10.0.0.0/8', '10.65.0.0/16', '10.65.1.64/26', '10.65.1.65/32'])
  })

  test('families do not meet', () => {
    const table = tableOf('0.0.0.0/0', 'fd00::/8')
    expect(table.match(address('::1'))).toBeUndefined()
    expect(table.match(address('fd12::1'))?.value).toBe('fd00::/8')
  })

  test('a greatest length leaves longer prefixes out', () => {
    const table = tableOf('10.0.0.0/8', '10.65.0.0/16', '10.65.1.0/24')
    expect(table.matchWithin(address('10.65.1.1'), 23)?.value).toBe('10.65.0.0/16')
    expect(table.matchWithin(address('10.65.1.1'), 7)).toBeUndefined()
  })

  test('covering gives the prefix itself or the next wider one', () => {
    const table = tableOf('10.0.0.0/8', '10.65.1.64/26')
    expect(table.covering(prefix('10.65.1.64/26'))?.value).toBe('10.65.1.64/26')
    expect(table.covering(prefix('10.65.1.0/24'))?.value).toBe('10.0.0.0/8')
    expect(table.covering(prefix('0.0.0.0/0'))).toBeUndefined()
  })

  test('setting a prefix again replaces its value', () => {
    const table = tableOf('10.0.0.0/8').set(prefix('10.0.0.0/8'), 'other')
    expect([table.size, table.get(prefix('10.0.0.0/8'))]).toEqual([1, 'other'])
  })

  test('what is deleted no longer matches', () => {
    const table = tableOf('10.0.0.0/8', '10.65.0.0/16')
    expect(table.delete(prefix('10.65.0.0/16'))).toBe(true)
    expect(table.delete(prefix('10.65.0.0/16'))).toBe(false)
    expect(table.delete(prefix('10.0.0.0/9'))).toBe(false)
    expect([table.size, table.match(address('10.65.0.1'))?.value]).toEqual([1, '10.0.0.0/8'])
  })

  test('a held undefined is still a match', () => {
    const table = new PrefixTable<undefined>().set(prefix('10.0.0.0/8'), undefined)
    expect(table.match(address('10.0.0.1'))).toEqual({ prefix: prefix('10.0.0.0/8'), value: undefined })
  })

  test('is walked IPv4 first and from the longest length to the shortest', () => {
    const table = tableOf('fd00::/8', '10.0.0.0/8', '10.65.1.0/24', '10.65.0.0/24', '::1/128')
    expect([...table].map((entry) => formatPrefix(entry.prefix))).toEqual([
      '10.65.1.0/24',
      '10.65.0.0/24',
      '10.0.0.0/8',
      '::1/128',
      'fd00::/8',
    ])
  })
})
