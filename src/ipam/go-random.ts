/**
 * Go's math/rand generator (src/math/rand/rng.go): an additive lagged Fibonacci generator over 607 64-bit words, seeded
 * through a linear congruential one. Calico draws each host's first block from it, so its numbers must be Go's.
 *
 * A draw touches two words, and Calico makes a handful of draws per host, so words are seeded when first needed: word i
 * takes steps 21+3i to 23+3i of the congruential generator, which is a multiplication by a power of its factor.
 * 64-bit words are pairs of unsigned 32-bit numbers.
 */

import { GO_RANDOM_CONSTANTS } from './go-random-constants.js'

const LENGTH = 607
const TAP = 273
const MODULUS = 2 ** 31 - 1
const FACTOR = 48271
/** What Go takes for a seed that is 0 modulo 2^31-1. */
const SEED_OF_ZERO = 89482311
const WARM_UP = 20

interface Tables {
  /** FACTOR to the power of n, modulo MODULUS. */
  readonly powers: Int32Array
  readonly high: Uint32Array
  readonly low: Uint32Array
}

let tables: Tables | undefined

function loadTables(): Tables {
  if (tables) return tables
  const powers = new Int32Array(WARM_UP + 3 * LENGTH + 1)
  powers[0] = 1
  for (let i = 1; i < powers.length; i++) powers[i] = (FACTOR * (powers[i - 1] ?? 0)) % MODULUS
  const high = new Uint32Array(LENGTH)
  const low = new Uint32Array(LENGTH)
  const digits = GO_RANDOM_CONSTANTS.join('')
  for (let i = 0; i < LENGTH; i++) {
    high[i] = Number.parseInt(digits.slice(16 * i, 16 * i + 8), 16)
    low[i] = Number.parseInt(digits.slice(16 * i + 8, 16 * i + 16), 16)
  }
  tables = { powers, high, low }
  return tables
}

/** Product of two numbers below 2^31, modulo 2^31-1, without leaving the exact range of a double. */
function multiply(a: number, b: number): number {
  return (((a * Math.floor(b / 65536)) % MODULUS) * 65536 + a * (b % 65536)) % MODULUS
}

/** A source of unsigned 32-bit numbers: `rand.New(rand.NewSource(seed)).Uint32()`. */
export class GoRandom {
  readonly #tables = loadTables()
  readonly #seed: number
  /** Words that were touched, by index: high and low half. */
  readonly #high = new Map<number, number>()
  readonly #low = new Map<number, number>()
  #tap = 0
  #feed = LENGTH - TAP

  /** The seed is a non-negative integer up to 2^53. */
  constructor(seed: number) {
    const reduced = seed % MODULUS
    this.#seed = reduced === 0 ? SEED_OF_ZERO : reduced
  }

  /** The next number, in 0 .. 2^32-1: the top half of Go's 63-bit draw. */
  uint32(): number {
    this.#tap = (this.#tap + LENGTH - 1) % LENGTH
    this.#feed = (this.#feed + LENGTH - 1) % LENGTH
    const low = this.#lowOf(this.#feed) + this.#lowOf(this.#tap)
    const high = this.#highOf(this.#feed) + this.#highOf(this.#tap) + (low > 0xffffffff ? 1 : 0)
    this.#low.set(this.#feed, low >>> 0)
    this.#high.set(this.#feed, high >>> 0)
    return ((high << 1) | ((low >>> 31) & 1)) >>> 0
  }

  #highOf(index: number): number {
    if (!this.#high.has(index)) this.#fill(index)
    return this.#high.get(index) ?? 0
  }

  #lowOf(index: number): number {
    if (!this.#low.has(index)) this.#fill(index)
    return this.#low.get(index) ?? 0
  }

  /** The seeded word: x1 << 40 ^ x2 << 20 ^ x3 ^ constant, for three successive congruential numbers. */
  #fill(index: number): void {
    const { powers, high, low } = this.#tables
    const step = WARM_UP + 3 * index
    const first = multiply(this.#seed, powers[step + 1] ?? 0)
    const second = multiply(this.#seed, powers[step + 2] ?? 0)
    const third = multiply(this.#seed, powers[step + 3] ?? 0)
    this.#high.set(index, ((first << 8) ^ (second >>> 12) ^ (high[index] ?? 0)) >>> 0)
    this.#low.set(index, ((second << 20) ^ third ^ (low[index] ?? 0)) >>> 0)
  }
}
