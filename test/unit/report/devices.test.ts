import { describe, expect, test } from 'vitest'
import { devicesAnswer } from '../../../src/report/devices.js'
import { renderText } from '../../../src/report/text.js'
import { felix, node, pool, simulate } from '../dataplane/fixture.js'

function shown(resources: Parameters<typeof simulate>[1], tunnel?: 'vxlan' | 'ipip'): readonly string[] {
  const simulation = simulate('v3.33', resources, tunnel)
  const found = simulation.devices('a')
  const answer = devicesAnswer(simulation.cluster, { devices: () => (found ? [found] : []), chosen: true, total: 3 })
  return renderText(answer.blocks, { wide: false, heading: (text) => text }).split('\n')
}

describe('routes --devices prints', () => {
  test('a VXLAN device, its forwarding database and neighbours as iproute2 does', () => {
    const lines = shown([pool({ vxlanMode: 'Always' })], 'vxlan')
    expect(lines).toContain('vxlan.calico: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 state UNKNOWN')
    expect(lines).toContain('    vxlan id 4096 local 172.16.0.1 dev eth0 srcport 0 0 dstport 4789 nolearning')
    expect(lines).toContain('    inet 10.65.0.0/32 scope global vxlan.calico')
    expect(lines).toContain('66:e9:d7:1f:5e:e7 dst 172.16.0.2 self permanent')
    expect(lines).toContain('10.65.1.0 lladdr 66:e9:d7:1f:5e:e7 PERMANENT')
  })

  test("WireGuard's rule with its tab", () => {
    const keyed = node('a', { address: '172.16.0.1/24', wireguard: '10.65.0.1', key: 'key-a' })
    const lines = shown([pool(), felix({ wireguardEnabled: true }), keyed])
    expect(lines).toContain('99:\tnot from all fwmark 0x200000/0x200000 lookup 1')
  })

  test('the IP set of who may send IPIP', () => {
    const lines = shown([pool({ ipipMode: 'Always' })], 'ipip')
    expect(lines).toContain('Name: cali40all-hosts-net')
    expect(lines).toContain('Number of entries: 3')
  })
})
