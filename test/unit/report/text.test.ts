import { describe, expect, test } from 'vitest'
import type { TableBlock } from '../../../src/report/blocks.js'
import { renderText } from '../../../src/report/text.js'

const plain = { wide: false, heading: (text: string) => text }

function table(rows: TableBlock['rows']): TableBlock {
  return { kind: 'table', columns: [{ name: 'NAME' }, { name: 'COUNT', align: 'right' }, { name: 'WHY' }], rows }
}

describe('a table as text', () => {
  test('has one width for each column, however many rows it has', () => {
    const rows = Array.from({ length: 450 }, (_, i): readonly string[] => [`n${i}`, String(i), 'ok'])
    rows[333] = ['日本語の長い名前', '1234567', 'the longest reason of all']
    const lines = renderText([table(rows)], plain)
      .trimEnd()
      .split('\n')
    expect(lines).toHaveLength(451)
    expect(lines[0]).toBe('NAME                COUNT  WHY')
    expect(lines[1]).toBe('n0                      0  ok')
    expect(lines[334]).toBe('日本語の長い名前  1234567  the longest reason of all')
    expect(lines[450]).toBe('n449                  449  ok')
  })

  test('looks the same where rows are laid out a part at a time', () => {
    const rows = Array.from({ length: 99 }, (_, i): readonly string[] => [`name-${i}`, String(i * 1000), `reason ${i}`])
    const short = renderText([table(rows)], plain).split('\n')
    const long = renderText([table([...rows, ...rows])], plain).split('\n')
    expect(long.slice(0, 100)).toEqual(short.slice(0, 100))
    expect(long.slice(100, 199)).toEqual(short.slice(1, 100))
  })
})
