import { expect, test } from 'vitest'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { createSimulation } from '../../../src/planning/simulation.js'

function connected(address: string): readonly unknown[] {
  const key = address.includes(':') ? 'ipv6Address' : 'ipv4Address'
  const node = {
    apiVersion: 'projectcalico.org/v3',
    kind: 'Node',
    metadata: { name: 'n1' },
    spec: { bgp: { [key]: address } },
  }
  const simulation = createSimulation(buildCluster([{ resource: node }], { calico: 'v3.32' }))
  const main = simulation.routes('n1').get('main') ?? []
  return main
    .filter(({ why }) => why.rule === 'connected')
    .map(({ route: { dst, metric, prefsrc } }) => [dst, metric, prefsrc])
}

test('an IPv4 network is connected without a metric, with the source address', () => {
  expect(connected('172.16.1.10/24')).toEqual([['172.16.1.0/24', undefined, '172.16.1.10']])
})

test('behind an IPv4 host mask nothing is connected', () => {
  expect(connected('172.16.1.10/32')).toEqual([])
})

test('an IPv6 network is connected with metric 256', () => {
  expect(connected('fd00:1::10/64')).toEqual([['fd00:1::/64', 256, undefined]])
})

test('behind an IPv6 host mask the address itself is connected (lab, IPv6)', () => {
  expect(connected('fd00:1::10/128')).toEqual([['fd00:1::10', 256, undefined]])
})

test('a node with addresses of both families has default routes of both', () => {
  const resources = [
    {
      apiVersion: 'projectcalico.org/v3',
      kind: 'Node',
      metadata: { name: 'n1' },
      spec: { bgp: { ipv4Address: '172.16.1.10/24', ipv6Address: 'fd00:1::10/64' } },
    },
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'dc' },
      spec: {
        subnets: [
          { name: 'four', cidr: '172.16.1.0/24', gateway: '172.16.1.1' },
          { name: 'six', cidr: 'fd00:1::/64', gateway: 'fd00:1::1' },
        ],
      },
    },
  ]
  const simulation = createSimulation(
    buildCluster(
      resources.map((resource) => ({ resource })),
      { calico: 'v3.32' },
    ),
  )
  const main = simulation.routes('n1').get('main') ?? []
  expect(main.filter(({ why }) => why.rule === 'defaultRoute').map(({ route }) => [route.dst, route.gateway])).toEqual([
    ['default', '172.16.1.1'],
    ['default', 'fd00:1::1'],
  ])
})
