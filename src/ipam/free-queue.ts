/**
 * The ordered queue of a block's free ordinals (libcalico-go/lib/ipam/ipam_block.go newBlock, autoAssign,
 * garbageCollect): addresses are taken from its head, and a released one goes to its tail.
 *
 * Ordinals that were never used stand as one range instead of a list, so an untouched block costs a few numbers
 * whatever its size: `front`, then first .. end-1 without `holes`, then `back`.
 */
export class FreeQueue {
  /** Passed over because they are reserved, and kept in place. */
  #front: number[] = []
  #first: number
  readonly #end: number
  #holes: Set<number> | undefined
  #back: number[]

  constructor(first: number, end: number, back: readonly number[] = []) {
    this.#first = first
    this.#end = end
    this.#back = [...back]
  }

  get length(): number {
    return this.#front.length + this.#end - this.#first - (this.#holes?.size ?? 0) + this.#back.length
  }

  /** Takes up to `count` ordinals from the head; those that `isReserved` names stay where they are. */
  take(count: number, isReserved?: (ordinal: number) => boolean): number[] {
    const taken: number[] = []
    this.#front = takeFrom(this.#front, count, taken, isReserved)
    while (taken.length < count && this.#first < this.#end) {
      const ordinal = this.#first++
      if (this.#holes?.delete(ordinal)) continue
      if (isReserved?.(ordinal)) this.#front.push(ordinal)
      else taken.push(ordinal)
    }
    this.#back = takeFrom(this.#back, count, taken, isReserved)
    return taken
  }

  /** Takes this ordinal from wherever it stands. Call it only for a free one. */
  remove(ordinal: number): void {
    if (ordinal >= this.#first && ordinal < this.#end && !this.#holes?.has(ordinal)) {
      this.#holes ??= new Set()
      this.#holes.add(ordinal)
      return
    }
    this.#front = this.#front.filter((other) => other !== ordinal)
    this.#back = this.#back.filter((other) => other !== ordinal)
  }

  append(ordinal: number): void {
    this.#back.push(ordinal)
  }

  /** From head to tail. */
  *[Symbol.iterator](): IterableIterator<number> {
    yield* this.#front
    for (let ordinal = this.#first; ordinal < this.#end; ordinal++) if (!this.#holes?.has(ordinal)) yield ordinal
    yield* this.#back
  }
}

/** Moves the first takeable entries of the list into `taken`, and gives back what is left of the list. */
function takeFrom(
  list: number[],
  count: number,
  taken: number[],
  isReserved: ((ordinal: number) => boolean) | undefined,
): number[] {
  if (list.length === 0 || taken.length >= count) return list
  const left: number[] = []
  for (const ordinal of list) {
    if (taken.length < count && !isReserved?.(ordinal)) taken.push(ordinal)
    else left.push(ordinal)
  }
  return left
}
