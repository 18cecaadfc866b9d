import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatDestination } from '../../../src/address/prefix.js'
import type { NodeDevices } from '../../../src/dataplane/devices/node-devices.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { block, felix, node, pool, simulate } from './fixture.js'

function devices(release: string, resources: readonly Resource[], tunnel?: 'ipip' | 'vxlan', name = 'a'): NodeDevices {
  const found = simulate(release, resources, tunnel).devices(name)
  if (found === undefined) throw new Error(`no node ${name}`)
  return found
}

const links = (found: NodeDevices) =>
  found.devices.map(({ name, mtu, address }) => [name, mtu, address && formatAddress(address)])

const vxlan = pool({ vxlanMode: 'Always' })
const ipip = pool({ ipipMode: 'CrossSubnet' })

describe('devices', () => {
  test('tunl0 with the address out of the first block', () => {
    expect(links(devices('v3.33', [ipip], 'ipip'))).toEqual([['tunl0', 1480, '10.65.0.0']])
  })

  test('vxlan.calico: VNI, port, the node address, the device below', () => {
    const [device] = devices('v3.33', [vxlan], 'vxlan').devices
    if (device?.kind !== 'vxlan' || device.link === undefined) throw new Error('no VXLAN device')
    expect([device.name, device.mtu, device.port]).toEqual(['vxlan.calico', 1450, 4789])
    expect([device.link.vni, formatAddress(device.link.local), device.link.parent]).toEqual([
      4096,
      '172.16.0.1',
      'eth0',
    ])
  })

  test('its MAC is 66 and the SHA-1 of the name, or the one stored with the node', () => {
    const mac = (resources: readonly Resource[]) => {
      const [device] = devices('v3.33', [vxlan, ...resources], 'vxlan').devices
      return device?.kind === 'vxlan' ? device.mac : undefined
    }
    expect(mac([])).toBe('66:86:f7:e4:37:fa')
    const stored = node('a', { address: '172.16.0.1/24', vxlan: '10.65.0.0' })
    const spec = { ...(stored.spec as object), vxlanTunnelMACAddr: '00:0a:74:9d:68:16' }
    expect(mac([{ ...stored, spec }])).toBe('00:0a:74:9d:68:16')
  })

  test('VNI and port as FelixConfiguration has them', () => {
    const [device] = devices('v3.33', [vxlan, felix({ vxlanVNI: 7, vxlanPort: 8472 })], 'vxlan').devices
    expect(device?.kind === 'vxlan' && [device.link?.vni, device.port]).toEqual([7, 8472])
  })

  test('in eBPF mode the VXLAN device has no VNI, and no forwarding database is filled', () => {
    const found = devices('v3.33', [vxlan, felix({ bpfEnabled: true })], 'vxlan')
    expect(found.devices.map((device) => device.kind === 'vxlan' && device.link)).toEqual([undefined])
    expect(found.neighbours.map(({ forwardingDatabase }) => forwardingDatabase)).toEqual([false])
    expect([found.allowed, found.nat]).toEqual([[], []])
  })

  test('both, where pools ask for both', () => {
    const both = [vxlan, pool({ cidr: '10.66.0.0/16', ipipMode: 'Always' }, 'other')]
    expect(devices('v3.33', both, 'vxlan').devices.map(({ name }) => name)).toEqual(['tunl0', 'vxlan.calico'])
  })

  test('none where no pool encapsulates, nor where the tunnel is switched off', () => {
    expect(devices('v3.33', [pool()]).devices).toEqual([])
    expect(devices('v3.33', [ipip, felix({ ipipEnabled: false })], 'ipip').devices).toEqual([])
  })

  test('IPv6 has a device of its own from v3.23 on', () => {
    const six = [
      pool({ cidr: 'fd65::/112', vxlanMode: 'Always' }, 'six'),
      node('a', { address: '172.16.0.1/24', address6: 'fd16::1/64', vxlanV6: 'fd65::' }),
      ...block('fd65::/122', 'a', [{ ordinal: 0, node: 'a' }]),
    ]
    const names = (release: string) => devices(release, [pool(), ...six]).devices.map(({ name }) => name)
    expect(names('v3.33')).toEqual(['vxlan-v6.calico'])
    expect(names('v3.22')).toEqual([])
  })
})

describe('neighbours of the VXLAN device', () => {
  test('are every other node: address and MAC, MAC and node', () => {
    const [found] = devices('v3.33', [vxlan], 'vxlan').neighbours
    expect(
      found?.entries.map(({ address, mac, destination }) => [formatAddress(address), mac, formatAddress(destination)]),
    ).toEqual([
      ['10.65.1.0', '66:e9:d7:1f:5e:e7', '172.16.0.2'],
      ['10.65.2.0', '66:84:a5:16:84:1b', '172.16.1.3'],
    ])
  })
})

describe('who may send', () => {
  const members = (found: NodeDevices, set: string) =>
    found.allowed.find((entry) => entry.set === set)?.members.map(formatDestination)

  test('IPIP: every node, this one too, and externalNodesList', () => {
    const found = devices('v3.33', [ipip, felix({ externalNodesList: ['192.0.2.0/28'] })], 'ipip')
    expect(members(found, 'cali40all-hosts-net')).toEqual(['172.16.0.1', '172.16.0.2', '172.16.1.3', '192.0.2.0/28'])
    expect(members(found, 'cali40all-vxlan-net')).toBeUndefined()
  })

  test('VXLAN: the other tunnel endpoints, and externalNodesList', () => {
    const found = devices('v3.33', [vxlan, felix({ externalNodesList: ['192.0.2.7'] })], 'vxlan')
    expect(members(found, 'cali40all-vxlan-net')).toEqual(['192.0.2.7', '172.16.0.2', '172.16.1.3'])
    expect(members(found, 'cali40all-hosts-net')).toBeUndefined()
  })

  test('pods only where FelixConfiguration allows it', () => {
    expect(devices('v3.33', [ipip], 'ipip').allowed[0]?.fromPods).toBe(false)
    const allowing = [ipip, felix({ allowIPIPPacketsFromWorkloads: true })]
    expect(devices('v3.33', allowing, 'ipip').allowed[0]?.fromPods).toBe(true)
  })
})

describe('WireGuard', () => {
  const keyed = [
    pool(),
    felix({ wireguardEnabled: true }),
    node('a', { address: '172.16.0.1/24', wireguard: '10.65.0.1', key: 'key-a' }),
  ]

  test('has a device with its port and MTU', () => {
    expect(links(devices('v3.33', keyed))).toEqual([['wireguard.cali', 1440, '10.65.0.1']])
    const [device] = devices('v3.33', keyed).devices
    expect(device?.kind === 'wireguard' && device.port).toBe(51820)
  })

  test.each([
    ['v3.18', false, 0x100000],
    ['v3.28', true, 0x100000],
    ['v3.33', true, 0x200000],
  ])('%s: the rule before main', (release, inverted, mark) => {
    expect(devices(release, keyed).rules).toEqual([{ family: 4, priority: 99, inverted, mark, table: '1' }])
  })

  test('has neither where the node has no key yet', () => {
    expect(devices('v3.33', keyed, undefined, 'b').rules).toEqual([])
    expect(devices('v3.33', keyed, undefined, 'b').devices).toEqual([])
  })
})
