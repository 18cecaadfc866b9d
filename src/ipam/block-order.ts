/**
 * Where in a pool a host starts looking for a block (libcalico-go/lib/ipam/ipam_block_reader_writer.go determineSeed
 * and randomBlockGenerator). The host then visits the blocks in ascending order from there, round to the block before.
 */

import { GoRandom } from './go-random.js'

/** Place of a block in its pool. A bigint where the pool has more than 2^53 blocks, which only IPv6 pools can. */
export type BlockIndex = number | bigint

/** Most blocks that a pool can have and still be counted with plain numbers, as a power of two. */
export const PLAIN_BITS = 53

/** FNV-1 (not 1a), 32 bits, over the UTF-8 bytes: Go's hash/fnv New32. */
export function fnv1(text: string): number {
  let hash = 2166136261
  for (const byte of new TextEncoder().encode(text)) hash = (Math.imul(hash, 16777619) ^ byte) >>> 0
  return hash
}

/**
 * Go's `big.Int.Rand` for the limit 2^bits: 64-bit words of two draws each, low half first, the top one masked to as
 * many bits as the limit itself needs, thrown away and drawn anew until it lies below the limit.
 */
export function drawBelowPowerOfTwo(random: GoRandom, bits: number): BlockIndex {
  return bits <= PLAIN_BITS ? drawPlain(random, bits) : drawWide(random, bits)
}

function drawPlain(random: GoRandom, bits: number): number {
  const limit = 2 ** bits
  const mask = 2 ** (bits + 1)
  for (;;) {
    const low = random.uint32()
    const high = random.uint32()
    const value = bits + 1 <= 32 ? low % mask : low + (high % 2 ** (bits + 1 - 32)) * 2 ** 32
    if (value < limit) return value
  }
}

function drawWide(random: GoRandom, bits: number): bigint {
  const limit = 1n << BigInt(bits)
  const words = Math.ceil((bits + 1) / 64)
  for (;;) {
    let value = 0n
    for (let word = 0; word < words; word++) {
      const low = BigInt(random.uint32())
      value |= (low | (BigInt(random.uint32()) << 32n)) << BigInt(64 * word)
    }
    value &= (limit << 1n) - 1n
    if (value < limit) return value
  }
}

/**
 * The first block that the host tries in a pool of 2^bits blocks. Depends on the host and the number of blocks only:
 * every pool with as many blocks has the same start.
 *
 * `tieSeed` is given for blocks of one address: there Calico seeds from the clock, so any order may come up, and this
 * number picks one.
 */
export function startIndex(host: string, bits: number, tieSeed?: number): BlockIndex {
  const seed = tieSeed === undefined ? fnv1(host) : fnv1(`${host}#${tieSeed}`)
  return drawBelowPowerOfTwo(new GoRandom(seed), bits)
}
