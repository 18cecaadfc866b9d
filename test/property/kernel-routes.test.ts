/** What holds of every kernel table, whoever wrote it: random clusters of a few nodes in a few subnets. */

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../src/address/address.js'
import { containsAddress, hostPrefix, type InterfaceAddress, parsePrefixOrHost } from '../../src/address/prefix.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { KernelRoute } from '../../src/dataplane/kernel-route.js'
import type { Resource } from '../../src/manifests/resource.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'

const RUNS = Number(process.env.CALICO_PLAN_RUNS ?? 40)

const RELEASES = ['v3.13', 'v3.20', 'v3.28', 'v3.30', 'v3.32', 'v3.33'] as const
const MODES = ['Never', 'Always', 'CrossSubnet'] as const

const shape = fc.record({
  release: fc.constantFrom(...RELEASES),
  ipipMode: fc.constantFrom(...MODES),
  vxlanMode: fc.constantFrom(...MODES),
  /** Subnet and length of mask of each node. */
  nodes: fc.array(fc.record({ subnet: fc.nat(2), length: fc.constantFrom(24, 24, 24, 16, 32) }), {
    minLength: 2,
    maxLength: 6,
  }),
  pods: fc.nat(3),
  owner: fc.constantFrom('default', 'felix', 'bird'),
})

type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never

function resourcesOf({ ipipMode, vxlanMode, nodes, pods, owner }: Shape): readonly Resource[] {
  const calico = (kind: string, name: string, spec: object): Resource => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name },
    spec,
  })
  const both = { felix: ['Enabled', 'Disabled'], bird: ['Disabled', 'Enabled'], default: [] }[owner]
  return [
    calico('IPPool', 'pods', { cidr: '10.65.0.0/16', ipipMode, vxlanMode, natOutgoing: true }),
    ...(both[0] === undefined ? [] : [calico('FelixConfiguration', 'default', { programClusterRoutes: both[0] })]),
    ...(both[1] === undefined ? [] : [calico('BGPConfiguration', 'default', { programClusterRoutes: both[1] })]),
    ...nodes.map(({ subnet, length }, i) =>
      calico('Node', `n${i}`, { bgp: { ipv4Address: `172.16.${subnet}.${i + 10}/${length}` } }),
    ),
    ...nodes.flatMap((_, i) =>
      Array.from(
        { length: pods },
        (__, p): Resource => ({
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: `p${i}-${p}`, namespace: 'default' },
          spec: { nodeName: `n${i}` },
        }),
      ),
    ),
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'dc' },
      spec: {
        subnets: [0, 1, 2].map((n) => ({ name: `s${n}`, cidr: `172.16.${n}.0/24`, gateway: `172.16.${n}.1` })),
        routers: [{ name: 'r', interfaces: [0, 1, 2].map((n) => ({ subnet: `s${n}`, address: `172.16.${n}.1/24` })) }],
      },
    },
  ]
}

function simulationOf(given: Shape): Simulation {
  const manifests = resourcesOf(given).map((resource) => ({ resource }))
  return createSimulation(buildCluster(manifests, { calico: given.release }))
}

function everyRoute(
  { cluster, routes }: Simulation,
  check: (route: KernelRoute, own: InterfaceAddress, name: string) => void,
): void {
  for (const { name, bgpAddress } of cluster.nodes) {
    const own = bgpAddress[4]
    if (own === undefined) throw new Error(`${name} has no address`)
    for (const { route } of routes(name).get('main') ?? []) check(route, own, name)
  }
}

const holds = (check: (simulation: Simulation, given: Shape) => void) =>
  fc.assert(
    fc.property(shape, (given) => check(simulationOf(given), given)),
    { numRuns: RUNS },
  )

describe('every kernel table', () => {
  test('has each gateway on the link, or marked onlink, or behind a route to it that is', () => {
    holds((simulation) => {
      everyRoute(simulation, (route, own, name) => {
        const gateway = parseAddress(route.gateway ?? '')
        if (gateway === undefined || route.flags.includes('onlink')) return
        const linked = (simulation.routes(name).get('main') ?? []).some(({ route: other }) => {
          const prefix =
            other.gateway === undefined && other.type === undefined ? parsePrefixOrHost(other.dst) : undefined
          return prefix !== undefined && containsAddress(prefix, gateway)
        })
        expect(containsAddress(own.network, gateway) || linked).toBe(true)
      })
    })
  })

  test('never leads to itself', () => {
    holds((simulation) => {
      everyRoute(simulation, (route, own) => {
        const gateway = parseAddress(route.gateway ?? '')
        if (gateway !== undefined) expect(gateway.value).not.toBe(own.address.value)
      })
    })
  })

  test('uses no IPIP between nodes of one subnet when the mode is CrossSubnet', () => {
    holds((simulation, { ipipMode, vxlanMode }) => {
      if (ipipMode !== 'CrossSubnet' || vxlanMode !== 'Never') return
      everyRoute(simulation, (route, own) => {
        const gateway = parseAddress(route.gateway ?? '')
        if (route.dev === 'tunl0' && gateway !== undefined) expect(containsAddress(own.network, gateway)).toBe(false)
      })
    })
  })

  test('has one route for each destination and metric', () => {
    holds((simulation) => {
      for (const { name } of simulation.cluster.nodes) {
        const keys = (simulation.routes(name).get('main') ?? []).map(({ route }) => `${route.dst} ${route.metric ?? 0}`)
        expect(new Set(keys).size).toBe(keys.length)
      }
    })
  })

  test('holds the pods of its own node as links to their interfaces', () => {
    holds((simulation) => {
      for (const { node, addresses } of simulation.ipam.pods) {
        for (const address of addresses) {
          const found = (simulation.routes(node).get('main') ?? []).find(({ route }) => {
            const prefix = parsePrefixOrHost(route.dst)
            return prefix?.length === 32 && prefix.base === hostPrefix(address).base
          })
          expect(found?.route.dev?.startsWith('cali')).toBe(true)
        }
      }
    })
  })

  test('goes by tunl0 only where the pool has an IPIP mode and no VXLAN mode', () => {
    holds((simulation, { ipipMode, vxlanMode }) => {
      const ipip = ipipMode !== 'Never' && vxlanMode === 'Never'
      everyRoute(simulation, ({ dev }) => {
        if (dev === 'tunl0') expect(ipip).toBe(true)
        if (dev === 'vxlan.calico') expect(vxlanMode).not.toBe('Never')
      })
    })
  })
})
