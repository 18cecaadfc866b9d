import { describe, expect, test } from 'vitest'
import { literal, table, text } from '../../../src/report/blocks.js'
import { renderMarkdown } from '../../../src/report/markdown.js'

const MOST_OF_GITHUB = 65_536

function rows(count: number): readonly (readonly string[])[] {
  return Array.from({ length: count }, (_, i) => [`node-${i}`, 'x'.repeat(60)])
}

describe('Markdown', () => {
  test('folds a long table and not a short one', () => {
    expect(renderMarkdown([table(['NODE', 'WHAT'], rows(20))])).not.toContain('<details>')
    expect(renderMarkdown([table(['NODE', 'WHAT'], rows(21))])).toContain('<summary>21 rows</summary>')
  })

  test('fits a GitHub comment however long the answer is, and says what is left out', () => {
    const whole = renderMarkdown([
      text(['Summary.']),
      table(['NODE', 'WHAT'], rows(5_000), 'Nodes'),
      literal(rows(5_000).map(String), 'Output'),
      table(['NODE', 'WHAT'], rows(3), 'Short'),
    ])
    expect(whole.length).toBeLessThan(MOST_OF_GITHUB)
    expect(whole.length).toBeGreaterThan(MOST_OF_GITHUB * 0.9)
    expect(whole).toContain('more rows do not fit')
    expect(whole).toContain('more lines do not fit')
    expect(whole.match(/<details>/g)).toHaveLength(whole.match(/<\/details>/g)?.length ?? 0)
    expect(whole).toContain('### Short')
  })

  test('leaves an answer that fits as it is', () => {
    const whole = renderMarkdown([table(['NODE', 'WHAT'], rows(400))])
    expect(whole).toContain('node-399')
    expect(whole).not.toContain('do not fit')
  })

  test('makes no markup of names', () => {
    const shown = renderMarkdown([table(['NODE'], [['<img src=x>|`a`']])])
    expect(shown).not.toContain('<img')
    expect(shown).toContain('\\|')
  })

  test('fences a program’s output with more backticks than it holds', () => {
    expect(renderMarkdown([literal(['```'])])).toContain('````text')
  })
})
