/** Longest-prefix match. */

import type { Address, Family } from './address.js'
import { bitsOf, firstAddress, maskV4, type Prefix } from './prefix.js'

type Key = number | bigint

interface Slot<T> {
  readonly prefix: Prefix
  value: T
}

/**
 * A table of prefixes of both families: one hash map for each prefix length present, asked from the longest down.
 * Iteration goes IPv4 before IPv6, longer prefixes before shorter ones, and in order of first `set` within a length.
 */
export class PrefixTable<T> {
  readonly #lengths: Record<Family, Map<number, Map<Key, Slot<T>>>> = { 4: new Map(), 6: new Map() }
  readonly #order: Record<Family, number[]> = { 4: [], 6: [] }
  #size = 0

  /** Number of prefixes. */
  get size(): number {
    return this.#size
  }

  /** Adds or replaces the value of exactly this prefix. */
  set(prefix: Prefix, value: T): this {
    const lengths = this.#lengths[prefix.family]
    let slots = lengths.get(prefix.length)
    if (slots === undefined) {
      slots = new Map()
      lengths.set(prefix.length, slots)
      const order = this.#order[prefix.family]
      order.push(prefix.length)
      order.sort((a, b) => b - a)
    }
    const slot = slots.get(prefix.base)
    if (slot) slot.value = value
    else {
      slots.set(prefix.base, { prefix, value })
      this.#size++
    }
    return this
  }

  /** The value of exactly this prefix. */
  get(prefix: Prefix): T | undefined {
    return this.#lengths[prefix.family].get(prefix.length)?.get(prefix.base)?.value
  }

  /** Removes exactly this prefix; whether it was there. */
  delete(prefix: Prefix): boolean {
    const gone = this.#lengths[prefix.family].get(prefix.length)?.delete(prefix.base) ?? false
    if (gone) this.#size--
    return gone
  }

  /** The entry whose prefix is the longest that holds the address. */
  match(address: Address): { readonly prefix: Prefix; readonly value: T } | undefined {
    return this.matchWithin(address, bitsOf(address.family))
  }

  /** As `match`, among prefixes of at most `maxLength` bits. */
  matchWithin(address: Address, maxLength: number): { readonly prefix: Prefix; readonly value: T } | undefined {
    const lengths = this.#lengths[address.family]
    for (const length of this.#order[address.family]) {
      if (length > maxLength) continue
      const slot = lengths.get(length)?.get(keyOf(address, length))
      if (slot) return slot
    }
    return undefined
  }

  /** The longest entry that covers the whole prefix, itself included. */
  covering(prefix: Prefix): { readonly prefix: Prefix; readonly value: T } | undefined {
    return this.matchWithin(firstAddress(prefix), prefix.length)
  }

  *[Symbol.iterator](): IterableIterator<{ readonly prefix: Prefix; readonly value: T }> {
    for (const family of [4, 6] as const) {
      for (const length of this.#order[family]) yield* this.#lengths[family].get(length)?.values() ?? []
    }
  }
}

function keyOf(address: Address, length: number): Key {
  if (address.family === 4) return maskV4(address.value, length)
  const shift = BigInt(128 - length)
  return (address.value >> shift) << shift
}
