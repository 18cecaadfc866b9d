import { describe, expect, test } from 'vitest'
import { GoRandom } from '../../../src/ipam/go-random.js'

/** Drawn with Go's own `rand.New(rand.NewSource(seed)).Uint32()`. */
describe("Go's math/rand source", () => {
  const draws = (seed: number, count: number): number[] => {
    const random = new GoRandom(seed)
    return Array.from({ length: count }, () => random.uint32())
  }

  test('gives the draws of the seed that worker-0 hashes to', () => {
    expect(draws(2999756864, 6)).toEqual([2460037292, 2482310200, 795267551, 4219626229, 3733544407, 4269241502])
  })

  test('goes on after its words have been used once round', () => {
    expect(draws(1, 2000).at(-1)).toBe(3602132237)
  })

  test('replaces a seed that is zero modulo 2^31-1', () => {
    expect(draws(0, 3)).toEqual(draws(89482311, 3))
    expect(draws(2 ** 31 - 1, 3)).toEqual(draws(0, 3))
  })

  test('gives unsigned 32-bit numbers', () => {
    expect(draws(7, 500).every((draw) => Number.isInteger(draw) && draw >= 0 && draw < 2 ** 32)).toBe(true)
  })
})
