import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bgpTables } from '../../src/bgp/engine.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import type { Trace, TraceVerdict } from '../../src/dataplane/trace/trace.js'
import { forwardingPlane } from '../../src/planning/forwarding-plane.js'
import { bgpAlike } from '../../src/planning/reach/bgp-alike.js'
import { type Reach, reachOf } from '../../src/planning/reach/reach.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'
import { clusters, contextOf } from './role-clusters.js'

/** Random clusters; more of them are tried with CALICO_PLAN_RUNS=500. */
const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 8)
const SEED = Number(process.env['CALICO_PLAN_SEED'] ?? 20_261_123)

const fabric = fc.record({
  drops: fc.constantFrom([], [], ['ipip'], ['vxlan']),
  antiSpoofing: fc.constantFrom(false, false, true),
})

const cases = fc.record({ shape: clusters, fabric }).map(({ shape, fabric: segment }): Cluster => {
  const { cluster } = contextOf(shape)
  const { underlay } = cluster
  const subnets = underlay.subnets.map((subnet, i) => (i === 0 ? { ...subnet, ...segment } : subnet))
  return { ...cluster, underlay: { ...underlay, subnets } }
})

function check(property: (cluster: Cluster) => void): void {
  void fc.assert(
    fc.property(cases, (cluster) => property(cluster)),
    { numRuns: RUNS, seed: SEED },
  )
}

const RANK: Readonly<Record<TraceVerdict, number>> = { delivered: 0, 'one-way': 1, lost: 2 }

/** Every pod of one node to every pod of the other, one by one; undefined where one has none. */
function enumerated(simulation: Simulation, from: number, to: number): TraceVerdict | undefined {
  const podsOn = (node: number) =>
    simulation.ipam.pods.filter((pod) => pod.node === simulation.cluster.nodes[node]?.name)
  const traces = podsOn(from).flatMap((source) => podsOn(to).map((target): Trace => traced(simulation, source, target)))
  return traces.map(({ verdict }) => verdict).sort((a, b) => RANK[b] - RANK[a])[0]
}

type Placed = Simulation['ipam']['pods'][number]

function traced(simulation: Simulation, { pod: from }: Placed, { pod: to }: Placed): Trace {
  const end = ({ namespace, name }: Placed['pod']) => ({ kind: 'pod', namespace, name }) as const
  return simulation.trace({ from: end(from), to: end(to), protocol: 'icmp', size: 84, family: 4 })
}

function agrees(simulation: Simulation, reach: Reach): void {
  const { nodes } = simulation.cluster
  for (const { index: from } of nodes) {
    for (const { index: to } of nodes) {
      if (from === to) continue
      const wanted = enumerated(simulation, from, to)
      const told = reach.cell(reach.classOf[from] ?? -1, reach.classOf[to] ?? -1).verdict
      if (wanted !== undefined) expect(`${from} ${to} ${told}`).toBe(`${from} ${to} ${wanted}`)
    }
  }
}

describe('reach', () => {
  test('gives every pair of nodes the verdict of its pods, traced one by one', { timeout: 60_000 }, () => {
    check((cluster) => {
      const simulation = createSimulation(cluster)
      agrees(simulation, simulation.reach())
    })
  })

  test('gives the same verdicts when only the tables of some nodes of each kind are read', { timeout: 60_000 }, () => {
    check((cluster) => {
      const simulation = createSimulation(cluster)
      const plane = forwardingPlane({ context: simulation.bgp, bgp: () => bgpTables(simulation.bgp) })
      agrees(simulation, reachOf(plane, bgpAlike(simulation.bgp)))
    })
  })

  test('counts every ordered pair in exactly one group', { timeout: 60_000 }, () => {
    check((cluster) => {
      const { pairs, groups } = createSimulation(cluster).reach()
      const seen = groups.flatMap(({ from, to, verdict }) =>
        from.flatMap((a) => to.flatMap((b) => (a === b ? [] : `${a} ${b} ${verdict}`))),
      )
      const count = cluster.nodes.length * (cluster.nodes.length - 1)
      expect(new Set(seen.map((text) => text.split(' ').slice(0, 2).join(' '))).size).toBe(seen.length)
      expect(seen.length).toBe(count)
      expect(groups.reduce((sum, group) => sum + group.pairs, 0)).toBe(count)
      expect(pairs.total).toBe(count)
      const of = (verdict: TraceVerdict): number => seen.filter((text) => text.endsWith(` ${verdict}`)).length
      expect([pairs.delivered, pairs.lost, pairs.oneWay]).toEqual([of('delivered'), of('lost'), of('one-way')])
    })
  })
})
