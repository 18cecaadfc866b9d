import { describe, expect, test } from 'vitest'
import { type Candidate, IGP_METRIC_UNKNOWN } from '../../../src/bgp/decision/candidate.js'
import { resolveNextHop } from '../../../src/bgp/decision/resolve.js'
import type { Resolution } from '../../../src/bgp/path.js'
import { address, prefix } from './config-fixture.js'

const nextHop = address('172.16.1.12')

function covering(resolution: Resolution, recursive = false) {
  const route: Candidate = {
    source: recursive ? 'bgp' : 'kernel',
    preference: 10,
    hop: { resolution, igpMetric: 0 },
    attributes: undefined,
    neighbor: undefined,
  }
  return { prefix: prefix('172.16.1.0/24'), route, recursive }
}

const device: Resolution = { kind: 'device', dev: 'eth0' }

describe('recursive next hops', () => {
  test('on a connected network the next hop is its own gateway, at metric 0', () => {
    expect(resolveNextHop(nextHop, covering(device), [address('172.16.1.11')])).toEqual({
      resolution: { kind: 'gateway', gateway: nextHop, dev: 'eth0' },
      igpMetric: 0,
    })
  })

  test('an own address is no next hop', () => {
    expect(resolveNextHop(nextHop, covering(device), [nextHop]).resolution).toEqual({
      kind: 'unreachable',
      because: 'ownAddress',
    })
  })

  test('through a route with a gateway the gateway is inherited, at an unknown metric', () => {
    const gateway: Resolution = { kind: 'gateway', gateway: address('172.16.1.1'), dev: 'eth0' }
    expect(resolveNextHop(nextHop, covering(gateway), [])).toEqual({
      resolution: gateway,
      igpMetric: IGP_METRIC_UNKNOWN,
    })
  })

  test('through a route of BGP it is unreachable, and the prefix is named', () => {
    expect(resolveNextHop(nextHop, covering(device, true), []).resolution).toEqual({
      kind: 'unreachable',
      because: 'viaBgpRoute',
      route: '172.16.1.0/24',
    })
  })

  test('without a route it is unreachable', () => {
    expect(resolveNextHop(nextHop, undefined, []).resolution).toEqual({ kind: 'unreachable', because: 'noRoute' })
  })

  test('a blackhole is inherited', () => {
    expect(resolveNextHop(nextHop, covering({ kind: 'blackhole' }), [])).toEqual({
      resolution: { kind: 'blackhole' },
      igpMetric: 0,
    })
  })
})
