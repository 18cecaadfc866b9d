import { describe, expect, test } from 'vitest'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { clusterWith } from '../../../src/cluster/cluster-with-down.js'
import { linkKey, NOTHING_DOWN } from '../../../src/cluster/down.js'
import type { Resource } from '../../../src/manifests/resource.js'
import type { Effect } from '../../../src/planning/change/effect.js'
import { createSimulation, type Simulation } from '../../../src/planning/simulation.js'
import { happen } from '../../../src/planning/transition/happen.js'
import { settledNetwork } from '../../../src/planning/transition/network.js'
import { predictTransition } from '../../../src/planning/transition/outage.js'

const CLUSTER_ID = 'projectcalico.org/RouteReflectorClusterID'

interface Shape {
  readonly mesh?: boolean
  /** Nodes that reflect. */
  readonly reflectors?: readonly string[]
  readonly peers?: boolean
  /** Nodes without pods. */
  readonly empty?: readonly string[]
  readonly pool?: Readonly<Record<string, unknown>>
}

const NODES = ['n1', 'n2', 'n3', 'n4']

function resourcesOf({ mesh = true, reflectors = [], peers = false, empty = [], pool = {} }: Shape): Resource[] {
  const calico = (kind: string, name: string, spec: object) => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name },
    spec,
  })
  const list = [
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: mesh, asNumber: 64512 }),
    calico('IPPool', 'pool', { cidr: '10.65.0.0/16', blockSize: 26, ipipMode: 'Never', vxlanMode: 'Never', ...pool }),
    ...(peers ? [calico('BGPPeer', 'peer', { nodeSelector: 'all()', peerSelector: 'has(rr)' })] : []),
    ...NODES.map((name, i) => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: reflectors.includes(name) ? { rr: 'yes' } : {},
        annotations: {
          'projectcalico.org/IPv4Address': `172.16.1.${11 + i}/24`,
          ...(reflectors.includes(name) ? { [CLUSTER_ID]: '244.0.0.1' } : {}),
        },
      },
      status: { addresses: [{ type: 'InternalIP', address: `172.16.1.${11 + i}` }] },
    })),
    ...NODES.filter((name) => !empty.includes(name)).map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${name}`, namespace: 'default' },
      spec: { nodeName: name },
      status: { podIP: `10.65.${name.slice(1)}.10`, phase: 'Running' },
    })),
    ...NODES.map((name) => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BlockAffinity',
      metadata: { name: `${name}-block` },
      spec: { node: name, cidr: `10.65.${name.slice(1)}.0/26`, state: 'confirmed' },
    })),
  ]
  return list as unknown as Resource[]
}

function simulationOf(shape: Shape): Simulation {
  const manifests = resourcesOf(shape).map((resource) => ({ resource }))
  return createSimulation(buildCluster(manifests, { calico: 'v3.28' }))
}

function withDown(simulation: Simulation, down: Partial<typeof NOTHING_DOWN>): Simulation {
  return createSimulation(clusterWith(simulation.cluster, { ...NOTHING_DOWN, ...down }), { ipam: simulation.ipam })
}

/** `from>to` of every pair that is cut. */
function cutPairs(before: Simulation, after: Simulation, effects: readonly Effect[] = []): string[] {
  return predictTransition(before, after, effects)
    .lostDuring.flatMap(({ from, to }) => from.flatMap((a) => to.flatMap((b) => (a === b ? [] : `${a}>${b}`))))
    .sort()
}

const restart = (nodes: readonly string[] | 'all', graceful: boolean): Effect => ({
  effect: 'calicoNodeRestarted',
  nodes,
  rolling: true,
  maxUnavailable: 1,
  graceful,
  cause: 'rolloutRestart',
})

describe('a change between two settled states', () => {
  const mesh = simulationOf({})

  test('that changes nothing cuts nobody', () => {
    expect(predictTransition(mesh, simulationOf({}))).toMatchObject({ lostDuring: [], cuts: [] })
  })

  test('a node with pods that becomes a reflector loses everybody until its new sessions are up', () => {
    const after = simulationOf({ reflectors: ['n1'], peers: true })
    expect(cutPairs(mesh, after)).toEqual(['n1>n2', 'n1>n3', 'n1>n4', 'n2>n1', 'n3>n1', 'n4>n1'])
    const { outage } = predictTransition(mesh, after)
    expect(outage).toMatchObject({
      cause: { code: 'sessionsReplaced', kind: 'explicit', collision: true },
      mostly: { min: 4, max: 30 },
    })
    expect(outage?.seconds.min).toBeLessThanOrEqual(4)
    expect(outage?.seconds.max).toBeGreaterThanOrEqual(30)
  })

  test('a node without pods that becomes a reflector cuts nobody', () => {
    const before = simulationOf({ empty: ['n1'] })
    expect(cutPairs(before, simulationOf({ empty: ['n1'], reflectors: ['n1'], peers: true }))).toEqual([])
  })

  test('the mesh goes without a loss once the reflectors have sessions with everybody', () => {
    const before = simulationOf({ reflectors: ['n1'], peers: true })
    expect(cutPairs(before, simulationOf({ mesh: false, reflectors: ['n1'], peers: true }))).toEqual([])
  })

  test('mesh and reflectors swapped in one step cut everybody', () => {
    expect(cutPairs(mesh, simulationOf({ mesh: false, reflectors: ['n1'], peers: true }))).toHaveLength(12)
  })

  test('back to the mesh takes seconds, because one side of each session dials', () => {
    const before = simulationOf({ reflectors: ['n1'], peers: true })
    const { outage } = predictTransition(before, mesh)
    expect(outage?.cause).toEqual({ code: 'sessionsReplaced', kind: 'mesh', collision: false })
    expect(outage?.seconds.max).toBeLessThan(12)
  })

  test('another encapsulation ends no session', () => {
    expect(predictTransition(mesh, simulationOf({ pool: { ipipMode: 'Always' } })).lostDuring).toEqual([])
  })

  test('calico-node restarted gracefully cuts nobody; with a farewell its pods are cut', () => {
    expect(cutPairs(mesh, mesh, [restart('all', true)])).toEqual([])
    expect(cutPairs(mesh, mesh, [restart(['n2'], false)])).toEqual([
      'n1>n2',
      'n2>n1',
      'n2>n3',
      'n2>n4',
      'n3>n2',
      'n4>n2',
    ])
  })
})

describe('something that breaks and comes back', () => {
  const mesh = simulationOf({})
  const reflected = simulationOf({ mesh: false, reflectors: ['n1'], peers: true, empty: ['n1'] })

  test('the only reflector lost in silence: routes stay until the hold timer, then everybody is cut for good', () => {
    const after = withDown(reflected, { nodes: new Set(['n1']) })
    expect(after.reach().pairs.delivered).toBe(0)
    const { settledAfter, lostDuring } = predictTransition(reflected, after)
    expect(lostDuring).toEqual([])
    expect(settledAfter.min).toBeLessThanOrEqual(175)
    expect(settledAfter.max).toBeGreaterThanOrEqual(240)
  })

  test('a dead BIRD is forgiven for the graceful-restart time', () => {
    const after = withDown(mesh, { birds: new Set(['n1']) })
    const { settledAfter } = predictTransition(mesh, after)
    expect(settledAfter).toEqual({ min: 119, max: 122 })
  })

  test('a BIRD that says farewell is forgotten at once', () => {
    const after = withDown(mesh, { birds: new Set(['n1']) })
    const failed: Effect = { effect: 'elementFailed', element: { what: 'bird', name: 'n1' }, manner: 'orderly' }
    expect(predictTransition(mesh, after, [failed]).settledAfter).toEqual({ min: 0, max: 1 })
  })

  test('a link that comes back is used at once or after its sessions are up', () => {
    const subnet = mesh.cluster.underlay.subnets[0]?.name ?? ''
    const before = withDown(mesh, { links: new Set([linkKey('n1', subnet)]) })
    expect(before.reach().pairs.delivered).toBe(6)
    expect(predictTransition(before, mesh).settledAfter.max).toBeLessThanOrEqual(60)
  })
})

describe('a change before the one before it has settled', () => {
  const [mesh, promoted, meshless] = [
    simulationOf({}),
    simulationOf({ reflectors: ['n1'], peers: true }),
    simulationOf({ mesh: false, reflectors: ['n1'], peers: true }),
  ]
  const first = happen(settledNetwork(mesh), 0, promoted).network

  test('leaves the sessions that dial already their time', () => {
    const { network } = happen(first, 15, meshless)
    expect(network.pending.map(({ key }) => key)).toEqual(['sessions'])
    expect(network.pending[0]?.at).toEqual(first.pending[0]?.at)
  })

  test('is over at the earliest as the first, at the latest as its own sessions', () => {
    const { network } = happen(first, 15, mesh)
    expect(network.pending[0]?.at.min).toBe(first.pending[0]?.at.min)
    expect(network.pending[0]?.at.max).toBe(first.pending[0]?.at.max)
    const later = happen(first, 100, mesh).network
    expect(later.pending[0]?.at.max).toBeGreaterThan(100)
  })
})
