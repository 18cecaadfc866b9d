/** Blocks as plain text: kubectl-style tables without borders, two blanks between columns. */

import Table from 'cli-table3'
import stringWidth from 'string-width'
import type { Block, Cell, Column, TableBlock } from './blocks.js'

/** No characters between cells but the two blanks that `paddingRight` gives. */
const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
} as const

export interface TextOptions {
  readonly wide: boolean
  /** Paints a heading; the identity when colour is off. */
  readonly heading: (text: string) => string
}

export function renderText(blocks: readonly Block[], options: TextOptions): string {
  return blocks
    .map((block) => {
      const title = block.title === undefined ? [] : [options.heading(block.title)]
      const body = block.kind === 'table' ? tableLines(block, options.wide) : block.lines
      return [...title, ...body].map((line) => `${line}\n`).join('')
    })
    .join('\n')
}

/** Rows that are laid out at once: the library's effort grows with the square of them. */
const ROWS_AT_ONCE = 100
const PADDING = 2

function tableLines(block: TableBlock, wide: boolean): readonly string[] {
  const shown = visibleColumns(block.columns, wide)
  const rows = [
    shown.map(({ column }) => column.name),
    ...block.rows.map((row) => shown.map(({ index }) => oneLine(row[index] ?? ''))),
  ]
  const colWidths = shown.map(
    (_, i) => rows.reduce((most, row) => Math.max(most, stringWidth(row[i] ?? '')), 0) + PADDING,
  )
  const lines: string[] = []
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const out = new Table({
      chars: NO_BORDERS,
      style: { 'padding-left': 0, 'padding-right': PADDING, head: [], border: [], compact: true },
      colAligns: shown.map(({ column }) => column.align ?? 'left'),
      ...(rows.length > ROWS_AT_ONCE ? { colWidths } : {}),
    })
    out.push(...rows.slice(from, from + ROWS_AT_ONCE))
    for (const line of out.toString().split('\n')) lines.push(line.trimEnd())
  }
  return lines
}

export function visibleColumns(
  columns: readonly Column[],
  wide: boolean,
): readonly { readonly column: Column; readonly index: number }[] {
  return columns.map((column, index) => ({ column, index })).filter(({ column }) => wide || column.wide !== true)
}

/** Control characters from a hostile name must not reach a terminal. */
export function oneLine(cell: Cell): string {
  return printable(String(cell)).replaceAll('\n', ' ')
}

/** Replaces control characters other than newline, escape included, by the replacement character. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, '\ufffd')
}
