import { describe, expect, test } from 'vitest'
import { kernelFilter } from '../../../src/bgp/policy/kernel-filter.js'
import type { KernelPolicy } from '../../../src/bgp/speaker-config.js'
import { address, prefix } from './config-fixture.js'
import { attributes, config, route } from './policy-fixture.js'

const pool = (cidr: string, action: KernelPolicy['pools'][number]['action']): KernelPolicy['pools'][number] => ({
  prefix: prefix(cidr),
  action,
  pool: cidr,
})

const from = (nextHop: string) => route('10.65.2.0/26', { attributes: attributes({ nextHop: address(nextHop) }) })

describe('metric', () => {
  test('a BGP route has 2147483647 less its local preference', () => {
    expect(kernelFilter(config(), route('10.65.2.0/26'))).toMatchObject({ metric: 1024 })
    const external = route('10.65.2.0/26', { attributes: attributes({ localPref: 100 }) })
    expect(kernelFilter(config(), external)).toMatchObject({ metric: 2147483547 })
  })

  test('a static route has none', () => {
    expect(kernelFilter(config(), route('10.65.1.0/26', { source: 'static' }))).toEqual({
      accepted: true,
      tunnel: false,
    })
  })

  test('before v3.32 no route has one', () => {
    expect(kernelFilter(config({ kernel: { metrics: false } }), route('10.65.2.0/26'))).not.toHaveProperty('metric')
  })
})

describe('pools', () => {
  test('the first pool in text order decides, not the longest', () => {
    const pools = [pool('10.65.0.0/16', 'reject'), pool('10.65.2.0/24', 'accept')]
    expect(kernelFilter(config({ kernel: { pools } }), route('10.65.2.0/26'))).toMatchObject({
      accepted: false,
      because: 'poolNotOwned',
      pool: '10.65.0.0/16',
    })
  })

  test('a pool with a tunnel always uses it', () => {
    const pools = [pool('10.65.0.0/16', 'tunnel')]
    expect(kernelFilter(config({ kernel: { pools } }), from('172.16.1.12'))).toMatchObject({ tunnel: true })
  })

  test('CrossSubnet asks whether the BGP next hop is in the own subnet', () => {
    const crossing = config({ kernel: { pools: [pool('10.65.0.0/16', 'crossSubnet')] } })
    expect(kernelFilter(crossing, from('172.16.1.12'))).toMatchObject({ tunnel: false })
    expect(kernelFilter(crossing, from('172.16.2.12'))).toMatchObject({ tunnel: true })
  })

  test('a node with a host mask tunnels to everyone', () => {
    const narrow = config({
      subnet: prefix('172.16.1.11/32'),
      kernel: { pools: [pool('10.65.0.0/16', 'crossSubnet')] },
    })
    expect(kernelFilter(narrow, from('172.16.1.12'))).toMatchObject({ tunnel: true })
  })

  test('a route outside all pools is written', () => {
    expect(kernelFilter(config(), route('198.51.100.0/24'))).toMatchObject({ accepted: true, tunnel: false })
  })
})

describe('rejects', () => {
  test('service ranges come first', () => {
    const kernel = { serviceRejects: [prefix('10.96.0.0/12')], pools: [pool('10.96.0.0/12', 'accept')] }
    expect(kernelFilter(config({ kernel }), route('10.96.0.10/32'))).toEqual({
      accepted: false,
      because: 'serviceRange',
    })
  })

  test('routes of WireGuard peers are left to Felix', () => {
    const kernel = { rejectNextHops: [address('172.16.1.12')] }
    expect(kernelFilter(config({ kernel }), from('172.16.1.12'))).toMatchObject({ because: 'wireguardPeer' })
    expect(kernelFilter(config({ kernel }), from('172.16.1.13')).accepted).toBe(true)
  })
})
