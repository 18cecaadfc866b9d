import { describe, expect, test } from 'vitest'
import { maxPrefixLength } from '../../../src/ipam/pool-selection.js'
import { prefix, stateOf, take } from './fixture.js'

const first = (result: ReturnType<typeof take>): string | undefined => result.failure?.message

describe('the pools of a request', () => {
  test('are tried in byte order of names, not of CIDRs', () => {
    const state = stateOf({
      pools: [
        { cidr: '10.0.0.0/24', name: 'b' },
        { cidr: '20.0.0.0/24', name: 'a' },
      ],
    })
    expect(state.pools.map(({ name }) => name)).toEqual(['a', 'b'])
    take(state, 'n1')
    expect([...state.blocks()].every(({ prefix: { base } }) => base >= 20 * 2 ** 24)).toBe(true)
  })

  test('are those whose nodeSelector matches, without spilling over into others', () => {
    const state = stateOf({
      pools: [
        { cidr: '10.0.0.0/30', blockSize: 30, nodeSelector: 'zone == "a"' },
        { cidr: '20.0.0.0/24', nodeSelector: 'zone == "b"' },
      ],
      nodes: { n1: { zone: 'a' } },
    })
    expect(take(state, 'n1', 5).assignment?.addresses).toHaveLength(4)
  })

  test('are those whose namespaceSelector matches; an unknown namespace has no labels', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', namespaceSelector: 'team == "x"' }] })
    expect(first(take(state, 'n1'))).toBe('no configured Calico pools for node n1')
    expect(take(state, 'n1', 1, { namespaceLabels: { team: 'x' } }).failure).toBeUndefined()
  })

  test('are never in Manual mode unless the request names them', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', assignmentMode: 'Manual' }] })
    expect(take(state, 'n1').failure?.reason).toBe('noPoolForNode')
    expect(take(state, 'n1', 1, { pools: [prefix('10.0.0.0/24')] }).assignment?.addresses).toHaveLength(1)
  })

  test('that the request names ignore the selectors', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', nodeSelector: 'has(nothing)' }] })
    expect(take(state, 'n1', 1, { pools: [prefix('10.0.0.0/24')] }).failure).toBeUndefined()
  })

  test('must each exist as named; one bad entry fails the request', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/16' }] })
    const pools = [prefix('10.0.0.0/16'), prefix('10.0.0.0/24')]
    expect(first(take(state, 'n1', 1, { pools }))).toBe(
      'the given pool (10.0.0.0/24) does not exist, or is not enabled',
    )
  })

  test('are not disabled, deleted or marked unallocatable', () => {
    const state = stateOf({
      pools: [
        { cidr: '10.0.0.0/24', disabled: true },
        { cidr: '20.0.0.0/24', allocatable: false },
      ],
    })
    expect(first(take(state, 'n1'))).toBe('cannot find a qualified ippool')
  })

  test('allow the use that the address is for, named or not', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', allowedUses: ['Tunnel'] }] })
    const message = 'cannot find a qualified ippool, no pools match the required use (Workload)'
    expect(first(take(state, 'n1'))).toBe(message)
    expect(first(take(state, 'n1', 1, { pools: [prefix('10.0.0.0/24')] }))).toBe(message)
  })

  test('are of the family that was asked for', () => {
    const state = stateOf({ pools: [{ cidr: 'fd00::/64' }] })
    expect(take(state, 'n1').failure?.reason).toBe('noQualifiedPool')
    expect(take(state, 'n1', 1, { pools: [prefix('fd00::/64')] }).failure?.reason).toBe('wrongFamily')
  })

  test('of a selector that cannot be read fail the request', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    state.pools = state.pools.map((pool) => ({ ...pool, namespaceSelector: { fault: 'no selector' } }))
    expect(first(take(state, 'n1'))).toBe('no selector')
  })
})

test('a node that does not exist gets nothing', () => {
  expect(take(stateOf({ pools: [{ cidr: '10.0.0.0/24' }] }), 'ghost').failure?.reason).toBe('nodeMissing')
})

test('a use has to be stated', () => {
  const result = take(stateOf({ pools: [{ cidr: '10.0.0.0/24' }] }), 'n1', 1, { use: undefined })
  expect(result.failure?.reason).toBe('useMissing')
})

test('four withheld addresses leave block sizes up to /29 and /125', () => {
  const reservation = { startOfBlock: 3, endOfBlock: 1, handle: 'h' }
  expect(maxPrefixLength(4, reservation)).toBe(29)
  expect(maxPrefixLength(6, reservation)).toBe(125)
  expect(maxPrefixLength(4, undefined)).toBe(32)
  expect(maxPrefixLength(4, { ...reservation, startOfBlock: 0, endOfBlock: 0 })).toMatchObject({
    reason: 'badReservation',
  })
})

test('a change of pools or nodes is seen by the next request', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', nodeSelector: 'a == "1"' }], nodes: { n1: { a: '1' } } })
  expect(take(state, 'n1').failure).toBeUndefined()
  state.nodes = new Map([['n1', {}]])
  expect(take(state, 'n1').failure?.reason).toBe('noPoolForNode')
})
