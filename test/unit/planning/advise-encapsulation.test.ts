import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/manifests/resource.js'
import {
  adviseEncapsulation,
  type EncapsulationMode,
  tunnelledPairs,
} from '../../../src/planning/advise/encapsulation.js'
import { rehearseSteps } from '../../../src/planning/advise/steps.js'
import { bgpConfiguration, felix, node, pool, simulate, underlay } from '../dataplane/fixture.js'

const SUBNETS = [
  { name: 'left', cidr: '172.16.0.0/24', gateway: '172.16.0.254' },
  { name: 'right', cidr: '172.16.1.0/24', gateway: '172.16.1.254' },
]
const INTERFACES = [
  { subnet: 'left', address: '172.16.0.254/24' },
  { subnet: 'right', address: '172.16.1.254/24' },
]
const fabric = (subnet: object = {}, router: object = {}): Resource =>
  underlay({
    subnets: SUBNETS.map((entry) => ({ ...entry, ...subnet })),
    routers: [{ name: 'router', interfaces: INTERFACES, ...router }],
  })

function advised(release: string, resources: readonly Resource[], tunnel?: 'ipip' | 'vxlan') {
  const { cluster, ipam } = simulate(release, resources, tunnel)
  return { cluster, advice: adviseEncapsulation(cluster, ipam) }
}

const recommended = (...args: Parameters<typeof advised>) => advised(...args).advice.recommended
const always = pool({ ipipMode: 'Always' })

describe('the recommended mode', () => {
  test('is none where the routers know the pods', () => {
    const bgp = { asNumber: 64512, neighbors: [{ address: '172.16.0.1', asNumber: 64512 }] }
    expect(recommended('v3.33', [always, fabric({}, { bgp })], 'ipip')).toBe('none')
  })

  test('is IPIP between subnets where they do not', () => {
    expect(recommended('v3.33', [always, fabric()], 'ipip')).toBe('ipipCrossSubnet')
  })

  test('is VXLAN where the network drops protocol 4', () => {
    expect(recommended('v3.33', [always, fabric({ drops: ['ipip'] })], 'ipip')).toBe('vxlanCrossSubnet')
  })

  test('is Always where sources are checked', () => {
    expect(recommended('v3.33', [always, fabric({ antiSpoofing: true })], 'ipip')).toBe('ipip')
    expect(recommended('v3.33', [always, fabric({ antiSpoofing: true, drops: ['ipip'] })], 'ipip')).toBe('vxlan')
  })

  test('is none at all where everything is dropped', () => {
    const hostile = fabric({ antiSpoofing: true, drops: ['ipip', 'vxlan'] })
    expect(recommended('v3.33', [always, hostile], 'ipip')).toBeUndefined()
  })

  test('without a BGP daemon is VXLAN up to v3.32, and from v3.33 on IPIP too', () => {
    const backend: Resource = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'calico-config', namespace: 'kube-system' },
      data: { calico_backend: 'vxlan' },
    }
    expect(recommended('v3.32', [pool({ vxlanMode: 'Always' }), backend, fabric()], 'vxlan')).toBe('vxlanCrossSubnet')
    expect(recommended('v3.33', [pool({ vxlanMode: 'Always' }), backend, fabric()], 'vxlan')).toBe('ipipCrossSubnet')
  })

  test('stays what it is where nothing is cheaper', () => {
    const { advice } = advised('v3.33', [pool({ ipipMode: 'CrossSubnet' }), fabric()], 'ipip')
    expect([advice.recommended, advice.steps]).toEqual(['ipipCrossSubnet', []])
  })
})

describe('the price', () => {
  const price = (mode: EncapsulationMode) => {
    const option = advised('v3.33', [always, fabric()], 'ipip').advice.options.find((entry) => entry.mode === mode)
    return option && [option.overhead, option.podMtu, option.tunnelled.pairs, option.tunnelAddresses]
  }

  test.each([
    ['none', [0, 1500, 0, 0]],
    ['ipipCrossSubnet', [20, 1480, 4, 3]],
    ['vxlanCrossSubnet', [50, 1450, 4, 3]],
    ['ipip', [20, 1480, 6, 3]],
    ['vxlan', [50, 1450, 6, 3]],
  ] as const)('of %s', (mode, expected) => {
    expect(price(mode)).toEqual(expected)
  })

  test("between subnets goes by each node's own mask", () => {
    const bare = [always, node('a', { address: '172.16.0.1/32', ipip: '10.65.0.0' })]
    expect(tunnelledPairs(simulate('v3.33', bare, 'ipip').cluster, 'ipipCrossSubnet')).toEqual({ pairs: 5, of: 6 })
    const wide = [always, node('a', { address: '172.16.0.1/16', ipip: '10.65.0.0' })]
    expect(tunnelledPairs(simulate('v3.33', wide, 'ipip').cluster, 'ipipCrossSubnet')).toEqual({ pairs: 3, of: 6 })
  })
})

describe('the steps', () => {
  test('change every pool of pods, and leave a disabled one alone', () => {
    const exempt = pool({ cidr: '198.51.100.0/24', disabled: true }, 'exempt')
    const { advice, cluster } = advised('v3.33', [always, exempt, fabric({ drops: ['ipip'] })], 'ipip')
    expect(advice.steps.map(({ command }) => command)).toEqual([
      `calicoctl patch ippool pods -p '{"spec":{"ipipMode":"Never","vxlanMode":"CrossSubnet"}}'`,
    ])
    const { cluster: after, findings } = rehearseSteps(cluster, advice.steps)
    expect(after.pools.map(({ name, vxlanMode }) => [name, vxlanMode])).toEqual([
      ['exempt', 'Never'],
      ['pods', 'CrossSubnet'],
    ])
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
  })

  test('take away a switch that is off by hand', () => {
    const { advice } = advised('v3.33', [pool(), felix({ ipipEnabled: false }), fabric()])
    expect(advice.recommended).toBe('ipipCrossSubnet')
    expect(advice.steps[0]?.command).toContain('{"spec":{"ipipEnabled":null}}')
  })

  test('tell of pods that would be too large', () => {
    expect(advised('v3.33', [pool(), fabric()]).advice.podsTooLarge).toBe(true)
    expect(advised('v3.33', [always, fabric()], 'ipip').advice.podsTooLarge).toBe(false)
  })
})

test('a pair of owners that leaves a class to nobody rules its modes out', () => {
  const nobody = [
    felix({ programClusterRoutes: 'Disabled' }),
    bgpConfiguration({ programClusterRoutes: 'EnabledNoEncapOnly' }),
  ]
  const { advice } = advised('v3.33', [always, fabric(), ...nobody], 'ipip')
  expect(advice.recommended).toBe('vxlanCrossSubnet')
})
