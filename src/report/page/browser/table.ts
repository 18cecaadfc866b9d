/** Tables that stay quick however long they are: rows are made when they are asked for. */

import { append, button, type Child, h, replace } from './dom.js'
import { number, some } from './words.js'

export interface Heading {
  readonly name: string
  readonly align?: 'right'
  /** Hidden on narrow screens. */
  readonly extra?: true
  /** Set in the typeface of programs. */
  readonly code?: true
}

export interface LongTable {
  readonly element: HTMLElement
  /** Puts other rows in; `cells` makes row `i`. */
  fill(rows: number, cells: (row: number) => readonly Child[]): void
  /** Makes all rows, for printing. */
  all(): void
}

const FIRST = 150
const STEP = 1_000

export function longTable(caption: string, headings: readonly Heading[], empty = 'Nothing to show.'): LongTable {
  const body = h('tbody')
  const foot = h('div', { class: 'more' })
  const table = h(
    'table',
    {},
    h('caption', { class: 'unseen' }, caption),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        headings.map((heading) => h('th', { scope: 'col', class: classOf(heading) }, heading.name)),
      ),
    ),
    body,
  )
  const element = h(
    'div',
    {},
    h('div', { class: 'scroll cards', tabindex: 0, role: 'region', 'aria-label': caption }, table),
    foot,
  )
  let made = 0
  let total = 0
  let cellsOf: (row: number) => readonly Child[] = () => []

  const grow = (upTo: number): void => {
    const rows = document.createDocumentFragment()
    for (; made < Math.min(upTo, total); made++) {
      rows.appendChild(
        h(
          'tr',
          {},
          cellsOf(made).map((cell, i) =>
            h(
              i === 0 ? 'th' : 'td',
              { scope: i === 0 ? 'row' : undefined, class: classOf(headings[i]) },
              h('span', { class: 'key', 'aria-hidden': 'true' }, headings[i]?.name ?? ''),
              h('div', { class: 'value' }, cell),
            ),
          ),
        ),
      )
    }
    body.appendChild(rows)
    const left = total - made
    replace(foot, total === 0 ? h('p', { class: 'quiet' }, empty) : null)
    if (left <= 0) return
    append(foot, [
      h('span', { class: 'quiet' }, `${number(made)} of ${some(total, 'row')} `),
      button(`Show ${number(Math.min(left, STEP))} more`, () => grow(made + STEP), { class: 'small' }),
    ])
  }

  return {
    element,
    fill: (rows, cells) => {
      body.replaceChildren()
      made = 0
      total = rows
      cellsOf = cells
      grow(FIRST)
    },
    all: () => grow(total),
  }
}

/** A short table of given rows; a column in which no row has anything is left out. */
export function shortTable(
  caption: string,
  headings: readonly Heading[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const kept = headings.map((_, i) => i === 0 || rows.some((row) => !isBlank(row[i])))
  const only = <T>(list: readonly T[]): readonly T[] => list.filter((_, i) => kept[i] !== false)
  const table = longTable(caption, only(headings))
  table.fill(rows.length, (i) => only(rows[i] ?? []))
  table.all()
  return table.element
}

function isBlank(cell: Child): boolean {
  return cell === '' || cell === null || cell === undefined
}

function classOf(heading: Heading | undefined): string | undefined {
  if (heading === undefined) return undefined
  const classes = [heading.align === 'right' ? 'right' : '', heading.extra ? 'extra' : '', heading.code ? 'code' : '']
  const text = classes.filter((part) => part !== '').join(' ')
  return text === '' ? undefined : text
}
