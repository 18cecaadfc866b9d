/** A solution carried over from a rack to one that may change places with it. */

import type { TableRoute } from '../plain/state.js'
import { NeedsPlain } from './needs-plain.js'
import type { PrefixInfo } from './prefix-index.js'
import type { RackSwap } from './rack-swaps.js'
import { type Scene, sampleBy } from './samples.js'
import type { ClassRoute, Solution } from './solution.js'
import type { View } from './view.js'

export interface Target {
  readonly view: View
  readonly info: PrefixInfo
  /** Role of the origin, which has a class of its own after the roles; -1 where nobody stands out. */
  readonly originRole: number
}

/** Routes are carried over when they are asked for: of most classes nobody asks. */
export function carriedOver(scene: Scene, solution: Solution, swap: RackSwap, target: Target): Solution {
  const { view, originRole } = target
  const roles = scene.network.members.length
  const classFor = (cls: number): number => (cls < roles ? swap.roleFor(cls) : cls)
  // Swapping twice changes nothing: the role of the solved one's origin is that of the other one's twin.
  const roleOf = (cls: number): number => (cls < roles ? cls : swap.roleFor(originRole))
  const memo = new Map<ClassRoute, ClassRoute>()
  const carried = (route: ClassRoute): ClassRoute => {
    const held = memo.get(route)
    if (held !== undefined) return held
    const parent = route.parent && carried(route.parent)
    const wire = route.parent === undefined ? route : swap.wireFor(roleOf(route.parent.cls), roleOf(route.cls), route)
    const fresh = new CarriedRoute(scene, target, route, classFor(route.cls), wire, parent)
    memo.set(route, fresh)
    return fresh
  }
  const lists = new Map<readonly ClassRoute[], readonly ClassRoute[]>()
  const all = (routes: readonly ClassRoute[]): readonly ClassRoute[] => {
    const held = lists.get(routes) ?? routes.map(carried)
    lists.set(routes, held)
    return held
  }
  return {
    view,
    dependsOnArrival: solution.dependsOnArrival,
    isLearnt: solution.isLearnt,
    identityDecides: false,
    routes: (cls) => all(solution.routes(classFor(cls))),
    has: (cls) => solution.has(classFor(cls)),
    best: (cls) => all(solution.best(classFor(cls))),
    first: (cls) => all(solution.first(classFor(cls))),
    kin: (cls) => new Set(Array.from(solution.kin(classFor(cls)), classFor)),
    isSure: (cls) => solution.isSure(classFor(cls)),
    lends: (cls, part) => solution.lends(classFor(cls), part),
    text: () => solution.text(),
  }
}

/** A class: there are as many as routes in the tables of routers. */
class CarriedRoute implements ClassRoute {
  readonly id: number
  readonly cls: number
  readonly parent?: ClassRoute
  readonly sender: number
  readonly receiver: number
  readonly best: boolean
  readonly own: number
  readonly #scene: Scene
  readonly #target: Target
  #sample: TableRoute | undefined

  constructor(
    scene: Scene,
    target: Target,
    { id, best, own }: ClassRoute,
    cls: number,
    { sender, receiver }: { readonly sender: number; readonly receiver: number },
    parent: ClassRoute | undefined,
  ) {
    this.id = id
    this.cls = cls
    if (parent !== undefined) this.parent = parent
    this.sender = sender
    this.receiver = receiver
    this.best = best
    this.own = own
    this.#scene = scene
    this.#target = target
  }

  get sample(): TableRoute {
    this.#sample ??= this.#worked()
    return this.#sample
  }

  #worked(): TableRoute {
    const { view, info } = this.#target
    const { steps, network } = this.#scene
    const member = view.first(this.cls)
    network.speakers.pinned(member)
    const found =
      this.parent === undefined
        ? steps.own(member, info)[this.own]
        : sampleBy(this.#scene, view, info, this.parent, this, this.cls)
    if (found === undefined) throw new NeedsPlain('racks that look alike are not')
    return found
  }
}
