import { describe, expect, test } from 'vitest'
import { SkipIndex } from '../../../src/ipam/skip-index.js'

describe('skip index', () => {
  test('gives the place itself while it is not marked', () => {
    expect(new SkipIndex(8).next(3)).toBe(3)
  })

  test('passes over marked places and goes round', () => {
    const index = new SkipIndex(4)
    for (const place of [2, 3]) index.mark(place)
    expect(index.next(1)).toBe(1)
    expect(index.next(2)).toBe(0)
  })

  test('finds nothing when all are marked', () => {
    const index = new SkipIndex(2)
    index.mark(0)
    index.mark(1)
    expect(index.next(0)).toBeUndefined()
  })

  test('finds a place again that was unmarked inside a run', () => {
    const index = new SkipIndex(8)
    for (let place = 0; place < 8; place++) index.mark(place)
    index.unmark(5)
    expect(index.next(2)).toBe(5)
    expect(index.next(6)).toBe(5)
    index.mark(5)
    expect(index.next(2)).toBeUndefined()
  })

  test('stays right after so many were unmarked that it is rebuilt', () => {
    const index = new SkipIndex(1000)
    for (let place = 0; place < 1000; place++) index.mark(place)
    for (let place = 0; place < 1000; place += 2) index.unmark(place)
    expect(index.next(501)).toBe(502)
    expect(index.next(999)).toBe(0)
  })
})
