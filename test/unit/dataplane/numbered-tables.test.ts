import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/manifests/resource.js'
import type { Simulation } from '../../../src/planning/simulation.js'
import { block, felix, node, pool, simulate, underlay } from './fixture.js'

function expectAlike(simulation: Simulation): void {
  for (const { name } of simulation.cluster.nodes) {
    const found = [...simulation.numberedRoutes(name)].map(([table, { numbers, own, shared }]) => [
      table,
      Array.from(numbers, (number) => (number < 0 ? own[~number] : shared[number])),
    ])
    const wanted = [...simulation.routes(name)].map(([table, routes]) => [table, routes.map(({ route }) => route)])
    expect(found).toEqual(wanted)
  }
}

const both = (name: string, n: number, more: object = {}) =>
  node(name, { address: `172.16.0.${n}/24`, address6: `fd16::${n}/64`, ...more })

const dualStack: readonly Resource[] = [
  pool({ ipipMode: 'CrossSubnet' }),
  pool({ cidr: 'fd65::/112', vxlanMode: 'CrossSubnet' }, 'six'),
  both('a', 1, { vxlanV6: 'fd65::' }),
  both('b', 2, { vxlanV6: 'fd65::40' }),
  ...block('fd65::/122', 'a', [{ ordinal: 0, node: 'a' }]),
  ...block('fd65::40/122', 'b', [{ ordinal: 0, node: 'b' }]),
]

describe('tables as numbers are those that are made one by one', () => {
  test.each(['v3.13', 'v3.22', 'v3.28', 'v3.32', 'v3.33'])('in %s: borrowed addresses and both families', (release) => {
    expectAlike(simulate(release, dualStack))
    expectAlike(simulate(release, [pool({ ipipMode: 'Always' })], 'ipip'))
    expectAlike(simulate(release, [pool({ vxlanMode: 'CrossSubnet' })], 'vxlan'))
    expectAlike(simulate(release, [pool()]))
  })

  test('with the table of WireGuard', () => {
    const keyed = [
      pool({ ipipMode: 'Always' }),
      felix({ wireguardEnabled: true }),
      node('a', { address: '172.16.0.1/24', ipip: '10.65.0.0', wireguard: '10.65.0.1', key: 'key-a' }),
      node('b', { address: '172.16.0.2/24', ipip: '10.65.1.0', wireguard: '10.65.1.1', key: 'key-b' }),
    ]
    const simulation = simulate('v3.32', keyed, 'ipip')
    expect([...simulation.numberedRoutes('a').keys()]).toEqual(['main', '1'])
    expectAlike(simulation)
  })

  test('where a node has its own settings, or follows workloads', () => {
    const vxlan = pool({ vxlanMode: 'Always' })
    expectAlike(simulate('v3.33', [vxlan, felix({ deviceRouteSourceAddress: '172.16.0.2' }, 'node.b')], 'vxlan'))
    expectAlike(simulate('v3.33', [vxlan, felix({ vxlanMTU: 1300 }, 'node.b')], 'vxlan'))
    expectAlike(simulate('v3.33', [vxlan, felix({ routeSource: 'WorkloadIPs' })], 'vxlan'))
  })

  test('where every node writes routes in a style of its own, of which not all are remembered', () => {
    const names = Array.from({ length: 70 }, (_, i) => `m${i}`)
    const simulation = simulate('v3.33', [
      pool(),
      ...names.map((name, i) => node(name, { address: `172.16.0.${i + 10}/24` })),
      ...names.flatMap((name, i) => block(`10.65.${i + 10}.0/26`, name)),
      underlay({
        subnets: [{ name: 'left', cidr: '172.16.0.0/16', gateway: '172.16.0.254' }],
        nodes: names.map((name, i) => ({ name, subnet: 'left', interface: `eth${i}` })),
      }),
    ])
    expectAlike(simulation)
    expectAlike(simulation)
  })

  test('for no node that is not there', () => {
    expect(simulate('v3.33', [pool()]).numberedRoutes('z').size).toBe(0)
  })
})
