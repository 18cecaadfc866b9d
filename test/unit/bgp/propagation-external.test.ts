import { describe, expect, test } from 'vitest'
import type { BgpPeer } from '../../../src/cluster/bgp-settings.js'
import type { Router, RouterNeighbor } from '../../../src/cluster/underlay.js'
import { address, peerIP, prefix, router } from './config-fixture.js'
import { type GivenTables, nextHop, numbered, RACK, solve, where } from './tables-fixture.js'

const MESH_OFF = { nodeToNodeMeshEnabled: false }

/** A ToR at 172.16.1.1 with AS 64700 that peers with n1, n2, ... of these AS numbers. */
function tor(ases: readonly number[], more: Partial<RouterNeighbor> = {}): Router {
  const neighbors = ases.map((asNumber, i) => ({ address: address(`172.16.1.${11 + i}`), asNumber, ...more }))
  return router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], { asNumber: 64700, neighbors })
}

interface WithTor extends Partial<GivenTables> {
  readonly ases?: readonly number[]
  readonly peer?: Partial<BgpPeer>
  readonly neighbor?: Partial<RouterNeighbor>
}

function withTor(count: number, { ases = [], peer, neighbor, ...more }: WithTor = {}) {
  const own = Array.from({ length: count }, (_, i) => ases[i] ?? 64601 + i)
  const nodes = Object.fromEntries(own.map((as, i) => [`n${i + 1}`, { as }]))
  return solve({
    ...numbered(count, nodes),
    bgp: MESH_OFF,
    subnets: RACK,
    routers: [tor(own, neighbor)],
    peers: [{ name: 'tor', ...peerIP('172.16.1.1'), asNumber: 64700, ...peer }],
    ...more,
  })
}

describe('a ToR with AS numbers of its own for every node', () => {
  test('passes blocks on with the next hop of their owner, which lies on the same link', () => {
    const [path] = withTor(2).paths('n1', '10.65.2.0/26')
    expect(path).toMatchObject({ asPath: [64700, 64602], localPref: 100, kernelMetric: 2147483547 })
    expect(nextHop(path)).toBe('172.16.1.12')
  })

  test('takes a next hop on its link as the gateway and prints no IGP metric', () => {
    const [path] = withTor(2).paths('tor', '10.65.2.0/26')
    expect(path && where(path)).toBe('172.16.1.12 eth0')
    expect(path).not.toHaveProperty('igpMetric')
  })

  test('of the AS of its nodes has multihop sessions whether it says so or not', () => {
    const peer = { asNumber: 64512 }
    const own = router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], {
      asNumber: 64512,
      neighbors: [
        { address: address('172.16.1.11'), asNumber: 64512, routeReflectorClient: true },
        { address: address('172.16.1.12'), asNumber: 64512, routeReflectorClient: true },
      ],
    })
    const [path] = withTor(2, { ases: [64512, 64512], peer, routers: [own] }).paths('tor', '10.65.2.0/26')
    expect(path).toMatchObject({ igpMetric: 0 })
  })

  test('announces its own networks, which lose to those of the node', () => {
    const { entry } = withTor(2)
    expect(entry('n1', '172.16.1.0/24')?.paths.map((path) => path.source)).toEqual(['direct', 'bgp'])
    expect(entry('n1', '172.16.1.0/24')?.kernel).toEqual({ programmed: false, because: 'ownProtocol' })
  })

  test('tells only what advertise lists', () => {
    expect(withTor(2, { neighbor: { advertise: ['bgp'] } }).learnt('n1')).toEqual(['10.65.2.0/26'])
    expect(withTor(2, { neighbor: { advertise: ['connected'] } }).learnt('n1')).toEqual(['172.16.1.0/24'])
  })

  test('is itself the next hop over multihop sessions', () => {
    expect(nextHop(withTor(2, { neighbor: { multihop: true } }).paths('n1', '10.65.2.0/26')[0])).toBe('172.16.1.1')
  })
})

describe('one AS number for all nodes', () => {
  const same = { ases: [64601, 64601] }

  test('a node drops paths with its own AS', () => {
    expect(withTor(2, same).learnt('n1')).toEqual(['172.16.1.0/24'])
  })

  test('numAllowedLocalASNumbers lets them in', () => {
    expect(withTor(2, { ...same, peer: { numAllowedLocalASNumbers: 1 } }).learnt('n1')).toContain('10.65.2.0/26')
  })
})

describe('the mesh beside the ToR', () => {
  const meshed: WithTor = { ases: [64512, 64512, 64512], bgp: {} }

  test('every node tells the ToR every block, with itself as next hop', () => {
    const paths = withTor(3, meshed).paths('tor', '10.65.2.0/26')
    expect(paths.map(nextHop)).toEqual(['172.16.1.11', '172.16.1.12', '172.16.1.13'])
    expect(paths.every((path) => path.asPath.length === 1)).toBe(true)
  })

  test('the ToR spreads over all of them', () => {
    const kernel = withTor(3, meshed).entry('tor', '10.65.2.0/26')?.kernel
    expect(kernel?.programmed && kernel.hops).toHaveLength(3)
  })

  test('nextHopMode Keep leaves the owner as next hop', () => {
    const paths = withTor(3, { ...meshed, peer: { nextHopMode: 'Keep' } }).paths('tor', '10.65.2.0/26')
    expect(new Set(paths.map(nextHop))).toEqual(new Set(['172.16.1.12']))
  })

  test('what the ToR announces outside the pools goes no further', () => {
    const route = { to: prefix('198.51.100.0/24'), type: 'unreachable', protocol: 'static', metric: 0 } as const
    const routers = [{ ...tor([64512]), staticRoutes: [route] }]
    const peers = [{ name: 'tor', node: 'n1', ...peerIP('172.16.1.1'), asNumber: 64700 }]
    const { learnt } = withTor(3, { ...meshed, routers, peers })
    expect(learnt('n1')).toContain('198.51.100.0/24')
    expect(learnt('n2')).not.toContain('198.51.100.0/24')
  })

  test('a default route by BGP beats that of the kernel, and next hops behind it are unreachable', () => {
    const route = { to: prefix('0.0.0.0/0'), type: 'unreachable', protocol: 'static', metric: 0 } as const
    const subnets = [...RACK, { name: 'far', cidr: '172.16.2.0/24', gateway: address('172.16.2.1') }]
    const given = numbered(2, { n2: { v4: '172.16.2.12/24' } })
    const gateway = router(
      'tor',
      [
        { subnet: 0, address: '172.16.1.1/24' },
        { subnet: 1, address: '172.16.2.1/24' },
      ],
      { asNumber: 64700, neighbors: [{ address: address('172.16.1.11'), asNumber: 64512, advertise: ['static'] }] },
    )
    const { paths, entry } = solve({
      ...given,
      subnets,
      routers: [{ ...gateway, staticRoutes: [route] }],
      peers: [{ name: 'tor', node: 'n1', ...peerIP('172.16.1.1'), asNumber: 64700 }],
    })
    expect(paths('n1', '10.65.2.0/26')[0]).toMatchObject({
      igpMetric: '-',
      resolution: { kind: 'unreachable', because: 'viaBgpRoute', route: '0.0.0.0/0' },
    })
    expect(entry('n1', '10.65.2.0/26')?.kernel).toMatchObject({ programmed: true, type: 'unreachable', metric: 1024 })
    expect(paths('n2', '10.65.1.0/26')[0]).toMatchObject({ igpMetric: '?' })
  })
})

describe('a peer that is not on the link', () => {
  /** n1 peers with the router's address in the other subnet, which announces n1 that subnet. */
  const far = () => {
    const subnets = [...RACK, { name: 'far', cidr: '172.16.2.0/24', gateway: address('172.16.2.1') }]
    const gateway = router(
      'tor',
      [
        { subnet: 0, address: '172.16.1.1/24' },
        { subnet: 1, address: '172.16.2.1/24' },
      ],
      { asNumber: 64700, neighbors: [{ address: address('172.16.1.11'), asNumber: 64512, multihop: true }] },
    )
    return solve({
      ...numbered(1),
      bgp: MESH_OFF,
      subnets,
      routers: [gateway],
      peers: [{ name: 'tor', ...peerIP('172.16.2.1'), asNumber: 64700 }],
    })
  }

  test('announcing its own network makes the node cut itself off', () => {
    const { tables, paths } = far()
    expect(tables.severed(4)).toMatchObject([
      { speaker: { name: 'n1' }, birdName: 'Global_172_16_2_1', peer: { name: 'tor' }, by: prefix('172.16.2.0/24') },
    ])
    expect(paths('tor', '10.65.1.0/26')).toEqual([])
  })

  test('the next hop is the address that the node peers with', () => {
    expect(nextHop(far().paths('n1', '172.16.2.0/24')[0])).toBe('172.16.2.1')
  })
})

describe('nodes with AS numbers of their own in one mesh', () => {
  test('re-advertised copies have longer paths, and the direct one is used', () => {
    const { paths } = solve(numbered(3, { n1: { as: 64601 }, n2: { as: 64602 }, n3: { as: 64603 } }))
    expect(paths('n1', '10.65.2.0/26').map(({ asPath }) => asPath)).toEqual([[64602], [64603, 64602]])
  })
})
