/** Reachability of all pairs: groups with the way of an example, and a matrix of the classes of nodes. */

import type { TracedPath } from '../../dataplane/trace/packet.js'
import type { FlowEnd, Trace } from '../../dataplane/trace/trace.js'
import type { Reach, ReachExample, ReachGroup } from '../../planning/reach/reach.js'
import type { Simulation } from '../../planning/simulation.js'
import { hopRow } from '../trace.js'
import { wordLossReason } from '../wording/loss-reason.js'
import { wordLossRemedy } from '../wording/loss-remedy.js'
import type { PageReach, PageReachGroup, PageReachMatrix, PageTrace, PageTracedPath } from './page-data.js'

/** Groups whose example is followed hop by hop. */
const MOST_TRACES = 60
/** Classes up to which a matrix can be read. */
const MOST_CLASSES = 64
const SIZE = 1000

export function pageReach(simulation: Simulation): PageReach {
  const reach = simulation.reach()
  const { groups, pairs } = reach
  return {
    pairs: { ...pairs },
    groups: groups.map((group, i) => groupData(simulation, group, i < MOST_TRACES)),
    matrix: matrixOf(simulation, reach),
  }
}

function groupData(simulation: Simulation, group: ReachGroup, traced: boolean): PageReachGroup {
  const { from, to, pairs, verdict, reason, example } = group
  return {
    from,
    to,
    pairs,
    verdict,
    reason: reason === undefined ? '' : wordLossReason(reason),
    remedy: reason === undefined ? '' : wordLossRemedy(reason),
    example: { from: example.fromPod ?? example.from, to: example.toPod ?? example.to },
    trace: traced ? traceOf(simulation, example) : null,
  }
}

/** Only pods can be followed: a node without pods has no address that a packet could come from. */
function traceOf(simulation: Simulation, { fromPod, toPod }: ReachExample): PageTrace | null {
  if (fromPod === undefined || toPod === undefined) return null
  for (const family of [4, 6] as const) {
    const flow = { from: podEnd(fromPod), to: podEnd(toPod), protocol: 'tcp', size: SIZE, family } as const
    const trace: Trace = simulation.trace(flow)
    if (trace.forward.hops.length === 0) continue
    const walked = trace.forward.delivered && trace.return.hops.length > 0
    return { forward: pathData(trace.forward), back: walked ? pathData(trace.return) : null }
  }
  return null
}

function podEnd(name: string): FlowEnd {
  const [namespace = '', pod = ''] = name.split('/')
  return { kind: 'pod', namespace, name: pod }
}

function pathData({ delivered, reason, hops }: TracedPath): PageTracedPath {
  return {
    delivered,
    reason: reason === undefined ? '' : wordLossReason(reason),
    hops: hops.map((hop) => {
      const [at, note, tunnel, route] = hopRow(hop)
      return { at, note, tunnel, route }
    }),
  }
}

function matrixOf({ cluster }: Simulation, { classes, groups, cell }: Reach): PageReachMatrix | null {
  const all = classes.map((members, i) => ({ members, i })).filter(({ members }) => members.length > 0)
  if (all.length > MOST_CLASSES) return null
  const members = groups.map(({ from, to }) => ({ from: new Set(from), to: new Set(to) }))
  const nameOf = (node: number | undefined): string => cluster.nodes[node ?? -1]?.name ?? ''
  const cells = all.flatMap((row) =>
    all.map((column) => {
      if (row === column && row.members.length < 2) return -1
      const { verdict } = cell(row.i, column.i)
      const [from, to] = [nameOf(row.members[0]), nameOf(column.members[row === column ? 1 : 0])]
      return members.findIndex((group, g) => groups[g]?.verdict === verdict && group.from.has(from) && group.to.has(to))
    }),
  )
  return {
    classes: all.map(({ members: nodes }) => ({
      name: shortName(nodes.map(nameOf)),
      nodes: nodes.length,
      example: nameOf(nodes[0]),
    })),
    cells,
  }
}

function shortName(names: readonly string[]): string {
  const [first = '', second] = names
  if (second === undefined) return first
  return names.length === 2 ? `${first}, ${second}` : `${first} and ${names.length - 1} others`
}
