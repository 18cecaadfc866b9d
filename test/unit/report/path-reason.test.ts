import { describe, expect, test } from 'vitest'
import type { DecisionRule, Path, Verdict } from '../../../src/bgp/path.js'
import { wordVerdict } from '../../../src/report/wording/path-reason.js'
import { address, prefix } from '../bgp/config-fixture.js'

const path = (verdict: Verdict, more: Partial<Path> = {}): Path => ({
  family: 4,
  prefix: prefix('10.65.1.0/26'),
  source: 'bgp',
  birdName: 'Node_172_16_1_11',
  nextHop: address('172.16.1.11'),
  resolution: { kind: 'gateway', gateway: address('172.16.1.11'), dev: 'eth0' },
  preference: 100,
  asPath: [],
  origin: 'IGP',
  clusterList: [],
  communities: [],
  verdict,
  ...more,
})

describe('the sentence about a path', () => {
  const rules: readonly (readonly [DecisionRule, readonly [string, string]])[] = [
    ['preference', ['200', '100']],
    ['protocol', ['static', 'bgp']],
    ['localPref', ['2147483135', '100']],
    ['asPathLength', ['1', '2']],
    ['origin', ['IGP', 'EGP']],
    ['med', ['0', '10']],
    ['ebgpOverIbgp', ['eBGP', 'iBGP']],
    ['routerID', ['172.16.1.10', '172.16.1.12']],
    ['clusterListLength', ['1', '2']],
    ['neighborAddress', ['172.16.1.10', '172.16.1.12']],
  ]
  test.each(rules)('by %s names both values and the other path', (rule, values) => {
    for (const best of [true, false]) {
      const sentence = wordVerdict(path({ best, rule, against: 'Node_172_16_1_12', values }))
      expect(sentence).toMatch(best ? /^in use: / : /^not in use: /)
      for (const part of [...values, 'Node_172_16_1_12']) expect(sentence).toContain(part)
    }
  })

  test('says originator ID where that is what was compared', () => {
    const verdict: Verdict = { best: true, rule: 'routerID', against: 'x', values: ['172.16.1.13', '172.16.1.14'] }
    expect(wordVerdict(path(verdict))).toContain('its router ID 172.16.1.13')
    expect(wordVerdict(path(verdict, { originatorID: '172.16.1.13' }))).toContain('its originator ID 172.16.1.13')
  })

  test('says why a next hop is unreachable', () => {
    const resolution = { kind: 'unreachable', because: 'viaBgpRoute', route: '172.16.2.0/24' } as const
    expect(wordVerdict(path({ best: true, rule: 'onlyPath' }, { resolution }))).toContain('covered by 172.16.2.0/24')
  })

  test('admits that arrival decides', () => {
    const sentence = wordVerdict(path({ best: true, rule: 'arrivalOrder', against: 'x', dependsOnArrival: true }))
    expect(sentence).toContain('may be either')
  })
})
