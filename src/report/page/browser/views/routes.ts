/** Kernel tables of a node: what `ip route` prints there, and why each line is there. */

import { append, h, link, on, replace } from '../dom.js'
import { parseIPv4, parsePrefix4 } from '../ipv4.js'
import type { RouteLine } from '../page-index.js'
import { choice, field, lead, note } from '../parts.js'
import { hashOf } from '../place.js'
import { longTable } from '../table.js'
import type { View } from '../view.js'
import { number, some } from '../words.js'

export const routes: View = {
  id: 'routes',
  title: 'Routes',
  group: 'Network',
  present: ({ routes: { nodes } }) => nodes.length > 0,
  open: (section, page) => {
    const { data, index } = page
    const held = data.routes.nodes.map((node) => data.nodes.name[node] ?? '?')
    const names = h(
      'datalist',
      { id: 'route-nodes' },
      held.map((name) => h('option', { value: name })),
    )
    const picker = h('input', { type: 'text', list: 'route-nodes', autocomplete: 'off', spellcheck: 'false' })
    const finder = h('input', { type: 'search', placeholder: '10.42.3.7, tunl0, another node …', spellcheck: 'false' })
    const answer = h('p', { class: 'answer', 'aria-live': 'polite' })
    const tableSlot = h('div')
    const table = longTable('Routes', [{ name: 'Route', code: true }, { name: 'Why' }], 'No route has this text.')
    const command = h('p', { class: 'command' })
    let current = ''
    let chosenTable = 'main'

    const draw = (name: string, find: string): void => {
      const node = index.nodeByName.get(name)
      const place = node === undefined ? -1 : index.tablePlace(node)
      const tables = place < 0 ? [] : index.tables(place)
      const shownTable = tables.find((entry) => entry.name === chosenTable) ?? tables[0]
      replace(answer)
      replace(tableSlot)
      if (node === undefined || shownTable === undefined) {
        replace(command)
        replace(
          answer,
          node === undefined
            ? `The report has no node ${name}.`
            : 'The tables of this node are not in this file: make the page with --tables and a larger number.',
        )
        table.fill(0, () => [])
        return
      }
      if (tables.length > 1) {
        tableSlot.append(
          choice(
            'Table',
            tables.map((entry) => [entry.name, `table ${entry.name}`] as const),
            shownTable.name,
            (wanted) => {
              chosenTable = wanted
              draw(current, finder.value)
            },
          ),
        )
      }
      const lines = shownTable.routes.map((i) => index.route(i))
      const shown = matching(lines, find)
      const best = longest(lines, find)
      replace(
        command,
        h('code', {}, `${name}$ ip route show${shownTable.name === 'main' ? '' : ` table ${shownTable.name}`}`),
        ' ',
        h('span', { class: 'quiet' }, `${number(shown.length)} of ${some(lines.length, 'route')}`),
      )
      if (best !== undefined) replace(answer, `${find.trim()} takes `, h('code', {}, best.text), `: ${best.reason}.`)
      else if (parseIPv4(find) !== undefined) replace(answer, `No route of this table leads to ${find.trim()}.`)
      const sorted = best === undefined ? shown : [best, ...shown.filter((line) => line !== best)]
      table.fill(sorted.length, (row) => {
        const line = sorted[row]
        return line === undefined ? [] : [line.text, line.reason]
      })
    }

    on(picker, 'change', () => {
      if (picker.value !== current) page.go({ view: 'routes', item: picker.value, find: finder.value })
    })
    on(picker, 'focus', () => picker.select())
    on(finder, 'input', () => {
      page.amend({ view: 'routes', item: current, find: finder.value })
      draw(current, finder.value)
    })
    append(section, [
      lead('What the kernel of a node holds, line by line as ip route prints it, and why each line is there.'),
      data.routes.rule === '' ? null : note(data.routes.rule),
      h('div', { class: 'fields' }, field('Node', picker), field('Address or text', finder), tableSlot),
      names,
      command,
      answer,
      table.element,
    ])
    return {
      show: ({ item, find }) => {
        current = item === '' ? (held[0] ?? '') : item
        picker.value = current
        finder.value = find
        draw(current, find)
      },
    }
  },
}

/** Lines that hold every word; for an address, those whose destination holds it. */
function matching(lines: readonly RouteLine[], find: string): readonly RouteLine[] {
  const address = parseIPv4(find)
  if (address !== undefined) {
    return lines.filter(({ dst, text }) => parsePrefix4(dst)?.holds(address) === true || text.includes(find.trim()))
  }
  const words = find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  return words.length === 0
    ? lines
    : lines.filter(({ text, reason }) => {
        const all = `${text} ${reason}`.toLowerCase()
        return words.every((word) => all.includes(word))
      })
}

/** The route that a packet to the address takes; lines are in the kernel's order, so the first of equal length counts. */
function longest(lines: readonly RouteLine[], find: string): RouteLine | undefined {
  const address = parseIPv4(find)
  if (address === undefined) return undefined
  let best: { readonly line: RouteLine; readonly length: number } | undefined
  for (const line of lines) {
    const prefix = parsePrefix4(line.dst)
    if (prefix === undefined || !prefix.holds(address)) continue
    if (best === undefined || prefix.length > best.length) best = { line, length: prefix.length }
  }
  return best?.line
}

/** A link to the routes of a node, searched. */
export function routesLink(node: string, find: string): HTMLElement {
  return link(hashOf({ view: 'routes', item: node, find }), node)
}
