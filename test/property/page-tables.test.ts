import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applySplices, spliceDifference } from '../../src/report/page/table-difference.js'

const list = fc.uniqueArray(fc.nat(40), { maxLength: 30 })

describe('the difference of two tables', () => {
  test('makes the one of the other', () => {
    fc.assert(
      fc.property(list, list, (base, wanted) => {
        expect(applySplices(base, spliceDifference(base, wanted))).toEqual(wanted)
      }),
    )
  })

  test('of equal tables is nothing', () => {
    fc.assert(
      fc.property(list, (base) => {
        expect(spliceDifference(base, base)).toEqual([])
      }),
    )
  })

  test('of nothing is the whole in one splice', () => {
    fc.assert(
      fc.property(
        list.filter(({ length }) => length > 0),
        (wanted) => {
          expect(spliceDifference([], wanted)).toEqual([[0, 0, ...wanted]])
        },
      ),
    )
  })
})
