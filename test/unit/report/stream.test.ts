import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { jsonChunks, LazyList, yamlChunks } from '../../../src/report/stream.js'

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

  test('a member that is undefined is left out', () => {
    expect([...jsonChunks({ a: undefined, b: 1 })].join('')).toBe('{\n  "b": 1\n}\n')
  })

  test('YAML in pieces reads back as the same document', () => {
    expect(parse([...yamlChunks(lazy)].join(''))).toEqual(plain)
  })
})
