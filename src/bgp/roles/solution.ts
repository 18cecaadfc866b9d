/** What a solved prefix is: routes of classes, each standing for one route at every member and neighbour it comes from. */

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

export interface Solution {
  readonly view: View
  readonly routes: readonly (readonly ClassRoute[])[]
  /** By class, of those that send their best route only: the routes among which identity decides. */
  readonly best: ReadonlyMap<number, readonly ClassRoute[]>
  /** The class itself, and those of reflectors that share a cluster id with one of its members. */
  kin(cls: number): ReadonlySet<number>
  /** Other orders of messages lead elsewhere. */
  readonly dependsOnArrival: boolean
}

/** Classes that a route has passed through, its own first. */
export function* wayOf(route: ClassRoute): Generator<number> {
  for (let at: ClassRoute | undefined = route; at !== undefined; at = at.parent) yield at.cls
}

/** Equal for solutions that say the same of where routes come from, what they carry and where their next hops lead. */
export function solutionText({ routes, best }: Solution): string {
  const memo = new Map<number, string>()
  const textOf = (route: ClassRoute): string => {
    const held = memo.get(route.id)
    if (held !== undefined) return held
    const { parent, sender, receiver, cls, own, sample } = route
    const from = parent === undefined ? `own ${own}` : `${textOf(parent)} > ${sender} ${receiver}`
    const text = `${from} ${cls} ${sample.attributes ? keyOfAttributes(sample.attributes) : ''} ${hopText(sample)}`
    memo.set(route.id, text)
    return text
  }
  const texts = (list: readonly ClassRoute[] | undefined): string => (list ?? []).map(textOf).sort().join('\n')
  return routes.map((list, cls) => (list.length === 0 ? '' : `${texts(list)} * ${texts(best.get(cls))}`)).join('\n\n')
}

function hopText({ hop, preference, recursive }: TableRoute): string {
  const dev = 'dev' in hop.resolution ? hop.resolution.dev : ''
  return `${hop.resolution.kind} ${dev} ${hop.igpMetric} ${preference} ${recursive}`
}

/** By solution and class, whether every member has a route. */
const sure = new WeakMap<Solution, boolean[]>()

/**
 * Whether every member of a class has a route: one of a class that a route passed before may not hear its own again.
 */
export function isSure(solution: Solution, cls: number): boolean {
  const known = sure.get(solution) ?? []
  sure.set(solution, known)
  const held = known[cls]
  if (held !== undefined) return held
  const kin = solution.kin(cls)
  const found = (solution.routes[cls] ?? []).some((route) => isHeardByAll(route, cls, kin))
  known[cls] = found
  return found
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
