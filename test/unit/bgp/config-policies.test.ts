import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { filterFunctionName, hashedRouterID } from '../../../src/bgp/config/bird-names.js'
import { meshMembers } from '../../../src/bgp/config/mesh.js'
import { speakerConfig } from '../../../src/bgp/config/speaker-config.js'
import type { SpeakerConfig } from '../../../src/bgp/speaker-config.js'
import type { EndpointSlice } from '../../../src/cluster/workload.js'
import { address, context, type Given, peerIP, prefix, service, speaker } from './config-fixture.js'

const NODES = [
  { name: 'n1', v4: '10.0.0.1/24' },
  { name: 'n2', v4: '10.0.0.2/24' },
]

function config(given: Partial<Given>, node = 'n1', family: 4 | 6 = 4): SpeakerConfig {
  const bgp = context({ nodes: NODES, ...given })
  return speakerConfig(bgp, speaker(bgp, node), family)
}

const texts = (list: readonly Parameters<typeof formatPrefix>[0][] | undefined): string[] =>
  (list ?? []).map(formatPrefix)

describe('the mesh', () => {
  const nodes = [...NODES, { name: 'n3', v4: '10.0.0.3/24', rr: '1.0.0.1' }]

  test('leaves reflectors out since v3.21', () => {
    expect(meshMembers(context({ nodes }), 4)).toEqual([0, 1])
    expect(meshMembers(context({ nodes, release: 'v3.20' }), 4)).toEqual([0, 1, 2])
  })

  test('is empty when it is off', () => {
    expect(meshMembers(context({ nodes, bgp: { nodeToNodeMeshEnabled: false } }), 4)).toEqual([])
  })

  test('compares addresses as text to say who dials (quirk Q2)', () => {
    const bgp = context({
      nodes: [
        { name: 'a', v4: '10.0.0.9/24' },
        { name: 'b', v4: '10.0.0.10/24' },
      ],
    })
    expect(speakerConfig(bgp, speaker(bgp, 'b'), 4).sessions.map((s) => s.passive)).toEqual([true])
    expect(speakerConfig(bgp, speaker(bgp, 'a'), 4).sessions.map((s) => s.passive)).toEqual([false])
  })
})

describe('the router id', () => {
  test('is the IPv4 address, in the IPv6 daemon too', () => {
    const nodes = [{ name: 'n1', v4: '10.0.0.1/24', v6: 'fd00::1/64' }]
    expect(config({ nodes }, 'n1', 6).routerID).toBe('10.0.0.1')
    expect(config({ nodes: [{ name: 'n1', v6: 'fd00::1/64' }] }, 'n1', 6).routerID).toBeUndefined()
  })

  test('may be a hash of the node name, or a literal', () => {
    expect(config({ bgp: { routerID: 'hash' } }).routerID).toBe(hashedRouterID('n1'))
    expect(hashedRouterID('Testrobin123')).toBe('207.94.5.27')
    expect(config({ bgp: { routerID: '1.2.3.4' } }).routerID).toBe('1.2.3.4')
  })
})

test('filter names over 45 characters are cut and hashed to fit a BIRD symbol of 64', () => {
  expect(filterFunctionName('short', 'import', 4)).toBe('bgp_short_importFilterV4')
  const name = filterFunctionName('x'.repeat(46), 'export', 6)
  expect(name).toMatch(/^bgp_x{28}_[0-9A-F]{16}_exportFilterV6$/)
  expect(name).toHaveLength(64)
  expect(filterFunctionName('x'.repeat(45), 'export', 6)).toContain('x'.repeat(45))
})

describe('pools', () => {
  const pools = [
    { name: 'ipip', prefix: prefix('10.1.0.0/16'), ipipMode: 'Always' as const },
    { name: 'cross', prefix: prefix('10.2.0.0/16'), ipipMode: 'CrossSubnet' as const },
    { name: 'plain', prefix: prefix('10.3.0.0/16') },
    { name: 'vxlan', prefix: prefix('10.4.0.0/16'), vxlanMode: 'Always' as const, disableBGPExport: true },
  ]
  const actions = (given: Partial<Given>) => config({ pools, ...given }).kernelPolicy?.pools.map((pool) => pool.action)

  test('are programmed by BIRD as programClusterRoutes and the release say', () => {
    expect(actions({})).toEqual(['reject', 'reject', 'accept', 'reject'])
    expect(actions({ release: 'v3.32' })).toEqual(['tunnel', 'crossSubnet', 'accept', 'reject'])
    expect(actions({ bgp: { programClusterRoutes: 'Enabled' } })).toEqual(['tunnel', 'crossSubnet', 'accept', 'reject'])
    expect(actions({ bgp: { programClusterRoutes: 'EnabledIPIPOnly' } })).toEqual([
      'tunnel',
      'crossSubnet',
      'reject',
      'reject',
    ])
    expect(actions({ bgp: { programClusterRoutes: 'Disabled' }, release: 'v3.32' })).toEqual([
      'reject',
      'reject',
      'reject',
      'reject',
    ])
    expect(actions({ bgp: { programClusterRoutes: 'Disabled' }, release: 'v3.31' })).toEqual([
      'tunnel',
      'crossSubnet',
      'accept',
      'reject',
    ])
  })

  test('are exported whatever their encapsulation, unless disableBGPExport', () => {
    const policy = config({ pools }).exportPolicy
    expect(texts(policy?.acceptPools)).toEqual(['10.1.0.0/16', '10.2.0.0/16', '10.3.0.0/16'])
    expect(texts(policy?.rejectPools)).toEqual(['10.4.0.0/16'])
  })

  test('routes through tunl0 are kept from iBGP peers only while Felix owns IPIP', () => {
    const refused = (given: Partial<Given>) => config(given).exportPolicy?.rejectInterfacesInternal
    expect(refused({})).toEqual(['*.cali', '*.calico', 'tunl0'])
    expect(refused({ bgp: { programClusterRoutes: 'Enabled' } })).toEqual(['*.cali', '*.calico'])
    expect(refused({ release: 'v3.26' })).toEqual([])
  })

  test('stand in text order, in which the first that contains a route decides', () => {
    const mixed = [
      { name: 'a', prefix: prefix('10.100.0.0/16') },
      { name: 'b', prefix: prefix('10.20.0.0/16') },
    ]
    expect(texts(config({ pools: mixed }).kernelPolicy?.pools.map((pool) => pool.prefix))).toEqual([
      '10.100.0.0/16',
      '10.20.0.0/16',
    ])
  })

  test('have no kernel statement on a node without an IPv4 network', () => {
    expect(config({ pools, nodes: [{ name: 'n1', v6: 'fd00::1/64' }] }).kernelPolicy?.pools).toEqual([])
  })
})

describe('own blocks', () => {
  const affinity = (text: string, state: 'confirmed' | 'pending' | 'pendingDeletion' | '') => ({
    node: 'n1',
    type: 'host' as const,
    prefix: prefix(text),
    state,
  })
  const affinities = [
    affinity('10.65.1.0/26', 'confirmed'),
    affinity('10.65.0.64/26', ''),
    affinity('10.65.2.0/26', 'pending'),
    affinity('10.65.3.0/26', 'pendingDeletion'),
    affinity('10.65.4.1/32', 'confirmed'),
  ]

  test('are blackholes unless pending or of one address', () => {
    expect(texts(config({ affinities }).statics.map((route) => route.prefix))).toEqual([
      '10.65.0.64/26',
      '10.65.1.0/26',
      '10.65.3.0/26',
    ])
    expect(texts(config({ affinities, release: 'v3.17' }).statics.map((route) => route.prefix))).toHaveLength(5)
  })

  test('have aggregation rules when confirmed or of no state', () => {
    expect(
      config({ affinities }).exportPolicy?.aggregates.map((item) => [
        formatPrefix(item.prefix),
        item.affinityState,
        item.rules,
      ]),
    ).toEqual([
      ['10.65.0.64/26', 'implicit', true],
      ['10.65.1.0/26', 'confirmed', true],
      ['10.65.3.0/26', 'pendingDeletion', false],
      ['10.65.4.1/32', 'confirmed', true],
    ])
  })
})

test('reachableBy gives a host route to each peer that is not a workload', () => {
  const peers = [{ name: 'p', ...peerIP('192.0.2.1'), asNumber: 65001, reachableBy: address('10.0.0.254') }]
  expect(
    config({ peers }).statics.map((route) => [
      formatPrefix(route.prefix),
      route.via && formatAddress(route.via),
      route.scope,
    ]),
  ).toEqual([['192.0.2.1/32', '10.0.0.254', 'global']])
})

test('prefixAdvertisements of a node replace those of the cluster even when they are empty', () => {
  const prefixAdvertisements = [{ prefix: prefix('10.65.0.0/16'), communities: ['64512:1'] }]
  const given = (perNode: Map<string, object>) =>
    config({ bgp: { prefixAdvertisements, perNode } }).exportPolicy?.communities
  expect(given(new Map())).toHaveLength(1)
  expect(given(new Map([['n1', { prefixAdvertisements: [] }]]))).toEqual([])
})

test('WireGuard peers are rejected by next hop only on a node that runs WireGuard itself', () => {
  const nodes = [
    { name: 'n1', v4: '10.0.0.1/24', wireguard: '10.65.9.1' },
    { name: 'n2', v4: '10.0.0.2/24', wireguard: '10.65.9.2' },
    { name: 'n3', v4: '10.0.0.3/24' },
  ]
  expect(config({ nodes }).kernelPolicy?.rejectNextHops.map(formatAddress)).toEqual(['10.0.0.2'])
  expect(config({ nodes }, 'n3').kernelPolicy?.rejectNextHops).toEqual([])
  expect(config({ nodes, release: 'v3.32' }).kernelPolicy?.rejectNextHops).toEqual([])
})

describe('Services', () => {
  const ranges = {
    serviceClusterIPs: [prefix('10.96.0.0/16')],
    serviceLoadBalancerIPs: [prefix('203.0.113.0/24'), prefix('198.51.100.7/32')],
  }
  const slice = (nodes: readonly string[], ready = true, name = 'web'): EndpointSlice => ({
    namespace: 'default',
    service: name,
    addressType: 'IPv4',
    endpoints: nodes.map((node) => ({ addresses: [], node, ready })),
  })
  const local = service({
    name: 'web',
    type: 'LoadBalancer',
    externalTrafficPolicy: 'Local',
    clusterIPs: [address('10.96.0.10')],
    loadBalancerIngress: [address('203.0.113.5')],
  })
  const routes = (given: Partial<Given>, node = 'n1') =>
    texts(config({ bgp: ranges, ...given }, node).exportPolicy?.serviceRoutes)

  test('ranges are announced by every node and never programmed; a single address is no range', () => {
    expect(routes({})).toEqual(['10.96.0.0/16', '203.0.113.0/24'])
    expect(texts(config({ bgp: ranges }).kernelPolicy?.serviceRejects)).toEqual(['10.96.0.0/16', '203.0.113.0/24'])
  })

  test('with policy Local have host routes from nodes with a ready endpoint', () => {
    const given = { services: [local], slices: [slice(['n2'])] }
    expect(routes(given, 'n2')).toEqual(['10.96.0.0/16', '10.96.0.10/32', '203.0.113.0/24', '203.0.113.5/32'])
    expect(routes(given, 'n1')).toEqual(['10.96.0.0/16', '203.0.113.0/24'])
  })

  test('ignore endpoints that are not ready since v3.33', () => {
    const given = { services: [local], slices: [slice(['n2'], false)] }
    expect(routes(given, 'n2')).not.toContain('203.0.113.5/32')
    expect(routes({ ...given, release: 'v3.32' }, 'n2')).toContain('203.0.113.5/32')
  })

  test('with a single-address load balancer IP and policy Cluster are announced by every node', () => {
    const single = service({
      name: 'web',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Cluster',
      clusterIPs: [address('10.96.0.10')],
      loadBalancerIngress: [address('198.51.100.7')],
    })
    const given = { services: [single], slices: [slice(['n2'])] }
    expect(routes(given)).toContain('198.51.100.7/32')
    expect(routes({ ...given, release: 'v3.23' })).not.toContain('198.51.100.7/32')
  })

  test('without aggregation are announced one by one by every node, as soon as any endpoint is ready', () => {
    const cluster = { ...local, externalTrafficPolicy: 'Cluster' as const }
    const given = {
      services: [cluster],
      slices: [slice(['n2'])],
      bgp: { ...ranges, serviceLoadBalancerAggregation: false },
    }
    expect(routes(given)).toEqual(['10.96.0.0/16', '10.96.0.10/32', '203.0.113.5/32'])
  })

  test('stay away from a node with the exclude label, which still rejects the ranges', () => {
    const nodes = [
      { name: 'n1', v4: '10.0.0.1/24', labels: { 'node.kubernetes.io/exclude-from-external-load-balancers': 'true' } },
    ]
    expect(routes({ nodes, services: [local], slices: [slice(['n1'])] })).toEqual([])
    expect(texts(config({ nodes, bgp: ranges }).kernelPolicy?.serviceRejects)).toHaveLength(2)
  })

  test('ranges are relayed by a reflector', () => {
    const nodes = [{ name: 'n1', v4: '10.0.0.1/24', rr: '1.0.0.1' }]
    expect(texts(config({ nodes, bgp: ranges }).exportPolicy?.reflectorRanges.loadBalancer)).toEqual([
      '203.0.113.0/24',
      '198.51.100.7/32',
    ])
    expect(config({ nodes, bgp: ranges, release: 'v3.25' }).exportPolicy?.reflectorRanges.loadBalancer).toEqual([])
  })
})
