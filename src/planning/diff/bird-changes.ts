/** For which prefixes BIRD hands the kernel something else than before, by the numbers of both tables. */

import { comparePrefixes, type Prefix } from '../../address/prefix.js'
import { type CompactTables, NO_ROUTE } from '../../bgp/tables.js'
import { sameExport } from './same-export.js'

/** Prefixes for which the tables of a speaker, by its index before and after, differ; ascending. */
export type BirdChanges = (before: number, after: number) => readonly Prefix[]

export function birdChanges(before: CompactTables, after: CompactTables): BirdChanges {
  const { prefixes, old, now } = aligned(before.prefixes, after.prefixes)
  const [oldRow, newRow] = [new Int32Array(before.prefixes.length), new Int32Array(after.prefixes.length)]
  const same = sameNumbers(before, after)
  return (was, is) => {
    before.row(was, oldRow)
    after.row(is, newRow)
    const found: Prefix[] = []
    for (let at = 0; at < prefixes.length; at++) {
      const [left, right] = [old[at] ?? NO_ROUTE, now[at] ?? NO_ROUTE]
      const number = left < 0 ? NO_ROUTE : (oldRow[left] ?? NO_ROUTE)
      const other = right < 0 ? NO_ROUTE : (newRow[right] ?? NO_ROUTE)
      if (!same(number, other)) found.push(prefixes[at] as Prefix)
    }
    return found
  }
}

interface Aligned {
  readonly prefixes: readonly Prefix[]
  /** Place of each prefix in the one list and in the other; -1 where it is not there. */
  readonly old: Int32Array
  readonly now: Int32Array
}

/** Two ascending lists as one. */
function aligned(before: readonly Prefix[], after: readonly Prefix[]): Aligned {
  const prefixes: Prefix[] = []
  const [old, now]: [number[], number[]] = [[], []]
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const [left, right] = [before[i], after[j]]
    const order = left === undefined ? 1 : right === undefined ? -1 : comparePrefixes(left, right)
    prefixes.push((order <= 0 ? left : right) as Prefix)
    old.push(order <= 0 ? i++ : -1)
    now.push(order >= 0 ? j++ : -1)
  }
  return { prefixes, old: Int32Array.from(old), now: Int32Array.from(now) }
}

/** What is known of a number of the earlier tables: nothing yet, that the kernel gets no route, or its partner plus 2. */
const [UNKNOWN, NOTHING] = [0, 1]

/** Whether a number of the one means what a number of the other does; partners that were found once are remembered. */
function sameNumbers(before: CompactTables, after: CompactTables): (number: number, other: number) => boolean {
  let partners = new Int32Array(1024)
  let silent = new Uint8Array(1024)
  /** 1: the kernel gets a route, 2: it gets none. */
  const isSilent = (other: number): boolean => {
    if (other < 0) return true
    if (other >= silent.length) silent = widened(silent, other)
    if (silent[other] === 0) silent[other] = after.meaning(other)?.programmed === true ? 1 : 2
    return silent[other] === 2
  }
  return (number, other) => {
    if (number < 0) return isSilent(other)
    if (number >= partners.length) partners = widened(partners, number)
    const known = partners[number] ?? UNKNOWN
    if (known === other + 2) return true
    if (known === NOTHING) return isSilent(other)
    const was = before.meaning(number)
    if (was?.programmed !== true) {
      partners[number] = NOTHING
      return isSilent(other)
    }
    if (isSilent(other) || !sameExport(was, after.meaning(other))) return false
    partners[number] = other + 2
    return true
  }
}

function widened<T extends Int32Array | Uint8Array>(array: T, place: number): T {
  const wider = new (array.constructor as new (length: number) => T)(Math.max(2 * array.length, place + 1))
  wider.set(array)
  return wider
}
