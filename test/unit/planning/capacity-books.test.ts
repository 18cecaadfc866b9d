import { describe, expect, test } from 'vitest'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { reservedPrefixes } from '../../../src/ipam/reservations.js'
import { compareBlockSizes } from '../../../src/planning/capacity/block-sizes.js'
import { booksOf } from '../../../src/planning/capacity/books.js'
import { capacityOf } from '../../../src/planning/capacity/capacity.js'
import { limitsOf } from '../../../src/planning/capacity/limits.js'
import { podCidrRoom } from '../../../src/planning/capacity/pod-cidrs.js'
import { clusterOf, pool } from '../ipam/fixture.js'

type Input = Parameters<typeof clusterOf>[0]
const BGP = { nodeToNodeMeshEnabled: false } as ReturnType<typeof clusterOf>['bgp']
const names = (count: number, syntheticPods = 1) =>
  Array.from({ length: count }, (_, i) => ({ name: `n${i}`, syntheticPods }))
const cluster = (rest: Partial<Input> = {}) =>
  clusterOf({ nodes: names(3), pools: [{ cidr: '10.0.0.0/24' }], bgp: BGP, ...rest })
const booksFor = (input: ReturnType<typeof clusterOf>) => booksOf(input, ipamView(input))
const limitsFor = (input: ReturnType<typeof clusterOf>) => limitsOf(input, booksFor(input))

describe('the books', () => {
  test('free addresses of owned blocks are stranded', () => {
    const [books] = booksFor(cluster()).pools
    expect(books?.addresses).toMatchObject({ total: 256, pods: 3, free: 253, stranded: 3 * 63, borrowed: 0 })
  })

  test('a borrower is named with whom it borrows from', () => {
    const { nodes, pools } = booksFor(cluster({ nodes: names(2, 1), pools: [{ cidr: '10.0.0.0/26' }] }))
    expect(pools[0]?.addresses).toMatchObject({ borrowed: 1, stranded: 62 })
    expect(nodes.map(({ borrowedIn, lenders, addresses }) => [borrowedIn, lenders, addresses])).toEqual([
      [0, [], 1],
      [1, ['n0'], 1],
    ])
  })

  test('a block that two reservations cover together is reserved, one that they touch is not', () => {
    const reservations = [{ name: 'r', prefixes: reservedPrefixes(['10.0.0.0/27', '10.0.0.32/27', '10.0.0.64/30']) }]
    const [books] = booksFor(cluster({ nodes: [], ipam: { reservations } })).pools
    expect(books?.blocks).toMatchObject({ total: 4, reserved: 1, free: 3 })
    expect(books?.addresses).toMatchObject({ reserved: 68, usable: 188 })
  })

  test('a pool that must be asked for by name selects no node', () => {
    const [books] = booksFor(cluster({ pools: [{ cidr: '10.0.0.0/24', assignmentMode: 'Manual' }] })).pools
    expect(books?.nodes).toMatchObject({ selected: 0, withoutBlock: [] })
  })
})

describe('the limits', () => {
  const kinds = (input: ReturnType<typeof clusterOf>) => limitsFor(input).map(({ limit }) => limit)

  test('come in the order in which they are hit', () => {
    expect(kinds(cluster())).toEqual(['blocks', 'addresses', 'podsPerNode', 'blocksPerHost'])
    expect(limitsFor(cluster())[0]).toMatchObject({ headroom: 1, hitAt: { moreNodes: 1 }, effect: 'borrowing' })
  })

  test('no borrowing with strictAffinity', () => {
    expect(limitsFor(cluster({ ipam: { strictAffinity: true } }))[0]).toMatchObject({ effect: 'noAddress' })
  })

  test('another pool for the same nodes takes over, one for other nodes does not', () => {
    const effects = (nodeSelector: string) =>
      limitsFor(cluster({ pools: [{ cidr: '10.0.0.0/24' }, { cidr: '10.1.0.0/16', nodeSelector }] }))
        .filter(({ of }) => of === '10.0.0.0/24')
        .map(({ effect }) => effect)
    expect(effects('all()')).toEqual(['nextPool', 'nextPool'])
    expect(effects('has(x)')).toEqual(['borrowing', 'noAddress'])
  })

  test('of blocks per host: the families do not count together', () => {
    const both = cluster({ pools: [{ cidr: '10.0.0.0/24' }, { cidr: 'fd00::/112' }], cni: { assignIPv6: true } })
    const host = limitsFor(both).filter(({ limit }) => limit === 'blocksPerHost')
    expect(host.map(({ used, value }) => [used, value])).toEqual([
      [1, 20],
      [1, 20],
    ])
  })

  test('of blocks per host: maxBlocksPerHost, where it is set', () => {
    const own = limitsFor(cluster({ ipam: { maxBlocksPerHost: 4, strictAffinity: true } }))
    expect(own.find(({ limit }) => limit === 'blocksPerHost')).toMatchObject({
      value: 4,
      hitAt: { morePodsOnNode: 63 + 3 * 64 },
    })
  })

  test('of a full mesh: a hundred nodes', () => {
    const mesh = { ...BGP, nodeToNodeMeshEnabled: true }
    expect(limitsFor(cluster({ bgp: mesh })).find(({ limit }) => limit === 'meshNodes')).toMatchObject({
      value: 100,
      used: 3,
      hitAt: { moreNodes: 97 },
    })
    expect(kinds(cluster({ bgp: mesh, backend: 'vxlan' }))).not.toContain('meshNodes')
  })

  test('of podCIDRs: as many as the cluster CIDR holds', () => {
    const kubeProxy = {
      resource: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kube-proxy', namespace: 'kube-system' },
        data: { 'config.conf': 'clusterCIDR: 10.42.0.0/22\n' },
      },
    }
    const input = cluster({ nodes: [{ name: 'n0', podCIDRs: ['10.42.1.0/24'] }], manifests: [kubeProxy] })
    expect(podCidrRoom(input)?.nodes).toBe(4)
    expect(limitsFor(input)[1]).toMatchObject({ limit: 'podCidrs', value: 4, used: 1, hitAt: { moreNodes: 3 } })
    expect(podCidrRoom(cluster({ manifests: [kubeProxy] }))).toBeUndefined()
  })
})

describe('block sizes side by side', () => {
  const shape = { nodes: 300, podsPerNode: 40, tunnelsPerNode: 1, blocksPerHostLimit: 20, strictAffinity: false }

  test('/20 to /32 and /116 to /128', () => {
    const sizes = (cidr: string) => compareBlockSizes(pool({ cidr }), shape).map(({ blockSize }) => blockSize)
    expect(sizes('192.168.0.0/16')).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32])
    expect(sizes('fd00::/64')).toEqual([116, 117, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128])
    expect(sizes('192.168.0.0/30')).toEqual([30, 31, 32])
  })

  test('192.168.0.0/16 in /26 for 300 nodes of 40 pods: a block and 340 routes each', () => {
    const row = compareBlockSizes(pool({ cidr: '192.168.0.0/16' }), shape).find(({ current }) => current)
    expect(row).toMatchObject({
      blocks: 1024,
      blocksPerNode: 1,
      maxNodes: 1024,
      routesPerNode: 340,
      stranded: 300 * 23,
    })
  })

  test('/32 gives a node twenty addresses and no more', () => {
    const row = compareBlockSizes(pool({ cidr: '192.168.0.0/16' }), shape).at(-1)
    expect(row).toMatchObject({ blockSize: 32, blocksPerNode: 20, overHostLimit: true })
  })

  test('what they say of the present size is what the allocator did', () => {
    const input = cluster({ nodes: names(34, 20), pools: [{ cidr: '10.0.0.0/21', ipipMode: 'Always' }] })
    const { blockSizes, books } = capacityOf(input, ipamView(input))
    const row = blockSizes.find(({ current }) => current)
    expect(row?.stranded).toBe(books.pools[0]?.addresses.stranded)
    expect(row).toMatchObject({ maxNodes: 32, routesPerNode: 94 })
    expect(books.pools[0]?.nodes.withoutBlock).toHaveLength(2)
  })
})
