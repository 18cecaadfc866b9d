/** All nodes, and everything about one of them. */

import { append, type Child, h, link, on, replace } from '../dom.js'
import { facts, field, nodeLink, note, stateMark } from '../parts.js'
import { hashOf } from '../place.js'
import { longTable } from '../table.js'
import type { Page, View } from '../view.js'
import { number, some } from '../words.js'

export const nodes: View = {
  id: 'nodes',
  title: 'Nodes',
  group: 'Capacity',
  present: ({ nodes: all }) => all.name.length > 0,
  open: (section, page) => {
    const { data } = page
    const input = h('input', { type: 'search', placeholder: 'name, address, subnet …' })
    const roles = data.nodes.reflectors.length + data.nodes.cordoned.length > 0
    const table = longTable(
      'Nodes',
      [
        { name: 'Node' },
        { name: 'Address' },
        { name: 'Subnet', extra: true },
        { name: 'AS', align: 'right', extra: true },
        ...(roles ? [{ name: 'Role' }] : []),
        { name: 'Sessions', align: 'right' },
        { name: 'Pods', align: 'right' },
        { name: 'Blocks', align: 'right' },
      ],
      'No node has this text.',
    )
    const list = h('div', { class: 'list' }, field('Show nodes with', input), table.element)
    const detail = h('div')
    append(section, [list, detail])
    const heading = section.querySelector('h2')

    const draw = (find: string): void => {
      const wanted = find.toLowerCase()
      const shown = data.nodes.name.flatMap((name, i) => (textOf(page, name, i).includes(wanted) ? [i] : []))
      table.fill(shown.length, (row) => rowOf(page, shown[row] ?? -1))
      page.say(some(shown.length, 'node'))
    }
    on(input, 'input', () => {
      page.amend({ view: 'nodes', find: input.value })
      draw(input.value)
    })
    return {
      show: ({ item, find }) => {
        const node = page.index.nodeByName.get(item)
        list.hidden = item !== ''
        detail.hidden = item === ''
        if (heading !== null) heading.textContent = item === '' ? 'Nodes' : item
        if (item === '') {
          input.value = find
          draw(find)
        } else if (node === undefined) replace(detail, note('The report has no node of this name.'), back())
        else replace(detail, ...detailOf(page, node))
      },
    }
  },
}

function textOf({ data, index }: Page, name: string, i: number): string {
  return `${name}\n${data.nodes.address[i]}\n${index.rackName(data.nodes.rack[i] ?? -1)}`.toLowerCase()
}

function rowOf(page: Page, i: number): readonly Child[] {
  const { data, index } = page
  const { nodes: all } = data
  return [
    nodeLink(all.name[i] ?? '?'),
    all.address[i] ?? '',
    index.rackName(all.rack[i] ?? -1),
    all.asNumber[i] ?? '',
    ...(all.reflectors.length + all.cordoned.length > 0 ? [roleOf(page, i)] : []),
    number(all.sessions[i] ?? 0),
    number(all.pods[i] ?? 0),
    number(index.blocksOf(i).length),
  ]
}

function roleOf({ data, index }: Page, i: number): string {
  const id = index.reflectorID(i)
  const parts = [id === '' ? '' : `reflector ${id}`, data.nodes.cordoned.includes(i) ? 'cordoned' : '']
  return parts.filter((part) => part !== '').join(', ')
}

function back(): HTMLElement {
  return h('p', {}, link(hashOf({ view: 'nodes' }), '← All nodes'))
}

function detailOf(page: Page, i: number): readonly Child[] {
  const { data, index } = page
  const { nodes: all } = data
  const name = all.name[i] ?? '?'
  return [
    back(),
    facts([
      ['Address', all.address[i] ?? ''],
      ['Subnet', index.rackName(all.rack[i] ?? -1)],
      ['AS number', all.asNumber[i] ?? ''],
      ['Role', roleOf(page, i) || 'node'],
      ['Pods', number(all.pods[i] ?? 0)],
      [
        'Routes',
        index.tablePlace(i) < 0
          ? 'not in this file'
          : link(hashOf({ view: 'routes', item: name }), 'Kernel tables and their reasons'),
      ],
      ['Drawing', link(hashOf({ view: 'topology', item: name }), 'In the topology')],
    ]),
    h('h3', {}, 'Blocks'),
    blocksTable(page, i),
    h('h3', {}, 'BGP sessions'),
    sessionsTable(page, i),
  ]
}

function blocksTable({ data, index }: Page, i: number): HTMLElement {
  const blocks = index.blocksOf(i)
  const table = longTable(
    'Blocks',
    [
      { name: 'Block' },
      { name: 'Pool' },
      { name: 'Used', align: 'right' },
      { name: 'Of', align: 'right' },
      { name: 'Lent to others', align: 'right' },
    ],
    'This node has no block.',
  )
  table.fill(blocks.length, (row) => {
    const at = blocks[row]
    const pool = data.pools[at?.pool ?? -1]
    if (at === undefined || pool === undefined) return []
    const { map } = pool
    return [
      link(hashOf({ view: 'addresses', item: pool.name, find: map.cidr[at.entry] ?? '' }), map.cidr[at.entry] ?? ''),
      pool.name,
      number(map.used[at.entry] ?? 0),
      number(pool.addressesPerBlock),
      number(map.borrowed[at.entry] ?? 0),
    ]
  })
  return table.element
}

function sessionsTable({ index }: Page, i: number): HTMLElement {
  const list = index.sessionsOf(i)
  const sorted = [...list].sort((a, b) => Number(a.state === 'Established') - Number(b.state === 'Established'))
  const table = longTable(
    'BGP sessions',
    [{ name: 'Peer' }, { name: 'State' }, { name: 'Kind' }, { name: 'BGP', extra: true }, { name: 'Reason' }],
    'This node has no BGP session.',
  )
  table.fill(sorted.length, (row) => {
    const session = sorted[row]
    if (session === undefined) return []
    const { peer, state, kind, type, family, reason, from } = session
    return [
      index.nodeByName.has(peer) ? nodeLink(peer) : peer,
      stateMark(state),
      from === '' ? kind : `${kind} (${from})`,
      `${type === 'ibgp' ? 'iBGP' : 'eBGP'}, IPv${family}`,
      reason,
    ]
  })
  return table.element
}
