import { describe, expect, test } from 'vitest'
import { Block } from '../../../src/ipam/block.js'
import { ReservedSet, reservedPrefixes } from '../../../src/ipam/reservations.js'
import { prefix } from './fixture.js'

const none = new ReservedSet([])
const some = new ReservedSet(reservedPrefixes(['10.0.0.1', '10.0.0.2/31']))

describe('a new block', () => {
  test('gives out the network address first and the broadcast address last', () => {
    expect(new Block(prefix('10.0.0.0/29')).take(8, {}, none)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  })

  test('gives no more than it has', () => {
    expect(new Block(prefix('10.0.0.0/30')).take(9, {}, none)).toHaveLength(4)
  })

  test('of a Windows node withholds three addresses at its start and one at its end', () => {
    const block = new Block(prefix('10.0.0.0/29'), undefined, {
      startOfBlock: 3,
      endOfBlock: 1,
      handle: 'windows-reserved-ipam-handle',
    })
    expect(block.take(8, {}, none)).toEqual([3, 4, 5, 6])
    expect(block.inUse).toBe(8)
  })
})

describe('the free queue', () => {
  test('keeps reserved addresses in their place', () => {
    const block = new Block(prefix('10.0.0.0/29'))
    expect(block.take(3, {}, some)).toEqual([0, 4, 5])
    expect(block.take(3, {}, none)).toEqual([1, 2, 3])
  })

  test('takes a released address back at its tail', () => {
    const block = new Block(prefix('10.0.0.0/29'))
    block.take(3, {}, none)
    block.release([1], 0)
    block.collect(0, 0)
    expect([...block.freeOrdinals()]).toEqual([3, 4, 5, 6, 7, 1])
  })

  test('takes addresses that are released together back in ascending order', () => {
    const block = new Block(prefix('10.0.0.0/29'))
    block.take(8, {}, none)
    block.release([6, 2, 4], 0)
    block.collect(0, 0)
    expect([...block.freeOrdinals()]).toEqual([2, 4, 6])
  })

  test('gives a certain address from the middle', () => {
    const block = new Block(prefix('10.0.0.0/29'))
    block.assign(2, {})
    expect(block.take(3, {}, none)).toEqual([0, 1, 3])
    expect(block.free).toBe(4)
  })

  test('counts only what is not reserved as free for others', () => {
    const block = new Block(prefix('10.0.0.0/29'))
    expect(block.freeOutside(some)).toBe(5)
    block.assign(1, {})
    expect(block.freeOutside(some)).toBe(5)
    expect(block.free).toBe(7)
  })
})

describe('cooldown', () => {
  test('keeps a released address in use until it is over', () => {
    const block = new Block(prefix('10.0.0.0/30'))
    block.take(1, {}, none)
    block.release([0], 100)
    expect(block.collect(159, 60)).toBe(false)
    expect(block.empty).toBe(false)
    expect(block.heldAt(0)?.owner).toBeUndefined()
    expect(block.collect(160, 60)).toBe(true)
    expect(block.empty).toBe(true)
  })

  test('is over at once when negative', () => {
    const block = new Block(prefix('10.0.0.0/30'))
    block.take(1, {}, none)
    block.release([0], 100)
    expect(block.collect(0, -1)).toBe(true)
  })
})

describe('an empty block', () => {
  test('may hold what Windows withholds, in any letter case', () => {
    const block = new Block(prefix('10.0.0.0/29'), {
      held: [[7, { owner: { handle: 'Windows-Reserved-IPAM-Handle' }, sequence: 0 }]],
      free: [0, 1, 2, 3, 4, 5, 6],
    })
    expect(block.empty).toBe(true)
    block.take(1, {}, none)
    expect(block.empty).toBe(false)
  })
})

describe('a block that is read', () => {
  test('ignores ordinals outside it and repeated ones', () => {
    const held = { owner: {}, sequence: 0 }
    const block = new Block(prefix('10.0.0.0/30'), {
      held: [
        [0, held],
        [0, held],
        [9, held],
      ],
      free: [1, 2, 3],
    })
    expect(block.inUse).toBe(1)
  })

  test('finds addresses by handle, without what old releases wrote behind it', () => {
    const block = new Block(prefix('10.0.0.0/30'), {
      held: [[2, { owner: { handle: 'h\r\neth0' }, sequence: 0 }]],
      free: [],
    })
    expect(block.ordinalsOf('h')).toEqual([2])
  })
})
