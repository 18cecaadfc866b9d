import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonAround, jsonChunks, jsonItems, LazyList, yamlChunks } from '../../../src/report/stream.js'

const items = [
  { node: 'n1', sessions: [{ state: 'Established' }, { state: 'Idle' }] },
  { node: 'n2', sessions: [] },
]
const plain = { kind: 'SessionReport', summary: { total: 2 }, nodes: items, empty: [] }
const lazy = { ...plain, nodes: new LazyList(() => items), empty: new LazyList(() => []) }

describe('streamed documents', () => {
  test('JSON in pieces is byte for byte what JSON.stringify prints', () => {
    expect([...jsonChunks(lazy)].join('')).toBe(`${JSON.stringify(plain, null, 2)}\n`)
  })

  test('long lists within an item, written a few elements at a time, are what JSON.stringify prints', () => {
    const routes = Array.from({ length: 250 }, (_, i) => ({
      dst: `10.0.${i}.0/24`,
      'a "key"': [i, []],
      gone: undefined,
    }))
    const nodes = [
      { node: 'n1', tables: { main: routes, other: [], short: routes.slice(0, 3) } },
      { node: 'n2' },
      routes,
    ]
    const text = [...jsonChunks({ kind: 'RouteReport', nodes: new LazyList(() => nodes) })].join('')
    expect(text).toBe(`${JSON.stringify({ kind: 'RouteReport', nodes }, null, 2)}\n`)
  })

  test('a list made in parts elsewhere is the list made in one go', async () => {
    const decoder = new TextDecoder()
    for (const parts of [[], [items], [items.slice(0, 1), items.slice(1)]]) {
      const pieces: string[] = []
      const made = (async function* () {
        for (const part of parts) yield new TextEncoder().encode([...jsonItems(part)].join(''))
      })()
      for await (const piece of jsonAround({ kind: 'A', nodes: lazy.nodes, end: 1 }, made)) {
        pieces.push(typeof piece === 'string' ? piece : decoder.decode(piece))
      }
      expect(pieces.join('')).toBe(`${JSON.stringify({ kind: 'A', nodes: parts.flat(), end: 1 }, null, 2)}\n`)
    }
  })

  test('a member that is undefined is left out', () => {
    expect([...jsonChunks({ a: undefined, b: 1 })].join('')).toBe('{\n  "b": 1\n}\n')
  })

  test('YAML in pieces reads back as the same document', () => {
    expect(parse([...yamlChunks(lazy)].join(''))).toEqual(plain)
  })
})
