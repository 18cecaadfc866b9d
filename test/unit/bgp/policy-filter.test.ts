import { describe, expect, test } from 'vitest'
import { ruleMatches, runFilters } from '../../../src/bgp/policy/bgp-filter.js'
import { importRoute } from '../../../src/bgp/policy/import-policy.js'
import { matchesPattern } from '../../../src/bgp/policy/pattern.js'
import type { BgpFilter, FilterRule } from '../../../src/cluster/bgp-settings.js'
import { prefix } from './config-fixture.js'
import { attributes, config, EXTERNAL, NORMAL, route, rule, session } from './policy-fixture.js'

function filter(name: string, rules: readonly FilterRule[], direction: 'import' | 'export' = 'export'): BgpFilter {
  const none = { 4: [], 6: [] }
  const own = { 4: rules, 6: [] }
  return { name, import: direction === 'import' ? own : none, export: direction === 'export' ? own : none }
}

const byName = (...filters: readonly BgpFilter[]) => new Map(filters.map((item) => [item.name, item]))

describe('CIDR conditions', () => {
  const cidr = prefix('10.65.0.0/16')

  test.each([
    ['In', '10.65.1.0/26', true],
    ['In', '10.65.0.0/16', true],
    ['In', '10.64.0.0/15', false],
    ['NotIn', '10.66.0.0/24', true],
    ['NotIn', '10.65.1.0/26', false],
    ['Equal', '10.65.0.0/16', true],
    ['Equal', '10.65.0.0/17', false],
    ['NotEqual', '10.65.0.0/17', true],
    ['NotEqual', '10.65.0.0/16', false],
  ] as const)('%s against %s is %s', (matchOperator, text, expected) => {
    expect(ruleMatches(rule({ prefix: cidr, matchOperator }), session(), route(text))).toBe(expected)
  })

  test('a prefix length range never begins below the mask of the CIDR', () => {
    const ranged = rule({ prefix: cidr, matchOperator: 'In', prefixLength: { min: 8, max: 24 } })
    expect(ruleMatches(ranged, session(), route('10.65.0.0/16'))).toBe(true)
    expect(ruleMatches(ranged, session(), route('10.65.1.0/24'))).toBe(true)
    expect(ruleMatches(ranged, session(), route('10.65.1.0/26'))).toBe(false)
  })

  test('Equal with a prefix length range matches nothing, NotEqual everything', () => {
    const prefixLength = { min: 16, max: 16 }
    const equal = rule({ prefix: cidr, matchOperator: 'Equal', prefixLength })
    const notEqual = rule({ prefix: cidr, matchOperator: 'NotEqual', prefixLength })
    expect(ruleMatches(equal, session(), route('10.65.0.0/16'))).toBe(false)
    expect(ruleMatches(notEqual, session(), route('10.65.0.0/16'))).toBe(true)
  })
})

describe('other conditions', () => {
  test('source RemotePeers means learnt by BGP', () => {
    const remote = rule({ source: 'RemotePeers' })
    expect(ruleMatches(remote, session(), route('10.65.1.0/26'))).toBe(true)
    expect(ruleMatches(remote, session(), route('10.65.1.0/26', { source: 'static' }))).toBe(false)
  })

  test('a route without interface has the empty name, which a star matches', () => {
    const blackhole = route('10.65.1.0/26', { source: 'static', interfaceName: '' })
    expect(ruleMatches(rule({ interface: '*' }), session(), blackhole)).toBe(true)
    expect(ruleMatches(rule({ interface: 'eth*' }), session(), blackhole)).toBe(false)
  })

  test('a community matches when it is present, standard or large', () => {
    const tagged = route('10.65.1.0/26', { attributes: attributes({ communities: ['64512:1', '64512:1:2'] }) })
    expect(ruleMatches(rule({ community: '64512:1:2' }), session(), tagged)).toBe(true)
    expect(ruleMatches(rule({ community: '64512:2' }), session(), tagged)).toBe(false)
  })

  test('asPathPrefix asks how the path begins', () => {
    const learnt = route('10.65.1.0/26', { attributes: attributes({ asPath: [64700, 64800, 64900] }) })
    expect(ruleMatches(rule({ asPathPrefix: [64700, 64800] }), session(), learnt)).toBe(true)
    expect(ruleMatches(rule({ asPathPrefix: [64800] }), session(), learnt)).toBe(false)
  })

  test('priority is what the local preference is short of 2147483647', () => {
    expect(ruleMatches(rule({ priority: 1024 }), session(), route('10.65.1.0/26'))).toBe(true)
    expect(ruleMatches(rule({ priority: 512 }), session(), route('10.65.1.0/26'))).toBe(false)
  })

  test('peerType compares the AS numbers of the session', () => {
    expect(ruleMatches(rule({ peerType: 'iBGP' }), session(), route('10.65.1.0/26'))).toBe(true)
    expect(ruleMatches(rule({ peerType: 'iBGP' }), session(EXTERNAL), route('10.65.1.0/26'))).toBe(false)
  })

  test('all conditions of a rule must hold', () => {
    const both = rule({ source: 'RemotePeers', interface: 'tunl0' })
    expect(ruleMatches(both, session(), route('10.65.1.0/26'))).toBe(false)
  })
})

describe('order of filters', () => {
  test('the first matching rule ends the whole session filter', () => {
    const filters = byName(filter('a', [rule({ action: 'Reject', source: 'RemotePeers' })]), filter('b', [rule()]))
    const to = session({ exportFilters: ['a', 'b'] })
    expect(runFilters(filters, to, 'export', route('10.65.1.0/26'))).toEqual({
      decided: true,
      accepted: false,
      filter: 'a',
    })
    const own = runFilters(filters, to, 'export', route('10.65.1.0/26', { source: 'static' }))
    expect(own).toMatchObject({ accepted: true, filter: 'b' })
  })

  test('nothing is decided where no rule matches', () => {
    const filters = byName(filter('a', [rule({ interface: 'none' })]))
    expect(runFilters(filters, session({ exportFilters: ['a', 'gone'] }), 'export', route('10.65.1.0/26'))).toEqual({
      decided: false,
    })
  })
})

describe('operations', () => {
  const operate = (operations: FilterRule['operations'], given = attributes()) => {
    const filters = byName(filter('a', [rule({ operations })]))
    const verdict = runFilters(
      filters,
      session({ exportFilters: ['a'] }),
      'export',
      route('10.65.1.0/26', { attributes: given }),
    )
    return verdict.decided && verdict.accepted ? verdict.attributes : undefined
  }

  test('prependASPath puts its numbers first in the order listed', () => {
    const changed = operate([{ kind: 'prependASPath', prefix: [65001, 65002] }], attributes({ asPath: [64512] }))
    expect(changed?.asPath).toEqual([65001, 65002, 64512])
  })

  test('setPriority counts the local preference down from 2147483647', () => {
    expect(operate([{ kind: 'setPriority', value: 512 }])?.localPref).toBe(2147483135)
  })

  test('addCommunity adds once and keeps the order of numbers', () => {
    const value = '64512:20'
    const held = attributes({ communities: ['64512:100'] })
    expect(
      operate(
        [
          { kind: 'addCommunity', value },
          { kind: 'addCommunity', value },
        ],
        held,
      )?.communities,
    ).toEqual(['64512:20', '64512:100'])
  })
})

describe('import', () => {
  const elevated = route('10.65.1.5/32', { attributes: attributes({ localPref: 2147483647 - 512 }) })

  test('a route of higher priority than ordinary ones gets preference 200', () => {
    expect(importRoute(config(), new Map(), session(), elevated)).toMatchObject({ accepted: true, preference: 200 })
  })

  test('an ordinary route keeps preference 100', () => {
    expect(importRoute(config(), new Map(), session(), route('10.65.1.0/26'))).toMatchObject({ preference: 100 })
  })

  test('an import Accept passes over the preference of elevated routes', () => {
    const filters = byName(filter('a', [rule()], 'import'))
    expect(importRoute(config(), filters, session({ importFilters: ['a'] }), elevated)).toMatchObject({
      preference: 100,
    })
  })

  test('before v3.32 nothing is elevated', () => {
    const legacy = config({ kernel: { metrics: false } })
    expect(importRoute(legacy, new Map(), session(), elevated)).toMatchObject({ preference: 100 })
  })

  test('an import Reject drops the route', () => {
    const filters = byName(filter('a', [rule({ action: 'Reject' })], 'import'))
    expect(importRoute(config(), filters, session({ importFilters: ['a'] }), elevated)).toEqual({
      accepted: false,
      filter: 'a',
    })
  })

  test('the ordinary local preference itself is not elevated', () => {
    const ordinary = route('10.65.1.0/26', { attributes: attributes({ localPref: NORMAL }) })
    expect(importRoute(config(), new Map(), session(), ordinary)).toMatchObject({ preference: 100 })
  })
})

describe('patterns of names', () => {
  test.each([
    ['*.cali', 'wireguard.cali', true],
    ['*.cali', 'cali1234', false],
    ['bpf*.cali', 'bpfin.cali', true],
    ['eth?', 'eth0', true],
    ['eth?', 'eth', false],
    ['*', '', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['*?', 'ab', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected)
  })

  test('many stars do not take long', () => {
    expect(matchesPattern(`${'*a'.repeat(40)}b`, 'a'.repeat(200))).toBe(false)
  })
})
