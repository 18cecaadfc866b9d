/** What a solved prefix is: routes of classes, each standing for one route at every member and neighbour it comes from. */

import { entryOf } from '../../cluster/inventory.js'
import { isTie } from '../decision/merge.js'
import { selectBest } from '../decision/select.js'
import { keyOfAttributes } from '../plain/intern.js'
import type { TableRoute } from '../plain/state.js'
import type { View } from './view.js'

/**
 * A route of every member of a class. It comes from each neighbour in the parent's class that the wire leads to;
 * a route without parent is the members' own.
 */
export interface ClassRoute {
  readonly id: number
  readonly cls: number
  readonly parent?: ClassRoute
  /** Colours of the sender's and the receiver's end. */
  readonly sender: number
  readonly receiver: number
  /** The session carries the sender's best route only. */
  readonly best: boolean
  /** Place among the members' own routes; -1 for a route that came by BGP. */
  readonly own: number
  /** As the first member of the class has it. */
  readonly sample: TableRoute
}

/** By class. */
export interface Solution {
  readonly view: View
  /** Other orders of messages lead elsewhere. */
  readonly dependsOnArrival: boolean
  /** Somebody has a route that came by BGP. */
  readonly isLearnt: boolean
  /** Somewhere router ids or addresses of single speakers decided which route is told. */
  readonly identityDecides: boolean
  routes(cls: number): readonly ClassRoute[]
  /** Whether there are any. */
  has(cls: number): boolean
  /** Of a class that sends its best route only: the routes among which identity decides. */
  best(cls: number): readonly ClassRoute[]
  /** Those that may be the best at a member that has one of them: nothing up to the IGP metric tells them apart. */
  first(cls: number): readonly ClassRoute[]
  /** The class itself, and those of reflectors that share a cluster id with one of its members. */
  kin(cls: number): ReadonlySet<number>
  /** Whether every member has a route: one of a class that a route passed before may not hear its own again. */
  isSure(cls: number): boolean
  /** Whether routes can be written off for other origins, all of them or those of `first`: see `lends`. */
  lends(cls: number, part: 'all' | 'first'): boolean
  /** Equal for solutions that say the same of where routes come from, what they carry and where their next hops lead. */
  text(): string
}

export interface Solved {
  readonly view: View
  readonly routes: readonly (readonly ClassRoute[])[]
  readonly best: ReadonlyMap<number, readonly ClassRoute[]>
  readonly dependsOnArrival: boolean
  readonly identityDecides: boolean
  kin(cls: number): ReadonlySet<number>
}

const NONE: readonly ClassRoute[] = []

/** What follows from the routes is worked out once. */
export function solutionOf({ view, routes, best, dependsOnArrival, identityDecides, kin }: Solved): Solution {
  const [firsts, sure, lent] = [
    new Map<number, readonly ClassRoute[]>(),
    new Map<number, boolean>(),
    new Map<string, boolean>(),
  ]
  let text: string | undefined
  const at = (cls: number): readonly ClassRoute[] => routes[cls] ?? NONE
  const bestAt = (cls: number): readonly ClassRoute[] => best.get(cls) ?? NONE
  const first = (cls: number): readonly ClassRoute[] => entryOf(firsts, cls, () => tied(at(cls)))
  return {
    view,
    dependsOnArrival,
    isLearnt: routes.some((list) => list.some(({ own }) => own < 0)),
    identityDecides,
    routes: at,
    has: (cls) => at(cls).length > 0,
    best: bestAt,
    first,
    kin,
    isSure: (cls) =>
      entryOf(sure, cls, () => {
        const own = kin(cls)
        return at(cls).some((route) => isHeardByAll(route, cls, own))
      }),
    lends: (cls, part) =>
      entryOf(lent, `${cls} ${part}`, () => lends(view, bestAt, part === 'all' ? at(cls) : first(cls))),
    text: () => {
      text ??= textOf(routes, bestAt)
      return text
    },
  }
}

function tied(routes: readonly ClassRoute[]): readonly ClassRoute[] {
  const best = selectBest(routes.map(({ sample }) => sample))
  const med = best?.attributes?.med ?? 0
  if (best === undefined || routes.some(({ sample }) => (sample.attributes?.med ?? 0) !== med)) return routes
  return routes.filter(({ sample }) => sample === best || isTie(best, sample))
}

/**
 * Whether routes of a class can be written off for other origins: none of them may be one that somebody on its way chose
 * among several by router id or address, since then it matters who the origin is.
 */
function lends(view: View, bestAt: Solution['best'], routes: readonly ClassRoute[]): boolean {
  return routes.every((route) => {
    for (let at: ClassRoute | undefined = route; at !== undefined; at = at.parent) {
      const { parent } = at
      if (!at.best || parent === undefined) continue
      if (bestAt(parent.cls).length > 1) return false
      // Who sends a route of its own has not chosen by whom it came.
      if (parent.parent === undefined) continue
      for (const cls of wayOf(parent)) if (view.size(cls) !== 1) return false
    }
    return true
  })
}

/** Classes that a route has passed through, its own first. */
export function* wayOf(route: ClassRoute): Generator<number> {
  for (let at: ClassRoute | undefined = route; at !== undefined; at = at.parent) yield at.cls
}

function textOf(routes: Solved['routes'], bestAt: Solution['best']): string {
  const memo = new Map<number, string>()
  const routeText = (route: ClassRoute): string => {
    const held = memo.get(route.id)
    if (held !== undefined) return held
    const { parent, sender, receiver, cls, own, sample } = route
    const from = parent === undefined ? `own ${own}` : `${routeText(parent)} > ${sender} ${receiver}`
    const text = `${from} ${cls} ${sample.attributes ? keyOfAttributes(sample.attributes) : ''} ${hopText(sample)}`
    memo.set(route.id, text)
    return text
  }
  const texts = (list: readonly ClassRoute[]): string => list.map(routeText).sort().join('\n')
  return routes.map((list, cls) => (list.length === 0 ? '' : `${texts(list)} * ${texts(bestAt(cls))}`)).join('\n\n')
}

function hopText({ hop, preference, recursive }: TableRoute): string {
  const dev = 'dev' in hop.resolution ? hop.resolution.dev : ''
  return `${hop.resolution.kind} ${dev} ${hop.igpMetric} ${preference} ${recursive}`
}

/** False for a route that passed the class before, or its kin, which may not take it again. */
export function isHeardByAll({ parent }: ClassRoute, cls: number, kin: ReadonlySet<number>): boolean {
  return parent === undefined || !passes(parent, cls, kin)
}

/** Whether a route has been with the class, or was reflected by its kin. */
export function passes(route: ClassRoute, cls: number, kin: ReadonlySet<number>): boolean {
  for (let at: ClassRoute | undefined = route; at !== undefined; at = at.parent) {
    if (at.cls === cls || (at.parent !== undefined && kin.has(at.cls))) return true
  }
  return false
}
