import { describe, expect, test } from 'vitest'
import { reservedPrefixes } from '../../../src/ipam/reservations.js'
import { growthOf } from '../../../src/planning/capacity/growth.js'
import type { GrowthEvent, GrowthStep } from '../../../src/planning/capacity/growth-step.js'
import { clusterOf, node, pod, prefix } from '../ipam/fixture.js'

const names = (count: number) => Array.from({ length: count }, (_, i) => `n-${i}`)
const nodesOf = (count: number, syntheticPods = 0) => names(count).map((name) => ({ name, syntheticPods }))
const BGP = { nodeToNodeMeshEnabled: true } as ReturnType<typeof clusterOf>['bgp']

type Input = Parameters<typeof clusterOf>[0]
const cluster = (rest: Partial<Input>) =>
  clusterOf({ nodes: nodesOf(30, 20), pools: [{ cidr: '10.42.0.0/21', ipipMode: 'Always' }], bgp: BGP, ...rest })

function firstWith(steps: readonly GrowthStep[], kind: GrowthEvent['event']): GrowthStep | undefined {
  return steps.find(({ events }) => events.some(({ event }) => event === kind))
}
const eventsOf = (steps: readonly GrowthStep[]) => steps.flatMap(({ events }) => events)

describe('a /21 in blocks of /26 and 34 nodes', () => {
  const { steps } = growthOf(cluster({}), { nodes: { to: 34 } })

  test('the 32nd node claims the last block', () => {
    const step = firstWith(steps, 'blocksExhausted')
    expect(step).toMatchObject({ nodes: 32, pools: [{ blocks: { used: 32, free: 0 } }] })
    expect(step?.events).toEqual([{ event: 'blocksExhausted', pool: '10.42.0.0/21', effect: 'borrowing' }])
  })

  test('the 33rd owns none and borrows its tunnel address first', () => {
    expect(firstWith(steps, 'nodeWithoutBlock')).toMatchObject({ nodes: 33, borrowed: 1, nodesWithoutBlock: 1 })
    expect(firstWith(steps, 'borrowing')?.events).toContainEqual(
      expect.objectContaining({ event: 'borrowing', node: 'n-32' }),
    )
  })

  test('at the end two nodes live on 42 borrowed addresses, each a route of every other node', () => {
    expect(steps.at(-1)).toMatchObject({ nodes: 34, pods: 680, nodesWithoutBlock: 2, borrowed: 42, refused: 0 })
    // 32 blocks, 42 host routes and 20 own pods.
    expect(steps.at(-1)?.routesPerNode).toBe(94)
  })

  test('with strictAffinity the 33rd gets neither tunnel address nor pods', () => {
    const strict = growthOf(cluster({ ipam: { strictAffinity: true } }), { nodes: { to: 34 } }).steps
    expect(firstWith(strict, 'tunnelWithoutAddress')).toMatchObject({ nodes: 33, borrowed: 0 })
    expect(strict.at(-1)).toMatchObject({ borrowed: 0, refused: 42, pods: 640 })
    expect(eventsOf(strict)).toContainEqual({ event: 'blocksExhausted', pool: '10.42.0.0/21', effect: 'noAddress' })
  })
})

describe('limits on the way', () => {
  test('the twentieth block of a node is its last', () => {
    const one = cluster({ nodes: nodesOf(1, 1), pools: [{ cidr: '10.0.0.0/24', blockSize: 31 }] })
    const { steps } = growthOf(one, { podsPerNode: 60 })
    const refused = eventsOf(steps).find(({ event }) => event === 'podWithoutAddress')
    expect(refused).toMatchObject({ node: 'n-0', cause: 'blockLimit' })
    expect(steps.at(-1)).toMatchObject({ pods: 40, refused: 20, pools: [{ blocks: { used: 20 } }] })
  })

  test('maxBlocksPerHost in its place', () => {
    const one = cluster({
      nodes: nodesOf(1, 1),
      pools: [{ cidr: '10.0.0.0/24', blockSize: 31 }],
      ipam: { strictAffinity: true, maxBlocksPerHost: 3 },
    })
    expect(growthOf(one, { podsPerNode: 60 }).steps.at(-1)).toMatchObject({ pods: 6, refused: 54 })
  })

  test('a pool that has another behind it hands over', () => {
    const two = cluster({
      nodes: nodesOf(3, 1),
      pools: [{ cidr: '10.0.0.0/30', blockSize: 32 }, { cidr: '10.0.1.0/24' }],
    })
    const { steps } = growthOf(two, { nodes: { by: 3 } })
    expect(eventsOf(steps)).toContainEqual({ event: 'blocksExhausted', pool: '10.0.0.0/30', effect: 'nextPool' })
    expect(steps.at(-1)).toMatchObject({ nodes: 6, borrowed: 0, refused: 0, nodesWithoutBlock: 0 })
  })

  test('more pods than a kubelet takes, more nodes than a mesh should have', () => {
    const { steps } = growthOf(cluster({ nodes: nodesOf(99, 1), pools: [{ cidr: '10.0.0.0/12' }] }), {
      nodes: { to: 102 },
      podsPerNode: 111,
    })
    expect(firstWith(steps, 'meshSize')?.nodes).toBe(101)
    expect(eventsOf(steps)).toContainEqual({ event: 'maxPods', node: 'n-0', value: 110 })
    expect(steps.at(-1)?.meshSessionsPerNode).toBe(101)
  })

  test('without a mesh there is nothing to say of its size', () => {
    const { steps } = growthOf(cluster({ nodes: nodesOf(99, 1), bgp: { ...BGP, nodeToNodeMeshEnabled: false } }), {
      nodes: { by: 5 },
    })
    expect(firstWith(steps, 'meshSize')).toBeUndefined()
    expect(steps[0]?.meshSessionsPerNode).toBeUndefined()
  })

  test('a node that no pool selects is refused, not without a block', () => {
    const nodes = [
      { name: 'a-0', labels: { rack: '0' }, syntheticPods: 1 },
      { name: 'b-0', syntheticPods: 1 },
    ]
    const { steps } = growthOf(cluster({ nodes, pools: [{ cidr: '10.0.0.0/24', nodeSelector: 'rack == "0"' }] }), {
      nodes: { by: 4 },
    })
    expect(steps[0]?.events).toMatchObject([{ event: 'podWithoutAddress', node: 'b-0', cause: 'noPoolForNode' }])
    expect(steps.at(-1)).toMatchObject({ pods: 3, refused: 3, nodesWithoutBlock: 0 })
  })
})

describe('the way to the target', () => {
  test('starts with the cluster as it is and ends at the target', () => {
    const { steps, from, to } = growthOf(cluster({}), { nodes: { by: 1 }, pods: { to: 700 } })
    expect([from, to]).toEqual([
      { nodes: 30, pods: 600 },
      { nodes: 31, pods: 700 },
    ])
    expect(steps[0]).toMatchObject({ nodes: 30, pods: 600, pools: [{ blocks: { used: 30, free: 2 } }] })
    expect(steps.at(-1)).toMatchObject({ nodes: 31, pods: 700 })
  })

  test('nodes that repel pods are neither filled up nor copied', () => {
    const nodes = [
      { name: 'master-0', labels: { role: 'master' }, taints: [{ key: 'master', effect: 'NoSchedule' }] },
      { name: 'worker-0', syntheticPods: 2 },
    ]
    const grown = growthOf(cluster({ nodes, pools: [{ cidr: '10.0.0.0/24', nodeSelector: 'role == "master"' }] }), {
      nodes: { by: 2 },
      podsPerNode: 3,
    })
    expect(grown.steps.at(-1)).toMatchObject({ nodes: 4, pods: 0, refused: 9 })
  })

  test('a cluster without pods grows by one block a node', () => {
    const { steps } = growthOf(cluster({ nodes: nodesOf(3) }), { nodes: { to: 10 } })
    expect(steps.at(-1)).toMatchObject({ nodes: 10, pods: 0, pools: [{ blocks: { used: 10 } }], nodesWithoutBlock: 0 })
  })

  test('reserved blocks are not there to be claimed', () => {
    const reservations = [{ name: 'r', prefixes: reservedPrefixes(['10.42.0.0/22']) }]
    const { steps } = growthOf(cluster({ nodes: nodesOf(15, 1), ipam: { reservations } }), { nodes: { to: 17 } })
    expect(firstWith(steps, 'blocksExhausted')?.nodes).toBe(16)
  })

  test('both families are counted', () => {
    const both = cluster({
      nodes: nodesOf(2, 1),
      pools: [{ cidr: '10.0.0.0/25' }, { cidr: 'fd00::/112' }],
      cni: { assignIPv6: true },
    })
    const { steps } = growthOf(both, { nodes: { by: 1 } })
    expect(steps.at(-1)).toMatchObject({ borrowed: 1, nodesWithoutBlock: 1, refused: 0 })
    expect(steps.at(-1)?.pools.map(({ blocks }) => blocks.used)).toEqual([2, 3])
  })

  test('an empty block of another node is taken over before anything is borrowed', () => {
    const old = (base: string, host: string) => ({
      prefix: prefix(base),
      affinity: { type: 'host' as const, host },
      allocations: [],
      unallocated: Array.from({ length: 64 }, (_, i) => i),
    })
    const two = cluster({
      nodes: [{ name: 'n-0' }, { name: 'n-1' }],
      pods: [pod('p', { node: 'n-0' })],
      pools: [{ cidr: '10.0.0.0/25' }],
      recordedBlocks: [old('10.0.0.0/26', 'n-0'), old('10.0.0.64/26', 'n-1')],
      recordedAffinities: [
        { node: 'n-0', type: 'host', prefix: prefix('10.0.0.0/26'), state: 'confirmed' },
        { node: 'n-1', type: 'host', prefix: prefix('10.0.0.64/26'), state: 'confirmed' },
      ],
    })
    const { steps } = growthOf(two, { nodes: { by: 1 } })
    expect(steps.at(-1)).toMatchObject({ pods: 2, borrowed: 0, pools: [{ blocks: { used: 2, free: 0 } }] })
  })

  test('cannot be gone where host-local gives out the addresses', () => {
    expect(() => growthOf(cluster({ cni: { ipamType: 'host-local' } }), { nodes: { by: 1 } })).toThrow('host-local')
    expect(() => growthOf(cluster({ nodes: [] }), { nodes: { by: 1 } })).toThrow('no node')
  })
})

test('new nodes are named on from those that they are copies of', async () => {
  const { grownNodes } = await import('../../../src/planning/capacity/growth-nodes.js')
  const present = [
    { name: 'kube-1', labels: { 'kubernetes.io/hostname': 'kube-1', rack: '0' } },
    { name: 'kube-2', labels: { rack: '1' }, routeReflectorClusterID: '1.0.0.1' },
    { name: 'node007' },
    { name: 'storage' },
  ]
  const grown = grownNodes(cluster({ nodes: present }), 4)
  expect(grown.map(({ name }) => name)).toEqual(['kube-3', 'node008', 'storage-2', 'kube-4'])
  expect(grown[0]?.labels).toEqual({ 'kubernetes.io/hostname': 'kube-3', rack: '0' })
  expect(grown.map(({ index }) => index)).toEqual([4, 5, 6, 7])
  expect(node({ name: 'x' }).tunnelAddress).toEqual(grown[0]?.tunnelAddress)
})
