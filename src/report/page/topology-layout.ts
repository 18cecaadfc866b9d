/**
 * Where everything stands in the drawing of the network, worked out once when the page is made: outside peers and
 * routers on top, racks below them side by side, reflectors in the first row of their rack, then the other nodes, hosts
 * at the foot. Whole units, y downwards.
 */

/** Distance between neighbouring nodes; everything else is measured in it. */
const STEP = 10
const PADDING = 10
/** Room for a rack's name above its nodes. */
const HEADING = 16
const GAP = 14
const LEVEL = 46
/** Nodes in one row of a rack. */
const MOST_COLUMNS = 40
/** Nodes of the largest rack up to which every node has room for its name below it, and that room. */
const FEW = 12
const WIDE_STEP = 24
const WIDE_PADDING = 16
/** Room above the nodes of such a rack, into which rows bend. */
const ROOM_ABOVE = 9

export interface LayoutNode {
  readonly rack: number
  readonly reflector: boolean
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly racks: readonly Box[]
  readonly nodes: readonly Point[]
  readonly routers: readonly Point[]
  readonly outside: readonly Point[]
  readonly hosts: readonly Point[]
}

export interface LayoutInput {
  readonly nodes: readonly LayoutNode[]
  /** Racks, of which the last may be the one of nodes on no segment. */
  readonly racks: number
  readonly routers: number
  readonly outside: number
  /** Rack of each host, -1 for none. */
  readonly hosts: readonly number[]
}

export function layOut(input: LayoutInput): Layout {
  const members: { reflectors: number[]; others: number[]; hosts: number[] }[] = []
  for (let i = 0; i < input.racks; i++) members.push({ reflectors: [], others: [], hosts: [] })
  for (const [i, { rack, reflector }] of input.nodes.entries()) {
    const held = members[rack]
    if (held !== undefined) (reflector ? held.reflectors : held.others).push(i)
  }
  for (const [i, rack] of input.hosts.entries()) members[rack]?.hosts.push(i)

  const largest = Math.max(1, ...members.map(({ others }) => others.length))
  const few = largest <= FEW
  const columns = Math.min(MOST_COLUMNS, Math.max(few ? 2 : 4, Math.ceil(Math.sqrt(largest * 1.6))))
  const [across, down] = few ? [WIDE_STEP, WIDE_STEP] : [STEP, STEP]
  const rowsOf = (list: readonly number[]): number => Math.ceil(list.length / columns)
  // Reflectors of all racks stand on one level, above the other nodes.
  const levels = Math.max(0, ...members.map(({ reflectors }) => rowsOf(reflectors)))
  const sizes = members.map(({ others, hosts }) => {
    const rows = levels + rowsOf(others) + rowsOf(hosts)
    return {
      width: (columns - 1) * across + 2 * (few ? WIDE_PADDING : PADDING),
      height: HEADING + Math.max(1, rows) * down + (few ? ROOM_ABOVE : PADDING),
    }
  })
  const shelves = shelve(sizes, racksAcross(sizes))
  const width = Math.max(shelves.width, 16 * STEP)
  const top = (input.outside > 0 ? LEVEL : 0) + (input.routers > 0 ? LEVEL : 0)
  const racks = shelves.boxes.map((box) => ({ ...box, y: box.y + top }))

  const nodes: Point[] = input.nodes.map(() => ({ x: 0, y: 0 }))
  const hosts: Point[] = input.hosts.map(() => ({ x: width, y: top }))
  for (const [rack, { reflectors, others, hosts: own }] of members.entries()) {
    const box = racks[rack]
    if (box === undefined) continue
    // Neighbouring racks stand at different heights, so that a line to the one does not run through the other.
    const lift = rack % 2 === 0 ? ROOM_ABOVE : ROOM_ABOVE - WIDE_STEP * 0.45
    for (const [list, into, firstRow] of [
      [reflectors, nodes, 0],
      [others, nodes, levels],
      [own, hosts, levels + rowsOf(others)],
    ] as const) {
      // A row of few stands in the middle; of many, only reflectors and hosts do, so that the rest is a grid.
      const centred = few || list !== others
      const gap = list === reflectors && !few ? Math.min(2, (columns - 1) / Math.max(1, reflectors.length - 1)) : 1
      for (const [i, member] of list.entries()) {
        const own = centred ? Math.min(columns, list.length - Math.floor(i / columns) * columns) : columns
        const column = i % columns
        const row = firstRow + Math.floor(i / columns)
        into[member] = {
          x: box.x + box.width / 2 + (column - (own - 1) / 2) * across * Math.max(1, gap),
          y: box.y + HEADING + down / 2 + row * down + (few ? lift + (own > 2 ? -bow(column, own) : 0) : 0),
        }
      }
    }
  }
  const height = top + shelves.height
  return {
    width,
    height,
    racks,
    nodes,
    hosts,
    routers: spread(input.routers, width, top - LEVEL / 2 - 6),
    outside: spread(input.outside, width, LEVEL / 2 - 6),
  }
}

/** Bends a row, so that the lines between its nodes do not lie upon each other. */
function bow(column: number, columns: number): number {
  const middle = (columns - 1) / 2
  return middle === 0 ? 0 : Math.round((1 - ((column - middle) / middle) ** 2) * WIDE_STEP * 0.35 * 10) / 10
}

/** So many racks side by side that the whole is about as wide as a screen is. */
function racksAcross(sizes: readonly { width: number; height: number }[]): number {
  const area = sizes.reduce((sum, { width, height }) => sum + (width + GAP) * (height + GAP), 0)
  const first = sizes[0]
  if (first === undefined) return 1
  return Math.max(1, Math.round(Math.sqrt(area * 1.9) / (first.width + GAP)))
}

function shelve(
  sizes: readonly { width: number; height: number }[],
  across: number,
): { readonly boxes: readonly Box[]; readonly width: number; readonly height: number } {
  const boxes: Box[] = []
  let y = 0
  let width = 0
  for (let start = 0; start < sizes.length; start += across) {
    const shelf = sizes.slice(start, start + across)
    const height = Math.max(...shelf.map((size) => size.height))
    let x = 0
    for (const size of shelf) {
      boxes.push({ x, y, width: size.width, height })
      x += size.width + GAP
    }
    width = Math.max(width, x - GAP)
    y += height + GAP
  }
  return { boxes, width, height: Math.max(0, y - GAP) }
}

function spread(count: number, width: number, y: number): readonly Point[] {
  return Array.from({ length: count }, (_, i) => ({ x: Math.round((width * (i + 0.5)) / count), y }))
}
