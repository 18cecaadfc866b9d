/** Tables as numbers are the tables that are made one by one, and their quick text is that of JSON.stringify. */

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BgpContext } from '../../src/bgp/config/context.js'
import { bgpTables } from '../../src/bgp/engine.js'
import type { DataplaneInput } from '../../src/dataplane/input.js'
import type { KernelRoute } from '../../src/dataplane/kernel-route.js'
import { nodeTables } from '../../src/dataplane/kernel-table.js'
import { numberedTables } from '../../src/dataplane/numbered-tables.js'
import type { NumberedTable } from '../../src/dataplane/shared-routes.js'
import { RouteTexts } from '../../src/report/route-texts.js'
import { routesJson } from '../../src/report/routes-json.js'
import { rackContext, rackShapes } from './rack-clusters.js'
import { clusters, contextOf } from './role-clusters.js'

/** Random clusters; more of them are tried with CALICO_PLAN_RUNS=500. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 30)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_260_101)

const named = ({ numbers, own, shared }: NumberedTable): readonly (KernelRoute | undefined)[] =>
  Array.from(numbers, (number) => (number < 0 ? own[~number] : shared[number]))

const together = (pieces: Iterable<Uint8Array>): string =>
  Array.from(pieces, (piece) => Buffer.from(piece).toString()).join('')

function holdsFor<T>(shapes: fc.Arbitrary<T>, contextFor: (shape: T) => BgpContext): void {
  let shared = 0
  void fc.assert(
    fc.property(shapes, (shape) => {
      const context = contextFor(shape)
      const tables = bgpTables(context)
      const input: DataplaneInput = { context, bgp: () => tables }
      const numbered = numberedTables(input)
      for (const { index } of context.cluster.nodes) {
        const found = [...numbered(index)].map(([name, table]) => {
          shared += table.numbers.filter((number) => number >= 0).length
          return [name, named(table)]
        })
        expect(found).toEqual(
          [...nodeTables(input, index)].map(([name, routes]) => [name, routes.map(({ route }) => route)]),
        )
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )
  expect(shared).toBeGreaterThan(RUNS)
}

describe('kernel tables as numbers', () => {
  test('are the tables of clusters of all kinds', { timeout: 1000 * RUNS + 20_000 }, () => {
    holdsFor(clusters, contextOf)
  })

  test('are the tables of racks', { timeout: 1000 * RUNS + 20_000 }, () => {
    holdsFor(rackShapes, rackContext)
  })
})

const anyRoute: fc.Arbitrary<KernelRoute> = fc.record(
  {
    dst: fc.oneof(fc.ipV4(), fc.string({ unit: 'grapheme' })),
    gateway: fc.ipV4(),
    dev: fc.string({ unit: 'binary' }),
    metric: fc.nat(),
    flags: fc.subarray(['onlink', 'linkdown']),
    metrics: fc.array(fc.record({ mtu: fc.nat() }), { maxLength: 2 }),
  },
  { requiredKeys: ['dst', 'flags'] },
)

/** Tables that pick some of the same routes each, in any order, and have some of their own. */
const someNodes = fc
  .record({
    shared: fc.array(anyRoute, { minLength: 1, maxLength: 30 }),
    own: fc.array(anyRoute, { minLength: 1, maxLength: 3 }),
  })
  .chain(({ shared, own }) =>
    fc.array(
      fc.record({
        node: fc.string(),
        tables: fc.uniqueArray(fc.constantFrom('main', '1', '99'), { maxLength: 3 }).chain((names) =>
          fc
            .array(fc.array(fc.integer({ min: -own.length, max: shared.length - 1 })), {
              minLength: names.length,
              maxLength: names.length,
            })
            .map(
              (lists) =>
                new Map(names.map((name, i) => [name, { numbers: Int32Array.from(lists[i] ?? []), own, shared }])),
            ),
        ),
      }),
      { maxLength: 6 },
    ),
  )

describe('the quick text of tables', () => {
  test('is what JSON.stringify prints of them', () => {
    void fc.assert(
      fc.property(someNodes, (nodes) => {
        const document = nodes.map(({ node, tables }) => ({
          node,
          tables: Object.fromEntries([...tables].map(([name, table]) => [name, named(table)])),
        }))
        const whole = `{\n  "nodes": [${together(routesJson(nodes))}${nodes.length === 0 ? ']' : '\n  ]'}\n}`
        expect(whole).toBe(JSON.stringify({ nodes: document }, null, 2))
      }),
      { numRuns: 10 * RUNS, seed: SEED },
    )
  })

  test('is the same however little of it is kept, in pieces of any length', () => {
    const routes = Array.from({ length: 3000 }, (_, i): KernelRoute => ({ dst: `10.0.0.${i}`, flags: [] }))
    const textOf = ({ dst }: KernelRoute): string => `,${dst} ${'é'.repeat(40)}`
    const others = [...routes].reverse()
    const tables = [routes, others, routes].flatMap((shared, i): readonly NumberedTable[] => [
      { numbers: Int32Array.from(shared, (__, n) => n), own: [], shared },
      { numbers: Int32Array.from(shared, (__, n) => (n % (i + 2) === 0 ? ~0 : n)), own: routes, shared },
    ])
    const wanted = tables.map((table) => {
      const text = named(table)
        .map((route) => textOf(route as KernelRoute))
        .join('')
      return `[${text.slice(1)}`
    })
    for (const mostBytes of [1, 5000, 1 << 28]) {
      const texts = new RouteTexts({ textOf, mostBytes })
      const pieces = tables.map((table) =>
        together(
          (function* () {
            yield* texts.table(table, '[')
            yield* texts.rest()
          })(),
        ),
      )
      expect(pieces).toEqual(wanted)
    }
  })
})
