/** Pools: how full they are, which block is whose, what ends first as the cluster grows. */

import type { PagePool } from '../../page-data.js'
import { append, h, on, replace } from '../dom.js'
import { choice, facts, field, lead, note, stackedBar } from '../parts.js'
import { shortTable } from '../table.js'
import type { Page, View } from '../view.js'
import { listed, number } from '../words.js'
import { type BlockMap, blockMap, type MapColours } from './block-map.js'
import { growthChart } from './growth.js'
import { poolShares } from './pool-shares.js'

export const addresses: View = {
  id: 'addresses',
  title: 'Addresses',
  group: 'Capacity',
  present: ({ pools }) => pools.length > 0,
  open: (section, page) => {
    const { data } = page
    const maps = new Map<string, { readonly element: HTMLElement; readonly map: BlockMap }>()
    let mode: MapColours = 'owner'
    const finder = h('input', { type: 'search', placeholder: '10.42.3.7 or a node', spellcheck: 'false' })
    const missing = h('p', { class: 'answer', 'aria-live': 'polite' })
    const growth = data.growth === null ? undefined : growthChart(data.growth)

    const pick = (find: string): void => {
      let found = false
      for (const { map } of maps.values()) found = map.pick(find) || found
      replace(missing, find === '' || found ? null : 'No pool has a block for this.')
    }
    on(finder, 'input', () => {
      page.amend({ view: 'addresses', find: finder.value })
      pick(finder.value)
    })
    append(section, [
      lead(
        data.simulatedIpam
          ? "Pools and their blocks. The input does not say who holds which block, so Calico's allocator was run to tell."
          : 'Pools and their blocks, as the input records them.',
      ),
      h(
        'div',
        { class: 'fields' },
        field('Find a block', finder),
        choice<MapColours>(
          'Colours of the map',
          [
            ['owner', 'Colour by owner'],
            ['fill', 'Colour by fill'],
          ],
          mode,
          (wanted) => {
            mode = wanted
            for (const { map } of maps.values()) map.colourBy(mode)
          },
        ),
      ),
      missing,
    ])
    for (const pool of data.pools) {
      const map = blockMap(pool, page, (text) => {
        finder.value = text
        page.amend({ view: 'addresses', item: pool.name, find: text })
      })
      const element = poolPart(pool, map)
      maps.set(pool.name, { element, map })
      section.append(element)
    }
    if (data.limits.length > 0) section.append(h('h3', {}, 'What ends first'), limitsTable(page))
    if (growth !== undefined) section.append(h('h3', {}, 'As the cluster grows'), growth.element)

    const draw = (): void => {
      for (const { map } of maps.values()) map.draw()
      growth?.draw()
    }
    return {
      show: ({ item, find }) => {
        finder.value = find
        draw()
        pick(find)
        maps.get(item)?.element.scrollIntoView({ block: 'start' })
      },
      redraw: draw,
    }
  },
}

function poolPart(pool: PagePool, map: BlockMap): HTMLElement {
  const { name, cidr, blockSize, blocks, nodes, encapsulation, natOutgoing, disabled, addresses: count } = pool
  return h(
    'article',
    { class: 'pool card', 'aria-label': `Pool ${name}` },
    h('h3', {}, name, h('span', { class: 'quiet' }, cidr)),
    facts([
      ['Block size', `/${blockSize}, ${number(pool.addressesPerBlock)} addresses`],
      ['Blocks in use', `${number(blocks.affine + blocks.orphaned)} of ${number(blocks.total)}`],
      ['Blocks free', number(blocks.free)],
      ['Addresses free', `${number(count.free)} of ${number(count.usable)}`],
      ['Borrowed', number(count.borrowed)],
      ['Nodes', `${number(nodes.withBlocks)} of ${number(nodes.selected)} have a block`],
      ['Encapsulation', encapsulation],
      ['NAT outgoing', natOutgoing ? 'yes' : 'no'],
      ...(disabled ? ([['State', 'disabled: gives out nothing new']] as const) : []),
    ]),
    stackedBar(`Addresses of ${name}`, poolShares(pool)),
    nodes.withoutBlock.length === 0 || nodes.selected === 0
      ? null
      : note(
          `Without a block: ${listed(nodes.withoutBlock, 8)}${pool.withoutBlockCount > nodes.withoutBlock.length ? ' …' : ''}`,
        ),
    map.element,
  )
}

function limitsTable({ data }: Page): HTMLElement {
  return shortTable(
    'Limits, soonest first',
    [
      { name: 'Limit' },
      { name: 'Of' },
      { name: 'Used', align: 'right' },
      { name: 'Limit at', align: 'right' },
      { name: 'Left', align: 'right' },
      { name: 'Reached' },
      { name: 'Then', extra: true },
    ],
    data.limits.map(({ limit, of, used, value, headroom, hit, effect }) => [
      limit,
      of,
      number(used),
      number(value),
      number(headroom),
      hit,
      effect,
    ]),
  )
}
