/** Blocks as GitHub-flavoured Markdown, for pull requests and step summaries. Long tables are folded. */

import type { Block, Cell } from './blocks.js'
import { printable, visibleColumns } from './text.js'

const FOLD_ABOVE_ROWS = 20

export function renderMarkdown(blocks: readonly Block[]): string {
  return blocks.map(renderBlock).join('\n')
}

function renderBlock(block: Block): string {
  const heading = block.title === undefined ? '' : `### ${escapeCell(block.title)}\n\n`
  if (block.kind === 'text') {
    if (block.literal !== true) return `${heading}${block.lines.map(escapeCell).join('\n')}\n`
    const body = block.lines.map(printable).join('\n')
    const fence = '`'.repeat(Math.max(3, longestRun(body) + 1))
    return `${heading}${fence}text\n${body}\n${fence}\n`
  }
  const shown = visibleColumns(block.columns, true)
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const body = [
    row(shown.map(({ column }) => escapeCell(column.name))),
    row(shown.map(({ column }) => (column.align === 'right' ? '---:' : '---'))),
    ...block.rows.map((cells) => row(shown.map(({ index }) => escapeCell(cells[index] ?? '')))),
  ].join('')
  if (block.rows.length <= FOLD_ABOVE_ROWS) return heading + body
  return `${heading}<details><summary>${block.rows.length} rows</summary>\n\n${body}\n</details>\n`
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}

/** A name from a manifest must not become markup or break the table. */
function escapeCell(cell: Cell): string {
  return printable(String(cell))
    .replaceAll('\n', ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|]/g, '\\$&')
}
