import { describe, expect, test } from 'vitest'
import {
  blocksInPool,
  blocksPerNode,
  longestBlockSize,
  type NodeDemand,
  nodesWithOwnBlocks,
  podCeilingPerNode,
  routesPerNode,
  smallestStrictPool,
  strandedPerNode,
} from '../../../src/ipam/capacity-formulas.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { clusterOf, workload } from './fixture.js'

const demand = (rest: Partial<NodeDemand> = {}): NodeDemand => ({
  family: 4,
  blockSize: 26,
  podsPerNode: 40,
  tunnels: 1,
  withheld: 0,
  ...rest,
})

test('a /16 has 1024 blocks of /26', () => {
  expect(blocksInPool(16, 26)).toBe(1024)
  expect(blocksInPool(28, 26)).toBe(0)
})

describe('blocks that a node needs', () => {
  test('hold its pods and its tunnel addresses', () => {
    expect(blocksPerNode(demand())).toBe(1)
    expect(blocksPerNode(demand({ podsPerNode: 63 }))).toBe(1)
    expect(blocksPerNode(demand({ podsPerNode: 64 }))).toBe(2)
  })

  test('are none without pods and tunnels, and never enough where Windows withholds all', () => {
    expect(blocksPerNode(demand({ podsPerNode: 0, tunnels: 0 }))).toBe(0)
    expect(blocksPerNode(demand({ blockSize: 30, withheld: 4 }))).toBe(Number.POSITIVE_INFINITY)
  })

  test('are those that the allocator claims', () => {
    for (const podsPerNode of [1, 63, 64, 100]) {
      const nodes = [{ name: 'n1' }, { name: 'n2' }]
      const pools = [{ cidr: '10.0.0.0/16', ipipMode: 'Always' as const }]
      const view = ipamView(clusterOf({ nodes, pools, workloads: [workload('w', 2 * podsPerNode)] }))
      expect(view.blocks).toHaveLength(2 * blocksPerNode(demand({ podsPerNode })))
    }
  })
})

test.each([
  [32, 20],
  [31, 40],
  [30, 80],
  [29, 160],
  [28, 320],
  [26, 1280],
])('blocks of /%i let a node run %i pods', (blockSize, pods) => {
  expect(podCeilingPerNode(demand({ blockSize, tunnels: 0 }))).toBe(pods)
})

test('110 pods and a tunnel need blocks of /29 or larger', () => {
  expect(longestBlockSize(demand({ podsPerNode: 110 }))).toBe(29)
  expect(longestBlockSize(demand({ podsPerNode: 10_000_000 }))).toBeUndefined()
})

test('the smallest pool for 300 nodes of 40 pods is a /17', () => {
  expect(smallestStrictPool(demand(), 300)).toBe(17)
  expect(smallestStrictPool(demand(), 2 ** 27)).toBeUndefined()
})

test('a /16 of /26 gives 1024 nodes one block or 512 nodes two', () => {
  expect(nodesWithOwnBlocks(demand(), 1024)).toBe(1024)
  expect(nodesWithOwnBlocks(demand({ podsPerNode: 100 }), 1024)).toBe(512)
})

test('300 nodes of 40 pods have 299 block routes, 40 pod routes and one blackhole each', () => {
  expect(routesPerNode(demand(), 300)).toBe(340)
  expect(routesPerNode(demand(), 300, 5)).toBe(345)
  expect(routesPerNode(demand({ blockSize: 32, podsPerNode: 2, tunnels: 0 }), 3)).toBe(6)
})

test('strictAffinity strands the rest of the last block', () => {
  expect(strandedPerNode(demand())).toBe(23)
})
