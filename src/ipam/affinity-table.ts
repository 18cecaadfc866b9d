/** BlockAffinity objects by owner, in the order in which the datastore lists them. */

import type { Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { AffinityState } from '../cluster/ipam-records.js'
import type { AssignablePool } from './assignable-pool.js'
import { type Affinity, affinityName, affinityText } from './owner.js'

export interface AffinityEntry {
  readonly owner: Affinity
  readonly prefix: Prefix
  /** Sort key, see `affinityName`. */
  readonly name: string
  state: AffinityState
  /** Enabled pools that hold its first address, and the list of pools of which that is true. */
  pools?: { readonly of: object; readonly holding: readonly AssignablePool[] }
}

interface OwnerEntries {
  readonly 4: AffinityEntry[]
  readonly 6: AffinityEntry[]
}

export class AffinityTable {
  readonly #byOwner = new Map<string, OwnerEntries>()

  /** In byte order of object names, whatever the state. */
  of(owner: Affinity, family: Family): readonly AffinityEntry[] {
    return this.#byOwner.get(affinityText(owner))?.[family] ?? []
  }

  get(owner: Affinity, prefix: Prefix): AffinityEntry | undefined {
    const entries = this.of(owner, prefix.family)
    const name = affinityName(prefix)
    const entry = entries[position(entries, name)]
    return entry?.name === name ? entry : undefined
  }

  /** Creates the object, or changes the state of the one that exists. */
  set(owner: Affinity, prefix: Prefix, state: AffinityState): AffinityEntry {
    const key = affinityText(owner)
    let entries = this.#byOwner.get(key)
    if (entries === undefined) {
      entries = { 4: [], 6: [] }
      this.#byOwner.set(key, entries)
    }
    const list = entries[prefix.family]
    const name = affinityName(prefix)
    const at = position(list, name)
    const known = list[at]
    if (known?.name === name) {
      known.state = state
      return known
    }
    const entry: AffinityEntry = { owner, prefix, name, state }
    list.splice(at, 0, entry)
    return entry
  }

  delete(owner: Affinity, prefix: Prefix): void {
    const list = this.#byOwner.get(affinityText(owner))?.[prefix.family]
    const entry = this.get(owner, prefix)
    if (list && entry) list.splice(list.indexOf(entry), 1)
  }

  *all(): IterableIterator<AffinityEntry> {
    for (const entries of this.#byOwner.values()) {
      yield* entries[4]
      yield* entries[6]
    }
  }
}

function position(entries: readonly AffinityEntry[], name: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((entries[middle]?.name ?? '') < name) low = middle + 1
    else high = middle
  }
  return low
}
