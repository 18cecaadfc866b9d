import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../src/address/address.js'
import { natOutgoingChain, natOutgoingRules } from '../../../src/dataplane/nat-rules.js'
import { cluster, felix, pool } from './fixture.js'

const PLAIN = { natOutgoingExclusions: 'IPPoolsOnly' } as const

describe('the chain of natOutgoing', () => {
  test('is one rule unless more is asked for', () => {
    expect(natOutgoingRules(PLAIN, 4)).toEqual([{ exceptHosts: false, action: { type: 'MASQUERADE' } }])
  })

  test('with ports: TCP and UDP first, each with a RETURN', () => {
    const rules = natOutgoingRules({ ...PLAIN, natPortRange: { min: 99, max: 100 } }, 4)
    expect(rules.map(({ protocol, action }) => [protocol, action.type])).toEqual([
      ['tcp', 'MASQUERADE'],
      ['tcp', 'RETURN'],
      ['udp', 'MASQUERADE'],
      ['udp', 'RETURN'],
      [undefined, 'MASQUERADE'],
    ])
    expect(rules[0]?.action).toEqual({ type: 'MASQUERADE', ports: '99-100' })
  })

  test('with an address: SNAT to it, of its own family only', () => {
    const natOutgoingAddress = parseAddress('192.168.0.1')
    if (natOutgoingAddress === undefined) throw new Error('no address')
    const rules = natOutgoingRules({ ...PLAIN, natOutgoingAddress, natPortRange: { min: 99, max: 100 } }, 4)
    expect(rules.map(({ action }) => (action.type === 'SNAT' ? action.to : action.type))).toEqual([
      '192.168.0.1:99-100',
      'RETURN',
      '192.168.0.1:99-100',
      'RETURN',
      '192.168.0.1',
    ])
    expect(natOutgoingRules({ ...PLAIN, natOutgoingAddress }, 6)).toEqual([
      { exceptHosts: false, action: { type: 'MASQUERADE' } },
    ])
  })

  test('is empty where no pool of the family masquerades', () => {
    const off = cluster('v3.33', [pool({ natOutgoing: false })])
    expect(natOutgoingChain(off, 'a', 4)).toEqual([])
    expect(natOutgoingChain(cluster('v3.33', [pool()]), 'a', 4)).toHaveLength(1)
    expect(natOutgoingChain(cluster('v3.33', [pool()]), 'a', 6)).toEqual([])
  })

  test('leaves hosts alone where the release knows of it', () => {
    const excluding = [pool(), felix({ natOutgoingExclusions: 'IPPoolsAndHostIPs' })]
    expect(natOutgoingChain(cluster('v3.33', excluding), 'a', 4)[0]?.exceptHosts).toBe(true)
    expect(natOutgoingChain(cluster('v3.28', excluding), 'a', 4)[0]?.exceptHosts).toBe(false)
  })
})
