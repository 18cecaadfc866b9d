/** Boxes and numbers as calicoctl draws them. */

import type { Release } from '../cluster/release.js'

export interface BoxColumn {
  readonly name: string
  /** Cells to the right, from v3.33 on; before, cells that are plain numbers go there by themselves. */
  readonly right?: boolean
}

/** What olekukonko/tablewriter v0.0.5 takes for a number (table.go, `decimal` and `percent`). */
const NUMBER = /^-?(?:\d{1,3}(?:,\d{3})*|\d+)(?:\.\d+)?$/

/**
 * A table as `calicoctl` of the release prints it: olekukonko/tablewriter up to v3.32, jedib0t/go-pretty from v3.33 on,
 * both with their defaults. Cells must be shorter than 30 characters or without blanks: tablewriter wraps longer ones.
 */
export function boxLines(
  release: Pick<Release, 'calicoctlTables'>,
  columns: readonly BoxColumn[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const widths = columns.map(({ name }, i) =>
    rows.reduce((widest, row) => Math.max(widest, (row[i] ?? '').length), name.length),
  )
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`
  const line = (cell: (column: BoxColumn, width: number, i: number) => string): string =>
    `|${columns.map((column, i) => ` ${cell(column, widths[i] ?? 0, i)} `).join('|')}|`
  const old = release.calicoctlTables === 'tablewriter'
  const heading = line(({ name }, width) => (old ? centred(name, width) : name.padEnd(width)))
  const body = rows.map((row) =>
    line(({ right }, width, i) => {
      const cell = row[i] ?? ''
      return (old ? NUMBER.test(cell) : right) ? cell.padStart(width) : cell.padEnd(width)
    }),
  )
  return [rule, heading, rule, ...body, rule]
}

function centred(text: string, width: number): string {
  return text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width)
}

/** Go's `%.5g` of a whole number that is not negative: five significant digits, ties to even, `1.3107e+05` for 131072. */
export function fiveDigits(value: number): string {
  const digits = BigInt(value).toString()
  if (digits.length <= 5) return digits
  const unit = 10n ** BigInt(digits.length - 5)
  const rounded = divideToEven(BigInt(value), unit).toString()
  const exponent = digits.length - 1 + (rounded.length > 5 ? 1 : 0)
  const fraction = rounded.slice(1).replace(/0+$/, '')
  return `${rounded[0]}${fraction === '' ? '' : `.${fraction}`}e+${String(exponent).padStart(2, '0')}`
}

function divideToEven(value: bigint, unit: bigint): bigint {
  const whole = value / unit
  const rest = (value % unit) * 2n
  return rest > unit || (rest === unit && whole % 2n === 1n) ? whole + 1n : whole
}

/** Go's `%.f` of a share in per cent: whole, ties to even; `NaN` of nothing. */
export function percentOf(part: number, whole: number): string {
  const value = (100 * part) / whole
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return String(Math.round(value))
  return String(floor % 2 === 0 ? floor : floor + 1)
}
