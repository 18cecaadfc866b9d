import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { type AutoAssignResult, blockLimit, partialFulfillment } from '../../../src/ipam/auto-assign.js'
import { releaseAddresses } from '../../../src/ipam/release-addresses.js'
import { address, prefix, stateOf, take } from './fixture.js'

const texts = (result: AutoAssignResult): string[] => (result.assignment?.addresses ?? []).map(formatAddress)
const oneBlock = [{ cidr: '10.0.0.0/26' }]

describe('own blocks come first', () => {
  test('before a new one in an earlier pool', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }, { cidr: '20.0.0.0/26' }] })
    take(state, 'n1', 1, { pools: [prefix('20.0.0.0/26')] })
    expect(texts(take(state, 'n1'))).toEqual(['20.0.0.1'])
  })

  test('in the order of their names as text, so .128 before .64', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], nodes: ['n1'] })
    take(state, 'n1', 256)
    releaseAddresses(
      state,
      ['10.0.0.64', '10.0.0.128'].map((text) => ({ address: address(text) })),
    )
    expect(texts(take(state, 'n1'))).toEqual(['10.0.0.128'])
  })

  test('in pools that the request allows', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }, { cidr: '20.0.0.0/26' }] })
    take(state, 'n1', 1, { pools: [prefix('20.0.0.0/26')] })
    expect(texts(take(state, 'n1', 1, { pools: [prefix('10.0.0.0/26')] }))).toEqual(['10.0.0.0'])
  })
})

test('pools are carved in the order in which the request names them', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }, { cidr: '20.0.0.0/26' }] })
  const pools = [prefix('20.0.0.0/26'), prefix('10.0.0.0/26')]
  expect(texts(take(state, 'n1', 65, { pools }))[64]).toBe('10.0.0.0')
})

describe('a node that finds no block to claim', () => {
  test('borrows from blocks of other nodes, without an affinity', () => {
    const state = stateOf({ pools: oneBlock })
    take(state, 'n1')
    expect(texts(take(state, 'n2'))).toEqual(['10.0.0.1'])
    expect(state.affinities.of({ type: 'host', host: 'n2' }, 4)).toEqual([])
  })

  test('never borrows with strictAffinity', () => {
    const state = stateOf({ pools: oneBlock, settings: { strictAffinity: true } })
    take(state, 'n1')
    const { assignment } = take(state, 'n2')
    expect(assignment?.addresses).toEqual([])
    expect(assignment?.messages).toEqual(['No more free affine blocks and strict affinity enabled'])
  })

  test('is told which pools are used up when borrowing fails too', () => {
    const state = stateOf({
      pools: [
        { cidr: '10.0.0.0/30', blockSize: 30 },
        { cidr: '20.0.0.0/30', blockSize: 30 },
      ],
    })
    take(state, 'n1', 8)
    const { assignment, failure } = take(state, 'n2')
    expect(failure).toBeUndefined()
    expect(assignment?.messages).toEqual(['No IPs available in pools: [10.0.0.0/30 20.0.0.0/30]'])
  })

  test('borrows in its own order of blocks', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], nodes: ['a', 'node2'] })
    take(state, 'a', 256)
    releaseAddresses(
      state,
      ['10.0.0.200', '10.0.0.9'].map((text) => ({ address: address(text) })),
    )
    expect(texts(take(state, 'node2'))).toEqual(['10.0.0.9'])
  })
})

test('an address that is released after all were in use is borrowed again', () => {
  const state = stateOf({ pools: oneBlock })
  take(state, 'n1', 64)
  expect(texts(take(state, 'n2'))).toEqual([])
  releaseAddresses(state, [{ address: address('10.0.0.7') }])
  expect(texts(take(state, 'n2'))).toEqual(['10.0.0.7'])
})

describe('an empty block of another node', () => {
  const emptied = () => {
    const state = stateOf({ pools: oneBlock })
    take(state, 'n1')
    releaseAddresses(state, [{ address: address('10.0.0.0') }])
    return state
  }

  test('is taken over a minute after it was claimed', () => {
    const state = emptied()
    state.now = 60
    expect(texts(take(state, 'n2'))).toEqual(['10.0.0.0'])
    expect(state.affinities.of({ type: 'host', host: 'n1' }, 4)).toEqual([])
    expect(state.affinities.of({ type: 'host', host: 'n2' }, 4)).toHaveLength(1)
  })

  test('is only borrowed from before that', () => {
    const state = emptied()
    state.now = 59
    expect(texts(take(state, 'n2'))).toEqual(['10.0.0.1'])
    expect(state.affinities.of({ type: 'host', host: 'n2' }, 4)).toEqual([])
  })

  test('is taken over with strictAffinity as well', () => {
    const state = emptied()
    state.settings = { ...state.settings, strictAffinity: true }
    state.now = 60
    expect(texts(take(state, 'n2'))).toHaveLength(1)
  })

  test('counts as in use while an address cools down', () => {
    const state = stateOf({ pools: oneBlock, settings: { ipCooldownSeconds: 300, strictAffinity: true } })
    take(state, 'n1')
    releaseAddresses(state, [{ address: address('10.0.0.0') }])
    state.now = 299
    expect(texts(take(state, 'n2'))).toEqual([])
    state.now = 300
    expect(texts(take(state, 'n2'))).toHaveLength(1)
  })
})

describe('the limit on blocks', () => {
  test('is 20 by default, and at it nothing is borrowed', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', blockSize: 32 }] })
    take(state, 'n2')
    const { assignment, failure } = take(state, 'n1', 25)
    expect(assignment?.addresses).toHaveLength(20)
    expect(failure).toEqual({
      reason: 'blockLimit',
      message: 'cannot allocate new block due to per host block limit',
    })
    expect(assignment?.messages).toEqual([
      'Need to allocate an IPAM block but could not - limit of 20 blocks reached for this node',
    ])
  })

  test('is the stricter of the cluster and the request', () => {
    expect([blockLimit(0, 0), blockLimit(3, 0), blockLimit(0, 5), blockLimit(3, 5), blockLimit(5, 3)]).toEqual([
      20, 3, 5, 3, 3,
    ])
  })

  test('counts only blocks in the pools of the request', () => {
    const state = stateOf({
      pools: [
        { cidr: '10.0.0.0/26', blockSize: 26 },
        { cidr: '20.0.0.0/26', blockSize: 26 },
      ],
      settings: { maxBlocksPerHost: 1, strictAffinity: true },
    })
    expect(texts(take(state, 'n1', 64, { pools: [prefix('10.0.0.0/26')] }))).toHaveLength(64)
    expect(texts(take(state, 'n1', 64, { pools: [prefix('20.0.0.0/26')] }))).toHaveLength(64)
    expect(take(state, 'n1').failure?.reason).toBe('blockLimit')
  })

  test('lets a node use up the blocks that it has', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], settings: { maxBlocksPerHost: 1, strictAffinity: true } })
    take(state, 'n1')
    expect(texts(take(state, 'n1', 63))).toHaveLength(63)
  })
})

test('without autoAllocateBlocks a node gets no new block, not even a borrowed address', () => {
  const state = stateOf({ pools: oneBlock })
  take(state, 'n1')
  state.settings = { ...state.settings, autoAllocateBlocks: false }
  expect(texts(take(state, 'n1'))).toHaveLength(1)
  expect(take(state, 'n2').failure?.message).toBe('failed to find or claim a block')
})

describe('reservations', () => {
  test('are never given out', () => {
    const state = stateOf({ pools: oneBlock, reserved: ['10.0.0.0/28', '10.0.0.20'] })
    const given = texts(take(state, 'n1', 64))
    expect(given).toHaveLength(47)
    expect(given).not.toContain('10.0.0.20')
  })

  test('are not borrowed either', () => {
    const state = stateOf({ pools: oneBlock, reserved: ['10.0.0.32/27'] })
    take(state, 'n1', 32)
    expect(texts(take(state, 'n2'))).toEqual([])
  })
})

describe('a node that its pool no longer selects', () => {
  const pools = [
    { cidr: '10.0.0.0/26', nodeSelector: 'a == "1"' },
    { cidr: '20.0.0.0/26', nodeSelector: 'all()' },
  ]

  test('gives up its empty block there with the next request', () => {
    const state = stateOf({ pools, nodes: { n1: { a: '1' } } })
    take(state, 'n1')
    releaseAddresses(state, [{ address: address('10.0.0.0') }])
    state.nodes = new Map([['n1', {}]])
    take(state, 'n1')
    expect([...state.blocks()].map((block) => formatPrefix(block.prefix))).toEqual(['20.0.0.0/26'])
  })

  test('keeps a block in use, but takes nothing more from it', () => {
    const state = stateOf({ pools, nodes: { n1: { a: '1' } } })
    take(state, 'n1')
    state.nodes = new Map([['n1', {}]])
    expect(texts(take(state, 'n1'))).toEqual(['20.0.0.0'])
    expect(state.affinities.of({ type: 'host', host: 'n1' }, 4)).toHaveLength(2)
  })
})

test('a block whose affinity was stale is left to its owner', () => {
  const state = stateOf({ pools: oneBlock })
  take(state, 'n1')
  state.affinities.set({ type: 'host', host: 'n2' }, prefix('10.0.0.0/26'), 'confirmed')
  expect(texts(take(state, 'n2'))).toEqual(['10.0.0.1'])
  expect(state.affinities.of({ type: 'host', host: 'n2' }, 4)).toEqual([])
})

test('an affinity whose block is missing makes the block anew', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
  state.affinities.set({ type: 'host', host: 'n1' }, prefix('10.0.0.64/26'), 'pending')
  expect(texts(take(state, 'n1'))).toEqual(['10.0.0.64'])
  expect(state.affinities.get({ type: 'host', host: 'n1' }, prefix('10.0.0.64/26'))?.state).toBe('confirmed')
})

test('a handle at its cap gives what it holds', () => {
  const state = stateOf({ pools: oneBlock })
  const request = { owner: { handle: 'vm' }, maxPerHandle: 1 }
  const first = texts(take(state, 'n1', 1, request))
  expect(texts(take(state, 'n2', 1, request))).toEqual(first)
  expect([...state.blocks()][0]?.inUse).toBe(1)
})

test('a handle counts what was asked for, even if the block gave less', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/29', blockSize: 30 }], nodes: ['n1'] })
  take(state, 'n1', 6, { owner: { handle: 'h' } })
  expect(state.handles.total('h', 4)).toBe(6 + 2)
})

test('a Windows request needs strictAffinity', () => {
  const state = stateOf({ pools: oneBlock })
  expect(take(state, 'n1', 1, { windows: true }).failure?.message).toBe(
    'global strict affinity should not be false for Windows node',
  )
})

test('a Windows node gets 60 addresses from a /26', () => {
  const state = stateOf({ pools: oneBlock, settings: { strictAffinity: true } })
  const reservation = { startOfBlock: 3, endOfBlock: 1, handle: 'windows-reserved-ipam-handle' }
  const given = texts(take(state, 'n1', 64, { windows: true, reservation }))
  expect(given).toHaveLength(60)
  expect(given[0]).toBe('10.0.0.3')
})

test('IPv6 blocks are walked in pools of more than 2^53 blocks', () => {
  const state = stateOf({ pools: [{ cidr: 'fd00:10:244::/48' }], nodes: ['node1'], reserved: [] })
  const given = texts(take(state, 'node1', 65, { family: 6 }))
  expect(given).toHaveLength(65)
  expect(new Set(given).size).toBe(65)
})

describe('the words for a shortfall', () => {
  const base = { family: 4, requested: 1, messages: [] } as const

  test('are none when there is none', () => {
    expect(partialFulfillment({ ...base, addresses: [address('10.0.0.1')] })).toBeUndefined()
  })

  test('name messages and the withheld addresses', () => {
    const reservation = { startOfBlock: 3, endOfBlock: 1, handle: 'windows' }
    expect(partialFulfillment({ ...base, addresses: [], messages: ['m'], reservation })).toBe(
      'Assigned 0 out of 1 requested IPv4 addresses; m; HostReservedAttr: windows',
    )
  })
})
