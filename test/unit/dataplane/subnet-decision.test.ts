import { describe, expect, test } from 'vitest'
import { block, felix, node, pool, simulate, table } from './fixture.js'

const crossSubnet = pool({ ipipMode: 'CrossSubnet' })
const to = (lines: readonly string[], prefix: string) => lines.find((line) => line.startsWith(`${prefix} `))

describe('the node that looks decides by its own mask', () => {
  test('behind a host mask everything is another subnet', () => {
    const bare = [crossSubnet, node('a', { address: '172.16.0.1/32', ipip: '10.65.0.0' })]
    const simulation = simulate('v3.33', bare, 'ipip')
    expect(to(table(simulation, 'a'), '10.65.1.0/26')).toBe(
      '10.65.1.0/26 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480',
    )
    expect(to(table(simulation, 'b'), '10.65.0.0/26')).toBe('10.65.0.0/26 via 172.16.0.1 dev eth0 proto 80 onlink')
  })

  test('a wide mask takes another subnet in, and the way back is another', () => {
    const wide = [crossSubnet, node('a', { address: '172.16.0.1/16', ipip: '10.65.0.0' })]
    const simulation = simulate('v3.33', wide, 'ipip')
    expect(to(table(simulation, 'a'), '10.65.2.0/26')).toBe('10.65.2.0/26 via 172.16.1.3 dev eth0 proto 80 onlink')
    expect(to(table(simulation, 'c'), '10.65.0.0/26')).toContain('dev tunl0')
  })

  test.each(['v3.28', 'v3.33'])('%s: the same rule, whoever writes the route', (release) => {
    const bare = [crossSubnet, node('a', { address: '172.16.0.1/32', ipip: '10.65.0.0' })]
    expect(to(table(simulate(release, bare, 'ipip'), 'a'), '10.65.1.0/26')).toContain(' dev tunl0 ')
  })
})

describe('borrowed addresses', () => {
  test('the owner of the block has a /32 past its blackhole', () => {
    const routes = table(simulate('v3.33', [pool({ ipipMode: 'Always' })], 'ipip'), 'a')
    expect(routes).toContain('blackhole 10.65.0.0/26 proto 80')
    expect(to(routes, '10.65.0.9')).toBe('10.65.0.9 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480')
  })

  test('the borrower has the pod alone: the kernel takes no gateway that is its own address', () => {
    const routes = table(simulate('v3.33', [pool({ ipipMode: 'Always' })], 'ipip'), 'b')
    expect(routes.filter((line) => line.startsWith('10.65.0.9'))).toEqual([
      '10.65.0.9 dev cali* scope link metric 1024',
    ])
  })

  test('third nodes send to the borrower', () => {
    expect(to(table(simulate('v3.33', [pool({ ipipMode: 'Always' })], 'ipip'), 'c'), '10.65.0.9')).toBe(
      '10.65.0.9 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480',
    )
  })

  test('a borrowed tunnel address has a route of its own on the VXLAN device from v3.29.2 on', () => {
    const lent = [
      pool({ vxlanMode: 'Always' }),
      node('b', { address: '172.16.0.2/24', vxlan: '10.65.2.7' }),
      ...block('10.65.2.0/26', 'c', [
        { ordinal: 0, node: 'c' },
        { ordinal: 7, node: 'b' },
      ]),
    ]
    const at = (release: string) =>
      table(simulate(release, lent, 'vxlan'), 'a').filter((line) => line.startsWith('10.65.2.7 '))
    expect(at('v3.29.2')).toEqual(['10.65.2.7 dev vxlan.calico scope link'])
    expect(at('v3.33')).toEqual(['10.65.2.7 dev vxlan.calico scope link mtu 1450'])
    expect(at('v3.28')).toEqual([])
  })
})

describe('what Felix needs to know of the other node', () => {
  test('VXLAN: its tunnel address; without one nothing is written', () => {
    const bare = [pool({ vxlanMode: 'Always' }), node('b', { address: '172.16.0.2/24' })]
    // Calico's IPAM gives b a tunnel address of its own, so b must be out of the pool's reach for it to have none.
    const out = [...bare.slice(1), pool({ vxlanMode: 'Always', nodeSelector: "!has(kind) || kind != 'none'" })]
    const labelled = out.map((resource) =>
      resource.kind === 'Node' ? { ...resource, metadata: { name: 'b', labels: { kind: 'none' } } } : resource,
    )
    expect(to(table(simulate('v3.33', labelled, 'vxlan'), 'a'), '10.65.1.0/26')).toBeUndefined()
  })

  test('a workload route source writes each pod and no block', () => {
    const simulation = simulate(
      'v3.33',
      [pool({ vxlanMode: 'Always' }), felix({ routeSource: 'WorkloadIPs' })],
      'vxlan',
    )
    expect(table(simulation, 'c')).toEqual([
      '10.65.0.5 via 10.65.0.0 dev vxlan.calico onlink mtu 1450',
      '10.65.0.9 via 10.65.1.0 dev vxlan.calico onlink mtu 1450',
    ])
  })
})

describe('how Felix marks its routes', () => {
  test('with deviceRouteProtocol, where that is set, all of them', () => {
    const routes = table(
      simulate('v3.33', [pool({ vxlanMode: 'Always' }), felix({ deviceRouteProtocol: 90 })], 'vxlan'),
      'a',
    )
    expect(routes).toEqual([
      'blackhole 10.65.0.0/26 proto 90',
      '10.65.0.5 dev cali* proto 90 scope link metric 1024',
      '10.65.0.9 via 10.65.1.0 dev vxlan.calico proto 90 onlink mtu 1450',
      '10.65.1.0/26 via 10.65.1.0 dev vxlan.calico proto 90 onlink mtu 1450',
      '10.65.2.0/26 via 10.65.2.0 dev vxlan.calico proto 90 onlink mtu 1450',
    ])
  })

  test('with deviceRouteSourceAddress, blackholes too', () => {
    const routes = table(
      simulate('v3.33', [pool({ ipipMode: 'Always' }), felix({ deviceRouteSourceAddress: '172.16.0.1' })], 'ipip'),
      'a',
    )
    expect(routes.every((line) => line.includes('src 172.16.0.1'))).toBe(true)
    expect(routes).toHaveLength(5)
  })
})
