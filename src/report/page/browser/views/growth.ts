/** How the cluster fills up as nodes come: a chart with its limits drawn in, and what happens on the way. */

import uPlot from 'uplot'
import type { PageGrowth } from '../../page-data.js'
import { OKABE_ITO, themeColour } from '../colours.js'
import { h, replace } from '../dom.js'
import { choice, note } from '../parts.js'
import { number } from '../words.js'

type Measure = 'blocks' | 'addresses' | 'routes'

const HEIGHT = 300
const MOST_POOLS = 6

export interface GrowthChart {
  readonly element: HTMLElement
  draw(): void
}

export function growthChart(growth: PageGrowth): GrowthChart {
  const chart = h('div', { class: 'chart' })
  let measure: Measure = 'blocks'
  let plot: uPlot | undefined
  const draw = (): void => {
    plot?.destroy()
    replace(chart)
    plot = new uPlot(optionsOf(growth, measure, chart.clientWidth || 720), columnsOf(growth, measure), chart)
    chart.setAttribute('role', 'img')
    chart.setAttribute('aria-label', spoken(growth, measure))
  }
  const element = h(
    'div',
    { class: 'growth' },
    choice<Measure>(
      'Measure',
      [
        ['blocks', 'Blocks in use'],
        ['addresses', 'Addresses in use'],
        ['routes', 'Routes of a node'],
      ],
      measure,
      (wanted) => {
        measure = wanted
        draw()
      },
    ),
    chart,
    growth.events.length === 0 ? note('Nothing ends on the way.') : eventsOf(growth),
    h(
      'details',
      {},
      h('summary', {}, 'What is assumed'),
      h(
        'ul',
        {},
        growth.assumptions.map((text) => h('li', {}, text)),
      ),
    ),
  )
  return { element, draw }
}

function columnsOf(growth: PageGrowth, measure: Measure): uPlot.AlignedData {
  const pools = growth.pools.slice(0, MOST_POOLS)
  const flat = (value: number): number[] => growth.nodes.map(() => value)
  switch (measure) {
    case 'blocks':
      return [[...growth.nodes], ...pools.flatMap(({ blocksUsed, blocks }) => [[...blocksUsed], flat(blocks)])]
    case 'addresses':
      return [
        [...growth.nodes],
        ...pools.flatMap(({ addressesUsed, addresses }) => [[...addressesUsed], flat(addresses)]),
      ]
    case 'routes':
      return [[...growth.nodes], [...growth.routesPerNode]]
  }
}

function optionsOf(growth: PageGrowth, measure: Measure, width: number): uPlot.Options {
  const ink = themeColour('--ink')
  const grid = themeColour('--line')
  const axis = { stroke: ink, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } }
  const value = (_: uPlot, raw: number | null): string => (raw === null ? '–' : number(raw))
  const colour = (i: number): string => OKABE_ITO[i % OKABE_ITO.length] ?? '#0072b2'
  const pools = growth.pools.slice(0, MOST_POOLS)
  const series: uPlot.Series[] =
    measure === 'routes'
      ? [{ label: 'Routes of a node', stroke: colour(0), width: 2, value }]
      : pools.flatMap(({ pool }, i) => [
          { label: pool, stroke: colour(i), width: 2, value },
          { label: `limit of ${pool}`, stroke: colour(i), width: 2, dash: [8, 5], points: { show: false }, value },
        ])
  return {
    width,
    height: HEIGHT,
    series: [{ label: 'Nodes', value }, ...series],
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, Math.max(1, max * 1.08)] } },
    axes: [
      { ...axis, label: 'nodes', labelSize: 20, values: (_, splits) => splits.map(number) },
      { ...axis, size: 70, values: (_, splits) => splits.map(number) },
    ],
    cursor: { points: { size: 7 } },
    hooks: { draw: [(plot) => drawEvents(plot, growth, themeColour('--bad'))] },
  }
}

/** A line at each step at which something goes wrong for the first time. */
function drawEvents(plot: uPlot, growth: PageGrowth, colour: string): void {
  const context = plot.ctx
  const { left, top, width, height } = plot.bbox
  context.save()
  context.strokeStyle = colour
  context.fillStyle = colour
  context.lineWidth = devicePixelRatio
  context.font = `600 ${11 * devicePixelRatio}px system-ui, sans-serif`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  let last = -Infinity
  for (const [i, { step, bad }] of growth.events.entries()) {
    if (!bad) continue
    const x = Math.round(plot.valToPos(growth.nodes[step] ?? 0, 'x', true))
    if (x < left || x > left + width) continue
    context.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio])
    context.beginPath()
    context.moveTo(x, top)
    context.lineTo(x, top + height)
    context.stroke()
    if (x - last < 16 * devicePixelRatio) continue
    last = x
    const radius = 8 * devicePixelRatio
    const y = top + height - radius - 4 * devicePixelRatio
    context.setLineDash([])
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.fill()
    context.fillStyle = themeColour('--surface')
    context.fillText(String(i + 1), x, y)
    context.fillStyle = colour
  }
  context.restore()
}

function eventsOf({ events, nodes, pods }: PageGrowth): HTMLElement {
  return h(
    'ol',
    { class: 'events' },
    events.map(({ step, text, bad }, i) =>
      h(
        'li',
        { class: bad ? 'bad' : '' },
        h('span', { class: 'ordinal' }, String(i + 1)),
        h('span', { class: 'when' }, `${number(nodes[step] ?? 0)} nodes, ${number(pods[step] ?? 0)} pods`),
        h('span', {}, text),
      ),
    ),
  )
}

function spoken({ from, to, pools }: PageGrowth, measure: Measure): string {
  const parts = pools
    .slice(0, MOST_POOLS)
    .map(({ pool, blocksUsed, blocks, addressesUsed, addresses }) =>
      measure === 'addresses'
        ? `${pool}: addresses ${addressesUsed[0]} to ${addressesUsed.at(-1)} of ${addresses}`
        : `${pool}: blocks ${blocksUsed[0]} to ${blocksUsed.at(-1)} of ${blocks}`,
    )
  return `From ${from.nodes} to ${to.nodes} nodes. ${parts.join('; ')}`
}
