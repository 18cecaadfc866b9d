import { describe, expect, test } from 'vitest'
import {
  comparePrefixes,
  containsAddress,
  containsPrefix,
  firstAddress,
  formatDestination,
  formatPrefix,
  hostPrefix,
  lastAddress,
  ordinalOf,
  overlaps,
  parseInterfaceAddress,
  parseInterfaceAddressOrHost,
  parsePrefix,
  parsePrefixOrHost,
  samePrefix,
  sizeOf,
  subPrefix,
  subPrefixCount,
} from '../../../src/address/prefix.js'
import { address, prefix } from './parsed.js'

describe('parsing', () => {
  test('host bits stay in the address and leave the network', () => {
    const parsed = parseInterfaceAddress('172.16.1.11/24')
    expect(parsed).toEqual({ address: address('172.16.1.11'), network: prefix('172.16.1.0/24') })
    expect(parsePrefix('fd00::1:2/112')).toEqual(prefix('fd00::1:0/112'))
  })

  test('zeros before the length are read over, as Go does', () => {
    expect(parsePrefix('10.0.0.0/08')).toEqual(prefix('10.0.0.0/8'))
  })

  test('an IPv4-mapped address counts its length in 128 bits', () => {
    expect(parsePrefix('::ffff:10.0.0.1/120')).toEqual(prefix('10.0.0.0/24'))
    expect(parsePrefix('::ffff:10.0.0.1/96')).toEqual(prefix('0.0.0.0/0'))
    expect(parsePrefix('::ffff:10.0.0.1/24')).toEqual(prefix('::/24'))
  })

  test.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', '::/129', '10.0.0.0/-1', '10.0.0.0/+1', '10.0.0.0/8/8', '/8', ''])(
    '%j is no CIDR',
    (text) => expect(parsePrefix(text)).toBeUndefined(),
  )

  test('a bare address is a host prefix where one may stand', () => {
    expect(parsePrefixOrHost('10.0.0.1')).toEqual(prefix('10.0.0.1/32'))
    expect(parsePrefixOrHost('fd00::1')).toEqual(prefix('fd00::1/128'))
    expect(parsePrefixOrHost('10.0.0.1/8')).toEqual(prefix('10.0.0.0/8'))
    expect(parseInterfaceAddressOrHost('10.0.0.300')).toBeUndefined()
  })
})

describe('text', () => {
  test.each([
    ['0.0.0.0/0', '0.0.0.0/0', 'default'],
    ['10.65.0.0/26', '10.65.0.0/26', '10.65.0.0/26'],
    ['10.65.0.1/32', '10.65.0.1/32', '10.65.0.1'],
    ['::/0', '::/0', 'default'],
    ['fd00:0:0:0::/64', 'fd00::/64', 'fd00::/64'],
    ['fd00::1/128', 'fd00::1/128', 'fd00::1'],
  ])('%s is written %s, and %s as a destination', (given, written, destination) => {
    expect(formatPrefix(prefix(given))).toBe(written)
    expect(formatDestination(prefix(given))).toBe(destination)
  })
})

describe('extent', () => {
  test.each([
    ['0.0.0.0/0', '0.0.0.0', '255.255.255.255', 2 ** 32],
    ['128.0.0.0/1', '128.0.0.0', '255.255.255.255', 2 ** 31],
    ['10.65.0.64/26', '10.65.0.64', '10.65.0.127', 64],
    ['10.65.0.1/32', '10.65.0.1', '10.65.0.1', 1],
    ['fd00::/122', 'fd00::', 'fd00::3f', 64],
    ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 2 ** 128],
  ])('%s goes from %s to %s', (text, first, last, size) => {
    expect(firstAddress(prefix(text))).toEqual(address(first))
    expect(lastAddress(prefix(text))).toEqual(address(last))
    expect(sizeOf(prefix(text))).toBe(size)
  })

  test('a prefix holds its ends and nothing beside them', () => {
    const block = prefix('10.65.0.64/26')
    expect(
      ['10.65.0.63', '10.65.0.64', '10.65.0.127', '10.65.0.128'].map((a) => containsAddress(block, address(a))),
    ).toEqual([false, true, true, false])
    expect(containsAddress(prefix('0.0.0.0/0'), address('::1'))).toBe(false)
    expect(containsAddress(prefix('::/0'), address('10.0.0.1'))).toBe(false)
  })

  test('a prefix holds itself and longer ones, and overlaps what holds it', () => {
    const [pool, block, other] = [prefix('10.65.0.0/16'), prefix('10.65.3.0/26'), prefix('10.66.0.0/16')]
    expect([containsPrefix(pool, pool), containsPrefix(pool, block), containsPrefix(block, pool)]).toEqual([
      true,
      true,
      false,
    ])
    expect([overlaps(pool, block), overlaps(block, pool), overlaps(pool, other)]).toEqual([true, true, false])
  })

  test('the ordinal is the place in the prefix', () => {
    expect(ordinalOf(prefix('10.65.0.64/26'), address('10.65.0.127'))).toBe(63)
    expect(ordinalOf(prefix('fd00::40/122'), address('fd00::41'))).toBe(1)
  })
})

describe('parts', () => {
  test('are numbered from the base', () => {
    expect(subPrefix(prefix('10.65.0.0/16'), 26, 5)).toEqual(prefix('10.65.1.64/26'))
    expect(subPrefix(prefix('fd00::/48'), 122, (1n << 74n) - 1n)).toEqual(prefix('fd00::ffff:ffff:ffff:ffff:ffc0/122'))
    expect(subPrefix(prefix('10.65.0.0/26'), 26, 0)).toEqual(prefix('10.65.0.0/26'))
    expect(subPrefix(prefix('0.0.0.0/0'), 0, 0)).toEqual(prefix('0.0.0.0/0'))
  })

  test.each([
    ['10.65.0.0/24', 26, 4],
    ['10.65.0.0/24', 26, -1],
    ['10.65.0.0/24', 23, 0],
    ['10.65.0.0/24', 33, 0],
    ['255.255.255.0/24', 26, 4],
    ['fd00::/64', 129, 0],
  ])('%s has no /%i number %i', (outer, length, index) => {
    expect(() => subPrefix(prefix(outer), length, index)).toThrow(RangeError)
  })

  test('are counted', () => {
    expect(subPrefixCount(prefix('10.65.0.0/16'), 26)).toBe(1024)
    expect(subPrefixCount(prefix('10.65.0.0/26'), 26)).toBe(1)
    expect(subPrefixCount(prefix('10.65.0.0/27'), 26)).toBe(0)
  })
})

test('order: IPv4 first, lower base first, longer first on one base', () => {
  const sorted = ['10.0.0.0/24', '10.0.0.0/8', '10.1.0.0/16', '200.0.0.0/8', '::/128', '::/0', 'fd00::/8'].map(prefix)
  expect([...sorted].reverse().sort(comparePrefixes)).toEqual(sorted)
})

test('a prefix is the same only with its length and family', () => {
  expect(samePrefix(prefix('0.0.0.0/0'), prefix('::/0'))).toBe(false)
  expect(samePrefix(prefix('10.0.0.0/8'), prefix('10.0.0.0/9'))).toBe(false)
  expect(samePrefix(hostPrefix(address('10.0.0.1')), prefix('10.0.0.1/32'))).toBe(true)
})
