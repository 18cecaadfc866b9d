/**
 * IPReservations as ranges that AutoAssign leaves out (libcalico-go/lib/ipam/addr_filter.go, reserved.go). A specific
 * address may be assigned all the same.
 */

import type { Address, Family } from '../address/address.js'
import { bitsOf, firstAddress, lastAddress, type Prefix, parsePrefixOrHost } from '../address/prefix.js'

type Value = number | bigint

interface Range {
  readonly first: Value
  last: Value
}

/**
 * The prefixes that IPReservation texts stand for: CIDRs or bare addresses, surrounding space ignored, anything else
 * left out as Calico leaves it out.
 */
export function reservedPrefixes(texts: readonly string[]): Prefix[] {
  return texts.flatMap((text) => parsePrefixOrHost(text.trim()) ?? [])
}

/** Of prefixes that contain or equal each other only the widest, in order of size, smallest first. */
export function withoutContained(prefixes: readonly Prefix[]): Prefix[] {
  const bySize = [...prefixes].sort((a, b) => b.length - a.length || a.family - b.family)
  return bySize.filter((prefix, i) => !bySize.slice(i + 1).some((larger) => holds(larger, firstAddress(prefix))))
}

function holds(prefix: Prefix, address: Address): boolean {
  return prefix.family === address.family && address.value >= prefix.base && address.value <= lastAddress(prefix).value
}

/** A fixed set of reserved addresses. Ranges are merged, so a question costs one binary search. */
export class ReservedSet {
  readonly #ranges: Readonly<Record<Family, readonly Range[]>>

  constructor(prefixes: readonly Prefix[]) {
    this.#ranges = { 4: merge(prefixes, 4), 6: merge(prefixes, 6) }
  }

  hasAddress(address: Address): boolean {
    const range = this.#ranges[address.family][this.#endingAtOrAfter(address.family, address.value)]
    return range !== undefined && range.first <= address.value
  }

  /** True when any address of the prefix is reserved. */
  touches(prefix: Prefix): boolean {
    const range = this.#ranges[prefix.family][this.#endingAtOrAfter(prefix.family, prefix.base)]
    return range !== undefined && range.first <= lastAddress(prefix).value
  }

  /** True when every address of the prefix is reserved, by one reservation or by several together. */
  covers(prefix: Prefix): boolean {
    return this.coveredUpTo(prefix.family, prefix.base, lastAddress(prefix).value) !== undefined
  }

  /** When first .. last are all reserved: the end of the reserved range that holds them. */
  coveredUpTo(family: Family, first: Value, last: Value): Value | undefined {
    const range = this.#ranges[family][this.#endingAtOrAfter(family, first)]
    return range !== undefined && range.first <= first && range.last >= last ? range.last : undefined
  }

  /** How many addresses of the prefix are reserved; the nearest double for huge IPv6 prefixes. */
  countIn(prefix: Prefix): number {
    const end = lastAddress(prefix).value
    let count = 0
    const ranges = this.#ranges[prefix.family]
    for (let i = this.#endingAtOrAfter(prefix.family, prefix.base); i < ranges.length; i++) {
      const range = ranges[i]
      if (range === undefined || range.first > end) break
      count += Number(lesser(range.last, end) - greater(range.first, prefix.base)) + 1
    }
    return count
  }

  /** How many prefixes of that length inside the given one are reserved to the last address. */
  wholePrefixesIn(prefix: Prefix, length: number): number {
    const size = 1n << BigInt(bitsOf(prefix.family) - length)
    const end = lastAddress(prefix).value
    let count = 0n
    const ranges = this.#ranges[prefix.family]
    for (let i = this.#endingAtOrAfter(prefix.family, prefix.base); i < ranges.length; i++) {
      const range = ranges[i]
      if (range === undefined || range.first > end) break
      const first = (greater(range.first, prefix.base) + size - 1n) / size
      const after = (lesser(range.last, end) + 1n) / size
      if (after > first) count += after - first
    }
    return Number(count)
  }

  #endingAtOrAfter(family: Family, value: Value): number {
    const ranges = this.#ranges[family]
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const range = ranges[middle]
      if (range !== undefined && range.last < value) low = middle + 1
      else high = middle
    }
    return low
  }
}

function lesser(a: Value, b: Value): bigint {
  return BigInt(b < a ? b : a)
}

function greater(a: Value, b: Value): bigint {
  return BigInt(b > a ? b : a)
}

function merge(prefixes: readonly Prefix[], family: Family): Range[] {
  const ranges: Range[] = prefixes
    .filter((prefix) => prefix.family === family)
    .map((prefix) => ({ first: prefix.base, last: lastAddress(prefix).value }))
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))
  const merged: Range[] = []
  for (const range of ranges) {
    const previous = merged.at(-1)
    if (previous !== undefined && BigInt(range.first) <= BigInt(previous.last) + 1n) {
      if (range.last > previous.last) previous.last = range.last
    } else merged.push({ ...range })
  }
  return merged
}
