/** What holds of books, limits and growth, whatever the cluster. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { containsAddress, containsPrefix, overlaps } from '../../src/address/prefix.js'
import {
  type NodeDemand,
  nodesWithOwnBlocks,
  podCeilingPerNode,
  routesPerNode,
  strandedPerNode,
} from '../../src/ipam/capacity-formulas.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import { reservedPrefixes } from '../../src/ipam/reservations.js'
import { compareBlockSizes } from '../../src/planning/capacity/block-sizes.js'
import { booksOf } from '../../src/planning/capacity/books.js'
import { growthOf } from '../../src/planning/capacity/growth.js'
import type { GrowthStep } from '../../src/planning/capacity/growth-step.js'
import { limitsOf } from '../../src/planning/capacity/limits.js'
import { clusterOf, pool } from '../unit/ipam/fixture.js'

const bgp = { nodeToNodeMeshEnabled: true } as ReturnType<typeof clusterOf>['bgp']
const racks = ['0', '1', '2'] as const

/** Two racks with a pool each, a pool for all, nodes of a third rack that only the last selects; or not even that. */
const input = fc.record({
  nodes: fc.array(fc.record({ rack: fc.constantFrom(...racks), syntheticPods: fc.nat(12) }), {
    minLength: 1,
    maxLength: 6,
  }),
  blockSizes: fc.tuple(...[28, 29, 27].map((least) => fc.integer({ min: least, max: 32 }))),
  shared: fc.boolean(),
  tunnels: fc.boolean(),
  strictAffinity: fc.boolean(),
  maxBlocksPerHost: fc.constantFrom(0, 0, 1, 3),
  reserved: fc.array(fc.tuple(fc.nat(95), fc.integer({ min: 28, max: 32 })), { maxLength: 2 }),
})
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never

function made({ nodes, blockSizes, shared, tunnels, strictAffinity, maxBlocksPerHost, reserved }: Input) {
  const [first = 28, second = 29, third = 27] = blockSizes
  const ipipMode = tunnels ? 'Always' : 'Never'
  return clusterOf({
    bgp,
    nodes: nodes.map(({ rack, syntheticPods }, i) => ({ name: `n${i}`, labels: { rack }, syntheticPods })),
    pools: [
      { cidr: '10.0.0.0/27', blockSize: first, nodeSelector: "rack == '0'", ipipMode },
      { cidr: '10.0.0.32/27', blockSize: second, nodeSelector: "rack == '1'", ipipMode },
      ...(shared ? [{ cidr: '10.0.0.64/27', blockSize: third, ipipMode } as const] : []),
    ],
    ipam: {
      strictAffinity,
      maxBlocksPerHost,
      reservations: [
        { name: 'r', prefixes: reservedPrefixes(reserved.map(([last, length]) => `10.0.0.${last}/${length}`)) },
      ],
    },
  })
}

const target = fc.record({ nodes: fc.nat(6).map((by) => ({ by })), podsPerNode: fc.nat(30) })

function figuresThatOnlyRise(step: GrowthStep): number[] {
  const { nodes, pods, refused, nodesWithoutBlock, borrowed, routesPerNode: routes, pools } = step
  return [
    ...[nodes, pods, refused, nodesWithoutBlock, borrowed, routes],
    ...pools.flatMap(({ blocks, addresses }) => [blocks.used, -blocks.free, addresses.used, -addresses.free]),
  ]
}

describe('the books of any cluster', () => {
  test('are the sum over the blocks, which are disjoint and lie in their pools', () => {
    fc.assert(
      fc.property(input, (shape) => {
        const cluster = made(shape)
        const view = ipamView(cluster)
        for (const { pool: held, blocks, addresses } of booksOf(cluster, view).pools) {
          const mine = view.blocks.filter(({ prefix }) => containsPrefix(held.prefix, prefix))
          expect(mine).toHaveLength(blocks.affine + blocks.orphaned)
          const used = mine.reduce((sum, { allocations }) => sum + allocations.length, 0)
          expect(used).toBe(addresses.pods + addresses.tunnels + addresses.other)
          expect(blocks.affine + blocks.orphaned + blocks.reserved + blocks.free).toBe(blocks.total)
          expect(addresses.usable + addresses.reserved).toBe(addresses.total)
          expect(addresses.stranded).toBeLessThanOrEqual(addresses.free)
        }
        for (const [i, one] of view.blocks.entries()) {
          expect(view.blocks.slice(i + 1).some(({ prefix }) => overlaps(prefix, one.prefix))).toBe(false)
        }
      }),
      { numRuns: 80 },
    )
  })

  test('hold no address that a pool did not allow to its node', () => {
    fc.assert(
      fc.property(input, (shape) => {
        const cluster = made(shape)
        for (const { node, addresses } of ipamView(cluster).pods) {
          const labels = cluster.nodeByName.get(node)?.labels ?? {}
          for (const address of addresses) {
            const from = cluster.pools.find(({ prefix }) => containsAddress(prefix, address))
            expect(from?.nodeSelector.matches(labels)).toBe(true)
          }
        }
      }),
      { numRuns: 80 },
    )
  })

  test('stay within every limit but those that Calico does not keep', () => {
    fc.assert(
      fc.property(input, (shape) => {
        const cluster = made(shape)
        for (const { limit, value, used, headroom } of limitsOf(cluster, booksOf(cluster, ipamView(cluster)))) {
          expect(headroom).toBeGreaterThanOrEqual(0)
          if (limit === 'blocks' || limit === 'blocksPerHost') expect(used).toBeLessThanOrEqual(value)
        }
      }),
      { numRuns: 80 },
    )
  })
})

describe('any growth', () => {
  test('is monotone, and starts and ends where it should', () => {
    fc.assert(
      fc.property(input, target, (shape, goal) => {
        const cluster = made(shape)
        const { steps, to } = growthOf(cluster, goal)
        const rows = steps.map(figuresThatOnlyRise)
        for (const [i, row] of rows.entries()) {
          for (const [j, figure] of row.entries()) expect(figure).toBeGreaterThanOrEqual(rows[i - 1]?.[j] ?? -1e9)
        }
        const last = steps.at(-1)
        expect(steps[0]?.nodes).toBe(cluster.nodes.length)
        expect(last?.nodes).toBe(cluster.nodes.length + goal.nodes.by)
        expect((last?.pods ?? 0) + (last?.refused ?? 0)).toBeGreaterThanOrEqual(to.pods)
      }),
      { numRuns: 80 },
    )
  })

  test('keeps to the pools: no more blocks or addresses than there are, and none borrowed with strictAffinity', () => {
    fc.assert(
      fc.property(input, target, (shape, goal) => {
        const cluster = made(shape)
        const books = booksOf(cluster, ipamView(cluster)).pools
        for (const { borrowed, pools } of growthOf(cluster, goal).steps) {
          if (shape.strictAffinity) expect(borrowed).toBe(0)
          for (const [i, { blocks, addresses }] of pools.entries()) {
            const { blocks: all, addresses: total } = books[i] ?? { blocks: undefined, addresses: undefined }
            expect(blocks.used + blocks.free).toBeLessThanOrEqual(all?.total ?? 0)
            expect(addresses.used + addresses.free).toBe(total?.usable)
          }
        }
      }),
      { numRuns: 80 },
    )
  })

  test('goes the same way to a nearer target', () => {
    fc.assert(
      fc.property(input, fc.nat(4), fc.nat(4), fc.nat(20), (shape, some, more, podsPerNode) => {
        const cluster = made(shape)
        const near = growthOf(cluster, { nodes: { by: some }, podsPerNode }).steps.at(-1)
        const far = growthOf(cluster, { nodes: { by: some + more }, podsPerNode }).steps.filter(
          ({ nodes }) => nodes === near?.nodes,
        )
        const reached = far.map((step) => figuresThatOnlyRise(step).join())
        if (near && more === 0) expect(reached).toContain(figuresThatOnlyRise(near).join())
        else if (near) expect(far.every((step) => step.pods <= near.pods)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })
})

describe('the formulas, for nodes that are all alike', () => {
  const demand = fc.record({
    blockSize: fc.integer({ min: 26, max: 31 }),
    podsPerNode: fc.integer({ min: 1, max: 20 }),
    tunnels: fc.constantFrom(0, 1),
  })
  type Demand = typeof demand extends fc.Arbitrary<infer T> ? T : never
  const asked = ({ blockSize, podsPerNode, tunnels }: Demand): NodeDemand => ({
    family: 4,
    blockSize,
    podsPerNode,
    tunnels,
    withheld: 0,
  })
  const alike = ({ blockSize, podsPerNode, tunnels }: Demand, nodes: number, cidr: string, strictAffinity: boolean) =>
    clusterOf({
      bgp,
      nodes: Array.from({ length: nodes }, (_, i) => ({ name: `n${i}`, syntheticPods: podsPerNode })),
      pools: [{ cidr, blockSize, ipipMode: tunnels > 0 ? 'Always' : 'Never' }],
      ipam: { strictAffinity },
    })

  test('nodes with blocks of their own: the last that is served, and the first that is not', () => {
    fc.assert(
      fc.property(demand, (wanted) => {
        const served = nodesWithOwnBlocks(asked(wanted), 2 ** (wanted.blockSize - 24))
        fc.pre(served >= 1)
        const { steps } = growthOf(alike(wanted, 1, '10.0.0.0/24', true), { nodes: { to: served + 1 } })
        expect(steps.filter(({ nodes }) => nodes <= served).every(({ refused }) => refused === 0)).toBe(true)
        expect(steps.at(-1)?.refused).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  test('pods of one node: twenty blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 28, max: 32 }), fc.constantFrom(0, 1), (blockSize, tunnels) => {
        const wanted = { blockSize, tunnels, podsPerNode: 1 }
        const most = podCeilingPerNode(asked(wanted))
        const { steps } = growthOf(alike(wanted, 1, '10.0.0.0/20', false), { podsPerNode: most + 5 })
        expect(steps.at(-1)).toMatchObject({ pods: most, refused: 5 })
      }),
      { numRuns: 20 },
    )
  })

  test('routes and stranded addresses, and the row of the present block size', () => {
    fc.assert(
      fc.property(demand, fc.integer({ min: 1, max: 12 }), (wanted, nodes) => {
        fc.pre(nodes <= nodesWithOwnBlocks(asked(wanted), 2 ** (wanted.blockSize - 20)))
        const cluster = alike(wanted, nodes, '10.0.0.0/20', false)
        const [books] = booksOf(cluster, ipamView(cluster)).pools
        const [now] = growthOf(cluster, { nodes: { by: 0 } }).steps
        expect(now?.routesPerNode).toBe(routesPerNode(asked(wanted), nodes))
        expect(books?.addresses.stranded).toBe(nodes * strandedPerNode(asked(wanted)))
        const shape = {
          nodes,
          podsPerNode: wanted.podsPerNode,
          tunnelsPerNode: wanted.tunnels,
          blocksPerHostLimit: 20,
          strictAffinity: false,
        }
        const rows = compareBlockSizes(pool({ cidr: '10.0.0.0/20', blockSize: wanted.blockSize }), shape)
        expect(rows.find(({ current }) => current)).toMatchObject({
          routesPerNode: now?.routesPerNode,
          stranded: books?.addresses.stranded,
        })
      }),
      { numRuns: 60 },
    )
  })
})
