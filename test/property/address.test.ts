import fc from 'fast-check'
import { IPv4, IPv4CidrRange, IPv6, IPv6CidrRange } from 'ip-num'
import { describe, expect, test } from 'vitest'
import { type Address, formatAddress, formatV6, parseAddress, parseV6Value } from '../../src/address/address.js'
import {
  bitsOf,
  comparePrefixes,
  containsAddress,
  containsPrefix,
  firstAddress,
  formatPrefix,
  lastAddress,
  ordinalOf,
  overlaps,
  type Prefix,
  parsePrefix,
  prefixOf,
  subPrefix,
  subPrefixCount,
} from '../../src/address/prefix.js'
import { PrefixTable } from '../../src/address/prefix-table.js'

const v4: fc.Arbitrary<Address> = fc.nat(0xffffffff).map((value) => ({ family: 4, value }))
/** Groups are often zero, so that `::` has something to do. */
const v6: fc.Arbitrary<Address> = fc
  .array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n))
  .filter((value) => value >> 32n !== 0xffffn)
  .map((value) => ({ family: 6, value }))
const address = fc.oneof(v4, v6)
const prefix = address.chain((base) => fc.nat(bitsOf(base.family)).map((length) => prefixOf(base, length)))
/** Prefixes near one another, so that they often nest. */
const crowded = fc
  .tuple(fc.constantFrom(0x0a000000, 0x0a400000, 0x0a410000, 0x0a410040), fc.nat(255), fc.nat(32))
  .map(([base, host, length]): Prefix => prefixOf({ family: 4, value: base + host }, length))

const oracleAddress = (a: Address): IPv4 | IPv6 => (a.family === 4 ? new IPv4(BigInt(a.value)) : new IPv6(a.value))

function oracleRange(p: Prefix): { first: bigint; last: bigint; size: bigint } {
  const range = p.family === 4 ? IPv4CidrRange.fromCidr(formatPrefix(p)) : IPv6CidrRange.fromCidr(formatPrefix(p))
  return { first: range.getFirst().getValue(), last: range.getLast().getValue(), size: range.getSize() }
}

describe('addresses against ip-num', () => {
  test('its text is read as the same value', () => {
    fc.assert(
      fc.property(address, (a) => {
        expect(parseAddress(oracleAddress(a).toString())).toEqual(a)
      }),
    )
  })

  test('our text is read by it as the same value, and by us', () => {
    fc.assert(
      fc.property(address, (a) => {
        const text = formatAddress(a)
        expect((a.family === 4 ? IPv4.fromString(text) : IPv6.fromString(text)).getValue()).toBe(BigInt(a.value))
        expect(parseAddress(text)).toEqual(a)
      }),
    )
  })

  test('IPv6 text is the shortest of RFC 5952', () => {
    fc.assert(
      fc.property(v6, (a) => {
        const text = formatAddress(a)
        expect(text).toMatch(/^[0-9a-f:]+$/)
        expect(text).not.toMatch(/(^|:)0[0-9a-f]/)
        const [left, right] = text.split('::')
        const kept = `${left}:${right ?? ''}`.split(':').filter((group) => group !== '')
        const written = a.value.toString(16).padStart(32, '0').match(/.{4}/g) ?? []
        const runs =
          written
            .map((group) => (group === '0000' ? '0' : '1'))
            .join('')
            .match(/0{2,}/g) ?? []
        expect(8 - kept.length).toBe(Math.max(0, ...runs.map((run) => run.length)))
      }),
    )
  })

  test('any text is read as ip-num reads it, or is none', () => {
    const group = fc.constantFrom('0', '1', 'ff', 'ffff', '00a', '', '12345', 'g')
    const text = fc
      .tuple(fc.array(group, { maxLength: 9 }), fc.constantFrom(':', '::', '.'))
      .map(([all, by]) => all.join(by))
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (written) => {
        const value = parseV6Value(written)
        if (value === undefined) return
        expect(IPv6.fromString(written).getValue()).toBe(value)
        expect(parseV6Value(formatV6(value))).toBe(value)
      }),
    )
  })
})

describe('prefixes against ip-num', () => {
  test('first, last and size', () => {
    fc.assert(
      fc.property(prefix, (p) => {
        const { first, last, size } = oracleRange(p)
        expect([BigInt(firstAddress(p).value), BigInt(lastAddress(p).value)]).toEqual([first, last])
        expect(size).toBe(1n << BigInt(bitsOf(p.family) - p.length))
        expect(parsePrefix(formatPrefix(p))).toEqual(p)
      }),
    )
  })

  test('an address is held exactly when it lies between first and last', () => {
    fc.assert(
      fc.property(
        prefix.chain((p) =>
          fc.tuple(fc.constant(p), fc.oneof(address, fc.constant(firstAddress(p)), fc.constant(lastAddress(p)))),
        ),
        ([p, a]) => {
          const { first, last } = oracleRange(p)
          const value = BigInt(a.value)
          expect(containsAddress(p, a)).toBe(a.family === p.family && first <= value && value <= last)
        },
      ),
    )
  })

  test('two prefixes nest or are apart', () => {
    fc.assert(
      fc.property(crowded, crowded, (a, b) => {
        const [x, y] = [IPv4CidrRange.fromCidr(formatPrefix(a)), IPv4CidrRange.fromCidr(formatPrefix(b))]
        expect(containsPrefix(a, b)).toBe(x.contains(y))
        expect(overlaps(a, b)).toBe(x.contains(y) || y.contains(x))
        const [firstA, lastA, firstB, lastB] = [firstAddress(a), lastAddress(a), firstAddress(b), lastAddress(b)]
        expect(overlaps(a, b)).toBe(firstA.value <= lastB.value && firstB.value <= lastA.value)
      }),
    )
  })

  test('the parts of a prefix follow one another and fill it', () => {
    fc.assert(
      fc.property(prefix, fc.nat(6), (p, extra) => {
        const length = Math.min(p.length + extra, bitsOf(p.family))
        const parts = Array.from({ length: subPrefixCount(p, length) }, (_, i) => subPrefix(p, length, i))
        let next = BigInt(p.base)
        for (const part of parts) {
          expect(BigInt(part.base)).toBe(next)
          next = BigInt(lastAddress(part).value) + 1n
        }
        expect(next).toBe(BigInt(lastAddress(p).value) + 1n)
      }),
    )
  })

  test('the ordinal of an address leads back to it', () => {
    fc.assert(
      fc.property(v4, fc.nat(32), (a, length) => {
        const p = prefixOf(a, length)
        expect(firstAddress(subPrefix(p, 32, ordinalOf(p, a)))).toEqual(a)
      }),
    )
  })

  test('their order is total', () => {
    fc.assert(
      fc.property(crowded, prefix, crowded, (a, b, c) => {
        expect(Math.sign(comparePrefixes(a, b))).toBe(0 - Math.sign(comparePrefixes(b, a)))
        expect(comparePrefixes(a, c) === 0).toBe(formatPrefix(a) === formatPrefix(c))
        const [x, y, z] = [a, b, c].sort(comparePrefixes)
        if (x && y && z) expect(comparePrefixes(x, z)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('prefix table against a linear scan', () => {
  const change = fc.tuple(fc.oneof({ weight: 5, arbitrary: crowded }, prefix), fc.boolean(), fc.nat(9))
  const anyAddress = fc.oneof(crowded.map(firstAddress), crowded.map(lastAddress), address)

  test('after any changes, matching finds what the scan finds', () => {
    fc.assert(
      fc.property(fc.array(change), fc.array(anyAddress), fc.nat(32), (changes, asked, most) => {
        const table = new PrefixTable<number>()
        const list: { prefix: Prefix; value: number }[] = []
        for (const [p, add, value] of changes) {
          const at = list.findIndex((entry) => comparePrefixes(entry.prefix, p) === 0)
          expect(table.get(p)).toBe(list[at]?.value)
          if (add) table.set(p, value)
          else expect(table.delete(p)).toBe(at >= 0)
          if (at >= 0) list.splice(at, 1)
          if (add) list.push({ prefix: p, value })
        }
        expect(table.size).toBe(list.length)
        expect([...table].length).toBe(list.length)
        const scan = (within: readonly { prefix: Prefix; value: number }[], holds: (p: Prefix) => boolean) =>
          within.filter((entry) => holds(entry.prefix)).sort((a, b) => b.prefix.length - a.prefix.length)[0]
        for (const a of asked) {
          expect(table.match(a)).toEqual(scan(list, (p) => containsAddress(p, a)))
          const shorter = list.filter((entry) => entry.prefix.length <= most)
          expect(table.matchWithin(a, most)).toEqual(scan(shorter, (p) => containsAddress(p, a)))
        }
        for (const [p] of changes) expect(table.covering(p)).toEqual(scan(list, (outer) => containsPrefix(outer, p)))
      }),
    )
  })
})
