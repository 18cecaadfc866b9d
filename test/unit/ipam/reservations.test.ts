import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { ReservedSet, reservedPrefixes, withoutContained } from '../../../src/ipam/reservations.js'
import { address, prefix } from './fixture.js'

const setOf = (...texts: string[]): ReservedSet => new ReservedSet(reservedPrefixes(texts))

describe('reservations', () => {
  test('take addresses, CIDRs and surrounding space, and leave out what is neither', () => {
    const read = reservedPrefixes([' 10.0.0.0/24 ', '10.1.0.1', '', 'x', '10.0.0.0/33', 'fd00::1'])
    expect(read.map(formatPrefix)).toEqual(['10.0.0.0/24', '10.1.0.1/32', 'fd00::1/128'])
  })

  test('cover a block together', () => {
    const set = setOf('10.0.0.0/27', '10.0.0.32/27')
    expect(set.covers(prefix('10.0.0.0/26'))).toBe(true)
    expect(setOf('10.0.0.0/27', '10.0.0.32/28').covers(prefix('10.0.0.0/26'))).toBe(false)
  })

  test('touch a block of which they hold a part', () => {
    expect(setOf('10.0.0.63').touches(prefix('10.0.0.0/26'))).toBe(true)
    expect(setOf('10.0.0.64').touches(prefix('10.0.0.0/26'))).toBe(false)
  })

  test('are counted once where they overlap', () => {
    expect(setOf('10.0.0.0/25', '10.0.0.5', '10.0.0.64/26').countIn(prefix('10.0.0.0/24'))).toBe(128)
  })

  test('hold addresses of their own family only', () => {
    expect(setOf('::/0').hasAddress(address('10.0.0.1'))).toBe(false)
    expect(setOf('::/0').hasAddress(address('cafe::'))).toBe(true)
  })

  test('reach to the end of the address space', () => {
    expect(setOf('255.255.255.0/24').covers(prefix('255.255.255.192/26'))).toBe(true)
    expect(setOf('::/0').covers(prefix('ffff::/32'))).toBe(true)
  })

  test('that lie in one another leave the widest', () => {
    const left = withoutContained(['10.0.0.0/25', '10.0.0.0/24', '10.0.0.0/25', '11.0.0.0/8'].map(prefix))
    expect(left.map(formatPrefix)).toEqual(['10.0.0.0/24', '11.0.0.0/8'])
  })
})
