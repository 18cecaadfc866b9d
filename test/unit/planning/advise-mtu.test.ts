import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/manifests/resource.js'
import { adviseMtu, networkTable } from '../../../src/planning/advise/mtu.js'
import { rehearseSteps } from '../../../src/planning/advise/steps.js'
import { cluster, felix, pool, underlay } from '../dataplane/fixture.js'

describe('the table of networks', () => {
  test.each([
    [1500, 'Ethernet', [1500, 1480, 1450, 1440]],
    [9000, 'Jumbo frames', [9000, 8980, 8950, 8940]],
    [9001, 'AWS', [9001, 8981, 8951, 8941]],
    [1460, 'Google Cloud', [1460, 1440, 1410, 1400]],
    [1450, 'OpenStack with VXLAN', [1450, 1430, 1400, 1390]],
    [1500, 'AKS, WireGuard for hosts too', [1500, 1480, 1450, 1340]],
  ])('%i, %s', (_mtu, where, expected) => {
    const row = networkTable().find((entry) => entry.where === where)
    expect(row && [row.network, row.tunnels.ipip, row.tunnels.vxlan, row.tunnels.wireguard]).toEqual(expected)
  })
})

const ipip = pool({ ipipMode: 'Always' })

function network(left: number, right = left, more: object = {}): Resource {
  return underlay({
    subnets: [
      { name: 'left', cidr: '172.16.0.0/24', gateway: '172.16.0.254', mtu: left },
      { name: 'right', cidr: '172.16.1.0/24', gateway: '172.16.1.254', mtu: right },
    ],
    ...more,
  })
}

const config = (mtu: string): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'calico-config', namespace: 'kube-system' },
  data: { veth_mtu: mtu },
})

const installation = (mtu: number): Resource => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec: { calicoNetwork: { mtu } },
})

const podsAfter = (advice: ReturnType<typeof adviseMtu>) => [...new Set(advice.after.map(({ mtu }) => mtu.pod))]

describe('a cluster', () => {
  test('that is right is left alone', () => {
    const advice = adviseMtu(cluster('v3.33', [ipip, network(1500)], 'ipip'))
    expect([advice.means, advice.wanted, advice.steps]).toEqual(['keep', 1480, []])
  })

  test("with the guide's veth_mtu is left to Felix, and its pods then fit", () => {
    const advice = adviseMtu(cluster('v3.33', [ipip, network(9001), config('9001')], 'ipip'))
    expect([advice.means, advice.wanted]).toEqual(['detect', 8981])
    expect(advice.steps[0]?.command).toBe(
      `kubectl patch configmap calico-config -n kube-system --type merge -p '{"data":{"veth_mtu":"0"}}'`,
    )
    expect(podsAfter(advice)).toEqual([8981])
  })

  test('of the operator has its Installation patched, and no daemon restarted by hand', () => {
    const advice = adviseMtu(cluster('v3.33', [ipip, network(9001), installation(9001)], 'ipip'))
    expect(advice.steps.map(({ command }) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'kubectl patch installation',
      'kubectl rollout restart',
    ])
    expect(podsAfter(advice)).toEqual([8981])
  })

  test('whose network is smaller somewhere than the nodes see gets numbers', () => {
    const advice = adviseMtu(cluster('v3.33', [ipip, network(9000, 1500), config('0')], 'ipip'))
    expect([advice.means, advice.network, advice.wanted]).toEqual(['explicit', 1500, 1480])
    expect(podsAfter(advice)).toEqual([1480])
    expect(advice.after.flatMap(({ fits }) => fits.filter((fit) => fit.carriage === 'ipip'))).toEqual(
      expect.arrayContaining([expect.objectContaining({ device: 1480, overNetwork: 0 })]),
    )
  })

  test('on bonds is told which devices to look at', () => {
    const bonds = { nodes: ['a', 'b', 'c'].map((name) => ({ name, interface: 'bond0' })) }
    const advice = adviseMtu(cluster('v3.33', [ipip, network(9000, 9000, bonds)], 'ipip'))
    expect([advice.means, advice.wanted]).toEqual(['pattern', 8980])
    expect(advice.steps[0]?.manifest?.spec).toEqual({ mtuIfacePattern: '^(bond0)$' })
    expect(podsAfter(advice)).toEqual([8980])
  })

  test('whose tunnel MTU was set by hand has it unset again', () => {
    const advice = adviseMtu(cluster('v3.33', [ipip, network(9000), felix({ ipipMTU: 1440 })], 'ipip'))
    expect(advice.means).toBe('detect')
    expect(advice.steps[0]?.command).toContain('{"spec":{"ipipMTU":null}}')
    expect(podsAfter(advice)).toEqual([8980])
  })

  test('of v3.13 gets numbers, because that release detects nothing', () => {
    const advice = adviseMtu(cluster('v3.13', [ipip, network(9001), config('1440')], 'ipip'))
    expect([advice.means, advice.wanted]).toEqual(['explicit', 8981])
    expect(podsAfter(advice)).toEqual([8981])
  })

  test('with several tunnels has room for the largest', () => {
    const both = [ipip, pool({ cidr: '10.66.0.0/16', vxlanMode: 'Always' }, 'other')]
    const advice = adviseMtu(cluster('v3.33', [...both, network(1500), config('1480')], 'ipip'))
    expect([advice.wanted, advice.tunnels]).toEqual([1450, ['ipip', 'vxlan']])
  })

  test('without tunnels has the whole', () => {
    expect(adviseMtu(cluster('v3.33', [pool(), network(9000)])).wanted).toBe(9000)
  })
})

test('no step is refused when it is carried out', () => {
  const built = cluster('v3.33', [ipip, network(9000, 1500), config('9000'), felix({ vxlanPort: 4789 })], 'ipip')
  const { findings } = rehearseSteps(built, adviseMtu(built).steps)
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
})
