import { describe, expect, test } from 'vitest'
import { hostMtu, nodeMtu, podMtuFromFelix, tunnelMtu } from '../../../src/dataplane/mtu.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { cluster, felix, node, pool, underlay } from './fixture.js'

const network = (mtu: number, more: object = {}) =>
  underlay({ subnets: [{ name: 'left', cidr: '172.16.0.0/16', gateway: '172.16.0.254', mtu }], ...more })

function mtuOf(release: string, resources: readonly Resource[]) {
  const built = cluster(release, resources)
  const a = built.nodeByName.get('a')
  if (a === undefined) throw new Error('no node a')
  return nodeMtu(built, a)
}

const config = (data: object): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'calico-config', namespace: 'kube-system' },
  data,
})

describe('tunnels take their bytes off the network', () => {
  test.each([
    [1500, [1480, 1450, 1440]],
    [9000, [8980, 8950, 8940]],
    [9001, [8981, 8951, 8941]],
    [1460, [1440, 1410, 1400]],
    [1450, [1430, 1400, 1390]],
  ])('%i: IPIP, VXLAN and WireGuard as in the documentation', (mtu, expected) => {
    const { ipip, vxlan, wireguard } = mtuOf('v3.33', [pool(), network(mtu)])
    expect([ipip, vxlan, wireguard]).toEqual(expected)
  })

  test('AKS with host encryption takes 100 more for WireGuard alone', () => {
    const settings = { ipipMTU: 0, vxlanMTU: 0, vxlanMTUV6: 0, wireguardMTU: 0, wireguardMTUV6: 0 }
    const aks = tunnelMtu(1500, { ...settings, wireguardHostEncryptionEnabled: true }, true)
    expect([aks.ipip, aks.vxlan, aks.wireguard, aks.wireguardV6]).toEqual([1480, 1450, 1340, 1320])
  })

  test('what FelixConfiguration says stands, on its own node only', () => {
    const resources = [pool(), network(9000), felix({ ipipMTU: 1400 }), felix({ ipipMTU: 1300 }, 'node.b')]
    expect(mtuOf('v3.33', resources).ipip).toBe(1400)
    expect(mtuOf('v3.33', resources).vxlan).toBe(8950)
  })

  test('before v3.17 they were fixed, whatever the network', () => {
    const { ipip, vxlan, wireguard } = mtuOf('v3.13', [pool(), network(9001)])
    expect([ipip, vxlan, wireguard]).toEqual([1440, 1410, 1420])
  })
})

describe('which devices count', () => {
  const PATTERN = '^((en|wl|ww|sl|ib)[Pcopsvx].*|(eth|wlan|wwan).*)'
  const up = (name: string, mtu: number, isUp = true) => ({ name, mtu, up: isUp })

  test('the smallest of those that are up and fit the pattern', () => {
    expect(hostMtu([up('eth0', 1362), up('eth1', 1350)], PATTERN).mtu).toBe(1350)
    expect(hostMtu([up('eth0', 1362), up('eth1', 1350, false)], PATTERN).mtu).toBe(1362)
  })

  test('bond0, br0 and ib0 do not fit, and 1460 is taken', () => {
    for (const name of ['bond0', 'br0', 'ib0']) {
      expect(hostMtu([up(name, 9000)], PATTERN)).toEqual({ mtu: 1460, detected: false })
    }
  })

  test('a pattern that does not compile fits nothing', () => {
    expect(hostMtu([up('eth0', 9000)], '((').detected).toBe(false)
  })

  test('the uplink of the Underlay is the device that is looked at', () => {
    const bond = { nodes: [{ name: 'a', interface: 'bond0' }] }
    const found = mtuOf('v3.33', [pool({ ipipMode: 'Always' }), network(9000, bond)])
    expect([found.interface, found.host, found.ipip, found.detected]).toEqual([9000, 1460, 1440, false])
  })

  test.each([
    ['v3.25', 'enP1', 1460],
    ['v3.26', 'enP1', 9000],
    ['v3.26', 'env1', 1460],
    ['v3.27', 'env1', 9000],
  ])('%s: %s gives %i', (release, name, expected) => {
    expect(mtuOf(release, [pool(), network(9000, { nodes: [{ name: 'a', interface: name }] })]).host).toBe(expected)
  })
})

describe('pods', () => {
  test('get the smallest of the tunnels that are on, however small its pool', () => {
    const two = [pool(), pool({ cidr: '10.77.0.0/26', vxlanMode: 'CrossSubnet' }, 'small')]
    expect(mtuOf('v3.33', [...two, network(1500)]).pod).toBe(1450)
    expect(mtuOf('v3.33', [pool(), network(1500)]).pod).toBe(1500)
  })

  test('of IPv6 too, from v3.23 on', () => {
    const dual = [pool({ vxlanMode: 'Always' }), pool({ cidr: 'fd65::/112', vxlanMode: 'Always' }, 'six')]
    const v6 = node('a', { address: '172.16.0.1/24', address6: 'fd16::1/64' })
    expect(mtuOf('v3.33', [...dual, v6, network(1500)]).pod).toBe(1430)
    expect(mtuOf('v3.22', [...dual, v6, network(1500)]).pod).toBe(1450)
  })

  test('get veth_mtu where it is set, whether it fits or not', () => {
    const found = mtuOf('v3.33', [pool({ ipipMode: 'Always' }), network(9001), config({ veth_mtu: '9001' })])
    expect([found.pod, found.podFromFelix]).toEqual([9001, 8981])
  })

  test('veth_mtu of 0 leaves it to Felix', () => {
    expect(mtuOf('v3.33', [pool({ ipipMode: 'Always' }), network(9001), config({ veth_mtu: '0' })]).pod).toBe(8981)
  })

  test("get Installation's mtu where the operator installed Calico", () => {
    const installation: Resource = {
      apiVersion: 'operator.tigera.io/v1',
      kind: 'Installation',
      metadata: { name: 'default' },
      spec: { calicoNetwork: { mtu: 1410 } },
    }
    expect(mtuOf('v3.33', [pool({ ipipMode: 'Always' }), network(1500), installation]).pod).toBe(1410)
  })

  test('are not held below the network', () => {
    const mtu = { ipip: 9000, vxlan: 0, vxlanV6: 0, wireguard: 0, wireguardV6: 0 }
    const enabled = { ipip: true, vxlan: false, vxlanV6: false, wireguard: false, wireguardV6: false }
    expect(podMtuFromFelix(1500, mtu, enabled)).toBe(9000)
  })
})
