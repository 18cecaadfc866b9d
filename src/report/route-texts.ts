/**
 * Texts of kernel tables at the speed at which bytes can be copied. The text of a route that many nodes have is made
 * once and kept, in the order in which routes were first met: what stands side by side in one table mostly does in the
 * next, and is handed out as one range of bytes.
 */

import type { KernelRoute } from '../dataplane/kernel-route.js'
import type { NumberedTable } from '../dataplane/shared-routes.js'

/** Bytes of texts that are kept; beyond them all are forgotten. */
const MOST_BYTES = 1 << 28
/** Ranges from this size on are handed out where they lie; shorter ones are put together. */
const LONG_RANGE = 1 << 15
/** Bytes that are put together before they are handed out. */
const PIECE_BYTES = 1 << 18

export interface RouteTextsOptions {
  /** Of one route, with the character that parts it from the one before; this character may be any of one byte. */
  readonly textOf: (route: KernelRoute) => string
  readonly mostBytes?: number
}

/** Puts texts and ranges of kept texts together. What it hands out is good until the next piece is asked for. */
export class RouteTexts {
  readonly #textOf: (route: KernelRoute) => string
  readonly #mostBytes: number
  #kept = Buffer.allocUnsafe(1 << 20)
  #length = 0
  /** Where the text of a route by its number begins and ends; no text where both are 0. */
  #starts = new Int32Array(1 << 12)
  #ends = new Int32Array(1 << 12)
  #of: readonly KernelRoute[] = []
  readonly #pending = Buffer.allocUnsafe(PIECE_BYTES)
  #pendingLength = 0

  constructor({ textOf, mostBytes = MOST_BYTES }: RouteTextsOptions) {
    this.#textOf = textOf
    this.#mostBytes = mostBytes
  }

  /** The routes of a table one after the other, the first with `first` in place of the character that parts them. */
  *table({ numbers, own, shared }: NumberedTable, first?: string): Generator<Uint8Array> {
    if (shared !== this.#of && shared.length > 0) this.#forget(shared)
    let [from, to] = [0, 0]
    for (let i = 0; i < numbers.length; i++) {
      const number = numbers[i] ?? 0
      if (number < 0) {
        yield* this.#range(from, to)
        from = to
        const text = this.#textOf(own[~number] as KernelRoute)
        yield* this.text(i > 0 || first === undefined ? text : `${first}${text.slice(1)}`)
        continue
      }
      if ((this.#ends[number] ?? 0) === 0) {
        if (this.#length > this.#mostBytes) {
          yield* this.#range(from, to)
          from = to
          this.#forget(shared)
        }
        this.#keep(number, shared[number] as KernelRoute)
      }
      let start = this.#starts[number] ?? 0
      if (i === 0 && first !== undefined) {
        yield* this.text(first)
        start++
      }
      if (start !== to) {
        yield* this.#range(from, to)
        from = start
      }
      to = this.#ends[number] ?? 0
    }
    yield* this.#range(from, to)
  }

  /** Text of another kind between routes. */
  *text(text: string): Generator<Uint8Array> {
    // A character takes three bytes at most.
    if (this.#pendingLength + 3 * text.length > PIECE_BYTES) yield* this.rest()
    if (3 * text.length > PIECE_BYTES) yield Buffer.from(text)
    else this.#pendingLength += this.#pending.write(text, this.#pendingLength)
  }

  /** What was put together and not handed out yet. */
  *rest(): Generator<Uint8Array> {
    if (this.#pendingLength > 0) yield this.#pending.subarray(0, this.#pendingLength)
    this.#pendingLength = 0
  }

  *#range(from: number, to: number): Generator<Uint8Array> {
    const size = to - from
    if (size === 0) return
    if (size >= LONG_RANGE || this.#pendingLength + size > PIECE_BYTES) yield* this.rest()
    if (size >= LONG_RANGE) yield this.#kept.subarray(from, to)
    else this.#pendingLength += this.#kept.copy(this.#pending, this.#pendingLength, from, to)
  }

  #keep(number: number, route: KernelRoute): void {
    const text = this.#textOf(route)
    if (this.#length + 3 * text.length > this.#kept.length) {
      const wider = Buffer.allocUnsafe(2 * this.#kept.length + 3 * text.length)
      this.#kept.copy(wider, 0, 0, this.#length)
      this.#kept = wider
    }
    if (number >= this.#starts.length) {
      this.#starts = widened(this.#starts, number)
      this.#ends = widened(this.#ends, number)
    }
    this.#starts[number] = this.#length
    this.#length += this.#kept.write(text, this.#length)
    this.#ends[number] = this.#length
  }

  #forget(shared: readonly KernelRoute[]): void {
    this.#of = shared
    this.#length = 0
    this.#starts.fill(0)
    this.#ends.fill(0)
  }
}

function widened(numbers: Int32Array, place: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(2 * place)
  wider.set(numbers)
  return wider
}
