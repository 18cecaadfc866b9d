import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { checkExpectations, growthOf, openInput, parsePrefix, type Simulation } from '../../../src/index.js'
import { ipRouteText } from '../../../src/report/ip-route-text.js'

/** The rows of the operations guide in their order, and the directory that plans each. */
const ROWS = [
  'ipip-by-default',
  'switch-to-bgp',
  'cross-subnet',
  'calicoctl-node-status',
  'node-to-node-mesh',
  'route-reflectors',
  'kinds-of-reflector',
  'redundant-reflectors',
  'veth-mtu',
  'global-as-number',
  'node-as-number',
  'node-address-range',
  'change-pools',
  'pools-by-topology',
  'snat-off',
  'fixed-pod-ip',
  'several-fixed-pod-ips',
] as const

const open = (name: string, calico?: string) => openInput([`scenarios/${name}`], calico === undefined ? {} : { calico })

function lines(simulation: Simulation, node: string): string[] {
  return (simulation.routes(node).get('main') ?? []).map(({ route }) => ipRouteText(route))
}

const errors = (name: string) =>
  open(name)
    .check()
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code)

describe('every row of the guide has its scenario', () => {
  test.each(ROWS.map((name, i) => [i + 1, name]))('row %i: %s', (row, name) => {
    expect(existsSync(`scenarios/${name}/README.md`)).toBe(true)
    const { valid, cluster } = open(String(name))
    expect(valid).toBe(true)
    expect(cluster.nodes.length).toBeGreaterThan(row > 0 ? 1 : 0)
  })

  test.each(ROWS)('%s: its Expectations hold', (name) => {
    const results = checkExpectations(open(name).simulation, ipRouteText)
    expect(results.filter(({ passed }) => !passed)).toEqual([])
    expect(results.length).toBeGreaterThan(1)
  })

  test('and there is no directory that belongs to no row and has no README', () => {
    const without = readdirSync('scenarios').filter((name) => !existsSync(`scenarios/${name}/README.md`))
    expect(without).toEqual([])
  })
})

describe('row 1: IPIP by default', () => {
  test('every remote block leaves by tunl0, in the same rack too', () => {
    const { simulation } = open('ipip-by-default', 'v3.32')
    const blocks = lines(simulation, 'rke-node1').filter((line) => line.includes('/26 via'))
    expect(blocks).toHaveLength(3)
    for (const line of blocks)
      expect(line).toMatch(/^10\.42\.\d+\.\d+\/26 via 172\.16\.\d\.\d+ dev tunl0 proto bird metric 1024 onlink$/)
  })

  test('from v3.33 on Felix writes them, with the MTU of the tunnel', () => {
    const blocks = lines(open('ipip-by-default', 'v3.33').simulation, 'rke-node1').filter((line) =>
      line.includes('/26 via'),
    )
    for (const line of blocks) expect(line).toMatch(/ dev tunl0 proto 80 onlink mtu 1480$/)
  })
})

describe('row 2: FELIX_IPINIPENABLED=false with the IPIP pool left in place', () => {
  test('is reported', () => {
    expect(errors('switch-to-bgp')).toContain('ENCAPSULATION_OFF')
  })

  test('up to v3.32 BIRD still routes into tunl0, in v3.33 nobody programs the pool at all', () => {
    const routes = (calico: string) =>
      lines(open('switch-to-bgp', calico).simulation, 'rke-node1').filter((line) => line.includes('/26 via'))
    expect(routes('v3.32')).toHaveLength(3)
    for (const line of routes('v3.32')) expect(line).toContain(' dev tunl0 proto bird ')
    expect(routes('v3.33')).toEqual([])
  })
})

describe('row 3: CrossSubnet, line for line', () => {
  const table = (calico: string) => lines(open('cross-subnet', calico).simulation, 'rke-node1')
  const common = ['default via 172.16.1.1 dev eth0 proto dhcp']
  const own = '172.16.1.0/24 dev eth0 proto kernel scope link src 172.16.1.11'

  test.each(['v3.13', 'v3.28'])('%s: BIRD, no metric', (calico) => {
    expect(table(calico)).toEqual([
      ...common,
      '10.42.57.192/26 via 172.16.2.14 dev tunl0 proto bird onlink',
      '10.42.113.192/26 via 172.16.1.13 dev eth0 proto bird',
      '10.42.187.64/26 via 172.16.1.12 dev eth0 proto bird',
      'blackhole 10.42.215.128/26 proto bird',
      '10.42.215.129 dev cali0d7763386da scope link',
      '10.42.215.130 dev cali456b3b54a7e scope link',
      own,
    ])
  })

  test('v3.32: BIRD, metric 1024', () => {
    expect(table('v3.32')).toEqual([
      ...common,
      '10.42.57.192/26 via 172.16.2.14 dev tunl0 proto bird metric 1024 onlink',
      '10.42.113.192/26 via 172.16.1.13 dev eth0 proto bird metric 1024',
      '10.42.187.64/26 via 172.16.1.12 dev eth0 proto bird metric 1024',
      'blackhole 10.42.215.128/26 proto bird',
      '10.42.215.129 dev cali0d7763386da scope link metric 1024',
      '10.42.215.130 dev cali456b3b54a7e scope link metric 1024',
      own,
    ])
  })

  test('v3.33: Felix, onlink, with an MTU through the tunnel only', () => {
    expect(table('v3.33')).toEqual([
      ...common,
      '10.42.57.192/26 via 172.16.2.14 dev tunl0 proto 80 onlink mtu 1480',
      '10.42.113.192/26 via 172.16.1.13 dev eth0 proto 80 onlink',
      '10.42.187.64/26 via 172.16.1.12 dev eth0 proto 80 onlink',
      'blackhole 10.42.215.128/26 proto 80',
      '10.42.215.129 dev cali0d7763386da scope link metric 1024',
      '10.42.215.130 dev cali456b3b54a7e scope link metric 1024',
      own,
    ])
  })
})

describe('rows 5 to 8: mesh and reflectors', () => {
  test.each([
    ['node-to-node-mesh', 4950, 99],
    ['route-reflectors', 3, 3],
    ['redundant-reflectors', 5, 3],
    ['kinds-of-reflector', 11, 5],
  ])('%s has %i sessions, %i at most on one node, all established', (name, total, most) => {
    const { summary } = open(name).simulation.sessionSurvey()
    expect(summary.sessions).toMatchObject({ total, established: total })
    expect(summary.perNode.max).toBe(most)
  })

  test('one cluster ID and split clients: the zones do not learn each other', () => {
    expect(errors('redundant-reflectors')).toEqual(['BGP_REFLECTORS_SPLIT_CLUSTER'])
    const { simulation } = open('redundant-reflectors', 'v3.32')
    const held = simulation.rib('rke-node1').flatMap(({ entries }) => entries.map(({ prefix }) => prefix))
    const blocks = held.filter(({ length }) => length === 26)
    // Its own, the other client of its reflector, and both reflectors' own.
    expect(blocks).toHaveLength(4)
  })
})

describe('rows 10 and 11: AS numbers', () => {
  test('a node with an AS of its own loses its mesh sessions', () => {
    for (const name of ['global-as-number', 'node-as-number']) {
      expect(errors(name)).toEqual(['BGP_WRONG_AS'])
      expect(open(name).simulation.sessionSurvey().failingCount).toBe(3)
    }
  })
})

describe('rows 12 to 17: pools and addresses', () => {
  test('1,024 blocks for 1,100 nodes: 76 nodes live on borrowed addresses', () => {
    const { books } = open('node-address-range').simulation.capacity()
    expect(books.pools[0]?.blocks).toMatchObject({ total: 1024, affine: 1024, free: 0 })
    expect(books.pools[0]?.nodes.withoutBlock).toHaveLength(76)
    expect(books.pools[0]?.addresses.borrowed).toBe(76 * 31)
  })

  test('the new pool lies outside the cluster CIDR', () => {
    const codes = open('change-pools')
      .check()
      .map(({ code }) => code)
    expect(codes).toContain('KUBE_PROXY_CIDR_MISMATCH')
  })

  test('a node that no pool selects gives its pods no address', () => {
    const { simulation } = open('pools-by-topology')
    expect(errors('pools-by-topology').sort()).toEqual(['NODE_WITHOUT_POOL', 'POD_WITHOUT_ADDRESS'])
    expect(simulation.capacity().unplaced.map(({ reason }) => reason)).toEqual([
      'no configured Calico pools for node kube-node-2',
      'no configured Calico pools for node kube-node-2',
    ])
  })

  test('without SNAT the outside host answers a pod that the router does not know', () => {
    const { simulation } = open('snat-off')
    const trace = simulation.trace({
      from: { kind: 'pod', namespace: 'default', name: 'web-0' },
      to: { kind: 'host', name: 'nfs' },
      family: 4,
      protocol: 'tcp',
      size: 100,
    })
    expect(trace.verdict).toBe('one-way')
    expect(trace.forward.snat).toBeUndefined()
    expect(trace.return.reason).toMatchObject({ code: 'noRoute', at: 'core' })
  })

  test('the rack that loses its last block borrows from its own kind', () => {
    const { cluster } = open('pools-by-topology')
    const { steps } = growthOf(cluster, { nodes: { by: 12 } })
    const events = steps.flatMap((step) => step.events.map((event) => ({ ...event, nodes: step.nodes })))
    expect(events.filter(({ event }) => event === 'blocksExhausted').map(({ nodes }) => nodes)).toEqual([10, 11])
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'borrowing', node: 'kube-node-12', pool: 'rack-0-ippool', nodes: 13 }),
    )
  })

  test('a fixed address brings its whole block with it, and the second replica gets nothing', () => {
    const { simulation } = open('fixed-pod-ip')
    const block = parsePrefix('10.42.210.128/26')
    const found = simulation.ipam.blocks.find(({ prefix }) => prefix.base === block?.base)
    expect(found?.affinity?.host).toBe('rke-node3')
    expect(found?.allocations.map(({ ordinal, node }) => [ordinal, node])).toEqual([
      [7, 'rke-node1'],
      [12, 'rke-node3'],
    ])
    expect(simulation.capacity().unplaced.map(({ pod }) => pod.name)).toEqual(['nginx-test-1'])
  })

  test('two addresses for three replicas', () => {
    const { simulation } = open('several-fixed-pod-ips')
    expect(simulation.capacity().unplaced.map(({ pod }) => pod.name)).toEqual(['nginx-pool-2'])
  })
})
