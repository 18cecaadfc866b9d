import { describe, expect, test } from 'vitest'
import type { StaticRoute } from '../../../src/cluster/underlay.js'
import { address, prefix } from './config-fixture.js'
import { nextHop, numbered, solve, where } from './tables-fixture.js'

describe('the full mesh', () => {
  test('every node learns every other block once, from its owner', () => {
    const { learnt, paths } = solve(numbered(4))
    expect(learnt('n1')).toEqual(['10.65.2.0/26', '10.65.3.0/26', '10.65.4.0/26'])
    expect(paths('n1', '10.65.3.0/26').map((path) => path.birdName)).toEqual(['Mesh_172_16_1_13'])
  })

  test('split horizon: what came by iBGP is not passed to iBGP', () => {
    const { paths } = solve(numbered(4))
    expect(paths('n1', '10.65.2.0/26')).toHaveLength(1)
  })

  test('a block has its ordinary priority, metric and gateway', () => {
    const { entry, paths } = solve(numbered(2))
    const [path] = paths('n1', '10.65.2.0/26')
    expect(path).toMatchObject({ localPref: 2147482623, kernelMetric: 1024, igpMetric: 0, preference: 100 })
    expect(path && where(path)).toBe('172.16.1.12 eth0')
    expect(entry('n1', '10.65.2.0/26')?.kernel).toMatchObject({ programmed: true, type: 'unicast', metric: 1024 })
  })

  test('an own block is a blackhole without metric', () => {
    const { entry } = solve(numbered(2))
    expect(entry('n1', '10.65.1.0/26')?.kernel).toMatchObject({ programmed: true, type: 'blackhole', hops: [] })
    expect(entry('n1', '10.65.1.0/26')?.kernel).not.toHaveProperty('metric')
  })

  test('before v3.32 everything has local preference 100 and no metric', () => {
    const { entry, paths } = solve({ ...numbered(2), release: 'v3.28' })
    expect(paths('n1', '10.65.2.0/26')[0]).toMatchObject({ localPref: 100 })
    expect(entry('n1', '10.65.2.0/26')?.kernel).not.toHaveProperty('metric')
  })

  test('a pool with disableBGPExport stays at home', () => {
    expect(solve({ ...numbered(2), pools: [{ disableBGPExport: true }] }).learnt('n1')).toEqual([])
  })

  test('a block outside every pool is told and learnt', () => {
    expect(solve({ ...numbered(2), pools: [] }).learnt('n1')).toEqual(['10.65.2.0/26'])
  })

  test('a node without an address in the family has no BGP, yet its own routes', () => {
    const given = numbered(2)
    const nodes = [{ name: 'n1' }, ...given.nodes.slice(1)]
    const { learnt, entry } = solve({ ...given, nodes, bgp: { routerID: 'hash' } })
    expect(learnt('n1')).toEqual([])
    expect(entry('n1', '10.65.1.0/26')?.paths[0]).toMatchObject({ source: 'static', birdName: 'static1' })
  })
})

describe('IPv6', () => {
  test('has tables of its own, with the same rules', () => {
    const { tables } = solve({
      nodes: [
        { name: 'n1', v4: '172.16.1.11/24', v6: 'fd00::11/64' },
        { name: 'n2', v4: '172.16.1.12/24', v6: 'fd00::12/64' },
      ],
      pools: [{ prefix: prefix('fd65::/48'), blockSize: 122 }],
      blocks: { n1: ['fd65::40/122'], n2: ['fd65::80/122'] },
      pods: { n2: ['fd65::41'] },
    })
    const learnt = tables.table(0, 6).entries.flatMap(({ paths }) => paths.filter((path) => path.source === 'bgp'))
    expect(learnt.map((path) => [path.prefix, nextHop(path), path.birdName])).toEqual([
      [prefix('fd65::41/128'), 'fd00::12', 'Mesh_fd00__12'],
      [prefix('fd65::80/122'), 'fd00::12', 'Mesh_fd00__12'],
    ])
    expect(tables.table(0, 4).entries.map((entry) => entry.prefix)).toEqual([prefix('172.16.1.0/24')])
  })
})

describe('addresses of pods', () => {
  test('an own pod is told to nobody', () => {
    expect(solve({ ...numbered(2), pods: { n2: ['10.65.2.10'] } }).learnt('n1')).toEqual(['10.65.2.0/26'])
  })

  test('a borrowed address is told as a host route, to the owner of the block too', () => {
    const { learnt, paths } = solve({ ...numbered(3), pods: { n3: ['10.65.1.40'] } })
    expect(learnt('n2')).toContain('10.65.1.40/32')
    expect(nextHop(paths('n1', '10.65.1.40/32')[0])).toBe('172.16.1.13')
  })

  test('a borrowed tunnel address is told too', () => {
    expect(solve({ ...numbered(2), release: 'v3.32', tunnels: { n2: { ipip: '10.65.1.50' } } }).learnt('n1')).toContain(
      '10.65.1.50/32',
    )
  })

  test('a pod route of elevated priority is preferred everywhere', () => {
    const moving: StaticRoute = {
      to: prefix('10.65.2.10/32'),
      type: 'unicast',
      dev: 'cali123',
      protocol: 'boot',
      metric: 512,
    }
    const { paths } = solve({
      ...numbered(2),
      pods: { n2: ['10.65.2.10'] },
      subnets: [{ name: 'rack', cidr: '172.16.1.0/24' }],
      attachments: { n2: { staticRoutes: [moving] } },
    })
    expect(paths('n1', '10.65.2.10/32')[0]).toMatchObject({ localPref: 2147483135, preference: 200, kernelMetric: 512 })
  })
})

describe('routes of others in the kernel', () => {
  const alien = (to: string, via: string, more: Partial<StaticRoute> = {}): StaticRoute => ({
    to: prefix(to),
    type: 'unicast',
    via: address(via),
    protocol: 'static',
    metric: 0,
    ...more,
  })
  const subnets = [{ name: 'rack', cidr: '172.16.1.0/24' }]

  test('an alien route inside a pool without metric wins on other nodes', () => {
    const staticRoutes = [alien('10.65.2.0/26', '172.16.1.13')]
    const { paths, entry } = solve({ ...numbered(4), subnets, attachments: { n1: { staticRoutes } } })
    expect(paths('n4', '10.65.2.0/26').map((path) => [path.birdName, path.preference])).toEqual([
      ['Mesh_172_16_1_11', 200],
      ['Mesh_172_16_1_12', 100],
    ])
    expect(entry('n4', '10.65.2.0/26')?.kernel).not.toHaveProperty('metric')
  })

  test('the owner keeps its static route, and the gateway itself is not told', () => {
    const staticRoutes = [alien('10.65.2.0/26', '172.16.1.13')]
    const { paths, entry } = solve({ ...numbered(4), subnets, attachments: { n1: { staticRoutes } } })
    expect(entry('n2', '10.65.2.0/26')?.paths[0]?.source).toBe('static')
    expect(paths('n3', '10.65.2.0/26').map((path) => path.birdName)).toEqual(['Mesh_172_16_1_12'])
  })

  test('a BGP route is preferred to the alien one inside BIRD, and both are told', () => {
    const staticRoutes = [alien('10.65.2.0/26', '172.16.1.13')]
    const { entry } = solve({ ...numbered(4), subnets, attachments: { n1: { staticRoutes } } })
    expect(entry('n1', '10.65.2.0/26')?.paths.map((path) => path.source)).toEqual(['bgp', 'kernel'])
  })

  test('of several routes for a prefix BIRD takes the lowest metric', () => {
    const staticRoutes = [
      alien('10.65.200.0/24', '172.16.1.13', { metric: 300 }),
      alien('10.65.200.0/24', '172.16.1.14', { metric: 200 }),
    ]
    const { paths } = solve({ ...numbered(2), subnets, attachments: { n1: { staticRoutes } } })
    expect(paths('n2', '10.65.200.0/24').map(nextHop)).toEqual(['172.16.1.14'])
  })

  test.each(['kernel', 'redirect', 'bird'])('a route of protocol %s is not learnt', (protocol) => {
    const staticRoutes = [alien('10.65.200.0/24', '172.16.1.13', { protocol })]
    expect(solve({ ...numbered(2), subnets, attachments: { n1: { staticRoutes } } }).learnt('n2')).not.toContain(
      '10.65.200.0/24',
    )
  })

  test('an alien route outside the pools is kept', () => {
    const staticRoutes = [alien('198.51.100.0/24', '172.16.1.13')]
    expect(solve({ ...numbered(2), subnets, attachments: { n1: { staticRoutes } } }).learnt('n2')).not.toContain(
      '198.51.100.0/24',
    )
  })
})

describe('routes that Felix writes and BIRD learns', () => {
  test('VXLAN routes through the tunnel are told to nobody inside; the blackhole of the owner is', () => {
    const { paths, entry } = solve({
      ...numbered(3),
      pools: [{ vxlanMode: 'Always' }],
      tunnels: { n1: { vxlan: '10.65.1.1' }, n2: { vxlan: '10.65.2.1' }, n3: { vxlan: '10.65.3.1' } },
    })
    expect(entry('n1', '10.65.2.0/26')?.paths.map((path) => path.source)).toEqual(['bgp', 'bgp', 'kernel'])
    expect(paths('n1', '10.65.2.0/26').map((path) => [path.birdName, path.localPref])).toEqual([
      ['Mesh_172_16_1_12', 2147483647],
      ['Mesh_172_16_1_12', 2147482623],
    ])
    expect(entry('n1', '10.65.2.0/26')?.kernel).toMatchObject({ programmed: false, because: 'poolNotOwned' })
  })

  test('routes of a CrossSubnet pool inside the subnet are told by everyone but to their owner', () => {
    const { paths } = solve({ ...numbered(3), release: 'v3.33', pools: [{ ipipMode: 'CrossSubnet' }] })
    expect(paths('n1', '10.65.2.0/26').map((path) => [path.birdName, nextHop(path), path.preference])).toEqual([
      ['Mesh_172_16_1_12', '172.16.1.12', 200],
      ['Mesh_172_16_1_13', '172.16.1.12', 200],
      ['Mesh_172_16_1_12', '172.16.1.12', 100],
    ])
    expect(paths('n2', '10.65.2.0/26')).toEqual([])
  })

  test('in v3.33 routes through tunl0 are not told', () => {
    const { paths } = solve({ ...numbered(3), release: 'v3.33', pools: [{ ipipMode: 'Always' }] })
    expect(new Set(paths('n1', '10.65.2.0/26').map((path) => path.birdName))).toEqual(new Set(['Mesh_172_16_1_12']))
  })
})

describe('two owners of one block', () => {
  const given = numbered(4)
  const blocks = { ...given.blocks, n3: ['10.65.2.0/26'] }

  test('the others merge both into one route', () => {
    const { entry } = solve({ ...given, blocks })
    const kernel = entry('n1', '10.65.2.0/26')?.kernel
    expect(kernel?.programmed && kernel.hops.map((hop) => hop.gateway)).toEqual([
      address('172.16.1.12'),
      address('172.16.1.13'),
    ])
  })

  test('a merged route is not tunnelled, even in an IPIP pool', () => {
    const ipip = { ...given, blocks, release: 'v3.32', pools: [{ ipipMode: 'Always' as const }] }
    const { entry } = solve(ipip)
    expect(entry('n1', '10.65.2.0/26')?.kernel).not.toHaveProperty('tunnelTo')
    expect(entry('n1', '10.65.4.0/26')?.kernel).toMatchObject({ tunnelTo: address('172.16.1.14') })
  })

  test('before v3.17 nothing is merged', () => {
    const kernel = solve({ ...given, blocks, release: 'v3.13' }).entry('n1', '10.65.2.0/26')?.kernel
    expect(kernel?.programmed && kernel.hops).toHaveLength(1)
  })

  test('each owner keeps its blackhole', () => {
    expect(solve({ ...given, blocks }).entry('n2', '10.65.2.0/26')?.kernel).toMatchObject({ type: 'blackhole' })
  })
})
