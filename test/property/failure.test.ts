import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { Resource } from '../../src/manifests/resource.js'
import { FAILURE_KINDS } from '../../src/planning/failure/element.js'
import { judgeFailure } from '../../src/planning/failure/judge.js'
import { sweepFailures } from '../../src/planning/failure/sweep.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'

const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 4)

const shapes = fc.record({
  mesh: fc.boolean(),
  nodes: fc.array(fc.record({ rack: fc.integer({ min: 0, max: 1 }), reflects: fc.boolean(), pod: fc.boolean() }), {
    minLength: 2,
    maxLength: 4,
  }),
  ipip: fc.constantFrom('Never', 'Always', 'CrossSubnet'),
})

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never

function simulationOf({ mesh, nodes, ipip }: Shape): Simulation {
  const calico = (kind: string, name: string, spec: object): object => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name },
    spec,
  })
  const resources = [
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: mesh }),
    calico('IPPool', 'pool', { cidr: '10.65.0.0/16', ipipMode: ipip, vxlanMode: 'Never' }),
    calico('BGPPeer', 'peer', { nodeSelector: 'all()', peerSelector: 'has(rr)' }),
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'dc' },
      spec: {
        subnets: [0, 1].map((rack) => ({
          name: `rack-${rack}`,
          cidr: `172.16.${rack}.0/24`,
          gateway: `172.16.${rack}.1`,
        })),
        routers: [
          {
            name: 'core',
            interfaces: [0, 1].map((rack) => ({ subnet: `rack-${rack}`, address: `172.16.${rack}.1/24` })),
          },
        ],
      },
    },
    ...nodes.flatMap(({ rack, reflects, pod }, i) => [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `n${i}`,
          labels: reflects ? { rr: 'yes' } : {},
          annotations: {
            'projectcalico.org/IPv4Address': `172.16.${rack}.${11 + i}/24`,
            ...(reflects ? { 'projectcalico.org/RouteReflectorClusterID': '244.0.0.1' } : {}),
          },
        },
      },
      calico('BlockAffinity', `n${i}`, { node: `n${i}`, cidr: `10.65.${i}.0/26`, state: 'confirmed' }),
      ...(pod
        ? [
            {
              apiVersion: 'v1',
              kind: 'Pod',
              metadata: { name: `p${i}`, namespace: 'default' },
              spec: { nodeName: `n${i}` },
              status: { podIP: `10.65.${i}.10`, phase: 'Running' },
            },
          ]
        : []),
    ]),
  ] as unknown as Resource[]
  return createSimulation(buildCluster(resources.map((resource) => ({ resource }))))
}

describe('a sweep of failures', () => {
  test('with nothing that fails loses nothing', () => {
    void fc.assert(
      fc.property(shapes, (shape) => {
        const simulation = simulationOf(shape)
        expect(sweepFailures(simulation, { kinds: FAILURE_KINDS, k: 0 }).failures).toEqual([])
        const { lost, permanent, parts } = judgeFailure(simulation, [])
        expect([lost.pairs, permanent.pairs, parts.length]).toEqual([0, 0, 0])
      }),
      { numRuns: RUNS },
    )
  })

  test('says of each element what it says of those that are like it', () => {
    void fc.assert(
      fc.property(shapes, fc.constantFrom(1, 2), (shape, k) => {
        const simulation = simulationOf(shape)
        const { failures, combinations } = sweepFailures(simulation, { kinds: ['node', 'bird', 'router'], k })
        let counted = 0
        for (const { alike, instead, elements, ...told } of failures) {
          counted += alike
          const last = instead.map((members, i) => members.at(-1 - i) ?? elements[i])
          const distinct = new Set(last.map((element) => element && `${element.kind} ${element.name}`))
          if (distinct.size < last.length) continue
          const { elements: _, ...other } = judgeFailure(
            simulation,
            last.flatMap((element) => element ?? []),
          )
          expect(other).toEqual(told)
        }
        expect(counted).toBe(combinations)
      }),
      { numRuns: RUNS },
    )
  })
})
