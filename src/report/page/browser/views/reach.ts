/** Who reaches whom: a matrix of classes of nodes, and for every group the way its packets take. */

import type { PageReach, PageReachGroup, PageReachMatrix, PageTracedPath } from '../../page-data.js'
import { append, button, h, on, replace } from '../dom.js'
import { lead, legend, names, note, toneSign, verdict } from '../parts.js'
import { shortTable } from '../table.js'
import type { View } from '../view.js'
import { listed, number, some } from '../words.js'

/** Classes above which cells are small. */
const DENSE = 20

const SIGNS: Readonly<Record<string, readonly [sign: string, tone: string]>> = {
  delivered: ['✓', 'good'],
  lost: ['✕', 'bad'],
  'one-way': ['→', 'warn'],
}

export const reach: View = {
  id: 'reach',
  title: 'Reachability',
  group: 'Network',
  present: ({ reach: answer }) => answer !== null,
  badge: ({ reach: answer }) => {
    const failing = answer === null ? 0 : answer.pairs.lost + answer.pairs.oneWay
    return failing === 0 ? '' : number(failing)
  },
  open: (section, page) => {
    const answer = page.data.reach
    if (answer === null) return { show: () => undefined }
    const { pairs, groups } = answer
    const failing = pairs.lost + pairs.oneWay
    const detail = h('div', { class: 'trace-slot', 'aria-live': 'polite' })
    const go = (group: number): void => page.go({ view: 'reach', item: String(group + 1) })
    append(section, [
      lead('A pair of nodes is delivered when every pod of the one reaches every pod of the other and hears back.'),
      verdict(
        failing === 0 ? 'good' : 'bad',
        failing === 0
          ? `All ${number(pairs.total)} ordered pairs of nodes are delivered.`
          : `${number(failing)} of ${number(pairs.total)} ordered pairs of nodes fail: ${number(pairs.lost)} are lost, ${number(pairs.oneWay)} go one way only.`,
      ),
      matrixPart(answer, go),
      h('h3', {}, 'Groups of pairs'),
      groupsTable(groups, go),
      detail,
    ])
    return {
      show: ({ item }) => {
        const group = groups[Number(item) - 1]
        replace(detail, group === undefined ? null : about(group))
        if (group !== undefined) detail.scrollIntoView({ block: 'nearest' })
      },
    }
  },
}

function matrixPart({ matrix, groups }: PageReach, go: (group: number) => void): HTMLElement {
  if (matrix === null) return note('There are too many kinds of node for a matrix: the groups below hold every pair.')
  if (matrix.classes.length < 2) return note('All nodes are of one kind: the groups below hold every pair.')
  const { classes } = matrix
  const grid = h(
    'table',
    { class: classes.length > DENSE ? 'matrix dense' : 'matrix' },
    h('caption', { class: 'unseen' }, 'From the rows to the columns'),
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td', {}, 'from ↓ to →'),
        classes.map(({ name, nodes }, i) =>
          h('th', { scope: 'col', title: `${name}: ${some(nodes, 'node')}` }, String(i + 1)),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      classes.map((row, i) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row', title: row.name }, h('span', { class: 'ordinal' }, String(i + 1)), row.name),
          classes.map((column, j) => cellOf(matrix, groups, i, j, `${row.name} to ${column.name}`)),
        ),
      ),
    ),
  )
  on(grid, 'click', (event) => {
    const group = event.target instanceof HTMLElement ? event.target.closest('button')?.dataset['group'] : undefined
    if (group !== undefined) go(Number(group))
  })
  return h(
    'section',
    {},
    h('h3', {}, 'Matrix'),
    note('Each row and column is a set of nodes that behave alike. Choose a cell to follow its packets.'),
    h(
      'div',
      { class: 'scroll matrix-scroll', tabindex: 0, role: 'region', 'aria-label': 'Matrix of reachability' },
      grid,
    ),
    legend([
      ['var(--good)', '✓ delivered'],
      ['var(--bad)', '✕ lost'],
      ['var(--warn)', '→ one way only'],
    ]),
  )
}

function cellOf(
  { cells, classes }: PageReachMatrix,
  groups: readonly PageReachGroup[],
  row: number,
  column: number,
  pair: string,
): HTMLElement {
  const at = cells[row * classes.length + column] ?? -1
  const group = groups[at]
  if (group === undefined) return h('td', { class: 'none', title: 'One node: there is no pair' }, '·')
  const [sign, tone] = SIGNS[group.verdict] ?? ['?', 'warn']
  const control = h(
    'button',
    { type: 'button', class: tone, title: `${pair}: ${group.verdict}`, 'aria-label': `${pair}: ${group.verdict}` },
    sign,
  )
  control.dataset['group'] = String(at)
  return h('td', {}, control)
}

function groupsTable(groups: readonly PageReachGroup[], go: (group: number) => void): HTMLElement {
  return shortTable(
    'Pairs by what becomes of them',
    [
      { name: 'Verdict' },
      { name: 'Pairs', align: 'right' },
      { name: 'From' },
      { name: 'To' },
      { name: 'Reason' },
      { name: 'Example' },
    ],
    groups.map((group, i) => [
      verdictMark(group.verdict),
      number(group.pairs),
      names(group.from, 4),
      names(group.to, 4),
      group.reason,
      button(`${group.example.from} to ${group.example.to}`, () => go(i), { class: 'small' }),
    ]),
  )
}

function verdictMark(name: string): HTMLElement {
  return h('span', { class: 'state' }, toneSign(name === 'delivered' ? 'good' : 'bad'), ` ${name}`)
}

function about({ from, to, pairs, verdict: verdictOf, reason, remedy, example, trace }: PageReachGroup): HTMLElement {
  return h(
    'div',
    { class: 'trace' },
    h('h3', {}, verdictMark(verdictOf), `: ${example.from} to ${example.to}`),
    reason === '' ? null : h('p', {}, h('strong', {}, 'Why: '), reason),
    remedy === '' ? null : h('p', {}, h('strong', {}, 'To mend: '), remedy),
    h('p', { class: 'quiet' }, `Stands for ${some(pairs, 'pair')}: from ${listed(from)} to ${listed(to)}.`),
    trace === null
      ? null
      : h('div', { class: 'ways' }, pathOf('There', trace.forward), trace.back && pathOf('Back', trace.back)),
  )
}

function pathOf(title: string, { delivered, reason, hops }: PageTracedPath): HTMLElement {
  return h(
    'section',
    {},
    h('h4', {}, toneSign(delivered ? 'good' : 'bad'), ' ', title),
    h(
      'ol',
      { class: 'hops' },
      hops.map(({ at, note: what, tunnel, route }) =>
        h(
          'li',
          {},
          h('strong', {}, at),
          ` ${what}`,
          tunnel === '' ? null : h('span', { class: 'quiet' }, ` in ${tunnel}`),
          route === '' ? null : h('code', {}, route),
        ),
      ),
      delivered ? null : h('li', { class: 'lost' }, toneSign('bad'), ` lost: ${reason}`),
    ),
  )
}
