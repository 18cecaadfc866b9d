import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../src/address/prefix.js'
import { plainTables } from '../../src/bgp/plain/tables.js'
import { roleTables } from '../../src/bgp/roles/tables.js'
import type { BgpTable, BgpTables } from '../../src/bgp/tables.js'
import { clusters, contextOf } from './role-clusters.js'

/** Random clusters; more of them are tried with CALICO_PLAN_RUNS=500. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 30)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_260_101)

/** Everything that a table says, by prefix. */
function told({ entries }: BgpTable, open: ReadonlySet<string>): readonly string[] {
  return entries.map(({ prefix, paths, kernel }) =>
    open.has(formatPrefix(prefix)) ? formatPrefix(prefix) : text({ prefix, paths: paths.map(text).sort(), kernel }),
  )
}

function openPrefixes({ entries }: BgpTable): readonly string[] {
  return entries.flatMap(({ prefix, dependsOnArrival }) => (dependsOnArrival ? formatPrefix(prefix) : []))
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))

/** Stands for the plain engine where roles give up; nobody reads its answer. */
const NO_ANSWER: BgpTables = {
  table: (_, family) => ({
    speaker: { index: -1, kind: 'node', name: '' },
    family,
    entries: [],
    entry: () => undefined,
  }),
  convergence: () => ({ kind: 'stable' }),
  undetermined: () => [],
  severed: () => [],
}

describe('the engine that works by roles', () => {
  test('gives every speaker the table that the plain engine gives it', { timeout: 1000 * RUNS + 20_000 }, () => {
    const counts = { compared: 0, declined: 0, unstable: 0, entries: 0, open: 0, disputed: 0 }
    void fc.assert(
      fc.property(clusters, (shape) => {
        const context = contextOf(shape)
        const declines: string[] = []
        const roles = roleTables(context, NO_ANSWER, { felix: true, onDecline: (reason) => declines.push(reason) })
        const tables = context.speakers.map(({ index }) => roles.table(index, 4))
        if (declines.length > 0) {
          counts.declined++
          return
        }
        const plain = plainTables(context)
        if (plain.convergence(4).kind !== 'stable') {
          counts.unstable++
          return
        }
        counts.compared++
        expect(plain.severed(4)).toEqual([])
        for (const table of tables) {
          const wanted = plain.table(table.speaker.index, 4)
          // Which of several resting states is shown is open; that there are several is found by trying a few orders.
          const [found, expected] = [new Set(openPrefixes(table)), new Set(openPrefixes(wanted))]
          const open = new Set([...found, ...expected])
          expect(told(table, open)).toEqual(told(wanted, open))
          counts.entries += table.entries.length
          counts.open += open.size
          counts.disputed += [...open].filter((prefix) => !(found.has(prefix) && expected.has(prefix))).length
        }
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    )
    if (process.env['CALICO_PLAN_RUNS'] !== undefined) process.stderr.write(`${JSON.stringify(counts)}\n`)
    expect(counts.compared).toBeGreaterThan(0.85 * RUNS)
    expect(counts.disputed).toBeLessThan(0.02 * counts.entries)
  })
})
