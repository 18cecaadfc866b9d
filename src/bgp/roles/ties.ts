/** Routes of a class among which router ids or addresses decide, which its members may see differently. */

import { compareCandidates } from '../decision/compare.js'
import { selectBest } from '../decision/select.js'
import { type ClassRoute, wayOf } from './solution.js'
import type { View } from './view.js'

/** The routes among which identity decides. */
export class Tie {
  readonly routes: readonly ClassRoute[]
  #text: string | undefined

  constructor(routes: readonly ClassRoute[]) {
    this.routes = routes
  }

  get text(): string {
    this.#text ??= this.routes.map(({ id }) => id).join(' ')
    return this.#text
  }
}

/**
 * The best route of a class. More than one where addresses or router ids decide, which members may see differently: then
 * each member has one of them. `decided` is told where they decide among routes of single speakers.
 */
export function mayBeBest(
  routes: readonly ClassRoute[],
  isFixedOne: (route: ClassRoute) => boolean,
  decided: () => void,
): readonly ClassRoute[] {
  const best = selectBest(routes.map(({ sample }) => sample))
  const chosen = routes.find(({ sample }) => sample === best)
  if (best === undefined || chosen === undefined) return []
  const others = routes.filter((route) => {
    if (route === chosen) return false
    switch (compareCandidates(best, route.sample).rule) {
      case 'routerID':
      case 'clusterListLength':
      case 'neighborAddress':
      case 'arrivalOrder':
        if (!(isFixedOne(chosen) && isFixedOne(route))) return true
        decided()
        return false
      default:
        return false
    }
  })
  return [chosen, ...others]
}

/**
 * Every class that the route has passed before has one member; for prefixes that share the solution the same one, by the
 * members of `roles`.
 */
export function isFixed(
  { parent }: ClassRoute,
  view: View,
  roles: readonly (readonly number[])[] | undefined,
): boolean {
  if (parent === undefined) return true
  for (const cls of wayOf(parent)) {
    if (view.size(cls) !== 1 || (roles !== undefined && roles[cls]?.length !== 1)) return false
  }
  return true
}
