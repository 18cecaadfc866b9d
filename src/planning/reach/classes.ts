/**
 * Nodes that behave alike. Two nodes are in one class only when swapping them changes nothing: they have the same
 * facts, each treats every other node's addresses as the other does, and everybody treats theirs alike. Then any two
 * nodes of two classes stand for all pairs of these classes.
 */

import { felixOn } from '../../cluster/cluster.js'
import type { FelixSettings } from '../../cluster/felix-settings.js'
import type { ElementRef, Plane } from '../../dataplane/trace/plane.js'
import { actionReader } from './actions.js'
import type { ReachEnds } from './ends.js'
import { ownAddresses, reachTargets, type Targets } from './targets.js'

export interface Classes {
  /** By node index. */
  readonly classOf: Int32Array
  /** Node indexes of each class, ascending; classes in the order of their first nodes. */
  readonly classes: readonly (readonly number[])[]
}

export function partition(plane: Plane, ends: ReachEnds): Classes {
  const { cluster } = plane.source
  const targets = reachTargets(plane, ends)
  const reader = actionReader(plane, targets)
  const element = (node: number): ElementRef => ({
    kind: 'node',
    index: node,
    name: cluster.nodes[node]?.name ?? '',
  })
  const rows = cluster.nodes.map(({ index }) => reader.row(element(index)))
  const others = cluster.underlay.routers.map(({ index, name }) => reader.row({ kind: 'router', index, name }))
  const alike = twins(targets, rows, others)
  const byFacts = new Map<string, number[][]>()
  const classes: number[][] = []
  const facts = factsOf(plane, ends, targets)
  for (const { index } of cluster.nodes) {
    const key = reader.transit.has(index) ? `node ${index}` : facts(index)
    const found = byFacts.get(key) ?? []
    byFacts.set(key, found)
    const fitting = found.find(([first]) => first !== undefined && alike(first, index))
    if (fitting !== undefined) {
      fitting.push(index)
      continue
    }
    const fresh = [index]
    found.push(fresh)
    classes.push(fresh)
  }
  const classOf = new Int32Array(cluster.nodes.length)
  for (const [number, members] of classes.entries()) for (const node of members) classOf[node] = number
  return { classOf, classes }
}

/** Whether swapping two nodes of the same facts leaves every row as it is. */
function twins(
  { start, nodeOf }: Targets,
  rows: readonly (Int32Array | undefined)[],
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
    const [rowA, rowB] = [rows[a], rows[b]]
    if (rowA !== undefined && rowB !== undefined && !sameRows(rowA, rowB, a, b)) return false
    if (!others.every((row) => sameColumns(row, a, b))) return false
    return rows.every((row, node) => row === undefined || node === a || node === b || sameColumns(row, a, b))
  }
}

/** What packets meet at a node besides its tables. Nodes that share an address with anybody are like nobody else. */
function factsOf(plane: Plane, ends: ReachEnds, targets: Targets): (node: number) => string {
  const { cluster } = plane.source
  const settings = new Map<FelixSettings, number>()
  return (index) => {
    const node = cluster.nodes[index]
    if (node === undefined) return ''
    const felix = felixOn(cluster, node.name)
    const number = settings.get(felix) ?? settings.size
    settings.set(felix, number)
    const element: ElementRef = { kind: 'node', index, name: node.name }
    const odd =
      ownAddresses(node).some((address) => !plane.owns(element, address)) ||
      ends[index]?.some(({ source }) => source === 'odd')
    return JSON.stringify([
      odd ? index : -1,
      cluster.underlay.attachments[index]?.detached ?? false,
      plane.segments(element),
      plane.source.devices(index).map(({ name, mtu, address }) => [name, mtu, address?.family ?? 0]),
      number,
      targets.labels[index],
      plane.wireguardFib(element) !== undefined,
    ])
  }
}
