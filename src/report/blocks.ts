/** What a human-readable answer is made of: text and tables, one after the other. Every renderer takes these. */

export interface Column {
  /** In capitals, as kubectl writes headings. */
  readonly name: string
  readonly align?: 'left' | 'right'
  /** Shown by `-o wide` only. */
  readonly wide?: boolean
}

export type Cell = string | number

export interface TableBlock {
  readonly kind: 'table'
  readonly title?: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Lines that stand as they are; `literal` ones are a program's output and become a code block in Markdown. */
export interface TextBlock {
  readonly kind: 'text'
  readonly title?: string
  readonly lines: readonly string[]
  readonly literal?: boolean
}

export type Block = TableBlock | TextBlock

export function table(
  columns: readonly (string | Column)[],
  rows: readonly (readonly Cell[])[],
  title?: string,
): TableBlock {
  const named = columns.map((column) => (typeof column === 'string' ? { name: column } : column))
  return title === undefined ? { kind: 'table', columns: named, rows } : { kind: 'table', title, columns: named, rows }
}

export function text(lines: readonly string[], title?: string): TextBlock {
  return title === undefined ? { kind: 'text', lines } : { kind: 'text', title, lines }
}

export function literal(lines: readonly string[], title?: string): TextBlock {
  return { ...text(lines, title), literal: true }
}
