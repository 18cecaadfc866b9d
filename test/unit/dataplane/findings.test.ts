import { describe, expect, test } from 'vitest'
import { dataplaneFindings } from '../../../src/dataplane/findings/dataplane-findings.js'
import type { Finding } from '../../../src/findings/finding.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { bgpConfiguration, felix, node, pool, simulate, underlay } from './fixture.js'

function found(release: string, resources: readonly Resource[], tunnel?: 'ipip' | 'vxlan'): readonly Finding[] {
  const { cluster, ipam } = simulate(release, resources, tunnel)
  return dataplaneFindings(cluster, ipam)
}

const codes = (...args: Parameters<typeof found>) => found(...args).map(({ code }) => code)

const LEFT = { name: 'left', cidr: '172.16.0.0/24', gateway: '172.16.0.254' }
const RIGHT = { name: 'right', cidr: '172.16.1.0/24', gateway: '172.16.1.254' }
const PORTS = [
  { subnet: 'left', address: '172.16.0.254/24' },
  { subnet: 'right', address: '172.16.1.254/24' },
]
const fabric = (router: object = {}, left: object = {}, right: object = {}) =>
  underlay({
    subnets: [
      { ...LEFT, ...left },
      { ...RIGHT, ...right },
    ],
    routers: [{ name: 'router', interfaces: PORTS, ...router }],
  })

const ipip = pool({ ipipMode: 'Always' })
const crossSubnet = pool({ ipipMode: 'CrossSubnet' })
const config = (data: object): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'calico-config', namespace: 'kube-system' },
  data,
})

describe('a healthy cluster has no dataplane hazard', () => {
  test.each(['v3.13', 'v3.28', 'v3.32', 'v3.33'])('%s', (release) => {
    expect(codes(release, [ipip], 'ipip')).toEqual([])
    expect(codes(release, [crossSubnet], 'ipip')).toEqual([])
    expect(codes(release, [pool({ vxlanMode: 'Always' })], 'vxlan')).toEqual([])
  })
})

describe('who writes the routes', () => {
  const pair = (felixSays: string, bgpSays: string) => [
    felix({ programClusterRoutes: felixSays }),
    bgpConfiguration({ programClusterRoutes: bgpSays }),
  ]

  test('both sides off: nobody', () => {
    expect(codes('v3.33', [ipip, ...pair('Disabled', 'Disabled')], 'ipip')).toEqual(['ROUTES_UNOWNED'])
    expect(codes('v3.32', [ipip, ...pair('Disabled', 'Disabled')], 'ipip')).toEqual(['ROUTES_UNOWNED'])
  })

  test('both sides on: two', () => {
    expect(codes('v3.33', [ipip, ...pair('Enabled', 'Enabled')], 'ipip')).toEqual(['ROUTES_OWNED_TWICE'])
  })

  test('only the class that a pool has is looked at', () => {
    expect(codes('v3.33', [ipip, ...pair('EnabledIPIPOnly', 'Disabled')], 'ipip')).toEqual([])
    expect(codes('v3.33', [pool(), ...pair('EnabledIPIPOnly', 'Disabled')])).toContain('ROUTES_UNOWNED')
  })

  test('the defaults of every release are right, and v3.33 on one side alone is not', () => {
    expect(codes('v3.33', [ipip, felix({ programClusterRoutes: 'Disabled' })], 'ipip')).toEqual(['ROUTES_UNOWNED'])
    expect(codes('v3.32', [ipip, felix({ programClusterRoutes: 'Disabled' })], 'ipip')).toEqual([])
  })

  test('a node of its own mind is named', () => {
    const [finding] = found('v3.33', [ipip, felix({ programClusterRoutes: 'Disabled' }, 'node.b')], 'ipip')
    expect(finding?.code).toBe('ROUTES_UNOWNED')
    expect(finding?.message).toContain('node b')
  })

  test('without a BGP daemon nobody writes what is left to BIRD', () => {
    const backend = config({ calico_backend: 'vxlan' })
    expect(codes('v3.32', [ipip, backend], 'ipip')).toEqual(['ROUTES_UNOWNED'])
    expect(codes('v3.33', [ipip, backend], 'ipip')).toEqual([])
    expect(codes('v3.32', [pool({ vxlanMode: 'Always' }), backend], 'vxlan')).toEqual([])
  })
})

describe('pods without encapsulation across subnets', () => {
  test('need routers that know them', () => {
    expect(codes('v3.33', [pool(), fabric()])).toEqual(['ROUTERS_WITHOUT_POD_ROUTES'])
  })

  test('which static routes make them', () => {
    const staticRoutes = [
      { to: '10.65.0.0/24', via: '172.16.0.1' },
      { to: '10.65.1.0/24', via: '172.16.0.2' },
      { to: '10.65.2.0/24', via: '172.16.1.3' },
    ]
    expect(codes('v3.33', [pool(), fabric({ staticRoutes })])).toEqual([])
    expect(codes('v3.33', [pool(), fabric({ staticRoutes: staticRoutes.slice(0, 2) })])).toEqual([
      'ROUTERS_WITHOUT_POD_ROUTES',
    ])
  })

  test('a default route is no knowledge, unless it leads to a router that knows', () => {
    const upstream = (router: object) =>
      underlay({
        subnets: [LEFT, RIGHT, { name: 'core', cidr: '192.0.2.0/24' }],
        routers: [
          {
            name: 'router',
            interfaces: [...PORTS, { subnet: 'core', address: '192.0.2.1/24' }],
            staticRoutes: [{ to: 'default', via: '192.0.2.2' }],
          },
          { name: 'core', interfaces: [{ subnet: 'core', address: '192.0.2.2/24' }], ...router },
        ],
      })
    expect(codes('v3.33', [pool(), upstream({})])).toEqual(['ROUTERS_WITHOUT_POD_ROUTES'])
    const staticRoutes = [{ to: '10.65.0.0/16', via: '192.0.2.1' }]
    expect(codes('v3.33', [pool(), upstream({ staticRoutes })])).toEqual([])
  })

  test('so does BGP with the nodes', () => {
    const bgp = { asNumber: 64512, neighbors: [{ address: '172.16.0.1', asNumber: 64512 }] }
    expect(codes('v3.33', [pool(), fabric({ bgp })])).toEqual([])
  })

  test('of an assumed router it is a warning', () => {
    const { cluster, ipam } = simulate('v3.33', [pool()])
    const assumed = { ...cluster, underlay: { ...cluster.underlay, assumed: true } }
    expect(dataplaneFindings(assumed, ipam).map(({ severity }) => severity)).toEqual(['warning'])
  })

  test('behind a host mask neighbours are too (as in Google Cloud)', () => {
    const bare = [
      pool(),
      node('a', { address: '172.16.0.1/32' }),
      node('b', { address: '172.16.0.2/32' }),
      node('c', { address: '172.16.0.3/32' }),
    ]
    expect(codes('v3.28', [...bare, fabric()])).toEqual(['ROUTERS_WITHOUT_POD_ROUTES'])
    const staticRoutes = [0, 1, 2].map((n) => ({ to: `10.65.${n}.0/24`, via: `172.16.0.${n + 1}` }))
    expect(codes('v3.28', [...bare, fabric({ staticRoutes })])).toEqual([])
  })

  test('inside one subnet no router is asked', () => {
    const near = [pool(), node('c', { address: '172.16.0.3/24' }), fabric()]
    expect(codes('v3.33', near)).toEqual([])
  })

  test('Felix as the owner takes them for neighbours, and no router helps', () => {
    const owner = [
      felix({ programClusterRoutes: 'EnabledNoEncapOnly' }),
      bgpConfiguration({ programClusterRoutes: 'EnabledIPIPOnly' }),
    ]
    expect(codes('v3.33', [pool(), ...owner])).toEqual(['GATEWAY_OFF_LINK'])
  })
})

describe('what the network drops', () => {
  test('IPIP: with Always, on a subnet of several nodes', () => {
    const dropping = fabric({}, { drops: ['ipip'] })
    expect(codes('v3.33', [ipip, dropping], 'ipip')).toEqual(['TUNNEL_DROPPED'])
    expect(codes('v3.33', [pool({ vxlanMode: 'Always' }), dropping], 'vxlan')).toEqual([])
  })

  test('VXLAN and WireGuard likewise', () => {
    expect(codes('v3.33', [pool({ vxlanMode: 'Always' }), fabric({}, { drops: ['vxlan'] })], 'vxlan')).toEqual([
      'TUNNEL_DROPPED',
    ])
    const wireguard = [crossSubnet, felix({ wireguardEnabled: true }), fabric({}, {}, { drops: ['wireguard'] })]
    expect(codes('v3.33', wireguard, 'ipip')).toEqual(['TUNNEL_DROPPED'])
  })

  test('CrossSubnet inside a single subnet tunnels nothing', () => {
    const near = [crossSubnet, node('c', { address: '172.16.0.3/24', ipip: '10.65.2.0' })]
    expect(codes('v3.33', [...near, fabric({}, { drops: ['ipip'] })], 'ipip')).toEqual([])
  })

  test("packets that carry pods' addresses, where the fabric checks sources", () => {
    const checked = fabric({}, { antiSpoofing: true }, { antiSpoofing: true })
    expect(codes('v3.33', [crossSubnet, checked], 'ipip')).toEqual(['SOURCE_CHECK_DROPS_PODS'])
    expect(codes('v3.33', [ipip, checked], 'ipip')).toEqual([])
  })
})

describe('host masks with CrossSubnet', () => {
  const bare = node('a', { address: '172.16.0.1/32', ipip: '10.65.0.0' })

  test('are told, and that the way back is another', () => {
    const [finding] = found('v3.33', [crossSubnet, bare], 'ipip')
    expect(finding?.code).toBe('HOST_MASK_CROSS_SUBNET')
    expect(finding?.message).toContain('without the tunnel')
  })

  test('matter neither with Always nor to a node that is alone in its subnet', () => {
    expect(codes('v3.33', [ipip, bare], 'ipip')).toEqual([])
    const alone = node('c', { address: '172.16.1.3/32', ipip: '10.65.2.0' })
    expect(codes('v3.33', [crossSubnet, alone], 'ipip')).toEqual([])
  })
})

describe('MTU', () => {
  const network = (mtu: number) => fabric({}, { mtu }, { mtu })

  test('veth_mtu leaves no room for the tunnel: by how much, and what would', () => {
    const [finding] = found('v3.33', [ipip, network(9001), config({ veth_mtu: '9001' })], 'ipip')
    expect(finding?.code).toBe('POD_MTU_TOO_LARGE')
    expect(finding?.message).toContain('20 bytes too much')
    expect(finding?.hint).toContain('8981')
    expect(finding?.resource).toEqual({ kind: 'ConfigMap', namespace: 'kube-system', name: 'calico-config' })
  })

  test.each([
    [1450, 'vxlan', []],
    [1451, 'vxlan', ['POD_MTU_TOO_LARGE']],
    [1480, 'ipip', []],
    [1481, 'ipip', ['POD_MTU_TOO_LARGE']],
  ] as const)('veth_mtu %i with %s', (mtu, type, expected) => {
    const tunnelled = pool({ [`${type}Mode`]: 'Always' })
    expect(codes('v3.33', [tunnelled, network(1500), config({ veth_mtu: String(mtu) })], type)).toEqual(expected)
  })

  test('worked out by Felix it fits', () => {
    expect(codes('v3.33', [ipip, network(9001)], 'ipip')).toEqual([])
  })

  test('a part of the network with a smaller MTU makes the tunnel too large', () => {
    const uneven = fabric({}, { mtu: 9000 }, { mtu: 1500 })
    expect(codes('v3.33', [ipip, uneven], 'ipip')).toContain('TUNNEL_MTU_TOO_LARGE')
  })

  test('v3.13 fits a network of 1500 by itself, and not one of 1400', () => {
    expect(codes('v3.13', [ipip, network(1500)], 'ipip')).toEqual([])
    expect(codes('v3.13', [ipip, network(1400)], 'ipip')).toContain('TUNNEL_MTU_TOO_LARGE')
  })

  test('a bond is not detected', () => {
    const bond = underlay({
      subnets: [
        { ...LEFT, mtu: 9000 },
        { ...RIGHT, mtu: 9000 },
      ],
      nodes: ['a', 'b', 'c'].map((name) => ({ name, interface: 'bond0' })),
    })
    expect(found('v3.33', [ipip, bond], 'ipip').map(({ code, severity }) => [code, severity])).toEqual([
      ['MTU_NOT_DETECTED', 'info'],
    ])
  })

  test('of an assumed network nothing is said that only a larger one would make wrong', () => {
    const { cluster, ipam } = simulate('v3.33', [ipip, config({ veth_mtu: '8981' })], 'ipip')
    const assumed = { ...cluster, underlay: { ...cluster.underlay, assumed: true } }
    expect(dataplaneFindings(assumed, ipam)).toEqual([])
    expect(dataplaneFindings(cluster, ipam).map(({ code }) => code)).toEqual(['POD_MTU_TOO_LARGE'])
  })
})

describe('outgoing NAT off', () => {
  test('needs a way back', () => {
    const off = pool({ ipipMode: 'Always', natOutgoing: false })
    expect(codes('v3.33', [off, fabric()], 'ipip')).toEqual(['NAT_OFF_WITHOUT_RETURN'])
    const staticRoutes = [{ to: '10.65.0.0/16', via: '172.16.0.1' }]
    expect(codes('v3.33', [off, fabric({ staticRoutes })], 'ipip')).toEqual([])
  })

  test('a disabled pool only exempts its range', () => {
    const exempt = pool({ cidr: '198.51.100.0/24', natOutgoing: false, disabled: true }, 'exempt')
    expect(codes('v3.33', [ipip, exempt, fabric()], 'ipip')).toEqual([])
  })
})

test('a static route that Felix removes is told', () => {
  const spec = {
    subnets: [LEFT],
    nodes: [{ name: 'a', staticRoutes: [{ to: '10.99.0.0/24', via: '172.16.0.2', protocol: 80 }] }],
  }
  expect(codes('v3.33', [ipip, underlay(spec)], 'ipip')).toEqual(['STATIC_ROUTE_REMOVED'])
})
