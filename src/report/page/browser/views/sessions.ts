/** Which BGP sessions there are and what becomes of them, alike ones counted together. */

import type { PageData } from '../../page-data.js'
import { append, button, type Child, h } from '../dom.js'
import { facts, lead, nodeLink, note, stackedBar, stateMark, verdict } from '../parts.js'
import { longTable } from '../table.js'
import type { Page, View } from '../view.js'
import { number, some } from '../words.js'

interface Sort {
  readonly kind: string
  readonly type: string
  readonly family: 4 | 6
  readonly state: string
  readonly reason: string
  readonly from: string
  readonly count: number
  /** Pairs of ends, some of them; told when asked for. */
  readonly ends: () => readonly (readonly [string, string])[]
}

const MOST_ENDS = 60
const KINDS: Readonly<Record<string, string>> = {
  mesh: 'node-to-node mesh',
  node: 'BGPPeer of a node',
  global: 'BGPPeer of all nodes',
  localWorkload: 'local workload',
  router: 'router of the Underlay',
}

export const sessions: View = {
  id: 'sessions',
  title: 'Sessions',
  group: 'Network',
  present: () => true,
  badge: ({ sessions: { total, established } }) => (total === established ? '' : number(total - established)),
  open: (section, page) => {
    const { data } = page
    const { total, established } = data.sessions
    const sorts = sortsOf(page)
    const table = longTable(
      'Sessions by kind and state',
      [
        { name: 'Sessions', align: 'right' },
        { name: 'State' },
        { name: 'Kind' },
        { name: 'BGP', extra: true },
        { name: 'Reason' },
        { name: 'Between' },
      ],
      'No BGP session.',
    )
    const most = Math.max(0, ...data.nodes.sessions)
    append(section, [
      lead('Every BGP session that Calico would configure, alike ones counted together.'),
      total === 0
        ? null
        : verdict(
            total === established ? 'good' : 'bad',
            total === established
              ? `All ${number(total)} sessions establish.`
              : `${number(total - established)} of ${number(total)} sessions do not establish.`,
          ),
      facts([
        ['Sessions', number(total)],
        ['Established', number(established)],
        ['Most on one node', number(most)],
        ['Route reflectors', number(data.nodes.reflectors.length)],
      ]),
      total === 0
        ? note('No BGP session is configured: routes do not travel by BGP here.')
        : stackedBar('Sessions', [
            { name: 'established', value: established, colour: '#0072b2' },
            ...(total === established ? [] : [{ name: 'down', value: total - established, colour: '#d55e00' }]),
          ]),
      table.element,
    ])
    table.fill(sorts.length, (i) => {
      const sort = sorts[i]
      return sort === undefined ? [] : rowOf(sort)
    })
    return { show: () => undefined }
  },
}

function rowOf({ kind, type, family, state, reason, from, count, ends }: Sort): readonly Child[] {
  const named = [KINDS[kind] ?? kind, from === '' ? null : ' ', from === '' ? null : h('code', {}, from)]
  return [
    number(count),
    stateMark(state),
    named,
    `${type === 'ibgp' ? 'iBGP' : 'eBGP'}, IPv${family}`,
    reason,
    endsCell(count, ends),
  ]
}

function endsCell(count: number, ends: Sort['ends']): HTMLElement {
  const slot = h('span')
  const show = (): void => {
    const list = ends()
    slot.replaceChildren(
      h(
        'ul',
        { class: 'ends' },
        list.map(([a, b]) => h('li', {}, nodeLink(a), ' – ', nodeLink(b))),
        count > list.length ? h('li', { class: 'quiet' }, `and ${number(count - list.length)} more`) : null,
      ),
    )
  }
  if (count <= 3) show()
  else slot.append(button(`Show ${some(Math.min(count, MOST_ENDS), 'pair')}`, show, { class: 'small screen' }))
  return slot
}

/** What is down first, then by number. */
function sortsOf(page: Page): readonly Sort[] {
  return [...explicitSorts(page), ...meshSorts(page.data)].sort(
    (a, b) => Number(a.state === 'Established') - Number(b.state === 'Established') || b.count - a.count,
  )
}

function explicitSorts({ data: { sessions: columns }, index }: Page): readonly Sort[] {
  const members: number[][] = columns.sorts.map(() => [])
  for (const [i, sort] of columns.sort.entries()) members[sort]?.push(i)
  return columns.sorts.map((sort, i) => {
    const list = members[i] ?? []
    return {
      ...sort,
      count: list.length,
      ends: () =>
        list
          .slice(0, MOST_ENDS)
          .map(
            (session) =>
              [index.endName(columns.from[session] ?? -1), index.endName(columns.to[session] ?? -1)] as const,
          ),
    }
  })
}

function meshSorts({ sessions: { meshes }, nodes }: PageData): readonly Sort[] {
  return meshes.flatMap(({ family, members, classOf, pairs }) => {
    const inClass = (wanted: number): readonly number[] => members.filter((_, i) => classOf[i] === wanted)
    const sorts = new Map<
      string,
      { state: string; reason: string; count: number; classes: (readonly [number, number])[] }
    >()
    for (const { classes, count, state, reason } of pairs) {
      const key = `${state}\n${reason}`
      const held = sorts.get(key)
      if (held === undefined) sorts.set(key, { state, reason, count, classes: [classes] })
      else {
        held.count += count
        held.classes.push(classes)
      }
    }
    return [...sorts.values()].map(({ state, reason, count, classes }) => ({
      kind: 'mesh',
      type: 'ibgp',
      family,
      state,
      reason,
      from: '',
      count,
      ends: () => pairsOf(classes, inClass, (node) => nodes.name[node] ?? '?'),
    }))
  })
}

function pairsOf(
  classes: readonly (readonly [number, number])[],
  inClass: (wanted: number) => readonly number[],
  name: (node: number) => string,
): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  for (const [a, b] of classes) {
    for (const from of inClass(a)) {
      for (const to of inClass(b)) {
        if (a === b ? from >= to : from === to) continue
        if (pairs.length >= MOST_ENDS) return pairs
        pairs.push([name(from), name(to)])
      }
    }
  }
  return pairs
}
