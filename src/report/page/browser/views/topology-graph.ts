/** The drawing as a graph: nodes, or a rack's nodes as one group; sessions between two of them as one line. */

import Graph from 'graphology'
import type { PageData } from '../../page-data.js'
import { number } from '../words.js'

export type DrawnKind = 'node' | 'reflector' | 'group' | 'router' | 'host' | 'outside'

export interface DrawnNode {
  readonly kind: DrawnKind
  /** Index of the node, rack (of a group), router, host or outside peer. */
  readonly index: number
  readonly x: number
  /** Upwards, as sigma counts. */
  readonly y: number
  readonly size: number
  readonly label: string
  readonly color: string
  readonly zIndex: number
  readonly forceLabel: boolean
}

export interface DrawnEdge {
  kind: string
  count: number
  down: number
  /** What it is, or why what is down is down. */
  reason: string
  size: number
  color: string
  zIndex: number
}

export type Drawing = Graph<DrawnNode, DrawnEdge>

/** Session lines by what asks for them; what is down has one colour, whatever it is. */
export const SESSION_COLOURS: Readonly<Record<string, string>> = {
  mesh: '#7f8c9a',
  node: '#0072b2',
  global: '#009e73',
  localWorkload: '#cc79a7',
  router: '#e69f00',
}
export const DOWN = '#d55e00'
export const NODE_COLOURS: Readonly<Record<DrawnKind, string>> = {
  node: '#56b4e9',
  reflector: '#0072b2',
  group: '#56b4e9',
  router: '#e69f00',
  host: '#cc79a7',
  outside: '#999999',
}

/** Members of a mesh up to which every session of it is a line. */
const MOST_MESH = 40
const MOST_DOWN_LINES = 400
/** Lines above which each is see-through, so that nodes stay visible behind them. */
const MANY_LINES = 150
/** Drawn nodes up to which lines are thick. */
const FEW = 60
/** Width of a drawing of few nodes, which are then drawn no larger than they need be. */
const SMALL_WIDTH = 190

export interface MadeDrawing {
  readonly graph: Drawing
  /** Key of the drawn node that stands for an end of a session. */
  readonly keyOf: (end: number) => string
  /** True when the established sessions of a mesh are too many to draw. */
  readonly meshHidden: boolean
}

/** `expanded`: racks whose nodes are drawn one by one. */
export function drawingOf(data: PageData, expanded: ReadonlySet<number>): MadeDrawing {
  const { nodes, topology } = data
  const graph: Drawing = new Graph({ type: 'undirected', multi: false, allowSelfLoops: false })
  const reflectors = new Map(nodes.reflectors)
  const rackOf = (node: number): number => {
    const rack = nodes.rack[node] ?? -1
    return rack < 0 ? topology.racks.length - 1 : rack
  }
  const keyOf = (end: number): string => {
    if (end >= nodes.name.length) {
      const router = end - nodes.name.length
      return router < topology.routers.length ? `r${router}` : `o${router - topology.routers.length}`
    }
    return reflectors.has(end) || expanded.has(rackOf(end)) ? `n${end}` : `g${rackOf(end)}`
  }
  const add = (
    key: string,
    kind: DrawnKind,
    index: number,
    at: { x: number; y: number },
    size: number,
    label: string,
  ): void => {
    const color = NODE_COLOURS[kind]
    const drawnSize = kind === 'group' ? size : size * Math.min(1, topology.width / SMALL_WIDTH)
    const forceLabel = kind === 'router' || kind === 'host' || kind === 'outside' || kind === 'group'
    graph.addNode(key, {
      kind,
      index,
      x: at.x,
      y: -at.y,
      size: drawnSize,
      label,
      color,
      zIndex: kind === 'reflector' ? 2 : 1,
      forceLabel,
    })
  }

  const grouped = new Map<number, number>()
  for (const [i, name] of nodes.name.entries()) {
    const key = keyOf(i)
    if (key.startsWith('g')) grouped.set(rackOf(i), (grouped.get(rackOf(i)) ?? 0) + 1)
    else {
      const reflector = reflectors.has(i)
      const at = { x: topology.x[i] ?? 0, y: topology.y[i] ?? 0 }
      add(key, reflector ? 'reflector' : 'node', i, at, reflector ? 3.4 : 3, name)
    }
  }
  const largest = Math.max(1, ...grouped.values())
  for (const [rack, count] of grouped) {
    const box = topology.racks[rack]
    if (box === undefined) continue
    const radius = Math.min(box.width, box.height - 12) / 2.6
    const at = { x: box.x + box.width / 2, y: box.y + 12 + (box.height - 12) / 2 }
    add(`g${rack}`, 'group', rack, at, Math.max(4, radius * (0.45 + 0.55 * Math.sqrt(count / largest))), number(count))
  }
  for (const [i, router] of topology.routers.entries()) add(`r${i}`, 'router', i, router, 3.6, router.name)
  for (const [i, host] of topology.hosts.entries()) add(`h${i}`, 'host', i, host, 3, host.name)
  for (const [i, peer] of topology.outside.entries()) add(`o${i}`, 'outside', i, peer, 4, peer.address)

  addExplicit(data, graph, keyOf)
  const meshHidden = addMesh(data, graph, keyOf)
  if (graph.size > MANY_LINES) {
    graph.updateEachEdgeAttributes((_, edge) => (edge.down > 0 ? edge : { ...edge, color: `${edge.color}80` }))
  }
  return { graph, keyOf, meshHidden }
}

function addExplicit({ sessions }: PageData, graph: Drawing, keyOf: (end: number) => string): void {
  for (const [i, from] of sessions.from.entries()) {
    const sort = sessions.sorts[sessions.sort[i] ?? -1]
    if (sort === undefined) continue
    addSessions(graph, keyOf(from), keyOf(sessions.to[i] ?? -1), { ...sort, count: 1 })
  }
}

/** True when only what is down of a mesh was drawn. */
function addMesh({ sessions }: PageData, graph: Drawing, keyOf: (end: number) => string): boolean {
  let hidden = false
  for (const { members, classOf, pairs } of sessions.meshes) {
    const byClass = new Map<number, number[]>()
    for (const [i, member] of members.entries()) {
      const held = byClass.get(classOf[i] ?? -1)
      if (held === undefined) byClass.set(classOf[i] ?? -1, [member])
      else held.push(member)
    }
    const all = members.length <= MOST_MESH
    hidden ||= !all
    let lines = 0
    for (const { classes, state, reason } of pairs) {
      if (!all && state === 'Established') continue
      const [from, to] = [byClass.get(classes[0]) ?? [], byClass.get(classes[1]) ?? []]
      for (const [i, a] of from.entries()) {
        for (const [j, b] of to.entries()) {
          if (a === b || (classes[0] === classes[1] && j <= i)) continue
          if (!all && ++lines > MOST_DOWN_LINES) break
          addSessions(graph, keyOf(a), keyOf(b), { kind: 'mesh', state, reason, count: 1 })
        }
        if (lines > MOST_DOWN_LINES) break
      }
    }
  }
  return hidden
}

interface Sessions {
  readonly kind: string
  readonly state: string
  readonly reason: string
  readonly count: number
}

function addSessions(graph: Drawing, a: string, b: string, { kind, state, reason, count }: Sessions): void {
  if (a === b || !graph.hasNode(a) || !graph.hasNode(b)) return
  const down = state === 'Established' ? 0 : count
  const known = graph.edge(a, b)
  const before = known === undefined ? undefined : graph.getEdgeAttributes(known)
  const allDown = (before?.down ?? 0) + down
  const all = (before?.count ?? 0) + count
  const edge: DrawnEdge = {
    kind: before?.kind ?? kind,
    count: all,
    down: allDown,
    reason: down > 0 || before === undefined ? reason : before.reason,
    size: (graph.order <= FEW ? 0.9 : 0.5) + Math.min(1.9, Math.log10(all) * 0.5) + (allDown > 0 ? 0.5 : 0),
    color: allDown > 0 ? DOWN : (SESSION_COLOURS[before?.kind ?? kind] ?? '#0072b2'),
    zIndex: allDown > 0 ? 3 : 0,
  }
  if (known === undefined) graph.addEdge(a, b, edge)
  else graph.replaceEdgeAttributes(known, edge)
}
