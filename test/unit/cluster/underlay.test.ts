import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatDestination, formatPrefix } from '../../../src/address/prefix.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import type { StaticRoute } from '../../../src/cluster/underlay.js'
import { codesOf, kubeNode, load, nodeSet, underlay } from './fixtures.js'

const node = (name: string, IPv4Address: string) => kubeNode(name, { IPv4Address })

const shown = (route: StaticRoute | undefined) =>
  route &&
  [
    formatDestination(route.to),
    route.via && `via ${formatAddress(route.via)}`,
    `dev ${route.dev} proto ${route.protocol} metric ${route.metric}`,
  ]
    .filter(Boolean)
    .join(' ')

const attachment = (cluster: Cluster, name: string) => cluster.underlay.attachments.find((held) => held.node === name)

describe('without an Underlay', () => {
  test('every node network is a subnet, and one router joins them as the default gateway', () => {
    const cluster = load([node('a', '172.16.2.11/24'), node('b', '172.16.1.11/24'), node('c', '172.16.1.12/24')])
    expect(cluster.underlay.assumed).toBe(true)
    expect(cluster.underlay.subnets.map(({ prefix }) => formatPrefix(prefix))).toEqual([
      '172.16.1.0/24',
      '172.16.2.0/24',
    ])
    expect(cluster.underlay.attachments.map(({ subnet }) => subnet)).toEqual([1, 0, 0])
    expect(shown(attachment(cluster, 'a')?.defaultRoute)).toBe('default via 172.16.2.1 dev eth0 proto dhcp metric 0')
    expect(cluster.underlay.routers).toHaveLength(1)
    expect(
      cluster.underlay.routers[0]?.interfaces.map(({ name, address }) => `${name} ${formatAddress(address.address)}`),
    ).toEqual(['eth0 172.16.1.1', 'eth1 172.16.2.1'])
    expect(codesOf(cluster)).toContain('UNDERLAY_ASSUMED')
  })

  test('the gateway is the first host that no node has', () => {
    const cluster = load([node('a', '172.16.1.1/24'), node('b', '172.16.1.2/24')])
    expect(shown(attachment(cluster, 'a')?.defaultRoute)).toContain('via 172.16.1.3')
  })

  test('a node with a wider mask is on the narrower network that holds its address', () => {
    const cluster = load([node('a', '172.16.1.11/24'), node('b', '172.16.1.12/16')])
    expect(cluster.underlay.subnets).toHaveLength(1)
    expect(codesOf(cluster)).toContain('NODE_MASK_DIFFERS')
  })

  test('nodes with host masks share a /24', () => {
    const cluster = load([node('a', '172.16.1.11/32'), node('b', '172.16.1.12/32'), node('c', '172.16.2.12/32')])
    expect(cluster.underlay.subnets.map(({ prefix }) => formatPrefix(prefix))).toEqual([
      '172.16.1.0/24',
      '172.16.2.0/24',
    ])
    expect(codesOf(cluster)).not.toContain('NODE_MASK_DIFFERS')
  })

  test('a node of both families has a subnet and a default route of each', () => {
    const cluster = load([kubeNode('a', { IPv4Address: '172.16.1.11/24', IPv6Address: 'fd00::11/64' })])
    const held = attachment(cluster, 'a')
    expect([held?.subnet, held?.subnet6]).toEqual([0, 1])
    expect(shown(held?.defaultRoute6)).toBe('default via fd00::1 dev eth0 proto dhcp metric 0')
  })
})

describe('with an Underlay', () => {
  const subnets = [
    { name: 'a', cidr: '172.16.0.0/16', gateway: '172.16.0.1', mtu: 9000 },
    { name: 'b', cidr: '172.16.2.0/24', gateway: '172.16.2.1', antiSpoofing: true, drops: ['IPIP'] },
  ]
  const nodes = [node('n1', '172.16.1.11/16'), node('n2', '172.16.2.12/24')]

  test('a node is on the longest subnet that holds its address', () => {
    const cluster = load([underlay({ subnets }), ...nodes])
    expect(cluster.underlay.attachments.map(({ subnet, mtu }) => [subnet, mtu])).toEqual([
      [0, 9000],
      [1, 1500],
    ])
    expect(cluster.underlay.subnets[1]).toMatchObject({ antiSpoofing: true, drops: ['ipip'] })
    expect(cluster.underlay.assumed).toBe(false)
  })

  test('a node is where the Underlay says, which is how nodes with host masks have a subnet', () => {
    const entries = [{ name: 'n2', subnet: 'a', interface: 'ens3', mtu: 1400, routerID: '9.9.9.9' }]
    const cluster = load([underlay({ subnets, nodes: entries }), ...nodes])
    expect(attachment(cluster, 'n2')).toMatchObject({ subnet: 0, interface: 'ens3', mtu: 1400, routerID: '9.9.9.9' })
    expect(shown(attachment(cluster, 'n2')?.defaultRoute)).toBe('default via 172.16.0.1 dev ens3 proto dhcp metric 0')
  })

  test('a gateway outside the own network has a route of its own', () => {
    const cluster = load([underlay({ subnets }), node('n', '172.16.2.13/32')])
    expect(attachment(cluster, 'n')?.staticRoutes.map(shown)).toEqual(['172.16.2.1 dev eth0 proto dhcp metric 0'])
    expect(
      load([underlay({ subnets }), ...nodes]).underlay.attachments.flatMap(({ staticRoutes }) => staticRoutes),
    ).toEqual([])
  })

  test('defaultRoute false is none, and its fields win over the gateway', () => {
    const entries = [
      { name: 'n1', defaultRoute: false },
      { name: 'n2', defaultRoute: { via: '172.16.2.254', protocol: 'static', metric: 100 } },
    ]
    const cluster = load([underlay({ subnets, nodes: entries }), ...nodes])
    expect(attachment(cluster, 'n1')?.defaultRoute).toBeUndefined()
    expect(shown(attachment(cluster, 'n2')?.defaultRoute)).toBe(
      'default via 172.16.2.254 dev eth0 proto static metric 100',
    )
  })

  test('static routes are written by hand unless they say otherwise, over the interface of the node', () => {
    const staticRoutes = [
      { to: '10.0.0.0/8', via: '172.16.2.9' },
      { to: 'default', via: '172.16.2.8', dev: 'eth1', protocol: 186, metric: 5 },
      { to: '10.9.0.0/16', type: 'blackhole', protocol: 'static' },
    ]
    const cluster = load([underlay({ subnets, nodes: [{ name: 'n2', staticRoutes }] }), ...nodes])
    expect(attachment(cluster, 'n2')?.staticRoutes.map(shown)).toEqual([
      '10.0.0.0/8 via 172.16.2.9 dev eth0 proto boot metric 0',
      'default via 172.16.2.8 dev eth1 proto 186 metric 5',
      '10.9.0.0/16 dev undefined proto static metric 0',
    ])
  })

  test('routers have interfaces in order and BGP with its defaults', () => {
    const routers = [
      {
        name: 'tor',
        interfaces: [
          { subnet: 'b', address: '172.16.2.1' },
          { subnet: 'a', address: '172.16.0.1/16', name: 'swp1' },
        ],
        bgp: {
          asNumber: 64701,
          neighbors: [{ address: '172.16.2.12' }, { address: '172.16.1.11', asNumber: 64601, advertise: ['bgp'] }],
        },
      },
    ]
    const cluster = load([underlay({ subnets, routers }), ...nodes])
    const [tor] = cluster.underlay.routers
    expect(tor?.interfaces.map(({ name, subnet, address }) => [name, subnet, formatPrefix(address.network)])).toEqual([
      ['eth0', 1, '172.16.2.0/24'],
      ['swp1', 0, '172.16.0.0/16'],
    ])
    expect(tor?.bgp?.neighbors).toMatchObject([
      { asNumber: 64701, multihop: false, advertise: ['connected', 'static', 'kernel', 'bgp'] },
      { asNumber: 64601, advertise: ['bgp'] },
    ])
  })

  test('several documents count as one', () => {
    const cluster = load([
      underlay({ subnets: [subnets[0]] }, 'x'),
      underlay({ subnets: [subnets[1]], routers: [] }, 'y'),
      ...nodes,
    ])
    expect(cluster.underlay.subnets.map(({ name }) => name)).toEqual(['a', 'b'])
    expect(cluster.underlay.routers).toEqual([])
  })

  test('that names no routers has one assumed at the gateways', () => {
    const cluster = load([
      underlay({ subnets: [{ name: 'b', cidr: '172.16.2.0/24', gateway: '172.16.2.254' }] }),
      ...nodes,
    ])
    expect(
      cluster.underlay.routers.map(({ interfaces }) => interfaces.map(({ address }) => formatAddress(address.address))),
    ).toEqual([['172.16.2.254']])
  })

  test('that names no subnets takes those of the nodes', () => {
    const cluster = load([underlay({ nodes: [{ name: 'n1', mtu: 1400 }] }), node('n1', '172.16.1.11/24')])
    expect(cluster.underlay.subnets.map(({ prefix }) => formatPrefix(prefix))).toEqual(['172.16.1.0/24'])
    expect(attachment(cluster, 'n1')?.mtu).toBe(1400)
  })

  test('a node on no subnet is reported', () => {
    expect(codesOf(load([underlay({ subnets }), node('n', '10.1.1.1/24')]))).toContain('NODE_ON_NO_SUBNET')
  })

  test.each([
    { subnets: [{ name: 'a', cidr: 'x' }] },
    { subnets: [{ name: 'a', cidr: '10.0.0.0/24', gateway: 'x' }] },
    { nodes: [{ name: 'nobody' }] },
    { nodes: [{ name: 'n1', subnet: 'nowhere' }] },
    { nodes: [{ name: 'n1', staticRoutes: [{ to: 'x' }] }] },
    { routers: [{ name: 'r', interfaces: [{ subnet: 'nowhere', address: '10.0.0.1/24' }] }] },
    { routers: [{ name: 'r', bgp: { asNumber: 'x' } }] },
    { routers: [{}] },
    { hosts: [{ name: 'h', address: '10.0.0.1' }] },
  ])('the entry %j cannot be used', (spec) => {
    expect(codesOf(load([underlay(spec), ...nodes]))).toContain('UNDERLAY_ENTRY_UNUSABLE')
  })
})

test('a NodeSet of many racks has a subnet for each', () => {
  const cluster = load([
    nodeSet('s', { count: 200, subnet: { cidr: '10.0.0.0/8', prefixLength: 24, nodesPerSubnet: 40 } }),
  ])
  expect(cluster.underlay.subnets).toHaveLength(5)
  expect(cluster.underlay.attachments.every(({ defaultRoute }) => defaultRoute !== undefined)).toBe(true)
})
