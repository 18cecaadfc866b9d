/** What differs in the kernel tables of the nodes that both clusters have; equal differences are told once. */

import { formatPrefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { compareText } from '../../cluster/inventory.js'
import type { DataplaneInput } from '../../dataplane/input.js'
import type { ExplainedRoute, KernelRoute } from '../../dataplane/kernel-route.js'
import { type KernelTables, tablesTo, untagged } from '../../dataplane/kernel-table.js'
import { alikeNodes, isSmall, SMALL } from './alike-nodes.js'
import { changedDestinations } from './changed-destinations.js'
import type { ChangeKind, RouteChange, RouteDifference } from './cluster-diff.js'
import { type PodCounts, type PodTally, podTally } from './pod-tally.js'
import { type Row, tableRows } from './table-rows.js'

export interface RouteSide extends DataplaneInput {
  routes(node: string): KernelTables
}

/**
 * As few nodes are looked at as there are kinds of nodes, and of these the routes that may differ; every whole table up
 * to `small` routes in all.
 */
export function routeDifference(before: RouteSide, after: RouteSide, small: number = SMALL): RouteDifference {
  const pods = podTally(before.context, after.context)
  const formOf = formReader(before.context, after.context)
  const bundles = new Map<string, Bundle[]>()
  const rowsOf = rowReader(before, after, small)
  for (const names of alikeNodes(before.context, after.context, pods, small)) {
    const [first] = names
    if (first === undefined) continue
    for (const [key, rows] of byForm(rowsOf(first), formOf)) {
      const held = bundles.get(key)
      const bundle = bundleOf(names, rows, pods)
      if (bundle === undefined) continue
      if (held === undefined) bundles.set(key, [bundle])
      else held.push(bundle)
    }
  }
  const owners = ownersOf(before.context, after.context)
  const groups = [...bundles.values()].flatMap((list) => merged(list, owners)).sort(byWeight)
  const count = (change: ChangeKind): number =>
    groups.reduce((sum, group) => sum + (group.change === change ? group.count : 0), 0)
  return {
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    nodes: new Set(groups.flatMap(({ nodes }) => nodes)).size,
    groups,
  }
}

/** In which routes a node's tables differ. */
function rowReader(before: RouteSide, after: RouteSide, small: number): (node: string) => readonly Row[] {
  const whole = (node: string): readonly Row[] => tableRows(before.routes(node), after.routes(node))
  if (isSmall(before.context, after.context, small)) return whole
  const changed = changedDestinations(before, after)
  return (name) => {
    const was = before.context.cluster.nodeByName.get(name)
    const is = after.context.cluster.nodeByName.get(name)
    const destinations = was && is && changed(was, is)
    const old = destinations && tablesTo(before, was.index, destinations)
    const now = old && tablesTo(after, is.index, destinations)
    return old && now ? tableRows(untagged(old), untagged(now)) : whole(name)
  }
}

/** Rows of one form on nodes that are alike. */
interface Bundle {
  readonly names: readonly string[]
  readonly rows: readonly Row[]
  readonly perNode: { readonly min: number; readonly max: number }
  readonly count: number
}

function byForm(rows: readonly Row[], formOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    const key = formOf(row)
    const held = found.get(key)
    if (held === undefined) found.set(key, [row])
    else held.push(row)
  }
  return found
}

function bundleOf(names: readonly string[], rows: readonly Row[], pods: PodTally): Bundle | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  const own = (first.after ?? first.before)?.why.rule === 'localPod'
  if (!own || names.length === 1) {
    return { names, rows, perNode: { min: rows.length, max: rows.length }, count: rows.length * names.length }
  }
  // Nodes that are alike may still have more or fewer pods than the one that was looked at.
  const countOf = podRowCount(rows, changeOf(first))
  const counts = names.map((name) => countOf(pods.of(name)))
  return {
    names,
    rows,
    perNode: { min: Math.min(...counts), max: Math.max(...counts) },
    count: counts.reduce((sum, number) => sum + number, 0),
  }
}

/** Where the route to a pod that stayed changes, all do; else only those to addresses that went to another pod. */
function podRowCount(rows: readonly Row[], change: ChangeKind): (counts: PodCounts) => number {
  if (change !== 'changed') return (counts) => counts[change]
  const stays = rows.some(({ before, after }) => before?.why.resource === after?.why.resource)
  return ({ kept, replaced }) => (stays ? kept + replaced : replaced)
}

function changeOf({ before, after }: Row): ChangeKind {
  return before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
}

/** What rows must have in common to be told of together: everything but destinations and which node is the gateway. */
function formReader(before: BgpContext, after: BgpContext): (row: Row) => string {
  const side = (context: BgpContext, entry: ExplainedRoute | undefined): unknown =>
    entry && [
      entry.why.owner,
      entry.why.rule,
      entry.why.resource?.startsWith('Pod ') ? '' : entry.why.resource,
      formOf(context, entry.route),
    ]
  return (row) => JSON.stringify([changeOf(row), row.table, side(before, row.before), side(after, row.after)])
}

function formOf({ endpoints }: BgpContext, route: KernelRoute): unknown {
  const via = (gateway: string | undefined): string | undefined =>
    gateway !== undefined && endpoints.byText.has(gateway) ? 'a node' : gateway
  const { dst: _, gateway, dev, nexthops, ...rest } = route
  return [
    rest,
    via(gateway) ?? '',
    rest.scope === 'link' && dev !== undefined && route.dst.search('/') < 0 ? 'a pod' : (dev ?? ''),
    nexthops?.map((hop) => [via(hop.gateway), hop.dev, hop.weight]) ?? [],
  ]
}

type Owners = (destination: string) => readonly string[]

/** Nodes that own the block that a destination is, in either cluster. */
function ownersOf(before: BgpContext, after: BgpContext): Owners {
  const owners = new Map<string, string[]>()
  for (const { blocks } of [before, after]) {
    for (const [node, list] of blocks) {
      for (const { prefix } of list) {
        const held = owners.get(formatPrefix(prefix))
        if (held === undefined) owners.set(formatPrefix(prefix), [node])
        else if (!held.includes(node)) held.push(node)
      }
    }
  }
  return (destination) => owners.get(destination) ?? []
}

/**
 * Different destinations on different nodes are told apart for so many sets of them; not where every node has a set of
 * its own, or lacks only what is its own.
 */
const MOST_SETS = 4

function merged(bundles: readonly Bundle[], owners: Owners): readonly RouteChange[] {
  const sets = new Map<string, Bundle[]>()
  for (const bundle of bundles) {
    const key = bundle.rows.map(({ destination }) => destination).join(' ')
    sets.set(key, [...(sets.get(key) ?? []), bundle])
  }
  const lists = [...sets.values()]
  const shared = lists.some((list) => list.reduce((sum, { names }) => sum + names.length, 0) > 1)
  const apart = lists.length <= MOST_SETS && shared && !missOnlyTheirOwn(lists, owners)
  return (apart ? lists : [bundles]).flatMap((list) => groupOf(list, owners) ?? [])
}

function missOnlyTheirOwn(lists: readonly (readonly Bundle[])[], owners: Owners): boolean {
  const all = new Set(lists.flatMap(([bundle]) => bundle?.rows.map(({ destination }) => destination) ?? []))
  return lists.every((list) => {
    const names = new Set(list.flatMap((bundle) => bundle.names))
    const held = new Set(list[0]?.rows.map(({ destination }) => destination))
    return [...all].every((destination) => held.has(destination) || owners(destination).some((name) => names.has(name)))
  })
}

function groupOf(bundles: readonly Bundle[], owners: Owners): RouteChange | undefined {
  const [row] = bundles[0]?.rows ?? []
  const [example] = bundles[0]?.names ?? []
  if (row === undefined || example === undefined) return undefined
  const nodes = bundles.flatMap(({ names }) => names).sort(compareText)
  const destinations = [...new Set(bundles.flatMap(({ rows }) => rows.map(({ destination }) => destination)))]
  const sets = new Set(bundles.map(({ rows }) => rows.map(({ destination }) => destination).join(' ')))
  const names = new Set(nodes)
  const local = (row.after ?? row.before)?.why.rule === 'localPod'
  return {
    change: changeOf(row),
    table: row.table,
    nodes,
    perNode: {
      min: Math.min(...bundles.map(({ perNode }) => perNode.min)),
      max: Math.max(...bundles.map(({ perNode }) => perNode.max)),
    },
    count: bundles.reduce((sum, { count }) => sum + count, 0),
    destinations,
    sameEverywhere:
      nodes.length === 1 ||
      (sets.size === 1 &&
        !local &&
        !destinations.some((destination) => owners(destination).some((name) => names.has(name)))),
    example: {
      node: example,
      ...(row.before === undefined ? {} : { before: row.before }),
      ...(row.after === undefined ? {} : { after: row.after }),
    },
    causes: [],
  }
}

const ORDER: Readonly<Record<ChangeKind, number>> = { removed: 0, added: 1, changed: 2 }

function byWeight(a: RouteChange, b: RouteChange): number {
  return (
    ORDER[a.change] - ORDER[b.change] ||
    b.count - a.count ||
    compareText(`${a.nodes[0]} ${a.table} ${a.destinations[0]}`, `${b.nodes[0]} ${b.table} ${b.destinations[0]}`)
  )
}
