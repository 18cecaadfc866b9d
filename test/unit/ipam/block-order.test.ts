import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { fnv1, startIndex } from '../../../src/ipam/block-order.js'
import { findUsableBlock } from '../../../src/ipam/usable-block.js'
import { stateOf } from './fixture.js'

test('host names are hashed with FNV-1, which multiplies before it xors', () => {
  expect(fnv1('node1')).toBe(3957252814)
  expect(fnv1('node2')).toBe(3957252813)
  expect(fnv1('')).toBe(2166136261)
})

/** Drawn with Go's own big.Int.Rand from a source seeded with the host's hash. */
describe('the first block that a host tries', () => {
  test.each([
    ['node1', 5, '26'],
    ['node1', 31, '1694108487'],
    ['node1', 32, '3217423002'],
    ['wörker-9', 33, '618164554'],
    ['wörker-9', 40, '805986999373'],
    ['node1', 52, '1734485581892423'],
    ['wörker-9', 53, '7456679948263540'],
    ['node1', 54, '13588661266676378'],
    ['node1', 63, '2989989156771927636'],
    ['wörker-9', 65, '22839351007266315341'],
    ['node1', 120, '694292413973403991494697352617845965'],
  ])('%s among 2^%i is block %s', (host, bits, index) => {
    expect(String(startIndex(host, bits))).toBe(index)
  })

  test('of a one-block pool is that block', () => {
    expect(startIndex('node1', 0)).toBe(0)
  })

  test('depends on the seed only where Calico seeds from the clock', () => {
    const starts = [0, 1, 2, 3].map((seed) => startIndex('node1', 20, seed))
    expect(new Set(starts).size).toBeGreaterThan(1)
    expect(startIndex('node1', 20, 3)).toBe(starts[3])
  })
})

describe('the walk from there', () => {
  const claimed = (hosts: readonly string[], reserved: readonly string[] = []): string[] => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], nodes: hosts, reserved })
    return hosts.map((host) => {
      const owner = { type: 'host', host } as const
      const found = findUsableBlock(state, owner, state.pools)
      return found ? formatPrefix(found) : 'none'
    })
  }

  test('begins at the seeded block', () => {
    expect(claimed(['node1', 'node2', 'node3'])).toEqual(['10.0.0.128/26', '10.0.0.0/26', '10.0.0.128/26'])
  })

  test('passes over blocks that are reserved as a whole, and round the end', () => {
    expect(claimed(['node1'], ['10.0.0.128/25'])).toEqual(['10.0.0.0/26'])
    expect(claimed(['node1'], ['10.0.0.128/26', '10.0.0.192'])).toEqual(['10.0.0.192/26'])
    expect(claimed(['node1'], ['10.0.0.0/24'])).toEqual(['none'])
  })
})
