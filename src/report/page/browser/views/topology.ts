/** The network drawn: subnets as boxes, nodes in them, routers above, sessions as lines. */

import { append, button, type Child, h, link, on, replace } from '../dom.js'
import { facts, lead, legend, note } from '../parts.js'
import { hashOf } from '../place.js'
import { shortTable } from '../table.js'
import type { Page, View } from '../view.js'
import { listed, number, some } from '../words.js'
import { drawFlat } from './topology-canvas.js'
import { DOWN, type DrawnNode, drawingOf, type MadeDrawing, NODE_COLOURS, SESSION_COLOURS } from './topology-graph.js'
import { hasWebGL, makeScene, type Scene } from './topology-scene.js'

/** Nodes above which the racks begin as groups. */
const MOST_SINGLE = 240

export const topology: View = {
  id: 'topology',
  title: 'Topology',
  group: 'Network',
  present: ({ nodes, topology: { racks } }) => nodes.name.length > 0 && racks.length > 0,
  open: (section, page) => {
    const { data } = page
    const all = data.topology.racks.map((_, i) => i)
    let expanded: ReadonlySet<number> = new Set(data.nodes.name.length <= MOST_SINGLE ? all : [])
    let made = drawingOf(data, expanded)
    let scene: Scene | undefined
    const stage = h('div', { class: 'stage', tabindex: 0, role: 'application', 'aria-label': spoken(page) })
    const flat = h('canvas', { class: 'flat', role: 'img', 'aria-label': spoken(page) })
    const panel = h('aside', { class: 'panel', 'aria-live': 'polite' })
    const webgl = hasWebGL()
    const zoomTools = h(
      'div',
      { class: 'canvas-tools' },
      button('+', () => scene?.zoom(1.4), { 'aria-label': 'Larger', class: 'small' }),
      button('−', () => scene?.zoom(1 / 1.4), { 'aria-label': 'Smaller', class: 'small' }),
      button('Fit', () => scene?.fit(), { class: 'small' }),
    )
    const slot = webgl ? h('div', { class: 'canvas-slot' }, stage, zoomTools) : null
    const drawing = h('div', { class: 'drawing' }, slot, panel)
    const meshNote = h('p', { class: 'quiet' })

    const expand = (racks: ReadonlySet<number>): void => {
      expanded = racks
      made = drawingOf(data, expanded)
      scene?.change(made.graph)
      drawFlatNow()
      tellMesh()
    }
    const tellMesh = (): void => {
      replace(
        meshNote,
        made.meshHidden ? 'The sessions of the full mesh are too many to draw: select a node to see its own.' : null,
      )
    }
    const drawFlatNow = (): void =>
      drawFlat(flat, data, made.graph, { width: Math.max(300, Math.min(1100, section.clientWidth || 720)) })
    const select = (key: string | undefined): void => {
      scene?.select(key, key === undefined ? [] : peersOf(page, made, key))
      const attributes = key === undefined || !made.graph.hasNode(key) ? undefined : made.graph.getNodeAttributes(key)
      replace(panel, attributes === undefined ? overview(page) : about(page, attributes, toggle))
    }
    const toggle = (rack: number): void => {
      const racks = new Set(expanded)
      if (!racks.delete(rack)) racks.add(rack)
      expand(racks)
      select(expanded.has(rack) ? undefined : `g${rack}`)
    }
    /** No higher than the drawing needs. */
    const fitHeight = (): void => {
      const { width, height } = data.topology
      const wanted = (stage.clientWidth * height) / Math.max(1, width) + 40
      stage.style.setProperty('height', `${Math.max(320, Math.min(wanted, innerHeight * 0.68))}px`)
    }
    const begin = (): void => {
      if (!webgl || scene !== undefined) return
      fitHeight()
      try {
        scene = makeScene(stage, data, made.graph, {
          node: (key) => {
            const item = nameOf(page, made.graph.getNodeAttributes(key))
            select(key)
            page.amend({ view: 'topology', item })
          },
          nothing: () => {
            select(undefined)
            page.amend({ view: 'topology' })
          },
        })
      } catch {
        stage.replaceWith(flat)
      }
    }
    on(stage, 'keydown', (event) => {
      const acts: Readonly<Record<string, () => void>> = {
        '+': () => scene?.zoom(1.4),
        '-': () => scene?.zoom(1 / 1.4),
        '0': () => scene?.fit(),
        ArrowLeft: () => scene?.pan(-0.1, 0),
        ArrowRight: () => scene?.pan(0.1, 0),
        ArrowUp: () => scene?.pan(0, 0.1),
        ArrowDown: () => scene?.pan(0, -0.1),
        Escape: () => select(undefined),
      }
      const act = acts[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    })
    append(section, [
      lead(
        'Subnets with their nodes, the routers that join them, and the BGP sessions between them.',
        data.topology.assumedUnderlay
          ? ' The input does not describe the network below, so one subnet for each node network and one router are assumed.'
          : '',
      ),
      h(
        'div',
        { class: 'tools' },
        webgl ? null : note('This browser draws no WebGL, so the drawing does not move.'),
        button('Every node', () => expand(new Set(all)), { class: 'small' }),
        button('One circle a subnet', () => expand(new Set()), { class: 'small' }),
      ),
      legendOf(page),
      drawing,
      webgl ? null : flat,
      meshNote,
      h('details', { open: !webgl }, h('summary', {}, 'The same as a table'), racksTable(page)),
    ])
    if (webgl) {
      flat.classList.add('paper')
      section.append(flat)
    }
    return {
      show: ({ item }) => {
        begin()
        tellMesh()
        if (!webgl) drawFlatNow()
        const key = keyFor(page, made, item)
        select(key)
        if (item !== '' && key !== undefined) scene?.goTo(key)
      },
      redraw: () => {
        scene?.redraw()
        drawFlatNow()
      },
    }
  },
}

/** The drawn node that a name stands for. */
function keyFor({ data, index }: Page, { keyOf }: MadeDrawing, item: string): string | undefined {
  if (item === '') return undefined
  const node = index.nodeByName.get(item)
  if (node !== undefined) return keyOf(node)
  const { routers, hosts, racks, outside } = data.topology
  const place = (list: readonly { readonly name: string }[]): number => list.findIndex(({ name }) => name === item)
  if (place(routers) >= 0) return `r${place(routers)}`
  if (place(hosts) >= 0) return `h${place(hosts)}`
  if (place(racks) >= 0) return `g${place(racks)}`
  const peer = outside.findIndex(({ address }) => address === item)
  return peer >= 0 ? `o${peer}` : undefined
}

function nameOf({ data }: Page, { kind, index }: DrawnNode): string {
  const { routers, hosts, racks, outside } = data.topology
  switch (kind) {
    case 'node':
    case 'reflector':
      return data.nodes.name[index] ?? ''
    case 'group':
      return racks[index]?.name ?? ''
    case 'router':
      return routers[index]?.name ?? ''
    case 'host':
      return hosts[index]?.name ?? ''
    case 'outside':
      return outside[index]?.address ?? ''
  }
}

/** Drawn nodes that the selected one has a session with. */
function peersOf({ index }: Page, { graph, keyOf }: MadeDrawing, key: string): readonly string[] {
  if (!graph.hasNode(key)) return []
  const { kind, index: i } = graph.getNodeAttributes(key)
  const peers = new Set(graph.neighbors(key))
  if (kind === 'node' || kind === 'reflector') {
    for (const session of index.sessionsOf(i)) {
      const node = index.nodeByName.get(session.peer)
      if (node !== undefined) peers.add(keyOf(node))
    }
  }
  peers.delete(key)
  return [...peers]
}

function about(page: Page, node: DrawnNode, toggle: (rack: number) => void): readonly Child[] {
  const { data, index } = page
  const { topology: net, nodes } = data
  const i = node.index
  switch (node.kind) {
    case 'node':
    case 'reflector': {
      const name = nodes.name[i] ?? ''
      const sessions = index.sessionsOf(i)
      const down = sessions.filter(({ state }) => state !== 'Established').length
      const rack = nodes.rack[i] ?? -1
      return [
        h('h3', {}, name),
        facts([
          ['Address', nodes.address[i] ?? ''],
          ['Subnet', index.rackName(rack)],
          ...(node.kind === 'reflector' ? ([['Reflector', index.reflectorID(i)]] as const) : []),
          ['Sessions', `${number(sessions.length)}${down > 0 ? `, ${number(down)} down` : ', all established'}`],
          ['Pods', number(nodes.pods[i] ?? 0)],
        ]),
        h(
          'p',
          {},
          link(hashOf({ view: 'nodes', item: name }), 'Sessions and blocks'),
          ' · ',
          link(hashOf({ view: 'routes', item: name }), 'Routes'),
        ),
        rack >= 0 && node.kind === 'node'
          ? button('Draw its subnet as a group', () => toggle(rack), { class: 'small' })
          : null,
      ]
    }
    case 'group': {
      const rack = net.racks[i]
      if (rack === undefined) return []
      return [
        h('h3', {}, rack.name),
        facts([
          ['Prefix', rack.cidr],
          ['Nodes', number(rack.nodes)],
          ...(rack.mtu > 0 ? ([['MTU', number(rack.mtu)]] as const) : []),
          ...rack.notes.map((text, n) => [n === 0 ? 'Notes' : '', text] as const),
        ]),
        button('Draw its nodes', () => toggle(i), { class: 'small' }),
        h('p', {}, link(hashOf({ view: 'nodes', find: rack.name }), 'Its nodes as a list')),
      ]
    }
    case 'router': {
      const router = net.routers[i]
      if (router === undefined) return []
      return [
        h('h3', {}, router.name),
        facts([
          ['Joins', listed(router.racks.map((rack) => index.rackName(rack)))],
          ['BGP', router.asNumber === null ? 'none' : `AS ${router.asNumber}`],
          ...(router.assumed ? ([['Assumed', 'the input describes no router']] as const) : []),
        ]),
      ]
    }
    case 'host':
      return [h('h3', {}, net.hosts[i]?.name ?? ''), facts([['Address', net.hosts[i]?.address ?? '']])]
    case 'outside':
      return [h('h3', {}, net.outside[i]?.address ?? ''), note('A peer that the input does not describe.')]
  }
}

function overview({ data }: Page): readonly Child[] {
  const { racks, routers } = data.topology
  return [
    h('h3', {}, 'The whole network'),
    facts([
      ['Nodes', number(data.nodes.name.length)],
      ['Subnets', number(racks.length)],
      ['Routers', number(routers.length)],
      ['Reflectors', number(data.nodes.reflectors.length)],
      ['Sessions', `${number(data.sessions.established)} of ${number(data.sessions.total)} established`],
    ]),
    note('Click a node, a group or a router to see its part.'),
  ]
}

function legendOf({ data }: Page): HTMLElement {
  const kinds = new Set(data.sessions.sorts.map(({ kind }) => kind))
  if (data.sessions.meshes.length > 0) kinds.add('mesh')
  const names: Readonly<Record<string, string>> = {
    mesh: 'mesh session',
    node: 'session of a node’s BGPPeer',
    global: 'session of a global BGPPeer',
    localWorkload: 'session with a workload',
    router: 'session of a router',
  }
  return legend([
    [NODE_COLOURS.node, 'node', 'dot'],
    ...(data.nodes.reflectors.length > 0 ? ([[NODE_COLOURS.reflector, 'reflector', 'ring']] as const) : []),
    ...(data.topology.routers.length > 0 ? ([[NODE_COLOURS.router, 'router']] as const) : []),
    ...(data.topology.hosts.length > 0 ? ([[NODE_COLOURS.host, 'host']] as const) : []),
    ...[...kinds].map((kind) => [SESSION_COLOURS[kind] ?? '#0072b2', names[kind] ?? kind, 'line'] as const),
    ...(data.topology.routers.length > 0 ? ([['var(--edge)', 'cable', 'line']] as const) : []),
    ...(data.sessions.established < data.sessions.total ? ([[DOWN, 'thick: session down', 'line']] as const) : []),
  ])
}

function racksTable({ data }: Page): HTMLElement {
  const { nodes, topology: net } = data
  return shortTable(
    'Subnets',
    [
      { name: 'Subnet' },
      { name: 'Prefix' },
      { name: 'Nodes', align: 'right' },
      { name: 'Reflectors', align: 'right' },
      { name: 'MTU', align: 'right' },
      { name: 'Routers' },
      { name: 'Notes', extra: true },
    ],
    net.racks.map(({ name, cidr, nodes: count, mtu, notes }, i) => [
      link(hashOf({ view: 'nodes', find: name }), name),
      cidr,
      number(count),
      number(nodes.reflectors.filter(([node]) => nodes.rack[node] === i).length),
      mtu === 0 ? '' : number(mtu),
      net.routers.flatMap((router) => (router.racks.includes(i) ? [router.name] : [])).join(', '),
      notes.join('; '),
    ]),
  )
}

function spoken({ data }: Page): string {
  const { racks, routers } = data.topology
  return `Drawing of ${some(data.nodes.name.length, 'node')} in ${some(racks.length, 'subnet')} with ${some(routers.length, 'router')} and ${some(data.sessions.total, 'session')}. A table with the same stands below.`
}
