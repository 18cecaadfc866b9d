/** Every block of a pool as a cell: whose it is by its colour, how full it is by how far the cell is filled. */

import type { PagePool } from '../../page-data.js'
import { kindColour, themeColour, viridis } from '../colours.js'
import { h, on } from '../dom.js'
import { type LegendEntry, legend } from '../parts.js'
import type { Page } from '../view.js'
import { number, some } from '../words.js'
import { type Cells, cellsOf, columnsFor } from './block-cells.js'

export type MapColours = 'owner' | 'fill'

export interface BlockMap {
  readonly element: HTMLElement
  draw(): void
  colourBy(mode: MapColours): void
  /** Picks the block of an address, a CIDR, or a node's first block; false where there is none. */
  pick(text: string): boolean
}

const LARGEST_CELL = 26
/** Room for the addresses at which rows begin. */
const MARGIN = 104
const ROW_TEXT = 14

export function blockMap(pool: PagePool, page: Page, choose: (text: string) => void): BlockMap {
  const cells = cellsOf(pool)
  const { map } = pool
  const canvas = h('canvas', {
    class: 'block-map',
    tabindex: 0,
    role: 'img',
    'aria-label': `Blocks of ${pool.name}: ${number(map.cidr.length)} in use of ${number(pool.blocks.total)}. Arrow keys go from block to block.`,
  })
  const readout = h('p', { class: 'readout', 'aria-live': 'polite' }, hint(pool))
  const legendSlot = h('div')
  const element = h('div', { class: 'map' }, legendSlot, canvas, readout)
  let mode: MapColours = 'owner'
  let picked = -1
  let cell = 10
  let columns = 1
  let rows = 1

  const ownerOf = (at: number): number | undefined => {
    const entry = cells.entry(at)
    return entry < 0 ? undefined : map.owner[entry]
  }

  const draw = (): void => {
    const room = Math.max(200, element.clientWidth || 720)
    const margin = room > 560 && !map.sparse && pool.family === 4 ? MARGIN : 0
    columns = columnsFor(cells.count, room - margin)
    rows = Math.ceil(cells.count / columns)
    cell = Math.min(LARGEST_CELL, Math.max(2, Math.floor((room - margin - 2) / columns)))
    const ratio = Math.max(1, window.devicePixelRatio)
    const [width, height] = [margin + columns * cell + 1, rows * cell + 1]
    canvas.width = width * ratio
    canvas.height = height * ratio
    canvas.style.setProperty('width', `${width}px`)
    canvas.style.setProperty('height', `${height}px`)
    const context = canvas.getContext('2d')
    if (context === null) return
    context.scale(ratio, ratio)
    const ink = inkOf()
    if (margin > 0) rowNames(context, ink)
    context.translate(margin, 0)
    const owner = picked < 0 ? undefined : ownerOf(picked)
    for (let i = 0; i < cells.count; i++) paint(context, i, ink, owner)
    if (picked >= 0) {
      const [x, y] = [(picked % columns) * cell, Math.floor(picked / columns) * cell]
      context.strokeStyle = ink.ink
      context.lineWidth = 2
      context.strokeRect(x, y, cell, cell)
    }
  }

  const rowNames = (context: CanvasRenderingContext2D, { quiet }: Ink): void => {
    context.fillStyle = quiet
    context.font = '11px ui-monospace, monospace'
    context.textBaseline = 'top'
    const every = Math.max(1, Math.ceil(ROW_TEXT / cell))
    for (let row = 0; row < rows; row += every) {
      const name = cells.cidr(row * columns).split('/')[0] ?? ''
      context.fillText(name, 0, row * cell + Math.max(0, (cell - 11) / 2))
    }
  }

  const paint = (context: CanvasRenderingContext2D, i: number, ink: Ink, highlighted: number | undefined): void => {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell]
    const gap = cell > 4 ? 1 : 0
    const [left, top, size] = [x + gap, y + gap, cell - gap]
    const entry = cells.entry(i)
    if (entry < 0) {
      context.fillStyle = cells.reserved(i) ? ink.reserved : ink.empty
      context.fillRect(left, top, size, size)
      return
    }
    const owner = map.owner[entry] ?? -2
    const share = Math.min(1, (map.used[entry] ?? 0) / pool.addressesPerBlock)
    const dim = highlighted !== undefined && highlighted >= 0 && owner !== highlighted
    context.globalAlpha = dim ? 0.3 : 1
    if (mode === 'fill') {
      context.fillStyle = viridis(share)
      context.fillRect(left, top, size, size)
    } else {
      const colour = owner >= 0 ? kindColour(owner) : ink.quiet
      context.fillStyle = colour
      context.globalAlpha *= 0.35
      context.fillRect(left, top, size, size)
      context.globalAlpha = dim ? 0.3 : 1
      const filled = share === 0 ? 0 : Math.max(1, Math.round(size * share))
      context.fillRect(left, top + size - filled, size, filled)
    }
    if ((map.borrowed[entry] ?? 0) > 0) markBorrowed(context, left, top, size, ink)
    context.globalAlpha = 1
  }

  const pick = (at: number, tell: boolean): void => {
    picked = Math.min(cells.count - 1, Math.max(-1, at))
    readout.replaceChildren(document.createTextNode(picked < 0 ? hint(pool) : textOf(pool, cells, picked, page)))
    readout.classList.toggle('picked', picked >= 0)
    draw()
    if (tell && picked >= 0) choose(cells.cidr(picked))
  }
  const cellAt = (event: MouseEvent): number => {
    const box = canvas.getBoundingClientRect()
    const margin = canvas.clientWidth - columns * cell - 1
    const column = Math.floor((event.clientX - box.left - margin) / cell)
    const row = Math.floor((event.clientY - box.top) / cell)
    const at = row * columns + column
    return column >= 0 && column < columns && at < cells.count ? at : -1
  }
  on(canvas, 'click', (event) => pick(cellAt(event), true))
  on(canvas, 'mousemove', (event) => {
    const at = cellAt(event)
    canvas.title = at < 0 ? '' : textOf(pool, cells, at, page)
  })
  on(canvas, 'keydown', (event) => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
    }
    const step = steps[event.key]
    if (event.key === 'Escape') pick(-1, false)
    if (step === undefined) return
    event.preventDefault()
    const to = picked < 0 ? 0 : picked + step
    if (to >= 0 && to < cells.count) pick(to, true)
  })

  const drawLegend = (): void => {
    legendSlot.replaceChildren(legend(mode === 'owner' ? ownerLegend(pool) : fillLegend(pool)))
  }
  drawLegend()
  return {
    element,
    draw,
    colourBy: (wanted) => {
      mode = wanted
      drawLegend()
      draw()
    },
    pick: (text) => {
      const node = page.index.nodeByName.get(text)
      const entry = node === undefined ? -1 : map.owner.indexOf(node)
      const at = entry >= 0 ? (map.place[entry] ?? -1) : cells.find(text)
      pick(at, false)
      return at >= 0
    },
  }
}

interface Ink {
  readonly ink: string
  readonly quiet: string
  readonly empty: string
  readonly reserved: string
  readonly surface: string
}

function inkOf(): Ink {
  return {
    ink: themeColour('--ink'),
    quiet: themeColour('--quiet'),
    empty: themeColour('--empty'),
    reserved: themeColour('--reserved'),
    surface: themeColour('--surface'),
  }
}

/** A corner cut into the cell, which shows in any colour. */
function markBorrowed(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  { ink, surface }: Ink,
): void {
  const side = Math.max(2, Math.round(size * 0.5))
  context.beginPath()
  context.moveTo(x + size - side, y)
  context.lineTo(x + size, y)
  context.lineTo(x + size, y + side)
  context.closePath()
  context.fillStyle = ink
  context.fill()
  if (size < 8) return
  context.strokeStyle = surface
  context.lineWidth = 1
  context.stroke()
}

function hint({ map }: PagePool): string {
  return map.sparse
    ? 'Each cell is a block that exists; the pool is too large to draw all. Click one, or use the arrow keys.'
    : 'Each cell is a block. Click one, or use the arrow keys.'
}

function textOf({ map, addressesPerBlock }: PagePool, cells: Cells, at: number, { data }: Page): string {
  const entry = cells.entry(at)
  const cidr = cells.cidr(at)
  if (entry < 0) return `${cidr}: ${cells.reserved(at) ? 'wholly reserved' : 'free, no node has it'}`
  const owner = map.owner[entry] ?? -2
  const name =
    owner >= 0
      ? `of ${data.nodes.name[owner]}`
      : owner === -1
        ? 'of no node any more'
        : 'of somebody who is no node here'
  const borrowed = map.borrowed[entry] ?? 0
  const lent = borrowed > 0 ? `, ${some(borrowed, 'address', 'addresses')} of it lent to other nodes` : ''
  return `${cidr}: ${name}, ${number(map.used[entry] ?? 0)} of ${number(addressesPerBlock)} addresses used${lent}`
}

const LENT: LegendEntry = [
  'linear-gradient(45deg, var(--empty) 50%, var(--ink) 50%)',
  'corner: some of its addresses are lent to other nodes',
]

function ownerLegend({ map, blocks }: PagePool): readonly LegendEntry[] {
  return [
    [
      `linear-gradient(90deg, ${[0, 1, 2].map((i) => `${kindColour(i)} ${i * 33}% ${i * 33 + 33}%`).join(', ')})`,
      'one colour a node, as high as the block is full',
    ],
    ...(map.sparse ? [] : ([['var(--empty)', 'free block', 'free']] as const)),
    ...(blocks.reserved > 0 ? ([['var(--reserved)', 'reserved']] as const) : []),
    ...(map.owner.some((owner) => owner < 0) ? ([['var(--quiet)', 'without a node']] as const) : []),
    ...(map.borrowed.some((count) => count > 0) ? [LENT] : []),
  ]
}

function fillLegend({ map }: PagePool): readonly LegendEntry[] {
  return [
    [viridis(0), 'empty'],
    [viridis(0.5), 'half full'],
    [viridis(1), 'full'],
    ['var(--empty)', 'free block', 'free'],
    ...(map.borrowed.some((count) => count > 0) ? [LENT] : []),
  ]
}
