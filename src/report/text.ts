/** Blocks as plain text: kubectl-style tables without borders, two blanks between columns. */

import Table from 'cli-table3'
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

function tableLines(block: TableBlock, wide: boolean): readonly string[] {
  const shown = visibleColumns(block.columns, wide)
  const out = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 2, head: [], border: [], compact: true },
    colAligns: shown.map(({ column }) => column.align ?? 'left'),
  })
  out.push(shown.map(({ column }) => column.name))
  for (const row of block.rows) out.push(shown.map(({ index }) => oneLine(row[index] ?? '')))
  return out
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
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
