import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { changeSettings } from '../../../src/ipam/allocation-settings.js'
import {
  claimAffinity,
  deletePool,
  releaseAffinity,
  releaseHostAffinities,
  releasePoolAffinities,
} from '../../../src/ipam/cidr-affinity.js'
import { ensureBlock } from '../../../src/ipam/ensure-block.js'
import { releaseEmptyBlocks, releaseLeaked, removeNode } from '../../../src/ipam/garbage-collection.js'
import { addressesOfHandle } from '../../../src/ipam/handles.js'
import { DEFAULT_SETTINGS } from '../../../src/ipam/ipam-state.js'
import { releaseAddresses, releaseByHandle } from '../../../src/ipam/release-addresses.js'
import { address, prefix, stateOf, take } from './fixture.js'

const free = (...ips: string[]) => ips.map((ip) => ({ address: address(ip) }))

describe('releasing addresses', () => {
  test('reports those that were not assigned', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1')
    const result = releaseAddresses(state, free('10.0.0.0', '10.0.0.1', '172.16.0.1'))
    expect(result.unallocated).toEqual([address('172.16.0.1'), address('10.0.0.1')])
  })

  test('of a block that does not exist is done without an error; outside every pool it is not', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    const result = releaseAddresses(state, free('10.0.0.1', '172.16.0.1'))
    expect(result.unallocated).toEqual([address('10.0.0.1'), address('172.16.0.1')])
    expect(result.released).toEqual(free('10.0.0.1'))
    expect(result.failure).toBeUndefined()
  })

  test('fails for the whole block when one handle is wrong', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1', 2, { owner: { handle: 'h' } })
    const result = releaseAddresses(state, [
      { address: address('10.0.0.0') },
      { address: address('10.0.0.1'), handle: 'x' },
    ])
    expect(result.failure?.reason).toBe('staleRelease')
    expect([...state.blocks()][0]?.inUse).toBe(2)
  })

  test('fails when the sequence number is another', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1')
    expect(releaseAddresses(state, [{ address: address('10.0.0.0'), sequence: 7 }]).failure?.reason).toBe(
      'staleRelease',
    )
    expect(releaseAddresses(state, [{ address: address('10.0.0.0'), sequence: 0 }]).failure).toBeUndefined()
  })

  test('works in a disabled pool, and outside every pool', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1', 2)
    state.pools = state.pools.map((pool) => ({ ...pool, disabled: true }))
    expect(releaseAddresses(state, free('10.0.0.0')).unallocated).toEqual([])
    state.pools = []
    expect(releaseAddresses(state, free('10.0.0.1')).unallocated).toEqual([])
  })

  test('of one that cools down does nothing', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }], settings: { ipCooldownSeconds: 60 } })
    take(state, 'n1')
    releaseAddresses(state, free('10.0.0.0'))
    expect(releaseAddresses(state, free('10.0.0.0')).unallocated).toEqual([address('10.0.0.0')])
  })

  test('of the last one keeps the empty block with its node', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1')
    releaseAddresses(state, free('10.0.0.0'))
    expect(state.blockCount).toBe(1)
  })

  test('of the last one gives the block up when the pool no longer selects the node', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26', nodeSelector: 'a == "1"' }], nodes: { n1: { a: '1' } } })
    take(state, 'n1', 2)
    state.nodes = new Map([['n1', {}]])
    releaseAddresses(state, free('10.0.0.0'))
    expect(state.blockCount).toBe(1)
    releaseAddresses(state, free('10.0.0.1'))
    expect(state.blockCount).toBe(0)
  })
})

describe('handles', () => {
  test('release all that they hold, in every block and family', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/29', blockSize: 30 }, { cidr: 'fd00::/64' }] })
    take(state, 'n1', 6, { owner: { handle: 'h' } })
    take(state, 'n1', 1, { owner: { handle: 'h' }, family: 6 })
    expect(addressesOfHandle(state, 'h')).toHaveLength(7)
    expect(releaseByHandle(state, 'h')).toBeUndefined()
    expect([...state.blocks()].every(({ empty }) => empty)).toBe(true)
  })

  test('that nobody knows are an error', () => {
    expect(releaseByHandle(stateOf({ pools: [] }), 'h')?.reason).toBe('unknownHandle')
  })

  test('are gone with their last address', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1', 1, { owner: { handle: 'h' } })
    releaseAddresses(state, free('10.0.0.0'))
    expect(state.handles.has('h')).toBe(false)
  })
})

describe('an orphan block', () => {
  const orphaned = () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/30', blockSize: 30 }] })
    take(state, 'n1')
    releaseHostAffinities(state, { type: 'host', host: 'n1' }, false)
    return state
  }

  test('is borrowed from but never owned again', () => {
    const state = orphaned()
    state.now = 1000
    expect(take(state, 'n2').assignment?.addresses).toHaveLength(1)
    expect([...state.affinities.all()]).toEqual([])
  })

  test('gives nothing with strictAffinity', () => {
    const state = orphaned()
    state.settings = { ...state.settings, strictAffinity: true }
    expect(take(state, 'n1').assignment?.addresses).toEqual([])
  })

  test('is deleted with its last address', () => {
    const state = orphaned()
    releaseAddresses(state, free('10.0.0.0'))
    expect(state.blockCount).toBe(0)
  })
})

describe('affinities of a range', () => {
  test('are claimed for every block that nobody else owns', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    take(state, 'n1', 1)
    const { claimed, failed } = claimAffinity(state, { type: 'host', host: 'n2' }, prefix('10.0.0.0/24'))
    expect([claimed.length, failed.length]).toEqual([3, 1])
  })

  test('are refused for a range smaller than a block or outside the pools', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    const owner = { type: 'host', host: 'n1' } as const
    expect(claimAffinity(state, owner, prefix('10.0.0.0/27')).failure?.message).toContain('smaller than the minimum')
    expect(claimAffinity(state, owner, prefix('11.0.0.0/24')).failure?.message).toContain(
      'not within any configured pools',
    )
  })

  test('are given up where the blocks are empty, if that is asked for', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1')
    expect(releaseAffinity(state, 'n1', prefix('10.0.0.0/26'), true)?.reason).toBe('notEmpty')
    expect(releaseAffinity(state, 'n1', prefix('10.0.0.0/26'), false)).toBeUndefined()
    expect([...state.blocks()][0]?.affinity).toBeUndefined()
  })
})

describe('deleting a pool', () => {
  test('deletes its empty blocks and orphans the others', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], nodes: ['node1', 'node2'] })
    take(state, 'node1')
    const [given] = take(state, 'node2').assignment?.addresses ?? []
    if (given) releaseAddresses(state, [{ address: given }])
    deletePool(state, prefix('10.0.0.0/24'))
    expect([...state.blocks()].map((block) => [formatPrefix(block.prefix), block.affinity])).toEqual([
      ['10.0.0.128/26', undefined],
    ])
    expect(state.pools).toEqual([])
  })

  test('leaves blocks of other pools alone', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }, { cidr: '20.0.0.0/26' }] })
    take(state, 'n1', 65)
    releasePoolAffinities(state, prefix('10.0.0.0/26'))
    expect([...state.affinities.all()].map(({ prefix: block }) => formatPrefix(block))).toEqual(['20.0.0.0/26'])
  })
})

describe('what kube-controllers tidies up', () => {
  test('is what a deleted node held, wherever it was', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1', 1, { owner: { node: 'n1', handle: 'a' } })
    take(state, 'n2', 1, { owner: { node: 'n2', handle: 'b' } })
    removeNode(state, 'n2')
    expect([...state.blocks()][0]?.inUse).toBe(1)
    removeNode(state, 'n1')
    expect(state.blockCount).toBe(0)
  })

  test('is empty blocks, as long as the node keeps one', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], nodes: ['n1'] })
    const given = take(state, 'n1', 192).assignment?.addresses ?? []
    releaseAddresses(
      state,
      given.map((one) => ({ address: one })),
    )
    expect(releaseEmptyBlocks(state)).toHaveLength(2)
    expect(state.blockCount).toBe(1)
  })

  test('is leaked addresses, but only when all of a handle are', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1', 1, { owner: { handle: 'h', pod: 'gone' } })
    take(state, 'n1', 1, { owner: { handle: 'h', pod: 'here' } })
    expect(releaseLeaked(state, ({ pod }) => pod === 'gone')).toBe(0)
    expect(releaseLeaked(state, () => true)).toBe(2)
  })
})

describe('a block without an address', () => {
  const reservation = { startOfBlock: 3, endOfBlock: 1, handle: 'windows-reserved-ipam-handle' }

  test('is the one that the node has', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    const first = ensureBlock(state, { host: 'n1', family: 4, reservation })
    expect(ensureBlock(state, { host: 'n1', family: 4, reservation })).toEqual(first)
    expect(state.blockCount).toBe(1)
  })

  test('needs a pool with blocks large enough', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', blockSize: 30 }] })
    expect(ensureBlock(state, { host: 'n1', family: 4, reservation })).toMatchObject({ reason: 'noQualifiedPool' })
  })
})

describe('settings that calicoctl refuses', () => {
  test('are neither strict nor automatic blocks, and a limit without strict', () => {
    const state = stateOf({ pools: [] })
    expect(changeSettings(state, { ...DEFAULT_SETTINGS, autoAllocateBlocks: false })?.reason).toBe(
      'conflictingSettings',
    )
    expect(changeSettings(state, { ...DEFAULT_SETTINGS, maxBlocksPerHost: 5 })?.reason).toBe('conflictingSettings')
    expect(changeSettings(state, { ...DEFAULT_SETTINGS, strictAffinity: true, maxBlocksPerHost: 5 })).toBeUndefined()
    expect(state.settings.maxBlocksPerHost).toBe(5)
  })
})
