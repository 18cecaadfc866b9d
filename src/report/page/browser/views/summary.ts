/** What a reader who reads nothing else should know. */

import type { PageData, PageFigure, PageLimit, Tone } from '../../page-data.js'
import { append, type Child, h, link, styled } from '../dom.js'
import { facts, meter, stackedBar, toneSign } from '../parts.js'
import { hashOf } from '../place.js'
import type { View } from '../view.js'
import { number, some } from '../words.js'
import { poolShares } from './pool-shares.js'
import { drawFlat } from './topology-canvas.js'
import { drawingOf } from './topology-graph.js'

const MOST_POOLS = 6
const MOST_LIMITS = 4
/** Nodes up to which the small drawing shows each of them. */
const MOST_SINGLE = 60

export const summary: View = {
  id: 'summary',
  title: 'Summary',
  group: '',
  present: () => true,
  open: (section, { data }) => {
    const { figures, sentences } = data.summary
    const drawing = smallDrawing(data)
    append(section, [
      hero(data),
      styled(h('ul', { class: 'figures' }, figures.map(figure)), { '--columns': String(columnsFor(figures.length)) }),
      h(
        'div',
        { class: 'two' },
        h(
          'section',
          { class: 'card' },
          h('h3', {}, 'In words'),
          h(
            'ul',
            { class: 'sentences' },
            sentences.map(({ text, tone, view }) =>
              h('li', {}, link(hashOf({ view }), toneSign(tone), h('span', {}, text))),
            ),
          ),
        ),
        drawing?.element,
      ),
      h('div', { class: 'two' }, poolsCard(data), limitsCard(data)),
    ])
    const draw = (): void => drawing?.draw()
    return { show: draw, redraw: draw }
  },
}

/** What to say where the cluster is well and only what is asked about it is not. */
const CHANGES: Readonly<Record<string, string>> = {
  rehearsal: 'The runbook breaks traffic on its way',
  difference: 'The change breaks something',
  failures: 'Not every failure is survived',
}

/** The worst that the page tells, in one line. */
function hero({ summary: { sentences } }: PageData): HTMLElement {
  const of = (tone: Tone): readonly string[] => sentences.filter((entry) => entry.tone === tone).map(({ text }) => text)
  const [bad, warn] = [of('bad'), of('warn')]
  const tone: Tone = bad.length > 0 ? 'bad' : warn.length > 0 ? 'warn' : 'good'
  const faults = sentences.filter((entry) => entry.tone === 'bad')
  const change = faults.every(({ view }) => view in CHANGES) ? CHANGES[faults[0]?.view ?? ''] : undefined
  const title =
    change ??
    (bad.length > 0
      ? `${some(bad.length, 'thing is', 'things are')} broken${warn.length > 0 ? `, ${number(warn.length)} more to look at` : ''}`
      : warn.length > 0
        ? `It works, with ${some(warn.length, 'thing', 'things')} to look at`
        : 'Everything checks out')
  return h(
    'div',
    { class: `hero ${tone}` },
    toneSign(tone),
    h('div', {}, h('h3', {}, title), h('p', {}, bad[0] ?? warn[0] ?? 'No fault and nothing that warrants a warning.')),
  )
}

function columnsFor(count: number): number {
  return count <= 4 ? count : count % 4 === 0 || count === 7 ? 4 : 3
}

function figure({ label, value, note, share, tone, view }: PageFigure): HTMLElement {
  return h(
    'li',
    { class: tone },
    link(
      hashOf({ view }),
      h('span', { class: 'label' }, label, tone === 'plain' ? null : toneSign(tone)),
      h('span', { class: 'value' }, value),
      h('span', { class: 'note' }, note),
      share === null ? null : meter(share, tone),
    ),
  )
}

function smallDrawing(data: PageData): { readonly element: HTMLElement; readonly draw: () => void } | undefined {
  const { topology, nodes } = data
  if (nodes.name.length === 0 || topology.racks.length === 0) return undefined
  const canvas = h('canvas', { role: 'img', 'aria-label': 'Drawing of the network' })
  const slot = h('div', { class: 'paper-map' }, canvas)
  const single = nodes.name.length <= MOST_SINGLE ? topology.racks.map((_, i) => i) : []
  const element = h(
    'section',
    { class: 'card thumb' },
    h('h3', {}, 'The network'),
    slot,
    h('p', {}, link(hashOf({ view: 'topology' }), 'Open the topology')),
  )
  return {
    element,
    draw: () => {
      const { graph } = drawingOf(data, new Set(single))
      drawFlat(canvas, data, graph, { width: Math.max(240, slot.clientWidth || 400), most: 300 })
    },
  }
}

function poolsCard({ pools }: PageData): Child {
  if (pools.length === 0) return null
  return h(
    'section',
    { class: 'card' },
    h('h3', {}, 'How full the pools are'),
    pools.slice(0, MOST_POOLS).map((pool) =>
      h(
        'div',
        { class: 'pool-line' },
        h(
          'h4',
          {},
          link(hashOf({ view: 'addresses', item: pool.name }), pool.name),
          h('span', { class: 'quiet' }, pool.cidr),
        ),
        stackedBar(`Addresses of ${pool.name}`, poolShares(pool)),
        pools.length > 2
          ? null
          : facts([
              ['Blocks in use', `${number(pool.blocks.affine + pool.blocks.orphaned)} of ${number(pool.blocks.total)}`],
              ['Block size', `/${pool.blockSize}, ${number(pool.addressesPerBlock)} addresses`],
              ['Nodes with a block', `${number(pool.nodes.withBlocks)} of ${number(pool.nodes.selected)}`],
              ['Encapsulation', pool.encapsulation],
              ['NAT outgoing', pool.natOutgoing ? 'yes' : 'no'],
            ]),
      ),
    ),
    pools.length > MOST_POOLS
      ? h('p', {}, link(hashOf({ view: 'addresses' }), `${number(pools.length - MOST_POOLS)} more pools`))
      : null,
  )
}

function limitsCard({ limits }: PageData): Child {
  if (limits.length === 0) return null
  return h(
    'section',
    { class: 'card' },
    h('h3', {}, 'Limits, soonest first'),
    h('ul', { class: 'limits' }, limits.slice(0, MOST_LIMITS).map(limitLine)),
  )
}

function limitLine({ limit, of, used, value, headroom, hit }: PageLimit): HTMLElement {
  const tone: Tone = headroom <= 0 ? 'bad' : headroom < value / 10 ? 'warn' : 'plain'
  return h(
    'li',
    {},
    h('span', {}, limit, ' ', h('span', { class: 'quiet' }, of)),
    h('span', { class: 'count' }, `${number(used)} of ${number(value)}`),
    meter(value === 0 ? 0 : used / value, tone),
    h('span', { class: 'hit' }, hit),
  )
}
