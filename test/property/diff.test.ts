import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tablesTo, untagged } from '../../src/dataplane/kernel-table.js'
import { changedDestinations } from '../../src/planning/diff/changed-destinations.js'
import type { ChangeKind, ClusterDiff } from '../../src/planning/diff/cluster-diff.js'
import { diffSimulations } from '../../src/planning/diff/diff-simulations.js'
import { routeDifference } from '../../src/planning/diff/route-difference.js'
import { type Row, tableRows } from '../../src/planning/diff/table-rows.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'
import { clusters, contextOf, type Shape } from './role-clusters.js'

const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 12)

const FIELDS = ['mesh', 'nodes', 'peers', 'service', 'encapsulation', 'vxlan', 'calico', 'tors', 'seed'] as const

/** Two clusters that have most in common. */
const pairs = fc
  .tuple(clusters, clusters, fc.subarray([...FIELDS], { maxLength: 2 }))
  .map(
    ([one, other, fields]) =>
      [one, { ...one, ...Object.fromEntries(fields.map((field) => [field, other[field]])) }] as const,
  )

function simulationOf(shape: Shape): Simulation {
  return createSimulation(contextOf(shape).cluster)
}

const MIRROR: Readonly<Record<ChangeKind, ChangeKind>> = { added: 'removed', removed: 'added', changed: 'changed' }

/** Numbers and names of a difference, as they would be the other way round. */
function essence({ sessions, routes, reach, capacity, findings, nodes }: ClusterDiff, mirrored: boolean): unknown {
  const turned = (change: ChangeKind): ChangeKind => (mirrored ? MIRROR[change] : change)
  const sides = <T>(one: T, other: T): readonly T[] => (mirrored ? [other, one] : [one, other])
  return {
    nodes: sides(nodes.added, nodes.removed),
    sessions: [
      sides(sessions.added, sessions.removed),
      sides(sessions.before, sessions.after),
      sessions.groups.map((group) => `${turned(group.change)} ${group.count} ${group.fields}`).sort(),
    ],
    routes: [
      sides(routes.added, routes.removed),
      routes.changed,
      routes.nodes,
      routes.groups.map((group) => `${turned(group.change)} ${group.count} ${group.nodes}`).sort(),
    ],
    reach: sides(reach.lost, reach.restored),
    pods: [sides(capacity.pods.added, capacity.pods.removed), capacity.pods.readdressed],
    blocks: [sides(capacity.blocks.added, capacity.blocks.removed), capacity.blocks.moved],
    findings: sides(findings.added.length, findings.gone.length),
  }
}

describe('a difference', () => {
  test('between a cluster and itself is empty', () => {
    void fc.assert(
      fc.property(clusters, (shape) => {
        const diff = diffSimulations(simulationOf(shape), simulationOf(shape))
        expect(diff.empty).toBe(true)
        expect(diff.resources).toEqual([])
      }),
      { numRuns: RUNS },
    )
  })

  test('mirrors the difference the other way round', () => {
    void fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [simulationOf(one), simulationOf(other)]
        expect(essence(diffSimulations(a, b), false)).toEqual(essence(diffSimulations(b, a), true))
      }),
      { numRuns: RUNS },
    )
  })

  test('accounts for every session that came and went', () => {
    void fc.assert(
      fc.property(pairs, ([one, other]) => {
        const { before, after, added, removed, groups } = diffSimulations(
          simulationOf(one),
          simulationOf(other),
        ).sessions
        expect(before.total + added - removed).toBe(after.total)
        const gained = groups.reduce((sum, { established }) => sum + established.after - established.before, 0)
        expect(before.established + gained).toBe(after.established)
      }),
      { numRuns: RUNS },
    )
  })

  test('counts the same routes whether every node is looked at or one of each kind', () => {
    void fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [simulationOf(one), simulationOf(other)]
        const [before, after] = [
          { ...a.dataplane, routes: a.routes },
          { ...b.dataplane, routes: b.routes },
        ]
        const [exact, byKinds] = [routeDifference(before, after), routeDifference(before, after, 0)]
        const counts = ({ added, removed, changed, nodes }: typeof exact): unknown => ({
          added,
          removed,
          changed,
          nodes,
        })
        expect(counts(byKinds)).toEqual(counts(exact))
      }),
      { numRuns: RUNS },
    )
  })

  test('is found in the routes that may differ as it is in whole tables', () => {
    let compared = 0
    void fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [simulationOf(one), simulationOf(other)]
        const changed = changedDestinations(a.dataplane, b.dataplane)
        for (const was of a.cluster.nodes) {
          const is = b.cluster.nodeByName.get(was.name)
          const destinations = is && changed(was, is)
          const old = destinations && tablesTo(a.dataplane, was.index, destinations)
          const now = old && tablesTo(b.dataplane, is.index, destinations)
          if (old === undefined || now === undefined) continue
          compared++
          expect(tableRows(untagged(old), untagged(now)).map(routesOf)).toEqual(
            tableRows(a.routes(was.name), b.routes(was.name)).map(routesOf),
          )
        }
      }),
      { numRuns: RUNS },
    )
    expect(compared).toBeGreaterThan(0)
  })
})

function routesOf({ table, destination, before, after }: Row): unknown {
  return [table, destination, before?.route, after?.route]
}
