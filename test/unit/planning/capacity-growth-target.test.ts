import { describe, expect, test } from 'vitest'
import { amountFrom, GrowthError, parseGrowthTarget } from '../../../src/planning/capacity/growth-target.js'

describe('--grow', () => {
  test.each([
    ['nodes=500,podsPerNode=60', { nodes: { to: 500 }, podsPerNode: 60 }],
    [' nodes=+10 ', { nodes: { by: 10 } }],
    ['pods=20000', { pods: { to: 20_000 } }],
    ['pods=+5,nodes=+0', { nodes: { by: 0 }, pods: { by: 5 } }],
    ['pods-per-node=30', { podsPerNode: 30 }],
  ])('%s', (text, target) => {
    expect(parseGrowthTarget(text)).toEqual(target)
  })

  test.each([
    ['', 'is not one of nodes=, pods=, podsPerNode='],
    ['nodes', 'is not one of'],
    ['nodes=500;pods=3', 'nodes=500;pods=3 is not a whole number'],
    ['nodes=-1', 'nodes=-1 is not a whole number'],
    ['nodes=1e3', 'not a whole number'],
    ['nodes=5,nodes=6', 'nodes is given twice'],
    ['pods=5,podsPerNode=6', 'say the same thing twice'],
    ['podsPerNode=+5', 'podsPerNode=+5 is not a whole number'],
    ['nodes=100001', 'up to 100000'],
    ['__proto__=1', 'is not one of'],
  ])('%j is refused', (text, why) => {
    expect(() => parseGrowthTarget(text)).toThrow(GrowthError)
    expect(() => parseGrowthTarget(text)).toThrow(why)
  })

  test('adds, or reaches, and never shrinks', () => {
    expect(amountFrom('nodes', { by: 4 }, 30, 100)).toBe(34)
    expect(amountFrom('nodes', { to: 34 }, 30, 100)).toBe(34)
    expect(amountFrom('nodes', undefined, 30, 100)).toBe(30)
    expect(() => amountFrom('nodes', { to: 29 }, 30, 100)).toThrow('has 30 already')
    expect(() => amountFrom('nodes', { by: 71 }, 30, 100)).toThrow('101 are more than the 100')
  })
})
