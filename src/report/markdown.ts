/**
 * Blocks as GitHub-flavoured Markdown, for pull requests and step summaries. Long tables are folded, and the whole fits
 * into one comment.
 */

import type { Block, Cell, TableBlock, TextBlock } from './blocks.js'
import { printable, visibleColumns } from './text.js'

const FOLD_ABOVE_ROWS = 20
/** Characters that GitHub takes in one comment ("body is too long (maximum is 65536 characters)"), less room for a heading. */
const MOST_CHARACTERS = 65_000

export function renderMarkdown(blocks: readonly Block[]): string {
  const whole = renderUpTo(blocks, Number.POSITIVE_INFINITY)
  return whole.length <= MOST_CHARACTERS ? whole : renderUpTo(blocks, mostRows(blocks)).slice(0, MOST_CHARACTERS)
}

/** The greatest number of rows or lines of each block with which the whole still fits. */
function mostRows(blocks: readonly Block[]): number {
  let [fits, tooMany] = [
    0,
    Math.max(...blocks.map((block) => (block.kind === 'table' ? block.rows : block.lines).length)),
  ]
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2)
    if (renderUpTo(blocks, middle).length <= MOST_CHARACTERS) fits = middle
    else tooMany = middle
  }
  return fits
}

function renderUpTo(blocks: readonly Block[], most: number): string {
  return blocks
    .map((block) => headingOf(block) + (block.kind === 'text' ? renderLines(block, most) : renderTable(block, most)))
    .join('\n')
}

function headingOf({ title }: Block): string {
  return title === undefined ? '' : `### ${escapeCell(title)}\n\n`
}

function renderLines({ lines, literal }: TextBlock, most: number): string {
  const shown = lines.slice(0, most)
  const left = leftOut(lines.length - shown.length, 'lines')
  if (literal !== true) return `${shown.map(escapeCell).join('\n')}\n${left}`
  const body = shown.map(printable).join('\n')
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1))
  return `${fence}text\n${body}\n${fence}\n${left}`
}

function renderTable({ columns, rows }: TableBlock, most: number): string {
  const shown = visibleColumns(columns, true)
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  const kept = rows.slice(0, most)
  const body = [
    row(shown.map(({ column }) => escapeCell(column.name))),
    row(shown.map(({ column }) => (column.align === 'right' ? '---:' : '---'))),
    ...kept.map((cells) => row(shown.map(({ index }) => escapeCell(cells[index] ?? '')))),
  ].join('')
  const left = leftOut(rows.length - kept.length, 'rows')
  if (kept.length <= FOLD_ABOVE_ROWS) return body + left
  return `<details><summary>${rows.length} rows</summary>\n\n${body}${left}\n</details>\n`
}

function leftOut(count: number, what: string): string {
  return count === 0 ? '' : `\n${count} more ${what} do not fit into a comment: \`-o json\` has all.\n`
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
