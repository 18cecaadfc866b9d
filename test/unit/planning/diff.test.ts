import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { changedDestinations } from '../../../src/planning/diff/changed-destinations.js'
import type { ClusterDiff } from '../../../src/planning/diff/cluster-diff.js'
import { continuedFrom } from '../../../src/planning/diff/continued.js'
import { diffSimulations } from '../../../src/planning/diff/diff-simulations.js'
import { podTally } from '../../../src/planning/diff/pod-tally.js'
import { resourceChanges } from '../../../src/planning/diff/resource-changes.js'
import { createSimulation } from '../../../src/planning/simulation.js'
import { calico, REFLECTOR_PEERS, type SmallCluster, smallCluster } from './small-cluster.js'

function diffOf(before: SmallCluster, after: SmallCluster): ClusterDiff {
  const [was, is] = [before, after].map((shape) => createSimulation(buildCluster(smallCluster(shape))))
  if (was === undefined || is === undefined) throw new Error('two are made')
  return diffSimulations(was, continuedFrom(was, is))
}

describe('a difference of resources', () => {
  test('names the field', () => {
    const changes = resourceChanges(smallCluster(), smallCluster({ ipipMode: 'Always' }))
    expect(changes).toEqual([
      {
        change: 'changed',
        kind: 'IPPool',
        name: 'pool',
        fields: [{ path: ['spec', 'ipipMode'], before: 'CrossSubnet', after: 'Always' }],
      },
    ])
  })

  test('leaves out what only the API server writes', () => {
    const stamped = smallCluster().map(({ resource }) => ({
      resource: { ...resource, metadata: { ...resource.metadata, resourceVersion: '7', uid: 'x', generation: 3 } },
    }))
    expect(resourceChanges(smallCluster(), stamped)).toEqual([])
  })
})

describe('a difference of the network', () => {
  test('counts mesh sessions that go as one group of pairs, because of the field that turned the mesh off', () => {
    const { sessions } = diffOf({ mesh: true }, { mesh: false })
    expect(sessions).toMatchObject({ added: 0, removed: 6, changed: 0, before: { total: 6 }, after: { total: 0 } })
    expect(sessions.groups).toHaveLength(1)
    expect(sessions.groups[0]).toMatchObject({
      kind: 'mesh',
      count: 6,
      between: [
        ['n1', 'n2', 'n3', 'n4'],
        ['n1', 'n2', 'n3', 'n4'],
      ],
      causes: [{ kind: 'BGPConfiguration', name: 'default', fields: ['spec.nodeToNodeMeshEnabled'] }],
    })
  })

  test('tells every pair that loses each other when the mesh goes', () => {
    const { reach } = diffOf({ mesh: true }, { mesh: false })
    expect(reach).toMatchObject({ lost: 12, restored: 0, before: { delivered: 12 }, after: { delivered: 0 } })
  })

  test('puts equal route changes of many nodes together, whichever destinations each has', () => {
    const { routes } = diffOf({ ipipMode: 'CrossSubnet' }, { ipipMode: 'Always' })
    expect(routes).toMatchObject({ added: 0, removed: 0, changed: 4, nodes: 4 })
    expect(routes.groups).toHaveLength(1)
    expect(routes.groups[0]).toMatchObject({
      nodes: ['n1', 'n2', 'n3', 'n4'],
      perNode: { min: 1, max: 1 },
      sameEverywhere: false,
      causes: [{ kind: 'IPPool', name: 'pool' }],
    })
    expect(routes.groups[0]?.example.before?.route.dev).toBe('eth0')
    expect(routes.groups[0]?.example.after?.route.dev).toBe('tunl0')
  })

  test('tells a destination that the others gain apart from the tables that stay', () => {
    const pod = (node: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'default',
        name: 'other',
        annotations: { 'cni.projectcalico.org/ipv4pools': '["spare"]' },
      },
      spec: { nodeName: node },
    })
    const spare = calico('IPPool', 'spare', { cidr: '10.66.0.0/24', nodeSelector: '!all()', ipipMode: 'Always' })
    const { routes, capacity } = diffOf({ others: [spare] }, { others: [spare, pod('n1')] })
    expect(capacity.pods).toEqual({ added: 1, removed: 0, readdressed: 0 })
    expect(capacity.blocks).toEqual({ added: 1, removed: 0, moved: 0 })
    const gained = routes.groups.filter(({ destinations }) => destinations.some((text) => text.startsWith('10.66.0.')))
    expect(gained.map(({ nodes, sameEverywhere }) => [nodes, sameEverywhere])).toContainEqual([
      ['n2', 'n3', 'n4'],
      true,
    ])
  })

  test('names the options of a session that differ', () => {
    const shape = (clusterID: string): SmallCluster => ({
      mesh: false,
      reflectors: { n4: clusterID },
      others: [REFLECTOR_PEERS],
    })
    const { sessions } = diffOf(shape('244.0.0.1'), shape('244.0.0.2'))
    expect(sessions).toMatchObject({ added: 0, removed: 0, changed: 3 })
    expect(sessions.groups[0]).toMatchObject({ fields: ['rrClusterID'] })
  })

  test('is empty when only a label that nothing selects differs', () => {
    const labelled = smallCluster().map(({ resource }) => ({
      resource:
        resource.kind === 'Node'
          ? { ...resource, metadata: { ...resource.metadata, labels: { ...resource.metadata.labels, team: 'a' } } }
          : resource,
    }))
    const [was, is] = [smallCluster(), labelled].map((manifests) => createSimulation(buildCluster(manifests)))
    if (was === undefined || is === undefined) throw new Error('two are made')
    const diff = diffSimulations(was, is)
    expect(diff.empty).toBe(true)
    expect(diff.resources).toHaveLength(4)
  })

  test('tells nodes that come', () => {
    const node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n5', annotations: { 'projectcalico.org/IPv4Address': '172.16.1.15/24' } },
    }
    const { nodes, sessions } = diffOf({}, { others: [node] })
    expect(nodes).toEqual({ added: ['n5'], removed: [] })
    expect(sessions).toMatchObject({ added: 4, removed: 0 })
    expect(sessions.groups[0]?.between).toEqual([['n1', 'n2', 'n3', 'n4'], ['n5']])
  })
})

describe('a single session that goes', () => {
  test('is told with one end on each side', () => {
    const peer = calico('BGPPeer', 'pair', { node: 'n1', peerIP: '172.16.2.13', asNumber: 64512 })
    const { sessions } = diffOf({ mesh: false, others: [peer] }, { mesh: false })
    expect(sessions.removed).toBe(1)
    expect(sessions.groups.map(({ between }) => between)).toEqual([[['n1'], ['n3']]])
  })
})

describe('pod addresses', () => {
  test('that go to another pod of the node are told apart from those that stay', () => {
    const [was, is] = ['x', 'y'].map((name) => {
      const pods = [name, 'z'].map((pod, i) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { namespace: 'default', name: pod },
        spec: { nodeName: 'n1' },
        status: { phase: 'Running', podIP: `10.65.0.${i + 1}`, podIPs: [{ ip: `10.65.0.${i + 1}` }] },
      }))
      return createSimulation(buildCluster(smallCluster({ replicas: 0, others: pods }))).bgp
    })
    if (was === undefined || is === undefined) throw new Error('they are made')
    expect(podTally(was, is).of('n1')).toEqual({ kept: 1, replaced: 1, added: 0, removed: 0 })
  })
})

describe('destinations that may differ', () => {
  const changedOn = (name: string, before: SmallCluster, after: SmallCluster): readonly string[] | undefined => {
    const [was, is] = [before, after].map((shape) => createSimulation(buildCluster(smallCluster(shape))))
    const [old, now] = [was?.cluster.nodeByName.get(name), is?.cluster.nodeByName.get(name)]
    if (was === undefined || is === undefined || old === undefined || now === undefined)
      throw new Error('they are made')
    const found = changedDestinations(was.dataplane, continuedFrom(was, is).dataplane)(old, now)
    const own = new Set(was.bgp.blocks.get(name)?.map(({ prefix }) => formatPrefix(prefix)))
    return found && [...new Set(found.map(formatPrefix))].filter((text) => !own.has(text)).sort()
  }
  const blocksOf = (names: readonly string[]): readonly string[] => {
    const { bgp } = createSimulation(buildCluster(smallCluster()))
    return names.flatMap((name) => (bgp.blocks.get(name) ?? []).map(({ prefix }) => formatPrefix(prefix))).sort()
  }

  test('are none but the blocks of the node itself where nothing changed', () => {
    expect(changedOn('n1', {}, {})).toEqual([])
  })

  test('are the blocks of the own subnet where only these are tunnelled from now on', () => {
    expect(changedOn('n1', { ipipMode: 'CrossSubnet' }, { ipipMode: 'Always' })).toEqual(blocksOf(['n2']))
  })

  test('are all remote blocks where sessions end', () => {
    expect(changedOn('n1', { mesh: true }, { mesh: false })).toEqual(blocksOf(['n2', 'n3', 'n4']))
  })
})
