import { describe, expect, test } from 'vitest'
import {
  addressPlus,
  compareAddresses,
  formatAddress,
  formatV6,
  parseAddress,
  parseV6Value,
  sameAddress,
} from '../../../src/address/address.js'
import { address } from './parsed.js'

describe('parsing', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.65.0.1', 0x0a410001],
    ['255.255.255.255', 0xffffffff],
  ])('%s is IPv4', (text, value) => expect(parseAddress(text)).toEqual({ family: 4, value }))

  test.each([
    ['::', 0n],
    ['::1', 1n],
    ['1::', 1n << 112n],
    ['fd00:A::ff', 0xfd00000a0000000000000000000000ffn],
    ['1:2:3:4:5:6:7:8', 0x00010002000300040005000600070008n],
    ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
    ['64:ff9b::10.0.0.1', 0x0064ff9b00000000000000000a000001n],
    ['0000:0000:0000:0000:0000:fffe:255.255.255.255', 0xfffeffffffffn],
  ])('%s is IPv6', (text, value) => expect(parseAddress(text)).toEqual({ family: 6, value }))

  test('an IPv4-mapped address is IPv4', () => {
    expect(parseAddress('::ffff:10.0.0.1')).toEqual(parseAddress('10.0.0.1'))
    expect(parseAddress('0:0:0:0:0:FFFF:0a00:0001')).toEqual(parseAddress('10.0.0.1'))
  })

  test.each([
    '',
    '10.0.0',
    '10.0.0.',
    '.10.0.0',
    '10.0.0.0.1',
    '10..0.1',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.00',
    ' 10.0.0.1',
    '10.0.0.1 ',
    '+1.0.0.0',
    '0x0a.0.0.1',
    '167837697',
    '10.0.0.1/24',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2:3:4:5:6:7:8',
    '1::2::3',
    ':1::',
    '1:',
    '::g',
    '::12345',
    '::1.2.3',
    '::01.2.3.4',
    '1.2.3.4::',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    '[::1]',
    `${'0'.repeat(50)}::1`,
  ])('%j is no address', (text) => expect(parseAddress(text)).toBeUndefined())
})

describe('text', () => {
  test.each([
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['2001:0DB8::0A', '2001:db8::a'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['1:0:0:2:3:0:0:4', '1::2:3:0:0:4'],
    ['0:0:1:2:3:4:0:0', '::1:2:3:4:0:0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('%s is written %s', (given, written) => expect(formatAddress(address(given))).toBe(written))

  test('an IPv4-mapped value that stays IPv6 keeps its dotted quad', () => {
    expect(formatV6(parseV6Value('::ffff:10.0.0.1') ?? 0n)).toBe('::ffff:10.0.0.1')
  })
})

describe('arithmetic', () => {
  test('an offset moves within the space of the family', () => {
    expect(addressPlus(address('10.0.0.255'), 1)).toEqual(address('10.0.1.0'))
    expect(addressPlus(address('10.0.1.0'), -1)).toEqual(address('10.0.0.255'))
    expect(addressPlus(address('fd00::'), 1n << 64n)).toEqual(address('fd00:0:0:1::'))
  })

  test('there is nothing past either end', () => {
    expect(addressPlus(address('255.255.255.255'), 1)).toBeUndefined()
    expect(addressPlus(address('0.0.0.0'), -1)).toBeUndefined()
    expect(addressPlus(address('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'), 1)).toBeUndefined()
    expect(addressPlus(address('::'), -1)).toBeUndefined()
  })

  test('IPv4 comes before IPv6, then lower before higher', () => {
    const sorted = ['10.0.0.1', '10.0.0.2', '200.0.0.1', '::1', 'fd00::'].map(address)
    expect([...sorted].reverse().sort(compareAddresses)).toEqual(sorted)
    expect(compareAddresses(address('::1'), address('::1'))).toBe(0)
  })

  test('equal values of two families are two addresses', () => {
    expect(sameAddress(address('0.0.0.1'), address('::1'))).toBe(false)
    expect(sameAddress(address('0.0.0.1'), address('0.0.0.1'))).toBe(true)
  })
})
