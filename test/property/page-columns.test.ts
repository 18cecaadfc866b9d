import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packNumbers, packWords, unpackNumbers, unpackWords } from '../../src/report/page/packed-columns.js'

describe('packed columns', () => {
  test('of words come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^pod-\d{1,90}$/))), (words) => {
        expect(unpackWords(packWords(words))).toEqual(words)
      }),
    )
  })

  test('of numbers come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1, max: 1e9 })), (numbers) => {
        expect(unpackNumbers(packNumbers(numbers))).toEqual(numbers)
      }),
    )
  })

  test('of words that count up are a third of them', () => {
    const words = Array.from({ length: 300 }, (_, i) => `default/rack-0-7-pod-${i}`)
    expect(packWords(words).join('').length).toBeLessThan(words.join('').length / 3)
  })
})
