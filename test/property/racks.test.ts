import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bgpTables } from '../../src/bgp/engine.js'
import { forwardingPlane } from '../../src/planning/forwarding-plane.js'
import { bgpAlike } from '../../src/planning/reach/bgp-alike.js'
import { columnReader } from '../../src/planning/reach/columns.js'
import { type Reach, reachOf } from '../../src/planning/reach/reach.js'
import { createSimulation } from '../../src/planning/simulation.js'
import { rackCluster, rackShapes } from './rack-clusters.js'
import { torCluster, torShapes } from './tor-clusters.js'

/** Random clusters of racks; more of them are tried with CALICO_PLAN_RUNS=500. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 40)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_261_124)

/** The verdict of every ordered pair of nodes. */
function verdicts(nodes: number, { cell, classOf }: Reach): readonly string[] {
  const found: string[] = []
  for (let from = 0; from < nodes; from++) {
    for (let to = 0; to < nodes; to++) {
      if (from !== to) found.push(`${from} ${to} ${cell(classOf[from] ?? -1, classOf[to] ?? -1).verdict}`)
    }
  }
  return found
}

describe('racks with a ToR each', () => {
  test('have the reachability that looking at every node finds', { timeout: 60_000 + 1000 * RUNS }, () => {
    void fc.assert(
      fc.property(torShapes, (shape) => {
        const cluster = torCluster(shape)
        const simulation = createSimulation(cluster)
        const tables = bgpTables(simulation.bgp)
        const plane = forwardingPlane({ context: simulation.bgp, bgp: () => tables })
        const columns = columnReader(simulation.bgp, () => tables)
        const known = reachOf(plane, bgpAlike(simulation.bgp), { columns, context: simulation.bgp })
        // Each node by itself: nothing is taken from another one.
        const each = reachOf(plane, (node) => `node ${node}`)
        expect(verdicts(cluster.nodes.length, known)).toEqual(verdicts(cluster.nodes.length, each))
        expect(known.pairs).toEqual(each.pairs)
      }),
      { numRuns: RUNS, seed: SEED },
    )
  })
})

describe('racks that may change places', () => {
  test('have the reachability that looking at every node finds', { timeout: 60_000 }, () => {
    let shared = 0
    void fc.assert(
      fc.property(rackShapes, (shape) => {
        const cluster = rackCluster(shape)
        const simulation = createSimulation(cluster)
        const tables = bgpTables(simulation.bgp)
        const plane = forwardingPlane({ context: simulation.bgp, bgp: () => tables })
        const columns = columnReader(simulation.bgp, () => tables)
        const byRacks = reachOf(plane, bgpAlike(simulation.bgp), { columns, context: simulation.bgp })
        const each = reachOf(plane)
        expect(verdicts(cluster.nodes.length, byRacks)).toEqual(verdicts(cluster.nodes.length, each))
        expect(byRacks.pairs).toEqual(each.pairs)
        const { racks } = byRacks as { readonly racks?: { readonly shapeOf: Int32Array } }
        if (racks !== undefined && new Set(racks.shapeOf).size < racks.shapeOf.length) shared++
      }),
      { numRuns: RUNS, seed: SEED },
    )
    expect(shared).toBeGreaterThan(0)
  })
})
