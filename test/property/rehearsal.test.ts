import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import { applyChange } from '../../src/planning/change/apply-change.js'
import type { Change } from '../../src/planning/change/change.js'
import { clusterOf, worldOf } from '../../src/planning/change/world.js'
import { diffSimulations } from '../../src/planning/diff/diff-simulations.js'
import { resourceChanges } from '../../src/planning/diff/resource-changes.js'
import type { Rehearsal } from '../../src/planning/rehearsal/rehearsal.js'
import { rehearse } from '../../src/planning/rehearsal/rehearse.js'
import { createSimulation } from '../../src/planning/simulation.js'
import { calico, REFLECTOR_PEERS, smallCluster } from '../unit/planning/small-cluster.js'

const RUNS = Number(process.env['CALICO_PLAN_RUNS'] ?? 8)

const node = fc.constantFrom('n1', 'n2', 'n3', 'n4')

/** Changes that leave pods where they are. */
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ mesh: fc.boolean(), asNumber: fc.constantFrom(64512, 64513) }).map(
    ({ mesh, asNumber }): Change => ({
      do: 'apply',
      client: 'calicoctl',
      resources: [calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: mesh, asNumber })],
    }),
  ),
  fc.tuple(node, fc.constantFrom('244.0.0.1', '244.0.0.2', null)).map(
    ([name, id]): Change => ({
      do: 'patch',
      client: 'calicoctl',
      target: { kind: 'calico/Node', pick: { by: 'name', names: [name] } },
      patch: { type: 'strategic', body: { spec: { bgp: { routeReflectorClusterID: id } } } },
    }),
  ),
  fc.tuple(node, fc.boolean()).map(
    ([name, set]): Change => ({
      do: 'label',
      client: 'kubectl',
      target: { kind: 'core/Node', pick: { by: 'name', names: [name] } },
      set: set ? [['route-reflector', 'true']] : [],
      remove: set ? [] : ['route-reflector'],
      overwrite: true,
    }),
  ),
  fc.constant<Change>({ do: 'apply', client: 'calicoctl', resources: [REFLECTOR_PEERS] }),
  fc.constant<Change>({
    do: 'delete',
    client: 'calicoctl',
    target: {
      kind: 'calico/BGPPeer',
      pick: { by: 'name', names: ['peer-with-route-reflectors'] },
      mayBeMissing: true,
    },
  }),
  fc.constantFrom('Always', 'CrossSubnet', 'Never').map(
    (ipipMode): Change => ({
      do: 'patch',
      client: 'calicoctl',
      target: { kind: 'calico/IPPool', pick: { by: 'name', names: ['pool'] } },
      patch: { type: 'strategic', body: { spec: { ipipMode } } },
    }),
  ),
)

const runbooks = fc.array(changes, { minLength: 1, maxLength: 5 })

function rehearsed(list: readonly Change[]): Rehearsal {
  const steps = list.map((change, index) => ({
    index,
    name: change.do,
    command: change.do,
    file: 'runbook.md',
    action: { type: 'change', change } as const,
  }))
  return rehearse(buildCluster(smallCluster()), { name: 'runbook', findings: [], steps }, { searchLimit: 0 })
}

describe('a rehearsal', () => {
  test('ends where all its changes applied at once end', () => {
    void fc.assert(
      fc.property(runbooks, (list) => {
        const { last, first } = rehearsed(list)
        const world = list.reduce((held, change) => applyChange(held, change).world, worldOf(smallCluster()))
        const direct = createSimulation(clusterOf(world), { ipam: last.ipam })
        expect(resourceChanges(last.cluster.manifests, world.manifests)).toEqual([])
        const { sessions, routes, reach } = diffSimulations(last, direct)
        expect([sessions.groups, routes.groups, reach.groups]).toEqual([[], [], []])
        expect(last.ipam.pods.length).toBe(first.ipam.pods.length)
      }),
      { numRuns: RUNS },
    )
  })

  test('of a step done twice reports nothing of the second', () => {
    void fc.assert(
      fc.property(runbooks, (list) => {
        const { steps } = rehearsed(list.flatMap((change) => [change, change]))
        for (const [i, step] of steps.entries()) {
          if (i % 2 === 0) continue
          expect(step).toMatchObject({ verdict: 'safe', effects: [], lostAfter: [], missing: steps[i - 1]?.missing })
          expect([step.diff, step.transition]).toEqual([undefined, undefined])
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('tells each pair once of a step: lost for a while, or still lost after it', () => {
    void fc.assert(
      fc.property(runbooks, (list) => {
        for (const { lostAfter, transition, verdict } of rehearsed(list).steps) {
          const told = [...lostAfter, ...(transition?.lostDuring ?? [])].flatMap(({ from, to }) =>
            from.flatMap((a) => to.flatMap((b) => (a === b ? [] : `${a}>${b}`))),
          )
          expect(new Set(told).size).toBe(told.length)
          expect(verdict === 'safe').toBe(told.length === 0)
          for (const { seconds } of transition?.cuts ?? []) {
            expect(seconds.min).toBeGreaterThanOrEqual(0)
            expect(seconds.max).toBeGreaterThan(seconds.min)
          }
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('counts the pairs of each group by its ends', () => {
    void fc.assert(
      fc.property(runbooks, (list) => {
        for (const { lostAfter, transition } of rehearsed(list).steps) {
          for (const { from, to, pairs } of [...lostAfter, ...(transition?.lostDuring ?? [])]) {
            expect(pairs).toBe(from.length * to.length - from.filter((name) => to.includes(name)).length)
          }
        }
      }),
      { numRuns: RUNS },
    )
  })
})
