/** The blocks of one pool as places on a ring, with indexes over those that exist and those that are full. */

import { containsPrefix, lastAddress, type Prefix } from '../address/prefix.js'
import type { AssignablePool } from './assignable-pool.js'
import type { Block } from './block.js'
import { type BlockIndex, PLAIN_BITS } from './block-order.js'
import type { ReservedSet } from './reservations.js'
import { SkipIndex } from './skip-index.js'

/**
 * A pool of more than 2^53 blocks can never run out, and its blocks are so far apart that a host's walk meets few of
 * them, so there no index is kept.
 */
export class PoolSpace {
  readonly pool: AssignablePool
  /** The pool has 2^bits blocks. */
  readonly bits: number
  readonly #reserved: ReservedSet
  readonly #blocks: () => Iterable<Block>
  readonly #exists: (prefix: Prefix) => boolean
  readonly #taken: SkipIndex | undefined
  /** Made when a first request borrows. */
  #full: SkipIndex | undefined

  constructor(
    pool: AssignablePool,
    reserved: ReservedSet,
    blocks: () => Iterable<Block>,
    exists: (prefix: Prefix) => boolean,
  ) {
    this.pool = pool
    this.bits = Math.max(0, pool.blockSize - pool.prefix.length)
    this.#reserved = reserved
    this.#blocks = blocks
    this.#exists = exists
    if (this.bits > PLAIN_BITS) return
    this.#taken = new SkipIndex(2 ** this.bits)
    for (const block of blocks()) this.created(block)
  }

  /** The place of a block in this pool; undefined when it is no block of the pool. */
  indexOf(block: Prefix): BlockIndex | undefined {
    if (block.length !== this.pool.blockSize || !containsPrefix(this.pool.prefix, block)) return undefined
    return this.#indexAt(block.base)
  }

  blockAt(index: BlockIndex): Prefix {
    const { prefix, blockSize: length } = this.pool
    return prefix.family === 4
      ? { family: 4, base: prefix.base + Number(index) * 2 ** (32 - length), length }
      : { family: 6, base: prefix.base + (BigInt(index) << BigInt(128 - length)), length }
  }

  /** Steps from `start` to `index`, going round. */
  distance(start: BlockIndex, index: BlockIndex): BlockIndex {
    if (typeof start === 'number' && typeof index === 'number') {
      return index >= start ? index - start : index - start + 2 ** this.bits
    }
    const count = 1n << BigInt(this.bits)
    return (BigInt(index) - BigInt(start) + count) % count
  }

  created(block: Block): void {
    const index = this.indexOf(block.prefix)
    if (typeof index === 'number') this.#taken?.mark(index)
  }

  deleted(block: Block): void {
    const index = this.indexOf(block.prefix)
    if (typeof index !== 'number') return
    this.#taken?.unmark(index)
    this.#full?.unmark(index)
  }

  changed(block: Block): void {
    const index = this.#full && this.indexOf(block.prefix)
    if (typeof index !== 'number') return
    if (block.freeOutside(this.#reserved) === 0) this.#full?.mark(index)
    else this.#full?.unmark(index)
  }

  /** The first place from `start` on whose block does not exist and is not reserved as a whole. */
  firstFree(start: BlockIndex): BlockIndex | undefined {
    return typeof start === 'number' ? this.#firstUntaken(start) : this.#walk(start)
  }

  /** Places from `start` on, once round, whose block is not known to be full; it may not exist. */
  *open(start: BlockIndex): IterableIterator<BlockIndex> {
    if (typeof start !== 'number') return
    if (this.#full === undefined) {
      this.#full = new SkipIndex(2 ** this.bits)
      for (const block of this.#blocks()) this.changed(block)
    }
    let reached = -1
    for (let at = this.#full.next(start); at !== undefined; ) {
      const distance = Number(this.distance(start, at))
      if (distance <= reached) return
      reached = distance
      yield at
      if (reached === 2 ** this.bits - 1) return
      at = this.#full.next((at + 1) % 2 ** this.bits)
    }
  }

  #firstUntaken(start: number): number | undefined {
    const count = 2 ** this.bits
    let reached = -1
    for (let at = this.#taken?.next(start); at !== undefined; ) {
      const distance = Number(this.distance(start, at))
      if (distance <= reached) return undefined
      const end = this.#reservedUpTo(at)
      if (end === undefined) return at
      reached = distance + Number(end) - at
      if (reached >= count - 1) return undefined
      at = this.#taken?.next((Number(end) + 1) % count)
    }
    return undefined
  }

  #walk(start: bigint): bigint | undefined {
    const count = 1n << BigInt(this.bits)
    for (let steps = 0n; steps < count; steps++) {
      const at = (start + steps) % count
      const end = this.#reservedUpTo(at)
      if (end !== undefined) steps += BigInt(end) - at
      else if (!this.#exists(this.blockAt(at))) return at
    }
    return undefined
  }

  /** For a block that is reserved as a whole: the last of the blocks from there on that all are. */
  #reservedUpTo(index: BlockIndex): BlockIndex | undefined {
    const block = this.blockAt(index)
    const last = this.#reserved.coveredUpTo(block.family, block.base, lastAddress(block).value)
    if (last === undefined) return undefined
    const poolEnd = lastAddress(this.pool.prefix).value
    if (last >= poolEnd) return this.#indexAt(poolEnd)
    const after = this.#indexAt(typeof last === 'number' ? last + 1 : last + 1n)
    return typeof after === 'number' ? after - 1 : after - 1n
  }

  #indexAt(value: number | bigint): BlockIndex {
    const { prefix, blockSize } = this.pool
    if (prefix.family === 4) return Math.floor((Number(value) - prefix.base) / 2 ** (32 - blockSize))
    const index = (BigInt(value) - prefix.base) >> BigInt(128 - blockSize)
    return this.bits <= PLAIN_BITS ? Number(index) : index
  }
}
