/** What is drawn with a plain canvas: racks and cables below the graph, and the whole drawing where there is no WebGL. */

import type { PageData } from '../../page-data.js'
import { themeColour } from '../colours.js'
import type { Drawing, DrawnKind } from './topology-graph.js'

/** Places of the layout (y downwards) to pixels. */
export type Projection = (x: number, y: number) => { readonly x: number; readonly y: number }

const SMALLEST_NAME = 34
const ROUND = 8

/** Boxes with their names, and cables from each router to the racks that it joins. */
export function drawRacks(context: CanvasRenderingContext2D, { topology }: PageData, project: Projection): void {
  const [line, surface, ink, quiet, raised] = ['--line', '--surface', '--ink', '--quiet', '--raised'].map(themeColour)
  drawCables(context, topology, project, themeColour('--edge'))
  context.textBaseline = 'middle'
  context.textAlign = 'left'
  for (const { x, y, width, height, name, cidr } of topology.racks) {
    const [a, b] = [project(x, y), project(x + width, y + height)]
    const [wide, high] = [b.x - a.x, b.y - a.y]
    // While the canvas has no size yet, boxes have none either.
    if (wide < 2 || high < 2) continue
    const round = Math.min(ROUND, wide / 8)
    context.lineWidth = 1
    context.fillStyle = surface ?? ''
    context.strokeStyle = line ?? ''
    context.beginPath()
    context.roundRect(a.x, a.y, wide, high, round)
    context.fill()
    context.stroke()
    if (wide < SMALLEST_NAME) continue
    const size = Math.max(9, Math.min(13, wide / 9))
    const strip = Math.min(size + 12, high / 3)
    context.fillStyle = raised ?? ''
    context.beginPath()
    context.roundRect(a.x + 0.5, a.y + 0.5, wide - 1, strip, [round, round, 0, 0])
    context.fill()
    const room = wide - 16
    context.font = `600 ${size}px system-ui, sans-serif`
    context.fillStyle = ink ?? ''
    const title = context.measureText(name).width <= room ? name : shortened(context, name, room)
    const middle = a.y + strip / 2 + 1
    context.fillText(title, a.x + 8, middle)
    const used = context.measureText(title).width
    context.font = `400 ${size}px system-ui, sans-serif`
    context.fillStyle = quiet ?? ''
    if (name !== cidr && used + 10 + context.measureText(cidr).width <= room)
      context.fillText(cidr, a.x + 8 + used + 10, middle)
  }
}

/** Half of the room between racks, in which cables run. */
const GUTTER = 7

/** Down from the router to a line above the racks, along the gutters, and into each rack from above. */
function drawCables(
  context: CanvasRenderingContext2D,
  { routers, racks }: PageData['topology'],
  project: Projection,
  colour: string,
): void {
  const first = Math.min(...racks.map(({ y }) => y))
  context.strokeStyle = colour
  context.lineWidth = 1.2
  context.globalAlpha = 0.7
  for (const [i, router] of routers.entries()) {
    const trunk = first - GUTTER - Math.min(i, 6) * 2
    context.beginPath()
    for (const rack of router.racks) {
      const box = racks[rack]
      if (box === undefined) continue
      const middle = box.x + box.width / 2
      const points =
        box.y === first
          ? [
              [router.x, router.y],
              [router.x, trunk],
              [middle, trunk],
              [middle, box.y],
            ]
          : [
              [router.x, router.y],
              [router.x, trunk],
              [box.x - GUTTER, trunk],
              [box.x - GUTTER, box.y - GUTTER],
              [middle, box.y - GUTTER],
              [middle, box.y],
            ]
      for (const [n, [x = 0, y = 0]] of points.entries()) {
        const at = project(x, y)
        if (n === 0) context.moveTo(at.x, at.y)
        else context.lineTo(at.x, at.y)
      }
    }
    context.stroke()
  }
  context.globalAlpha = 1
}

/** What tells kinds apart without colour: routers are square, reflectors ringed, hosts stand on a corner. */
export function drawShape(
  context: CanvasRenderingContext2D,
  kind: DrawnKind,
  at: { readonly x: number; readonly y: number },
  radius: number,
  colour: string,
): void {
  if (radius <= 0) return
  context.fillStyle = colour
  context.strokeStyle = colour
  context.beginPath()
  switch (kind) {
    case 'router':
      context.roundRect(at.x - radius * 1.15, at.y - radius * 1.15, radius * 2.3, radius * 2.3, radius * 0.35)
      context.fill()
      return
    case 'host':
      context.moveTo(at.x, at.y - radius * 1.5)
      context.lineTo(at.x + radius * 1.5, at.y)
      context.lineTo(at.x, at.y + radius * 1.5)
      context.lineTo(at.x - radius * 1.5, at.y)
      context.fill()
      return
    case 'reflector':
      context.lineWidth = Math.max(1, radius * 0.22)
      context.arc(at.x, at.y, radius * 1.38, 0, 2 * Math.PI)
      context.stroke()
      return
    case 'node':
    case 'group':
    case 'outside':
      return
  }
}

/** With a rim of the ground around it, so that it can be read upon a line. */
export function drawLabel(context: CanvasRenderingContext2D, label: string, left: number, y: number): void {
  context.textAlign = 'left'
  context.lineJoin = 'round'
  context.lineWidth = 3
  context.strokeStyle = themeColour('--surface')
  context.strokeText(label, left, y)
  context.fillStyle = themeColour('--ink')
  context.fillText(label, left, y)
}

export interface FlatSize {
  /** Pixels that there are. */
  readonly width: number
  /** Pixels that it may be high; unbounded where absent. */
  readonly most?: number
}

/** Everything at once, fitted into the canvas: for paper and for browsers without WebGL. */
export function drawFlat(canvas: HTMLCanvasElement, data: PageData, graph: Drawing, { width, most }: FlatSize): void {
  const { topology } = data
  const margin = 10
  const room = most === undefined ? Number.POSITIVE_INFINITY : (most - 2 * margin) / Math.max(1, topology.height)
  const scale = Math.min((width - 2 * margin) / Math.max(1, topology.width), 5, room)
  const height = topology.height * scale + 2 * margin
  const ratio = Math.max(1, devicePixelRatio)
  canvas.width = width * ratio
  canvas.height = height * ratio
  canvas.style.setProperty('width', `${width}px`)
  canvas.style.setProperty('height', `${height}px`)
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  const left = (width - topology.width * scale) / 2
  const project: Projection = (x, y) => ({ x: left + x * scale, y: margin + y * scale })
  drawRacks(context, data, project)
  graph.forEachEdge((_, { color, size }, __, ___, a, b) => {
    const [from, to] = [project(a.x, -a.y), project(b.x, -b.y)]
    context.strokeStyle = color
    context.lineWidth = size
    context.globalAlpha = 0.55
    context.beginPath()
    context.moveTo(from.x, from.y)
    context.lineTo(to.x, to.y)
    context.stroke()
  })
  context.globalAlpha = 1
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  graph.forEachNode((_, { x, y, size, color, label, kind }) => {
    const at = project(x, -y)
    const radius = Math.max(1.5, size * scale)
    drawShape(context, kind, at, radius, color)
    context.fillStyle = color
    context.beginPath()
    context.arc(at.x, at.y, radius, 0, 2 * Math.PI)
    context.fill()
    if (kind === 'group') {
      if (radius < 7) return
      context.fillStyle = '#0b1f33'
      context.font = `600 ${Math.max(9, Math.min(16, radius * 0.8))}px system-ui, sans-serif`
      context.textAlign = 'center'
      context.fillText(label, at.x, at.y)
      return
    }
    const always = kind === 'router' || kind === 'outside' || kind === 'host'
    if (radius < (always ? 3 : 5)) return
    context.font = '11px system-ui, sans-serif'
    if (!always && context.measureText(label).width > 24 * scale) return
    const wide = context.measureText(label).width
    const left = kind === 'router' ? at.x + radius * 1.15 + 6 : at.x - wide / 2
    const below = at.y + radius * (kind === 'host' ? 1.5 : 1) + 8
    drawLabel(context, label, left, kind === 'router' ? at.y : kind === 'reflector' ? at.y - radius * 1.4 - 8 : below)
  })
}

function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  let short = text
  while (short.length > 1 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1)
  return `${short}…`
}
