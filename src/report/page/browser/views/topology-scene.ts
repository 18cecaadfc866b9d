/** The drawing in WebGL: sigma with the racks below it. */

import Sigma from 'sigma'
import type { PageData } from '../../page-data.js'
import { themeColour } from '../colours.js'
import { drawLabel, drawRacks, drawShape } from './topology-canvas.js'
import type { Drawing, DrawnEdge, DrawnNode } from './topology-graph.js'

export interface Scene {
  /** Shows another graph, keeping the view. */
  change(graph: Drawing): void
  /** Picks out a drawn node and what it has sessions with; undefined for none. */
  select(key: string | undefined, others: readonly string[]): void
  zoom(factor: number): void
  pan(x: number, y: number): void
  fit(): void
  goTo(key: string): void
  /** After a change of colours or size. */
  redraw(): void
}

export function hasWebGL(): boolean {
  try {
    return document.createElement('canvas').getContext('webgl2') !== null
  } catch {
    return false
  }
}

type Renderer = Sigma<DrawnNode, DrawnEdge>

/** Throws when the browser has no WebGL after all. */
export function makeScene(
  host: HTMLElement,
  data: PageData,
  first: Drawing,
  act: { readonly node: (key: string) => void; readonly nothing: () => void },
): Scene {
  let selected: string | undefined
  let others: ReadonlySet<string> = new Set()
  let drawn = first
  const renderer: Renderer = new Sigma(first, host, {
    itemSizesReference: 'positions',
    zoomToSizeRatioFunction: (ratio) => ratio,
    zIndex: true,
    stagePadding: 16,
    minCameraRatio: 0.01,
    maxCameraRatio: 2.5,
    labelFont: 'system-ui, sans-serif',
    labelSize: 12,
    labelColor: { color: themeColour('--ink') },
    labelDensity: 0.8,
    labelGridCellSize: 70,
    labelRenderedSizeThreshold: 9,
    allowInvalidContainer: true,
    doubleClickZoomingRatio: 2,
    defaultDrawNodeLabel: (context, node, settings) => {
      if (!node.label) return
      const { size } = node
      context.font = `${settings.labelSize}px ${settings.labelFont}`
      context.fillStyle = themeColour('--ink')
      if (drawn.hasNode(node.key) && drawn.getNodeAttribute(node.key, 'kind') === 'group') {
        context.font = `600 ${Math.max(10, Math.min(18, size))}px ${settings.labelFont}`
        context.fillStyle = '#0b1f33'
        context.fillText(node.label, node.x - context.measureText(node.label).width / 2, node.y + 4)
      } else {
        const kind = drawn.hasNode(node.key) ? drawn.getNodeAttribute(node.key, 'kind') : 'node'
        const [wide, down] = [context.measureText(node.label).width, kind === 'host' ? 1.5 : 1]
        const left = kind === 'router' ? node.x + size * 1.15 + 6 : node.x - wide / 2
        const below = node.y + size * down + 13
        const y = kind === 'router' ? node.y + 4 : kind === 'reflector' ? node.y - size * 1.4 - 4 : below
        drawLabel(context, node.label, left, y)
      }
    },
    defaultDrawNodeHover: (context, node, settings) => {
      const { size } = node
      context.strokeStyle = themeColour('--ink')
      context.lineWidth = 2
      context.beginPath()
      context.arc(node.x, node.y, size + 2, 0, 2 * Math.PI)
      context.stroke()
      if (!node.label || drawn.getNodeAttribute(node.key, 'kind') === 'group') return
      context.font = `600 ${settings.labelSize}px ${settings.labelFont}`
      const wide = context.measureText(node.label).width
      context.fillStyle = themeColour('--surface')
      context.fillRect(node.x - wide / 2 - 3, node.y + size + 1, wide + 6, 16)
      context.fillStyle = themeColour('--ink')
      context.fillText(node.label, node.x - wide / 2, node.y + size + 13)
    },
    nodeReducer: (key, attributes) => {
      if (selected === undefined || key === selected || others.has(key)) return attributes
      return { ...attributes, color: themeColour('--faded'), label: '', zIndex: 0 }
    },
    edgeReducer: (edge, attributes) => {
      if (selected === undefined) return attributes
      return drawn.hasEdge(edge) && drawn.hasExtremity(edge, selected)
        ? { ...attributes, zIndex: 5 }
        : { ...attributes, hidden: true }
    },
  })
  const { width, height } = data.topology
  // The box counts from the next reading of the graph on.
  renderer.setCustomBBox({ x: [0, width], y: [-height, 0] })
  renderer.refresh()
  const below = layer(renderer, 'racks', { beforeLayer: 'edges' })
  const lines = layer(renderer, 'selected', { afterLayer: 'edges' })
  const project = (x: number, y: number): { x: number; y: number } => renderer.graphToViewport({ x, y: -y })

  /** Above the lines and below the circles, which then are part of them. */
  const drawShapes = (): void => {
    lines.globalAlpha = 1
    drawn.forEachNode((key, { kind, x, y, size, color }) => {
      if (kind === 'node' || kind === 'group' || kind === 'outside') return
      const faded = selected !== undefined && key !== selected && !others.has(key)
      drawShape(lines, kind, project(x, -y), renderer.scaleSize(size), faded ? themeColour('--faded') : color)
    })
  }

  renderer.on('beforeRender', () => {
    const { width: w, height: h } = renderer.getDimensions()
    below.clearRect(0, 0, w, h)
    drawRacks(below, data, project)
    lines.clearRect(0, 0, w, h)
    drawShapes()
    if (selected === undefined || !drawn.hasNode(selected)) return
    // Sessions of a mesh that is too large to draw whole.
    const from = drawn.getNodeAttributes(selected)
    const at = project(from.x, -from.y)
    lines.strokeStyle = '#7f8c9a'
    lines.globalAlpha = others.size > 200 ? 0.25 : 0.6
    lines.beginPath()
    for (const key of others) {
      if (!drawn.hasNode(key) || drawn.hasEdge(selected, key)) continue
      const { x, y } = drawn.getNodeAttributes(key)
      const to = project(x, -y)
      lines.moveTo(at.x, at.y)
      lines.lineTo(to.x, to.y)
    }
    lines.stroke()
  })
  renderer.on('clickNode', ({ node }) => act.node(node))
  renderer.on('clickStage', () => act.nothing())

  const camera = renderer.getCamera()
  return {
    change: (graph) => {
      drawn = graph
      selected = undefined
      renderer.setGraph(graph)
      renderer.setCustomBBox({ x: [0, width], y: [-height, 0] })
      renderer.refresh()
    },
    select: (key, with_) => {
      selected = key
      others = new Set(with_)
      renderer.refresh({ skipIndexation: true })
    },
    zoom: (factor) => camera.setState({ ratio: Math.min(2.5, Math.max(0.01, camera.ratio / factor)) }),
    pan: (x, y) => camera.setState({ x: camera.x + x * camera.ratio, y: camera.y + y * camera.ratio }),
    fit: () => camera.setState({ x: 0.5, y: 0.5, ratio: 1, angle: 0 }),
    goTo: (key) => {
      const at = renderer.getNodeDisplayData(key)
      if (at !== undefined) camera.setState({ x: at.x, y: at.y, ratio: Math.min(camera.ratio, 0.35) })
    },
    redraw: () => {
      renderer.resize(true)
      renderer.refresh()
    },
  }
}

function layer(
  renderer: Renderer,
  id: string,
  place: { beforeLayer: string } | { afterLayer: string },
): CanvasRenderingContext2D {
  const canvas = renderer.createCanvas(id, { ...place, style: { position: 'absolute' } })
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  const match = (): void => {
    const { width, height } = renderer.getDimensions()
    canvas.style.setProperty('width', `${width}px`)
    canvas.style.setProperty('height', `${height}px`)
    canvas.width = width * devicePixelRatio
    canvas.height = height * devicePixelRatio
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  }
  match()
  renderer.on('resize', match)
  return context
}
