import { describe, expect, test } from 'vitest'
import { bgpConfiguration, felix, pool, simulate, table } from './fixture.js'

const own = '10.65.0.5 dev cali* scope link'

describe('no encapsulation', () => {
  test('BIRD writes it, through the router to the other subnet (v3.13)', () => {
    expect(table(simulate('v3.13', [pool()]), 'a')).toEqual([
      'blackhole 10.65.0.0/26 proto bird',
      own,
      '10.65.0.9 via 172.16.0.2 dev eth0 proto bird',
      '10.65.1.0/26 via 172.16.0.2 dev eth0 proto bird',
      '10.65.2.0/26 via 172.16.0.254 dev eth0 proto bird',
    ])
  })

  test('and so it does in v3.33, with a metric', () => {
    expect(table(simulate('v3.33', [pool()]), 'a')).toEqual([
      'blackhole 10.65.0.0/26 proto bird',
      `${own} metric 1024`,
      '10.65.0.9 via 172.16.0.2 dev eth0 proto bird metric 1024',
      '10.65.1.0/26 via 172.16.0.2 dev eth0 proto bird metric 1024',
      '10.65.2.0/26 via 172.16.0.254 dev eth0 proto bird metric 1024',
    ])
  })

  test('Felix takes the other node for a neighbour wherever it is, and marks it onlink', () => {
    const resources = [
      pool(),
      felix({ programClusterRoutes: 'EnabledNoEncapOnly' }),
      bgpConfiguration({ programClusterRoutes: 'EnabledIPIPOnly' }),
    ]
    expect(table(simulate('v3.33', resources), 'a')).toEqual([
      'blackhole 10.65.0.0/26 proto 80',
      `${own} metric 1024`,
      '10.65.0.9 via 172.16.0.2 dev eth0 proto 80 onlink',
      '10.65.1.0/26 via 172.16.0.2 dev eth0 proto 80 onlink',
      '10.65.2.0/26 via 172.16.1.3 dev eth0 proto 80 onlink',
    ])
  })
})

const always = pool({ ipipMode: 'Always' })
const crossSubnet = pool({ ipipMode: 'CrossSubnet' })

describe('IPIP', () => {
  test.each([
    ['v3.13', ''],
    ['v3.28', ''],
    ['v3.32', ' metric 1024'],
  ])('%s: BIRD, into tunl0, without an MTU', (release, metric) => {
    expect(table(simulate(release, [always], 'ipip'), 'a')).toEqual([
      'blackhole 10.65.0.0/26 proto bird',
      `${own}${metric}`,
      `10.65.0.9 via 172.16.0.2 dev tunl0 proto bird${metric} onlink`,
      `10.65.1.0/26 via 172.16.0.2 dev tunl0 proto bird${metric} onlink`,
      `10.65.2.0/26 via 172.16.1.3 dev tunl0 proto bird${metric} onlink`,
    ])
  })

  test('v3.33: Felix, with the MTU of the tunnel', () => {
    expect(table(simulate('v3.33', [always], 'ipip'), 'a')).toEqual([
      'blackhole 10.65.0.0/26 proto 80',
      `${own} metric 1024`,
      '10.65.0.9 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480',
      '10.65.1.0/26 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480',
      '10.65.2.0/26 via 172.16.1.3 dev tunl0 proto 80 onlink mtu 1480',
    ])
  })

  test('CrossSubnet: direct inside the subnet, by the tunnel out of it', () => {
    const by = (release: string) =>
      table(simulate(release, [crossSubnet], 'ipip'), 'a').filter((l) => l.includes('via'))
    expect(by('v3.28')).toEqual([
      '10.65.0.9 via 172.16.0.2 dev eth0 proto bird',
      '10.65.1.0/26 via 172.16.0.2 dev eth0 proto bird',
      '10.65.2.0/26 via 172.16.1.3 dev tunl0 proto bird onlink',
    ])
    expect(by('v3.33')).toEqual([
      '10.65.0.9 via 172.16.0.2 dev eth0 proto 80 onlink',
      '10.65.1.0/26 via 172.16.0.2 dev eth0 proto 80 onlink',
      '10.65.2.0/26 via 172.16.1.3 dev tunl0 proto 80 onlink mtu 1480',
    ])
  })

  test('v3.31 and v3.32: two switches of two values move IPIP and plain pools to Felix together', () => {
    const flipped = [
      always,
      pool({ cidr: '10.66.0.0/16' }, 'plain'),
      felix({ programClusterRoutes: 'Enabled' }),
      bgpConfiguration({ programClusterRoutes: 'Disabled' }),
    ]
    const routes = table(simulate('v3.32', flipped, 'ipip'), 'a')
    expect(routes).toContain('blackhole 10.65.0.0/26 proto 80')
    expect(routes.filter((line) => line.includes('proto bird'))).toEqual([])
  })

  test('nobody owns it where both sides are off: no remote route and no blackhole', () => {
    const nobody = [
      always,
      felix({ programClusterRoutes: 'Disabled' }),
      bgpConfiguration({ programClusterRoutes: 'Disabled' }),
    ]
    expect(table(simulate('v3.33', nobody, 'ipip'), 'a')).toEqual([`${own} metric 1024`])
  })

  test('switched off by ipipEnabled, it is on nobody in v3.33 and still on BIRD in v3.28', () => {
    const off = [always, felix({ ipipEnabled: false })]
    expect(table(simulate('v3.33', off, 'ipip'), 'a')).toEqual([`${own} metric 1024`])
    expect(table(simulate('v3.28', off, 'ipip'), 'a').filter((line) => line.includes('tunl0'))).toHaveLength(3)
  })
})

describe('VXLAN is Felix in every release', () => {
  const vxlan = [pool({ vxlanMode: 'Always' })]
  const remote = (release: string) => table(simulate(release, vxlan, 'vxlan'), 'a').filter((l) => !l.includes('cali* '))

  test('v3.13: no blackhole and no MTU yet', () => {
    expect(remote('v3.13')).toEqual([
      '10.65.0.9 via 10.65.1.0 dev vxlan.calico onlink',
      '10.65.1.0/26 via 10.65.1.0 dev vxlan.calico onlink',
      '10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink',
    ])
  })

  test('v3.28: with the blackhole', () => {
    expect(remote('v3.28')).toEqual([
      'blackhole 10.65.0.0/26 proto 80',
      '10.65.0.9 via 10.65.1.0 dev vxlan.calico onlink',
      '10.65.1.0/26 via 10.65.1.0 dev vxlan.calico onlink',
      '10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink',
    ])
  })

  test.each(['v3.32', 'v3.33'])('%s: with the MTU', (release) => {
    expect(remote(release)).toEqual([
      'blackhole 10.65.0.0/26 proto 80',
      '10.65.0.9 via 10.65.1.0 dev vxlan.calico onlink mtu 1450',
      '10.65.1.0/26 via 10.65.1.0 dev vxlan.calico onlink mtu 1450',
      '10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink mtu 1450',
    ])
  })

  test('v3.30: a /32 on the device for each other tunnel too, because its address counts as a workload of the block', () => {
    const direct = remote('v3.30').filter((line) => line.includes('scope link'))
    expect(direct).toEqual(['10.65.1.0 dev vxlan.calico scope link', '10.65.2.0 dev vxlan.calico scope link'])
  })

  test('CrossSubnet: direct inside the subnet, without an MTU', () => {
    const routes = table(simulate('v3.33', [pool({ vxlanMode: 'CrossSubnet' })], 'vxlan'), 'a')
    expect(routes).toContain('10.65.1.0/26 via 172.16.0.2 dev eth0 proto 80 onlink')
    expect(routes).toContain('10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink mtu 1450')
  })

  test('BIRD programs none of it', () => {
    expect(remote('v3.33').some((line) => line.includes('bird'))).toBe(false)
  })
})

describe('several pools', () => {
  test('each prefix goes by the modes of its own pool', () => {
    const split = [
      pool({ cidr: '10.65.0.0/23', ipipMode: 'Always' }),
      pool({ cidr: '10.65.2.0/23', vxlanMode: 'Always' }, 'other'),
    ]
    const routes = table(simulate('v3.33', split, 'vxlan'), 'a')
    expect(routes).toContain('10.65.1.0/26 via 172.16.0.2 dev tunl0 proto 80 onlink mtu 1480')
    expect(routes).toContain('10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink mtu 1450')
  })

  test('a pool that has both modes goes by VXLAN', () => {
    const both = [pool({ ipipMode: 'Always', vxlanMode: 'Always' })]
    const routes = table(simulate('v3.33', both, 'vxlan'), 'a')
    expect(routes).toContain('10.65.2.0/26 via 10.65.2.0 dev vxlan.calico onlink mtu 1450')
    expect(routes.some((line) => line.includes('tunl0'))).toBe(false)
  })

  test('a disabled pool keeps its routes', () => {
    expect(table(simulate('v3.33', [pool({ ipipMode: 'Always', disabled: true })], 'ipip'), 'a')).toHaveLength(5)
  })
})
