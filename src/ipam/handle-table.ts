/**
 * IPAMHandle objects: how many addresses of each block a handle holds (libcalico-go/lib/ipam/ipam_handle.go). Counts
 * may overstate, because a request that a block cannot fill counts what it asked for.
 */

import type { Family } from '../address/address.js'
import { type Prefix, samePrefix } from '../address/prefix.js'

interface BlockCount {
  readonly block: Prefix
  count: number
}

export class HandleTable {
  readonly #held = new Map<string, BlockCount[]>()
  #toLoad: (() => Iterable<readonly [handle: string, block: Prefix]>) | undefined

  /** Counts one address for each pair when handles are first asked for: mostly nobody asks. */
  load(pairs: () => Iterable<readonly [handle: string, block: Prefix]>): void {
    this.#toLoad = pairs
  }

  get #handles(): Map<string, BlockCount[]> {
    const pairs = this.#toLoad
    this.#toLoad = undefined
    if (pairs !== undefined) for (const [handle, block] of pairs()) this.increment(handle, block, 1)
    return this.#held
  }

  get size(): number {
    return this.#handles.size
  }

  has(handle: string): boolean {
    return this.#handles.has(handle)
  }

  names(): IterableIterator<string> {
    return this.#handles.keys()
  }

  /** The blocks in which the handle holds addresses, in the order in which it got them. */
  blocksOf(handle: string): readonly Prefix[] {
    return (this.#handles.get(handle) ?? []).map(({ block }) => block)
  }

  total(handle: string, family: Family): number {
    const counts = this.#handles.get(handle) ?? []
    return counts.reduce((sum, { block, count }) => (block.family === family ? sum + count : sum), 0)
  }

  increment(handle: string, block: Prefix, by: number): void {
    const counts = this.#handles.get(handle)
    const known = counts?.find((entry) => samePrefix(entry.block, block))
    if (known) known.count += by
    else if (counts) counts.push({ block, count: by })
    else this.#held.set(handle, [{ block, count: by }])
  }

  /** Does nothing when the handle does not count that many, as decrementHandle only logs that. */
  decrement(handle: string, block: Prefix, by: number): void {
    const counts = this.#handles.get(handle)
    const known = counts?.find((entry) => samePrefix(entry.block, block))
    if (counts === undefined || known === undefined || known.count < by) return
    known.count -= by
    if (known.count > 0) return
    counts.splice(counts.indexOf(known), 1)
    if (counts.length === 0) this.#held.delete(handle)
  }
}
