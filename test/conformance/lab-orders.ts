/**
 * Judging a recorded cluster prefix by prefix. Where the tables say that the order in which messages arrive decides,
 * the record shows one of several states, and it is enough that some order of messages leads to it.
 */

import { formatDestination, formatPrefix } from '../../src/address/prefix.js'
import { plainInput } from '../../src/bgp/plain/build-input.js'
import { plainTablesOf } from '../../src/bgp/plain/tables.js'
import type { BgpTables } from '../../src/bgp/tables.js'
import type { LabCase } from './lab.js'

/** Orders of messages that are tried. */
const ORDERS = 300
const LATE = [{}, { late: 'addPaths' }, { late: 'bestOnly' }] as const

/** What is wrong with a case, by the prefix (as `ip route` writes it) or the pair it is about; asked again for other tables. */
export type Differences = (tables: BgpTables) => Map<string, string[]>

/**
 * Felix did not run in the lab, so that BIRD had none of its cluster routes to learn. `isOpen` says whether an order may
 * decide what a difference is about, given the prefixes of which that holds.
 */
export function judgeInSomeOrder(
  item: LabCase,
  differences: Differences,
  isOpen = (about: string, open: ReadonlySet<string>): boolean => open.has(about),
): string[] {
  const input = plainInput(item.bgp(), 4, { felix: false })
  const tables = plainTablesOf(input)
  const { kind } = tables.convergence(4)
  if (kind !== 'stable') return [`the computation ended ${kind}`]
  const found = differences(tables)
  const open = found.size === 0 ? new Set<string>() : openPrefixes(item, tables)
  const undecided = () => [...found.keys()].filter((about) => isOpen(about, open))
  for (let seed = 1; seed <= ORDERS && undecided().length > 0; seed++) {
    const other = differences(plainTablesOf(input, { seed, ...LATE[seed % LATE.length] }))
    for (const prefix of undecided()) if (!other.has(prefix)) found.delete(prefix)
  }
  return [...found.values()].flat()
}

/** Prefixes of which the tables say that several states are possible, in both ways of writing them. */
function openPrefixes(item: LabCase, tables: BgpTables): ReadonlySet<string> {
  const open = new Set<string>()
  for (const { index } of item.bgp().speakers) {
    for (const { prefix, dependsOnArrival } of tables.table(index, 4).entries) {
      if (dependsOnArrival) open.add(formatDestination(prefix)).add(formatPrefix(prefix))
    }
  }
  return open
}
