import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { assignablePool } from '../../../src/ipam/assignable-pool.js'
import { isFailure } from '../../../src/ipam/failure.js'
import { cniRequest } from '../../../src/ipam/placement/cni-request.js'
import { pool } from './fixture.js'

const cni = {
  mtu: 0,
  ipamType: 'calico-ipam',
  ipv4Pools: [] as string[],
  ipv6Pools: [] as string[],
  assignIPv4: true,
  assignIPv6: false,
} as const

const pools = [
  pool({ cidr: '10.0.0.0/24', name: 'blue' }),
  pool({ cidr: 'fd00::/64', name: 'six', disabled: true }),
].map(assignablePool)
const key = (name: string): string => `cni.projectcalico.org/${name}`

const request = (pod: Record<string, string>, namespace: Record<string, string> = {}, conf: Partial<typeof cni> = {}) =>
  cniRequest(pod, namespace, { ...cni, ...conf }, pools)

const v4 = (...args: Parameters<typeof request>): readonly string[] | string => {
  const result = request(...args)
  return isFailure(result) ? result.message : result.pools[4].map(formatPrefix)
}

describe('the pools of a pod', () => {
  const podList = { [key('ipv4pools')]: '["10.1.0.0/16"]' }
  const namespaceList = { [key('ipv4pools')]: '["10.2.0.0/16"]' }
  const conf = { ipv4Pools: ['10.3.0.0/16'] }

  test('are those of its own annotation, else its namespace, else the configuration', () => {
    expect(v4(podList, namespaceList, conf)).toEqual(['10.1.0.0/16'])
    expect(v4({}, namespaceList, conf)).toEqual(['10.2.0.0/16'])
    expect(v4({ [key('ipv4pools')]: '' }, namespaceList, conf)).toEqual(['10.2.0.0/16'])
    expect(v4({}, {}, conf)).toEqual(['10.3.0.0/16'])
    expect(v4({})).toEqual([])
  })

  test('may be named, disabled pools too', () => {
    expect(v4({ [key('ipv4pools')]: '["blue"]' })).toEqual(['10.0.0.0/24'])
    expect(request({ [key('ipv6pools')]: '["six"]' })).toMatchObject({ pools: { 6: [pools[1]?.prefix] } })
  })

  test('must exist, be of the family, and be JSON', () => {
    expect(v4({ [key('ipv4pools')]: '["red"]' })).toBe('error parsing pool "red": invalid CIDR address: red')
    expect(v4({ [key('ipv4pools')]: '["six"]' })).toBe('"fd00::" isn\'t a IPv4 address')
    expect(request({ [key('ipv4pools')]: 'blue' })).toMatchObject({ reason: 'annotation' })
    expect(request({ [key('ipv4pools')]: '[1]' })).toMatchObject({ reason: 'annotation' })
  })
})

describe('the families of a pod', () => {
  test('are what the configuration says', () => {
    expect(request({})).toMatchObject({ families: [4] })
    expect(cniRequest({}, {}, { ...cni, assignIPv6: true }, pools)).toMatchObject({ families: [4, 6] })
  })

  test('are what ipFamilies says', () => {
    expect(request({ [key('ipFamilies')]: '["IPv6"]' })).toMatchObject({ families: [6] })
    expect(request({}, { [key('ipFamilies')]: '["IPv6","IPv4"]' })).toMatchObject({ families: [4, 6] })
    expect(request({ [key('ipFamilies')]: '["ipv6"]' })).toMatchObject({
      message: 'error parsing ipFamilies: ["ipv6"]',
    })
  })
})

describe('ipAddrs', () => {
  test('asks for these addresses and no others', () => {
    const result = request({ [key('ipAddrs')]: '["10.0.0.9"]', [key('ipv4pools')]: '["blue"]' })
    expect(result).toMatchObject({ families: [], addresses: [{ family: 4 }] })
  })

  test('has at most one address of each family', () => {
    const twice = request({ [key('ipAddrs')]: '["10.0.0.9","10.0.0.10"]' })
    expect(twice).toMatchObject({
      message: 'cannot have more than one IPv4 address for "cni.projectcalico.org/ipAddrs" annotation',
    })
    expect(request({ [key('ipAddrs')]: '["10.0.0.9","fd00::9"]' })).toMatchObject({
      addresses: [{ family: 4 }, { family: 6 }],
    })
  })

  test('must not be empty, malformed or joined by ipAddrsNoIpam', () => {
    for (const text of ['[]', '["x"]', 'x'])
      expect(request({ [key('ipAddrs')]: text })).toMatchObject({ reason: 'annotation' })
    const both = { [key('ipAddrs')]: '["10.0.0.9"]', [key('ipAddrsNoIpam')]: '["10.0.0.9"]' }
    expect(request(both)).toMatchObject({ reason: 'annotation' })
    expect(request({ [key('ipAddrsNoIpam')]: '["10.0.0.9"]' })).toMatchObject({
      message: 'requested feature is not enabled: ip_addrs_no_ipam',
    })
  })
})

test('an annotation called like a member of every object is none', () => {
  expect(request(Object.create(null) as Record<string, string>)).toMatchObject({ families: [4] })
})
