/**
 * Who reaches whom: every ordered pair of nodes, answered by classes of nodes that behave alike. A pair is delivered
 * when every pod of the one reaches every pod of the other and hears back; a node without pods is asked for with
 * addresses of its blocks. A node that has neither pods nor a block has nothing that could be lost.
 */

import type { BgpContext } from '../../bgp/config/context.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { PairCounts, Reach, ReachGroup } from './answer.js'
import type { Alike } from './bgp-alike.js'
import { cellReader } from './cells.js'
import { type Classes, type Evidence, partition } from './classes.js'
import { type ColumnReader, columnsOf } from './columns.js'
import { type ReachEnds, reachEnds } from './ends.js'
import { groupsOf } from './groups.js'
import { withImaginedPods } from './imagined-pods.js'
import { racksOf } from './racks.js'

export type { PairCounts, Reach, ReachCell, ReachExample, ReachGroup, ReachVerdict } from './answer.js'

/**
 * Reachability of the nodes of a forwarding plane. `alike` tells nodes whose tables need not all be read; without it
 * every node's table is.
 */
export function reachOf(plane: Plane, alike: Alike = () => undefined, known?: Known): Reach {
  const ends = reachEnds(plane)
  const asked = withImaginedPods(plane, ends)
  const classes: Classes = partition(asked, ends, alike, known && evidenceOf(asked, ends, known))
  const cell = cellReader(asked, ends, classes)
  let pairs: PairCounts | undefined
  let groups: readonly ReachGroup[] | undefined
  return {
    ...classes,
    cell,
    get pairs() {
      pairs ??= countPairs(classes, cell)
      return pairs
    },
    get groups() {
      groups ??= groupsOf(asked, ends, classes, cell)
      return groups
    },
  }
}

/** What is known without reading tables. */
export interface Known {
  readonly columns: ColumnReader
  /** The sessions by which racks are compared; undefined where the tables are not what these lead to. */
  readonly context?: BgpContext
}

function evidenceOf(plane: Plane, ends: ReachEnds, { columns, context }: Known): Evidence {
  const likeness = columnsOf(plane, ends, columns.likeness)
  return {
    columns: columnsOf(plane, ends, columns.column),
    ...(context === undefined
      ? {}
      : { racks: (targets, classes) => racksOf(plane, ends, targets, context, classes, likeness) }),
  }
}

function countPairs({ classes }: Classes, cell: Reach['cell']): PairCounts {
  const counts = { delivered: 0, lost: 0, 'one-way': 0 }
  let total = 0
  for (const [from, members] of classes.entries()) {
    for (const [to, others] of classes.entries()) {
      const pairs = members.length * (from === to ? members.length - 1 : others.length)
      if (pairs === 0) continue
      total += pairs
      counts[cell(from, to).verdict] += pairs
    }
  }
  return { total, delivered: counts.delivered, lost: counts.lost, oneWay: counts['one-way'] }
}
