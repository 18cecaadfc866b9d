import { describe, expect, test } from 'vitest'
import { layOut } from '../../../src/report/page/topology-layout.js'

function cluster(racks: number, nodesEach: number): Parameters<typeof layOut>[0] {
  const nodes = Array.from({ length: racks * nodesEach }, (_, i) => ({
    rack: Math.floor(i / nodesEach),
    reflector: i % nodesEach === 0,
  }))
  return { nodes, racks, routers: 2, outside: 1, hosts: [0] }
}

describe('the layout', () => {
  test('puts every node inside the box of its rack', () => {
    const input = cluster(7, 23)
    const { nodes, racks } = layOut(input)
    const outside = input.nodes.filter(({ rack }, i) => {
      const [box, at] = [racks[rack], nodes[i]]
      if (box === undefined || at === undefined) return true
      return at.x < box.x || at.x > box.x + box.width || at.y < box.y || at.y > box.y + box.height
    })
    expect(outside).toEqual([])
  })

  test('gives every node a place of its own', () => {
    const { nodes } = layOut(cluster(5, 60))
    expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(300)
  })

  test('puts routers above racks, and outside peers above routers', () => {
    const { racks, routers, outside } = layOut(cluster(3, 4))
    expect(Math.max(...routers.map(({ y }) => y))).toBeLessThan(Math.min(...racks.map(({ y }) => y)))
    expect(Math.max(...outside.map(({ y }) => y))).toBeLessThan(Math.min(...routers.map(({ y }) => y)))
  })

  test('puts reflectors before the other nodes of their rack', () => {
    const { nodes } = layOut(cluster(2, 30))
    expect(nodes[0]?.y).toBeLessThan(Math.min(...nodes.slice(1, 30).map(({ y }) => y)))
  })

  test('stays wider than high, as a screen is, for a hundred racks', () => {
    const { width, height } = layOut(cluster(100, 40))
    expect(width / height).toBeGreaterThan(1)
    expect(width / height).toBeLessThan(4)
  })
})
