import { describe, expect, test } from 'vitest'
import { ipRouteText } from '../../../src/report/ip-route-text.js'
import { block, felix, node, pool, simulate, table } from './fixture.js'

const six = (name: string, n: number, more: object = {}) =>
  node(name, { address: `172.16.0.${n}/24`, address6: `fd16::${n}/64`, ...more })

describe('IPv6', () => {
  const v6 = [
    pool({ cidr: 'fd65::/112', vxlanMode: 'Always' }, 'six'),
    six('a', 1, { vxlanV6: 'fd65::' }),
    six('b', 2, { vxlanV6: 'fd65::40' }),
    ...block('fd65::/122', 'a', [{ ordinal: 0, node: 'a' }]),
    ...block('fd65::40/122', 'b', [{ ordinal: 0, node: 'b' }]),
  ]
  const only6 = (lines: readonly string[]) => lines.filter((line) => line.includes('fd'))

  test('VXLAN: metric 1024, an overhead of 70, a blackhole on lo', () => {
    expect(only6(table(simulate('v3.33', v6), 'a'))).toEqual([
      'blackhole fd65::/122 dev lo proto 80 metric 1024 pref medium',
      'fd65::40/122 via fd65::40 dev vxlan-v6.calico metric 1024 onlink mtu 1430 pref medium',
    ])
  })

  test('the address of a tunnel device is a route of the kernel, in IPv6 only', () => {
    const own = (simulate('v3.33', v6).routes('a').get('main') ?? []).filter(
      ({ route, why }) => why.owner === 'kernel' && route.dev !== 'eth0',
    )
    expect(own.map(({ route }) => ipRouteText(route))).toEqual([
      'fd65:: dev vxlan-v6.calico proto kernel metric 256 pref medium',
    ])
  })

  test('no release before v3.23 carries it in VXLAN', () => {
    expect(only6(table(simulate('v3.22', v6), 'a'))).toEqual([])
  })

  test('nobody writes a pool with an IPIP mode in v3.33: there is no IPIP over IPv6', () => {
    const ipip = v6.map((resource) =>
      resource.kind === 'IPPool' ? pool({ cidr: 'fd65::/112', ipipMode: 'Always' }, 'six') : resource,
    )
    expect(only6(table(simulate('v3.33', ipip), 'a')).filter((line) => line.includes('via'))).toEqual([])
  })
})

describe('WireGuard', () => {
  const keyed = [
    pool({ ipipMode: 'Always' }),
    felix({ wireguardEnabled: true }),
    node('a', { address: '172.16.0.1/24', ipip: '10.65.0.0', wireguard: '10.65.0.1', key: 'key-a' }),
    node('b', { address: '172.16.0.2/24', ipip: '10.65.1.0', wireguard: '10.65.1.1', key: 'key-b' }),
    node('c', { address: '172.16.1.3/24', ipip: '10.65.2.0' }),
  ]

  test('has a table of its own: peers by the device, its own block and unencrypted nodes thrown back to main', () => {
    expect(table(simulate('v3.32', keyed, 'ipip'), 'a', '1')).toEqual([
      'throw 10.65.0.0/26',
      '10.65.0.9 dev wireguard.cali scope link',
      '10.65.1.0 dev wireguard.cali scope link',
      '10.65.1.0/26 dev wireguard.cali scope link',
      '10.65.1.1 dev wireguard.cali scope link',
      'throw 10.65.2.0',
      'throw 10.65.2.0/26',
    ])
  })

  test('throws what its own node borrowed, which no block of its own covers', () => {
    expect(table(simulate('v3.32', keyed, 'ipip'), 'b', '1')).toContain('throw 10.65.0.9')
  })

  test('carries hosts only where their traffic is encrypted too', () => {
    const hosts = (resources: typeof keyed) =>
      table(simulate('v3.32', resources, 'ipip'), 'a', '1').filter((line) => line.includes('172.16.'))
    expect(hosts(keyed)).toEqual([])
    const encrypting = keyed.map((resource) =>
      resource.kind === 'FelixConfiguration'
        ? felix({ wireguardEnabled: true, wireguardHostEncryptionEnabled: true })
        : resource,
    )
    expect(hosts(encrypting)).toEqual(['172.16.0.2 dev wireguard.cali scope link', 'throw 172.16.1.3'])
  })

  test('trusts no key that two nodes claim', () => {
    const copied = keyed.map((resource) =>
      resource.metadata.name === 'c'
        ? node('c', { address: '172.16.1.3/24', ipip: '10.65.2.0', key: 'key-b' })
        : resource,
    )
    const routes = table(simulate('v3.32', copied, 'ipip'), 'a', '1')
    expect(routes).toContain('throw 10.65.1.0/26')
    expect(routes).toContain('throw 10.65.2.0/26')
  })

  test('leaves main as the pool has it', () => {
    expect(table(simulate('v3.33', keyed, 'ipip'), 'a')).toContain(
      '10.65.1.0/26 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480',
    )
  })

  test('takes the routes of its peers from BIRD in v3.33', () => {
    const plain = keyed.map((resource) => (resource.kind === 'IPPool' ? pool() : resource))
    const main = (release: string) => table(simulate(release, plain), 'a').filter((line) => line.startsWith('10.65.1.'))
    expect(main('v3.32')).toHaveLength(1)
    expect(main('v3.33')).toEqual([])
  })

  test('is not there before v3.14', () => {
    expect(simulate('v3.13', keyed, 'ipip').routes('a').has('1')).toBe(false)
  })

  test('follows routeTableRange', () => {
    const ranged = keyed.map((resource) =>
      resource.kind === 'FelixConfiguration'
        ? felix({ wireguardEnabled: true, routeTableRange: { min: 50, max: 60 } })
        : resource,
    )
    expect([...simulate('v3.33', ranged, 'ipip').routes('a').keys()]).toEqual(['main', '50'])
  })
})
