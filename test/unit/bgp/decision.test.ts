import { describe, expect, test } from 'vitest'
import { type Candidate, IGP_METRIC_UNKNOWN, type Neighbor } from '../../../src/bgp/decision/candidate.js'
import { compareCandidates } from '../../../src/bgp/decision/compare.js'
import { isMergeable } from '../../../src/bgp/decision/merge.js'
import { inDecisionOrder, selectBest, verdicts } from '../../../src/bgp/decision/select.js'
import type { BgpAttributes } from '../../../src/bgp/policy/route.js'
import { address } from './config-fixture.js'
import { attributes } from './policy-fixture.js'

interface Given {
  readonly attributes?: Partial<BgpAttributes>
  readonly neighbor?: Partial<Neighbor>
  readonly unreachable?: boolean
  readonly igpMetric?: number
  readonly preference?: number
}

function path(given: Given = {}): Candidate {
  return {
    source: 'bgp',
    preference: given.preference ?? 100,
    hop: {
      resolution: given.unreachable
        ? { kind: 'unreachable', because: 'noRoute' }
        : { kind: 'gateway', gateway: address('172.16.1.1'), dev: 'eth0' },
      igpMetric: given.igpMetric ?? 0,
    },
    attributes: attributes(given.attributes),
    neighbor: { internal: true, remoteAS: 64512, remoteID: 5, address: address('172.16.1.12'), ...given.neighbor },
  }
}

const own: Candidate = {
  source: 'static',
  preference: 200,
  hop: { resolution: { kind: 'blackhole' }, igpMetric: 0 },
  attributes: undefined,
  neighbor: undefined,
}

describe('the order of the steps', () => {
  // Each pair differs in its step, and the loser would win every later one.
  const better: readonly (readonly [string, Candidate, Candidate])[] = [
    ['preference', path({ preference: 200, unreachable: true }), path()],
    ['protocol', own, path({ preference: 200 })],
    ['reachability', path(), path({ unreachable: true, attributes: { localPref: 2147483647 } })],
    [
      'localPref',
      path({ attributes: { localPref: 200, asPath: [1, 2, 3] } }),
      path({ attributes: { localPref: 100, asPath: [] } }),
    ],
    [
      'asPathLength',
      path({ attributes: { asPath: [1], origin: 2 } }),
      path({ attributes: { asPath: [1, 2], origin: 0 } }),
    ],
    ['origin', path({ attributes: { origin: 0, med: 9 } }), path({ attributes: { origin: 1, med: 1 } })],
    [
      'med',
      path({ attributes: { med: 1 }, neighbor: { internal: true } }),
      path({ attributes: { med: 2 }, neighbor: { internal: false } }),
    ],
    [
      'ebgpOverIbgp',
      path({ neighbor: { internal: false }, igpMetric: IGP_METRIC_UNKNOWN }),
      path({ neighbor: { internal: true }, igpMetric: 0 }),
    ],
    ['igpMetric', path({ igpMetric: 0, neighbor: { remoteID: 9 } }), path({ igpMetric: IGP_METRIC_UNKNOWN })],
    [
      'routerID',
      path({ attributes: { originatorID: 3, clusterList: [1, 2] } }),
      path({ attributes: { originatorID: 4, clusterList: [1] } }),
    ],
    [
      'clusterListLength',
      path({ attributes: { clusterList: [1] }, neighbor: { address: address('172.16.1.99') } }),
      path({ attributes: { clusterList: [1, 2] } }),
    ],
    [
      'neighborAddress',
      path({ neighbor: { address: address('172.16.1.9') } }),
      path({ neighbor: { address: address('172.16.1.10') } }),
    ],
  ]

  test.each(better)('%s decides', (rule, winner, loser) => {
    expect(compareCandidates(winner, loser)).toMatchObject({ rule })
    expect(compareCandidates(winner, loser).order).toBeLessThan(0)
    expect(compareCandidates(loser, winner).order).toBeGreaterThan(0)
  })

  test('the originator id stands in for the router id of the neighbour', () => {
    const reflected = path({ attributes: { originatorID: 2 }, neighbor: { remoteID: 9 } })
    expect(compareCandidates(reflected, path({ neighbor: { remoteID: 3 } }))).toMatchObject({ rule: 'routerID' })
    expect(compareCandidates(reflected, path({ neighbor: { remoteID: 3 } })).order).toBeLessThan(0)
  })

  test('discriminators count only between routes of one neighbouring AS', () => {
    const one = path({ attributes: { asPath: [1], med: 9 }, neighbor: { remoteID: 1 } })
    const other = path({ attributes: { asPath: [2], med: 1 }, neighbor: { remoteID: 2 } })
    expect(compareCandidates(one, other)).toMatchObject({ rule: 'routerID' })
  })

  test('for an empty path the neighbour is the AS', () => {
    const one = path({ attributes: { med: 9 }, neighbor: { remoteAS: 1 } })
    const other = path({ attributes: { med: 1 }, neighbor: { remoteAS: 2, remoteID: 6 } })
    expect(compareCandidates(one, other).rule).toBe('routerID')
  })

  test('equal routes of one neighbour depend on arrival', () => {
    const [first] = verdicts([
      { ...path({ attributes: { clusterList: [1] } }), label: 'a' },
      { ...path({ attributes: { clusterList: [2] } }), label: 'a' },
    ])
    expect(first).toMatchObject({ rule: 'arrivalOrder', dependsOnArrival: true })
  })
})

describe('selection', () => {
  const near = path({ neighbor: { remoteID: 1 } })
  const far = path({ neighbor: { remoteID: 2 } })
  const cut = path({ unreachable: true })

  test('the best stands first, the others as they would follow', () => {
    expect(inDecisionOrder([cut, far, near])).toEqual([near, far, cut])
    expect(selectBest([cut, far, near])).toBe(near)
  })

  test('a verdict names the other route and both values', () => {
    const label = (candidate: Candidate, name: string) => ({ ...candidate, label: name })
    expect(verdicts([label(near, 'x'), label(far, 'y'), label(cut, 'z')])).toEqual([
      { best: true, rule: 'routerID', against: 'y', values: ['0.0.0.1', '0.0.0.2'] },
      { best: false, rule: 'routerID', against: 'x', values: ['0.0.0.2', '0.0.0.1'] },
      { best: false, rule: 'reachability', against: 'x', values: ['unreachable', 'reachable'] },
    ])
  })

  test('a single route needs no rule', () => {
    expect(verdicts([{ ...near, label: 'x' }])).toEqual([{ best: true, rule: 'onlyPath' }])
  })

  test('an empty list has no best', () => {
    expect(selectBest([])).toBeUndefined()
  })
})

describe('merging', () => {
  test('router ids, cluster lists and addresses do not matter', () => {
    expect(isMergeable(path(), path({ neighbor: { remoteID: 9, address: address('172.16.1.99') } }))).toBe(true)
    expect(isMergeable(path(), path({ attributes: { originatorID: 9, clusterList: [7] } }))).toBe(true)
  })

  test.each([
    ['local preference', path({ attributes: { localPref: 1 } })],
    ['path length', path({ attributes: { asPath: [1] } })],
    ['kind of session', path({ neighbor: { internal: false } })],
    ['IGP metric', path({ igpMetric: IGP_METRIC_UNKNOWN })],
    ['preference', path({ preference: 200 })],
    ['reachability', path({ unreachable: true })],
  ])('another %s keeps routes apart', (_what, other) => {
    expect(isMergeable(path(), other)).toBe(false)
  })

  test('paths of one length merge whatever ASes they pass', () => {
    const one = path({ attributes: { asPath: [1, 2] }, neighbor: { remoteAS: 1 } })
    const other = path({ attributes: { asPath: [3, 4] }, neighbor: { remoteAS: 3, remoteID: 8 } })
    expect(isMergeable(one, other)).toBe(true)
  })

  test('a static route never merges with one of BGP', () => {
    expect(isMergeable(own, path({ preference: 200 }))).toBe(false)
  })
})
