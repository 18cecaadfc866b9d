import { describe, expect, test } from 'vitest'
import { Block, type BlockContent, type UnopenedBlock } from '../../../src/ipam/block.js'
import { HandleTable } from '../../../src/ipam/handle-table.js'
import { WINDOWS_RESERVED_HANDLE } from '../../../src/ipam/owner.js'
import { ReservedSet } from '../../../src/ipam/reservations.js'
import { prefix } from './fixture.js'

const cidr = prefix('10.0.0.0/29')

const content: BlockContent = {
  held: [
    [0, { owner: { handle: WINDOWS_RESERVED_HANDLE }, sequence: 0 }],
    [3, { owner: { handle: 'pod-a' }, sequence: 0 }],
  ],
  free: [5, 1, 2, 4, 6, 7],
}

function unopened(open: () => BlockContent = () => content): UnopenedBlock {
  return { inUse: 2, windows: 1, free: 6, holds: (ordinal) => ordinal === 0 || ordinal === 3, open }
}

describe('a block that nobody has looked into', () => {
  test('answers what its record says at once, without being opened', () => {
    const block = new Block(
      cidr,
      unopened(() => {
        throw new Error('opened')
      }),
    )
    expect([block.inUse, block.free, block.empty, block.cooling]).toEqual([2, 6, false, false])
    expect([block.isHeld(3), block.isHeld(4)]).toEqual([true, false])
  })

  test('behaves as one that was opened, whatever is asked first', () => {
    for (const read of [content, unopened()]) {
      const block = new Block(cidr, read)
      expect(block.take(2, { handle: 'pod-b' }, new ReservedSet([]))).toEqual([5, 1])
      expect([block.inUse, block.free, block.isHeld(5)]).toEqual([4, 4, true])
      expect(block.ordinalsOf('pod-b')).toEqual([1, 5])
    }
    expect(new Block(cidr, unopened()).heldAt(3)?.owner?.handle).toBe('pod-a')
    expect([...new Block(cidr, unopened()).freeOrdinals()]).toEqual(content.free)
  })
})

describe('handles', () => {
  test('are loaded when they are first asked for, before anything is counted on top', () => {
    let loads = 0
    const handles = new HandleTable()
    handles.load(function* () {
      loads++
      yield ['pod-a', cidr]
    })
    expect(loads).toBe(0)
    handles.increment('pod-a', cidr, 1)
    expect([handles.total('pod-a', 4), handles.size, loads]).toEqual([2, 1, 1])
  })
})
