/** In which routes two kernel tables of one node differ: compared destination by destination. */

import type { ExplainedRoute, KernelRoute } from '../../dataplane/kernel-route.js'
import type { KernelTables } from '../../dataplane/kernel-table.js'

/** One destination; a route that is only on one side came or went. */
export interface Row {
  readonly table: string
  readonly destination: string
  readonly before?: ExplainedRoute
  readonly after?: ExplainedRoute
}

export function tableRows(before: KernelTables, after: KernelTables): readonly Row[] {
  if (before === after) return []
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((table) =>
    rowsOf(table, before.get(table) ?? [], after.get(table) ?? []),
  )
}

function rowsOf(table: string, before: readonly ExplainedRoute[], after: readonly ExplainedRoute[]): readonly Row[] {
  const [old, now] = differingParts(before, after).map(byDestination)
  const rows: Row[] = []
  for (const [destination, was] of old ?? []) {
    const is = now?.get(destination) ?? []
    const left = was.filter(({ route }) => !is.some((entry) => sameRoute(route, entry.route)))
    const came = is.filter(({ route }) => !was.some((entry) => sameRoute(route, entry.route)))
    for (let at = 0; at < Math.max(left.length, came.length); at++)
      rows.push(rowOf(table, destination, left[at], came[at]))
  }
  for (const [destination, is] of now ?? []) {
    if (!old?.has(destination)) for (const entry of is) rows.push(rowOf(table, destination, undefined, entry))
  }
  return rows
}

/** The tables without the routes that they begin and end with alike: both are in the kernel's order. */
function differingParts(
  before: readonly ExplainedRoute[],
  after: readonly ExplainedRoute[],
): readonly (readonly ExplainedRoute[])[] {
  const shorter = Math.min(before.length, after.length)
  const same = (one: ExplainedRoute | undefined, other: ExplainedRoute | undefined): boolean =>
    one !== undefined && sameRoute(one.route, other?.route)
  let start = 0
  while (start < shorter && same(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && same(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  return [before.slice(start, before.length - end), after.slice(start, after.length - end)]
}

function rowOf(table: string, destination: string, before?: ExplainedRoute, after?: ExplainedRoute): Row {
  return {
    table,
    destination,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  }
}

function byDestination(routes: readonly ExplainedRoute[]): ReadonlyMap<string, readonly ExplainedRoute[]> {
  const found = new Map<string, ExplainedRoute[]>()
  for (const entry of routes) {
    const held = found.get(entry.route.dst)
    if (held === undefined) found.set(entry.route.dst, [entry])
    else held.push(entry)
  }
  return found
}

export function sameRoute(a: KernelRoute, b: KernelRoute | undefined): boolean {
  return (
    b !== undefined &&
    a.dst === b.dst &&
    a.gateway === b.gateway &&
    a.dev === b.dev &&
    a.type === b.type &&
    a.protocol === b.protocol &&
    a.scope === b.scope &&
    a.prefsrc === b.prefsrc &&
    a.metric === b.metric &&
    a.pref === b.pref &&
    (a.flags === b.flags || a.flags.join() === b.flags.join()) &&
    (a.metrics === b.metrics || JSON.stringify(a.metrics) === JSON.stringify(b.metrics)) &&
    (a.nexthops === b.nexthops || JSON.stringify(a.nexthops) === JSON.stringify(b.nexthops))
  )
}
