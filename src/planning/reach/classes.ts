/**
 * Nodes that behave alike. Two nodes are in one class only when swapping them changes nothing: they have the same
 * facts, each treats every other node's addresses as the other does, and everybody treats theirs alike. Then any two
 * nodes of two classes stand for all pairs of these classes.
 */

import type { ElementRef, Plane } from '../../dataplane/trace/plane.js'
import { type ActionReader, actionReader } from './actions.js'
import type { Alike } from './bgp-alike.js'
import type { ReachEnds } from './ends.js'
import { factsOf } from './facts.js'
import type { Racks } from './racks.js'
import { reachTargets, type Targets } from './targets.js'

export interface Classes {
  /** By node index. */
  readonly classOf: Int32Array
  /** Node indexes of each class, ascending; classes in the order of their first nodes. */
  readonly classes: readonly (readonly number[])[]
  /** Classes whose nodes others' packets pass through. */
  readonly passing: ReadonlySet<number>
  /** What the classes are in their racks, where some of these may change places. */
  readonly racks?: Racks
}

/** What is known of nodes without reading their tables. */
export interface Evidence {
  readonly columns: Columns
  racks?(targets: Targets, classes: readonly (readonly number[])[]): Racks | undefined
}

/** Rows that were read, by node; missing for nodes that another one's row speaks for. */
type Rows = ReadonlyMap<number, Int32Array>

/** `alike` says what BGP knows of the nodes; where it says nothing, every table is read and compared. */
export function partition(plane: Plane, ends: ReachEnds, alike: Alike, evidence?: Evidence): Classes {
  return (evidence && byColumns(plane, ends, alike, evidence)) ?? byTables(plane, ends, alike)
}

/**
 * What the routes to a node's addresses depend on, as text: equal for nodes that every third one has like routes to.
 * Undefined where that cannot be said of all without reading tables.
 */
export type Columns = (node: number) => string | undefined

/**
 * By what BGP and the calculation graph say of the nodes' addresses. Of each class the rows of two nodes are still read,
 * for the addresses of those that are read, and compared; where they differ, undefined.
 */
function byColumns(plane: Plane, ends: ReachEnds, alike: Alike, evidence: Evidence): Classes | undefined {
  const { nodes } = plane.source.cluster
  const labelled = reachTargets(plane, ends, new Set())
  const facts = factsOf(plane, ends, labelled, false)
  const members = new Map<string, number[]>()
  for (const { index } of nodes) {
    const [known, column] = [alike(index), evidence.columns(index)]
    if (known === undefined || column === undefined) return undefined
    const key = `${known} ${facts(index)} ${column}`
    const list = members.get(key)
    if (list === undefined) members.set(key, [index])
    else list.push(index)
  }
  const found = numbered([...members.values()], nodes.length)
  const racks = evidence.racks?.(labelled, found.classes)
  if (racks !== undefined) {
    const seen = survey(plane, ends, samplesOf(found.classes, racks))
    if (!seen.alike) return undefined
    if (seen.transit.size === 0) return { ...found, racks }
  }
  let { classes } = found
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { alike: hold, transit } = survey(plane, ends, classes)
    const split = classes.flatMap((list) => byPart(list, transit))
    if (hold) return numbered(split, nodes.length, transit)
    if (split.length === classes.length) return undefined
    classes = split
  }
  return undefined
}

/** How often classes are split by who passes packets on and looked at again. */
const MOST_ROUNDS = 3

/** Those who pass nobody's packets on, and the others by their part in that. */
function byPart(list: readonly number[], transit: ReadonlyMap<number, string>): readonly (readonly number[])[] {
  const parts = new Map<string | undefined, number[]>()
  for (const node of list) {
    const part = transit.get(node)
    const held = parts.get(part)
    if (held === undefined) parts.set(part, [node])
    else held.push(node)
  }
  return [...parts.values()]
}

interface Survey {
  /** The nodes of each class that were read may change places. */
  readonly alike: boolean
  /** Nodes that others' packets pass through, with their part in that. */
  readonly transit: ReadonlyMap<number, string>
}

/** Reads the rows of two nodes of each class and of all routers. */
function survey(plane: Plane, ends: ReachEnds, classes: readonly (readonly number[])[]): Survey {
  const pairs = classes.map((list) => [list[0] ?? 0, list.at(-1) ?? 0] as const)
  const read = new Set(spread(pairs).flat())
  const targets = reachTargets(plane, ends, read)
  const reader = actionReader(plane, targets)
  const others = plane.source.cluster.underlay.routers.map(({ index, name }) =>
    reader.row({ kind: 'router', index, name }),
  )
  const rows = new Map([...read].sort((a, b) => a - b).map((node) => [node, reader.row(nodeElement(plane, node))]))
  const swappable = twins(targets, rows, others)
  const alike = pairs.every(([first, last]) => !read.has(first) || first === last || swappable(first, last))
  return { alike, transit: reader.transit() }
}

/** Racks of each shape whose nodes are read. */
const SAMPLED_RACKS = 3

/** The classes of some racks of each kind. */
function samplesOf(classes: Classes['classes'], { shapeOf }: Racks): readonly (readonly number[])[] {
  const seen = new Map<number, number>()
  return classes.filter((_, cls) => {
    const shape = shapeOf[cls] ?? -1
    const count = seen.get(shape) ?? 0
    seen.set(shape, count + 1)
    return count < SAMPLED_RACKS
  })
}

/** Classes of which two nodes are read; of more, so many that lie evenly among them. */
const MOST_READ = 80

function spread<T>(list: readonly T[]): readonly T[] {
  const step = Math.max(1, list.length / MOST_READ)
  return Array.from({ length: Math.min(list.length, MOST_READ) }, (_, i) => list[Math.floor(i * step)]).flatMap(
    (item) => item ?? [],
  )
}

function numbered(
  lists: readonly (readonly number[])[],
  nodes: number,
  transit: ReadonlyMap<number, string> = new Map(),
): Classes {
  const classes = [...lists].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
  const classOf = new Int32Array(nodes)
  const passing = new Set<number>()
  for (const [number, members] of classes.entries()) {
    for (const node of members) classOf[node] = number
    if (transit.has(members[0] ?? -1)) passing.add(number)
  }
  return { classOf, classes, passing }
}

function byTables(plane: Plane, ends: ReachEnds, alike: Alike): Classes {
  const { cluster } = plane.source
  const targets = reachTargets(plane, ends)
  const reader = actionReader(plane, targets)
  const facts = factsOf(plane, ends, targets, false)
  const keys = cluster.nodes.map(({ index }) => {
    const key = alike(index)
    return key === undefined ? undefined : `${key} ${facts(index)}`
  })
  const others = cluster.underlay.routers.map(({ index, name }) => reader.row({ kind: 'router', index, name }))
  // Nodes that routers send others' packets through are like nobody else; those left may well be alike.
  for (const index of reader.transit().keys()) keys[index] = undefined
  const rows = readRows(plane, reader, keys)
  const swappable = twins(targets, rows, others)
  readUnlike(plane, reader, rows, keys, swappable)
  const byFacts = new Map<string, number[][]>()
  const classes: number[][] = []
  const transit = reader.transit()
  for (const { index } of cluster.nodes) {
    const part = transit.get(index)
    const known = keys[index] ?? facts(index)
    const key = part === undefined ? known : `${part}: ${known}`
    const found = byFacts.get(key) ?? []
    byFacts.set(key, found)
    const fitting = found.find(([first]) => first !== undefined && swappable(first, index))
    if (fitting !== undefined) {
      fitting.push(index)
      continue
    }
    const fresh = [index]
    found.push(fresh)
    classes.push(fresh)
  }
  return numbered(classes, cluster.nodes.length, transit)
}

/** The rows of the first and the last node of each key, and of every node without one. */
function readRows(plane: Plane, reader: ActionReader, keys: readonly (string | undefined)[]): Map<number, Int32Array> {
  const wanted = new Set<number>()
  const [first, last] = [new Map<string, number>(), new Map<string, number>()]
  for (const [node, key] of keys.entries()) {
    if (key === undefined) wanted.add(node)
    else {
      if (!first.has(key)) first.set(key, node)
      last.set(key, node)
    }
  }
  for (const node of [...first.values(), ...last.values()]) wanted.add(node)
  return new Map([...wanted].sort((a, b) => a - b).map((node) => [node, reader.row(nodeElement(plane, node))]))
}

/** Where the two nodes that were to speak for a key differ, all its nodes are read. */
function readUnlike(
  plane: Plane,
  reader: ActionReader,
  rows: Map<number, Int32Array>,
  keys: readonly (string | undefined)[],
  swappable: (a: number, b: number) => boolean,
): void {
  const sample = new Map<string, number[]>()
  for (const node of rows.keys()) {
    const key = keys[node]
    if (key !== undefined) sample.set(key, [...(sample.get(key) ?? []), node])
  }
  const unlike = new Set<string>()
  for (const [key, [a, b]] of sample) if (a !== undefined && b !== undefined && !swappable(a, b)) unlike.add(key)
  for (const [node, key] of keys.entries()) {
    if (key !== undefined && unlike.has(key) && !rows.has(node)) rows.set(node, reader.row(nodeElement(plane, node)))
  }
}

function nodeElement({ source: { cluster } }: Plane, index: number): ElementRef {
  return { kind: 'node', index, name: cluster.nodes[index]?.name ?? '' }
}

/** Whether swapping two nodes of the same facts leaves every row as it is. */
function twins(
  { start, nodeOf }: Targets,
  rows: Rows,
  others: readonly Int32Array[],
): (a: number, b: number) => boolean {
  const sameColumns = (row: Int32Array, a: number, b: number): boolean => {
    const [fromA, fromB, endA] = [start[a] ?? 0, start[b] ?? 0, start[a + 1] ?? 0]
    for (let i = fromA; i < endA; i++) if (row[i] !== row[i - fromA + fromB]) return false
    return true
  }
  const sameRows = (rowA: Int32Array, rowB: Int32Array, a: number, b: number): boolean => {
    const [fromA, fromB] = [start[a] ?? 0, start[b] ?? 0]
    for (let i = 0; i < rowA.length; i++) {
      const node = nodeOf[i]
      const mirrored = node === a ? i - fromA + fromB : node === b ? i - fromB + fromA : i
      if (rowA[i] !== rowB[mirrored]) return false
    }
    return true
  }
  return (a, b) => {
    const [rowA, rowB] = [rows.get(a), rows.get(b)]
    if (rowA !== undefined && rowB !== undefined && !sameRows(rowA, rowB, a, b)) return false
    if (!others.every((row) => sameColumns(row, a, b))) return false
    for (const [node, row] of rows) if (node !== a && node !== b && !sameColumns(row, a, b)) return false
    return true
  }
}
