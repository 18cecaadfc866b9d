/**
 * A set of marked places on a ring 0 .. count-1 that answers "the first unmarked place at or after this one, going
 * round" without visiting the marked ones one by one: 5,000 nodes that claim blocks of one crowded pool would
 * otherwise walk each other's blocks again for every claim.
 *
 * Marked places form chains that are shortened as they are followed (a disjoint-set forest). A chain cannot be cut, so
 * an unmarked place goes on a short list of exceptions, and the chains are rebuilt when that list grows long.
 */

const REBUILD_AT = 256

export class SkipIndex {
  readonly #count: number
  readonly #marked = new Set<number>()
  /** From a place in a chain to a later one; everything between them was marked when that was written. */
  #chain = new Map<number, number>()
  /** Places that a chain may jump over although they are unmarked; ascending. */
  #exceptions: number[] = []

  constructor(count: number) {
    this.#count = count
  }

  has(place: number): boolean {
    return this.#marked.has(place)
  }

  mark(place: number): void {
    if (this.#marked.has(place)) return
    this.#marked.add(place)
    if (this.#chain.has(place)) this.#exceptions.splice(this.#position(place), 1)
    else this.#chain.set(place, place + 1)
  }

  unmark(place: number): void {
    if (!this.#marked.delete(place)) return
    this.#exceptions.splice(this.#position(place), 0, place)
    if (this.#exceptions.length > REBUILD_AT) this.#rebuild()
  }

  /** Undefined when every place is marked. */
  next(start: number): number | undefined {
    if (this.#marked.size >= this.#count) return undefined
    return this.#firstFrom(start) ?? this.#firstFrom(0)
  }

  #firstFrom(start: number): number | undefined {
    const end = this.#follow(start)
    const exception = this.#exceptions[this.#position(start)]
    const first = exception === undefined ? end : Math.min(end, exception)
    return first < this.#count ? first : undefined
  }

  #follow(start: number): number {
    let end = start
    for (let next = this.#chain.get(end); next !== undefined; next = this.#chain.get(end)) end = next
    for (let at = start; at < end; ) {
      const next = this.#chain.get(at) ?? end
      this.#chain.set(at, end)
      at = next
    }
    return end
  }

  /** Where the place is, or would be, among the exceptions. */
  #position(place: number): number {
    let low = 0
    let high = this.#exceptions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#exceptions[middle] ?? 0) < place) low = middle + 1
      else high = middle
    }
    return low
  }

  #rebuild(): void {
    this.#chain = new Map()
    for (const place of this.#marked) this.#chain.set(place, place + 1)
    this.#exceptions = []
  }
}
