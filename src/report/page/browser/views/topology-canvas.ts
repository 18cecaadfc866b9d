/** What is drawn with a plain canvas: racks and cables below the graph, and the whole drawing where there is no WebGL. */

import type { PageData } from '../../page-data.js'
import { themeColour } from '../colours.js'
import type { Drawing } from './topology-graph.js'

/** Places of the layout (y downwards) to pixels. */
export type Projection = (x: number, y: number) => { readonly x: number; readonly y: number }

const SMALLEST_NAME = 34

/** Boxes with their names, and a line from each router to the racks that it joins. */
export function drawRacks(context: CanvasRenderingContext2D, { topology }: PageData, project: Projection): void {
  const [line, surface, quiet] = [themeColour('--line'), themeColour('--surface'), themeColour('--quiet')]
  context.lineWidth = 1
  context.strokeStyle = line
  for (const router of topology.routers) {
    const from = project(router.x, router.y)
    for (const rack of router.racks) {
      const box = topology.racks[rack]
      if (box === undefined) continue
      const to = project(box.x + box.width / 2, box.y)
      context.beginPath()
      context.moveTo(from.x, from.y)
      context.lineTo(to.x, to.y)
      context.stroke()
    }
  }
  context.textBaseline = 'top'
  for (const { x, y, width, height, name, cidr } of topology.racks) {
    const [a, b] = [project(x, y), project(x + width, y + height)]
    const wide = b.x - a.x
    context.fillStyle = surface
    context.fillRect(a.x, a.y, wide, b.y - a.y)
    context.strokeStyle = line
    context.strokeRect(a.x, a.y, wide, b.y - a.y)
    if (wide < SMALLEST_NAME) continue
    const size = Math.max(9, Math.min(13, wide / 9))
    context.font = `600 ${size}px system-ui, sans-serif`
    context.fillStyle = quiet
    const both = `${name}  ${cidr}`
    const fits = (text: string): boolean => context.measureText(text).width <= wide - 8
    const text = fits(both) && name !== cidr ? both : fits(name) ? name : shortened(context, name, wide - 8)
    context.fillText(text, a.x + 4, a.y + 3)
  }
}

/** Everything at once, fitted into the canvas: for paper and for browsers without WebGL. */
export function drawFlat(canvas: HTMLCanvasElement, data: PageData, graph: Drawing, width: number): void {
  const { topology } = data
  const margin = 16
  const scale = Math.min((width - 2 * margin) / Math.max(1, topology.width), 5)
  const height = topology.height * scale + 2 * margin + 12
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
  const ink = themeColour('--ink')
  graph.forEachNode((_, { x, y, size, color, label, kind }) => {
    const at = project(x, -y)
    const radius = Math.max(1.5, size * scale)
    context.fillStyle = color
    context.beginPath()
    if (kind === 'router') context.rect(at.x - radius, at.y - radius, 2 * radius, 2 * radius)
    else context.arc(at.x, at.y, radius, 0, 2 * Math.PI)
    context.fill()
    const inside = kind === 'group'
    if (!inside && radius < 5 && kind !== 'router' && kind !== 'outside' && kind !== 'host') return
    context.fillStyle = ink
    context.font = '11px system-ui, sans-serif'
    context.fillText(label, at.x, inside ? at.y : at.y + radius + 7)
  })
}

function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  let short = text
  while (short.length > 1 && context.measureText(`${short}…`).width > room) short = short.slice(0, -1)
  return `${short}…`
}
