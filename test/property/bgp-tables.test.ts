/** Properties of BGP tables over random small clusters. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../src/address/address.js'
import { formatPrefix } from '../../src/address/prefix.js'
import { plainInput } from '../../src/bgp/plain/build-input.js'
import type { PlainInput } from '../../src/bgp/plain/input.js'
import { plainTablesOf } from '../../src/bgp/plain/tables.js'
import { formatRouterID } from '../../src/bgp/router-id.js'
import type { BgpTables } from '../../src/bgp/tables.js'
import { parseSelector } from '../../src/manifests/selector/selector.js'
import { address, peerIP, router } from '../unit/bgp/config-fixture.js'
import { clusterContext, type GivenTables, numbered, RACK } from '../unit/bgp/tables-fixture.js'

const cluster: fc.Arbitrary<GivenTables> = fc
  .record({
    count: fc.integer({ min: 1, max: 5 }),
    mesh: fc.boolean(),
    reflectors: fc.array(fc.constantFrom('244.0.0.1', '244.0.0.2', '244.0.0.3'), { maxLength: 3 }),
    ases: fc.array(fc.constantFrom(undefined, 64601, 64602), { minLength: 5, maxLength: 5 }),
    tor: fc.boolean(),
    borrowed: fc.boolean(),
    allowLocalAS: fc.integer({ min: 0, max: 1 }),
    release: fc.constantFrom('v3.24', 'v3.32', 'v3.33'),
  })
  .map(({ count, mesh, reflectors, ases, tor, borrowed, allowLocalAS, release }) => {
    const more = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `n${i + 1}`,
        {
          ...(ases[i] === undefined ? {} : { as: ases[i] }),
          ...(reflectors[i] === undefined ? {} : { rr: reflectors[i], labels: { rr: 'true' } }),
        },
      ]),
    )
    const neighbors = Array.from({ length: count }, (_, i) => ({
      address: address(`172.16.1.${11 + i}`),
      asNumber: ases[i] ?? 64512,
    }))
    return {
      ...numbered(count, more),
      release,
      bgp: { nodeToNodeMeshEnabled: mesh },
      subnets: RACK,
      routers: tor ? [router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], { asNumber: 64700, neighbors })] : [],
      peers: [
        { name: 'rr', peerSelector: parseSelector('has(rr)') },
        ...(tor
          ? [{ name: 'tor', ...peerIP('172.16.1.1'), asNumber: 64700, numAllowedLocalASNumbers: allowLocalAS }]
          : []),
      ],
      pods: borrowed ? { [`n${count}`]: ['10.65.1.40'] } : {},
    }
  })

const runs = { numRuns: 40, seed: 20260822 }

function inputOf(given: GivenTables): PlainInput {
  return plainInput(clusterContext(given), 4)
}

/** `node prefix asPath nextHop session` of every path. */
function everything(input: PlainInput, tables: BgpTables): ReadonlySet<string> {
  const all = input.speakers.flatMap((_, index) =>
    tables
      .table(index, 4)
      .entries.flatMap((entry) =>
        entry.paths.map((path) =>
          [
            index,
            formatPrefix(entry.prefix),
            path.birdName,
            path.asPath,
            path.nextHop && formatAddress(path.nextHop),
          ].join(' '),
        ),
      ),
  )
  return new Set(all)
}

describe('BGP tables of random clusters', () => {
  test('propagation comes to rest', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        expect(plainTablesOf(inputOf(given)).convergence(4)).toEqual({ kind: 'stable' })
      }),
      runs,
    )
  })

  test('no path of a speaker carries its own router id as originator, nor its own AS beyond what is allowed', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        const input = inputOf(given)
        const tables = plainTablesOf(input)
        for (const [index, { routerID, config, sessions }] of input.speakers.entries()) {
          const allowed = Math.max(0, ...sessions.map(({ options }) => options.allowLocalAS))
          for (const path of tables.table(index, 4).entries.flatMap((entry) => entry.paths)) {
            expect(path.originatorID).not.toBe(formatRouterID(routerID))
            expect(path.asPath.filter((as) => as === config.localAS).length).toBeLessThanOrEqual(allowed)
          }
        }
      }),
      runs,
    )
  })

  test('exactly the first path of an entry is the best, and no path is of higher preference', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        const input = inputOf(given)
        const tables = plainTablesOf(input)
        for (const index of input.speakers.keys()) {
          for (const { paths } of tables.table(index, 4).entries) {
            expect(paths.map((path) => path.verdict.best)).toEqual(paths.map((_, i) => i === 0))
            for (const path of paths) expect(path.preference).toBeLessThanOrEqual(paths[0]?.preference ?? 0)
          }
        }
      }),
      runs,
    )
  })

  test('the order of messages makes no difference where the tables do not say so', () => {
    fc.assert(
      fc.property(cluster, fc.integer({ min: 1, max: 1000 }), (given, seed) => {
        const input = inputOf(given)
        const [usual, other] = [plainTablesOf(input), plainTablesOf(input, { seed })]
        const open = new Set(
          [...input.speakers.keys()].flatMap((index) =>
            usual.table(index, 4).entries.flatMap((e) => (e.dependsOnArrival ? formatPrefix(e.prefix) : [])),
          ),
        )
        const settled = (all: ReadonlySet<string>) =>
          [...all].filter((line) => !open.has(line.split(' ')[1] ?? '')).sort()
        expect(settled(everything(input, other))).toEqual(settled(everything(input, usual)))
      }),
      { ...runs, numRuns: 25 },
    )
  })

  test('without its sessions a speaker knows only its own routes', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        const input = inputOf(given)
        const alone = { ...input, speakers: input.speakers.map((speaker) => ({ ...speaker, sessions: [] })) }
        const tables = plainTablesOf(alone)
        const sources = alone.speakers.flatMap((_, i) =>
          tables.table(i, 4).entries.flatMap((e) => e.paths.map((p) => p.source)),
        )
        expect(sources).not.toContain('bgp')
      }),
      runs,
    )
  })

  test('removing a session of a mesh with added paths adds nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), fc.nat(), (count, from, to) => {
        const input = inputOf({ ...numbered(count), pods: { n1: ['10.65.2.40'] } })
        const [a, b] = [from % count, to % count]
        fc.pre(a !== b)
        const cut = withoutSession(input, a, b)
        const [all, fewer] = [everything(input, plainTablesOf(input)), everything(cut, plainTablesOf(cut))]
        expect([...fewer].filter((line) => !all.has(line))).toEqual([])
        expect(fewer.size).toBeLessThan(all.size)
      }),
      runs,
    )
  })
})

/** The same without the sessions between two speakers; the places of the others move up. */
function withoutSession(input: PlainInput, a: number, b: number): PlainInput {
  const between = (one: number, other: number): boolean => (one === a && other === b) || (one === b && other === a)
  const kept = input.speakers.map(({ sessions }, index) => sessions.filter(({ peer }) => !between(index, peer)))
  const speakers = input.speakers.map((speaker, index) => ({
    ...speaker,
    sessions: (kept[index] ?? []).map((session) => {
      const end = input.speakers[session.peer]?.sessions[session.peerSession]
      return { ...session, peerSession: end ? (kept[session.peer] ?? []).indexOf(end) : -1 }
    }),
  }))
  return { ...input, speakers }
}
