import { describe, expect, test } from 'vitest'
import { ipRouteText } from '../../../src/report/ip-route-text.js'
import { bgpConfiguration, felix, pool, simulate, underlay } from './fixture.js'

const PREFIX = '10.99.0.0/24'

/** Is a route that stood in the table before still there? */
function kept(release: string, route: object, more: readonly Parameters<typeof simulate>[1][number][] = []): boolean {
  const spec = {
    subnets: [{ name: 'left', cidr: '172.16.0.0/24', gateway: '172.16.0.254' }],
    nodes: [{ name: 'a', staticRoutes: [{ to: PREFIX, ...route }] }],
  }
  const simulation = simulate(release, [pool({ ipipMode: 'Always' }), underlay(spec), ...more], 'ipip')
  const lines = (simulation.routes('a').get('main') ?? []).map((entry) => ipRouteText(entry.route))
  return lines.some((line) => line.includes(PREFIX))
}

describe('Felix removes routes that it takes for its own', () => {
  test('those with protocol 80, wherever they lead', () => {
    expect(kept('v3.28', { via: '172.16.0.2', protocol: 80 })).toBe(false)
    expect(kept('v3.28', { type: 'blackhole', protocol: 80 })).toBe(false)
    expect(kept('v3.28', { via: '172.16.0.2', protocol: 'static' })).toBe(true)
  })

  test('with deviceRouteProtocol those of that protocol instead', () => {
    const custom = [felix({ deviceRouteProtocol: 90 })]
    expect(kept('v3.28', { via: '172.16.0.2', protocol: 90 }, custom)).toBe(false)
    expect(kept('v3.28', { via: '172.16.0.2', protocol: 80 }, custom)).toBe(true)
  })

  test('any to the VXLAN device', () => {
    expect(kept('v3.28', { dev: 'vxlan.calico', protocol: 'static' })).toBe(false)
  })

  test('any to a pod, unless removeExternalRoutes is off', () => {
    expect(kept('v3.28', { dev: 'cali0123456789a', protocol: 'static' })).toBe(false)
    const external = [felix({ removeExternalRoutes: false })]
    expect(kept('v3.28', { dev: 'cali0123456789a', protocol: 'static' }, external)).toBe(true)
    expect(kept('v3.28', { dev: 'cali0123456789a', protocol: 'boot' }, external)).toBe(false)
  })

  test("BIRD's to tunl0 where IPIP is its own, and no one else's there", () => {
    const bird = { via: '172.16.0.2', dev: 'tunl0', protocol: 'bird' }
    expect(kept('v3.33', bird)).toBe(false)
    expect(kept('v3.33', { ...bird, protocol: 'static' })).toBe(true)
    expect(kept('v3.32', bird)).toBe(true)
    const byBird = [felix({ programClusterRoutes: 'Disabled' }), bgpConfiguration({ programClusterRoutes: 'Enabled' })]
    expect(kept('v3.33', bird, byBird)).toBe(true)
  })
})
