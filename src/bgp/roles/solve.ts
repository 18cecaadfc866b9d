/**
 * Propagation of one prefix between classes of speakers, with the policy and decision of the plain engine run on one
 * member of each. What is true of one member is true of all, but for ties that addresses decide: where such a tie
 * changes what others are told, `Split` asks for classes of one.
 */

import { keyOfAttributes } from '../plain/intern.js'
import type { MessageOrder } from '../plain/propagate.js'
import type { Edge } from './adjacency.js'
import { instanceAt } from './instances.js'
import { NeedsPlain } from './needs-plain.js'
import { clusterMates } from './places.js'
import type { PrefixInfo } from './prefix-index.js'
import { type Scene, sampleBy } from './samples.js'
import { type ClassRoute, type Solution, solutionOf, wayOf } from './solution.js'
import { isFixed, mayBeBest, Tie } from './ties.js'
import type { View } from './view.js'

/** Thrown where members of these classes end up unlike each other. */
export class Split extends Error {
  readonly classes: ReadonlySet<number>

  constructor(classes: Iterable<number>) {
    super('identity decides')
    this.classes = new Set(classes)
  }
}

/** Orders of messages that are tried to see whether the outcome depends on them; those of `plain/orders.ts`. */
const ORDERS: readonly MessageOrder[] = [
  {},
  { late: 'bestOnly' },
  { newestFirst: true },
  { newestFirst: true, late: 'addPaths' },
  { seed: 1, late: 'addPaths' },
]

export interface Question {
  readonly view: View
  readonly info: PrefixInfo
  /** Classes whose members may have a route of their own. */
  readonly seeds: readonly number[]
  /** The solution is to hold for any member of the marked speaker's role in its place. */
  readonly shared: boolean
}

/** Throws Split, and NeedsPlain where the prefix does not come to rest or has too many paths. */
export function solve(scene: Scene, question: Question): Solution {
  const forest: Forest = {
    edges: new Map(),
    roots: new Map(),
    children: new Map(),
    leaving: new Map(),
    alike: new Map(),
    identityDecides: false,
    lastID: 0,
  }
  const first = run(scene, question, forest, { late: 'addPaths' })
  const dependsOnArrival =
    scene.network.ends.bestOnly && ORDERS.some((order) => !sameState(run(scene, question, forest, order), first))
  const { view } = question
  const kin = (cls: number): ReadonlySet<number> =>
    new Set([cls, ...clusterMates(scene.network.places, view.first(cls)).map(view.classOf)])
  return solutionOf({
    view,
    routes: first.routes,
    best: first.best,
    kin,
    dependsOnArrival,
    identityDecides: forest.identityDecides,
  })
}

/** What was worked out of each route once, whatever the order of messages. */
interface Forest {
  /** By class, those by colour. */
  readonly edges: Map<number, ReadonlyMap<number, readonly Edge[]>>
  /** Own routes by class. */
  readonly roots: Map<number, readonly ClassRoute[]>
  /** By route and edge, what the far side makes of it. */
  readonly children: Map<number, Map<Edge, ClassRoute | typeof REFUSED>>
  /** By route and colour, whether it leaves at all. */
  readonly leaving: Map<number, Map<number, boolean>>
  /** By colour, ties that were found to be told alike. */
  readonly alike: Map<number, Set<string>>
  identityDecides: boolean
  lastID: number
}

/** How often a class may be worked on in the mean, and how many routes of classes there may be, before it is given up. */
const MOST_STEPS = 100
const MOST_ROUTES = 20_000

/** In the place of a class route that the far side does not take. */
const REFUSED = 'refused'

/** In the place of an edge for what a class has of its own. */
const OWN = 'own'

interface Run extends Question {
  readonly scene: Scene
  readonly forest: Forest
  /** By class and the edge that they came by. */
  readonly tables: Map<number, Map<Edge | typeof OWN, readonly ClassRoute[]>>
  readonly best: Map<number, readonly ClassRoute[]>
  /** What each class has told last. */
  readonly told: Map<number, Told>
  readonly waiting: Set<number>
  readonly queue: number[]
  count: number
}

/** The sessions that were up, the best route then, and what was heard over which edge. */
interface Told {
  readonly isUp: (colour: number) => boolean
  readonly best: readonly ClassRoute[] | undefined
  readonly edges: ReadonlyMap<Edge, readonly ClassRoute[]>
}

interface State {
  readonly routes: readonly (readonly ClassRoute[])[]
  readonly best: ReadonlyMap<number, readonly ClassRoute[]>
}

function run(scene: Scene, question: Question, forest: Forest, order: MessageOrder): State {
  const state: Run = {
    ...question,
    scene,
    forest,
    tables: new Map(),
    best: new Map(),
    told: new Map(),
    waiting: new Set(),
    queue: [],
    count: 0,
  }
  for (const cls of question.seeds) seed(state, cls)
  const { colours, ends } = scene.network
  const late = ends.bestOnly ? order.late : undefined
  work(state, order, (colour) => late === undefined || (colours[colour]?.addPaths === true) !== (late === 'addPaths'))
  if (late !== undefined) {
    for (const cls of state.tables.keys()) wait(state, cls)
    work(state, order, () => true)
  }
  return { routes: Array.from({ length: state.view.count }, (_, cls) => routesAt(state, cls)), best: state.best }
}

function sameState(a: State, b: State): boolean {
  return a.routes.every((list, cls) => sameRoutes(list, b.routes[cls]) && sameRoutes(a.best.get(cls), b.best.get(cls)))
}

/** In whatever order. */
function sameRoutes(a: readonly ClassRoute[] = [], b: readonly ClassRoute[] = []): boolean {
  if (a.length !== b.length) return false
  if (a.every((route, i) => route === b[i])) return true
  const held = new Set(a)
  return b.every((route) => held.has(route))
}

function seed(state: Run, cls: number): void {
  const { view, scene, info, forest } = state
  const member = view.first(cls)
  if (member < 0) return
  scene.network.speakers.pinned(member)
  let routes = forest.roots.get(cls)
  if (routes === undefined) {
    routes = scene.steps
      .own(member, info)
      .map(
        (sample, own): ClassRoute => ({ id: ++forest.lastID, cls, sender: -1, receiver: -1, best: false, own, sample }),
      )
    forest.roots.set(cls, routes)
  }
  if (routes.length === 0) return
  state.tables.set(cls, new Map([[OWN, routes]]))
  state.count += routes.length
  wait(state, cls)
}

function wait(state: Run, cls: number): void {
  if (state.waiting.has(cls)) return
  state.waiting.add(cls)
  state.queue.push(cls)
}

function work(state: Run, order: MessageOrder, isUp: (colour: number) => boolean): void {
  const next = takerOf(state.queue, order)
  let steps = 0
  for (let cls = next(); cls !== undefined; cls = next()) {
    state.waiting.delete(cls)
    if (++steps > MOST_STEPS * (state.view.count + 10) || state.count > MOST_ROUTES)
      throw new NeedsPlain('no rest, or too many paths')
    tellAll(state, cls, isUp)
  }
}

function takerOf(queue: number[], { seed: start, newestFirst }: MessageOrder): () => number | undefined {
  if (start !== undefined) {
    let random = start >>> 0
    return () => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0
      const [taken] = queue.splice(Math.floor((random / 2 ** 32) * queue.length), 1)
      return taken
    }
  }
  if (newestFirst) return () => queue.pop()
  let at = 0
  return () => (at < queue.length ? queue[at++] : undefined)
}

function routesAt(state: Run, cls: number): readonly ClassRoute[] {
  return [...(state.tables.get(cls)?.values() ?? [])].flat()
}

/** A class decides, and tells its neighbours what has changed. */
function tellAll(state: Run, cls: number, isUp: (colour: number) => boolean): void {
  const { scene, view } = state
  const member = view.first(cls)
  const routes = routesAt(state, cls)
  const before = state.told.get(cls)
  const colours = scene.adjacency.colours(member).filter(isUp)
  const bestOnly = (colour: number): boolean => scene.network.colours[colour]?.addPaths === false
  const best = colours.some(bestOnly)
    ? mayBeBest(routes, fixedIn(state), () => {
        state.forest.identityDecides = true
      })
    : undefined
  if (best !== undefined) state.best.set(cls, best)
  // Who sends best routes only has nothing new to say while the best is the same.
  if (before?.isUp === isUp && sameList(before.best, best) && colours.every(bestOnly)) return
  const edges = new Map<Edge, readonly ClassRoute[]>()
  const byColour = edgesOf(state, cls)
  const tie = new Tie(best ?? [])
  for (const colour of colours) {
    const one = bestOnly(colour)
    const offered = one ? tie.routes : routes
    const leaving = offered.filter((route) => leaves(state, member, colour, route))
    if (leaving.length === 0) continue
    let alike = !one
    for (const edge of byColour.get(colour) ?? []) {
      const heard = leaving.flatMap((route) => heardBy(state, route, edge, one) ?? [])
      if (heard.length === 0) continue
      if (!alike) requireAlike(state, member, colour, tie)
      alike = true
      if (one && echoes(state, tie.routes, edge)) continue
      edges.set(edge, one ? heard.slice(0, 1) : heard)
    }
  }
  for (const [edge, heard] of edges) hear(state, edge, heard)
  for (const edge of before?.edges.keys() ?? []) if (!edges.has(edge)) hear(state, edge, [])
  state.told.set(cls, { isUp, best, edges })
}

function sameList<T>(a: readonly T[] | undefined, b: readonly T[] | undefined): boolean {
  return a?.length === b?.length && (a ?? []).every((item, i) => item === b?.[i])
}

/** One object for each edge, whatever the order of messages. */
function edgesOf({ forest, scene, view }: Run, cls: number): ReadonlyMap<number, readonly Edge[]> {
  const held = forest.edges.get(cls)
  if (held !== undefined) return held
  const fresh = scene.adjacency.edges(view, cls)
  forest.edges.set(cls, fresh)
  return fresh
}

/** Would the route leave by sessions of this colour at all? Any that it did not come by shows it. */
function leaves({ scene, info, forest }: Run, member: number, colour: number, { id, sample }: ClassRoute): boolean {
  const memo = inner(forest.leaving, id)
  const known = memo.get(colour)
  if (known !== undefined) return known
  const { steps, adjacency } = scene
  const end = adjacency.samples(member, colour, 2).find((other) => !steps.cameBy(member, other, sample))
  const found = end !== undefined && steps.offer(member, end, sample, info) !== undefined
  memo.set(colour, found)
  return found
}

function inner<K, V>(map: Map<number, Map<K, V>>, key: number): Map<K, V> {
  const held = map.get(key)
  if (held !== undefined) return held
  const fresh = new Map<K, V>()
  map.set(key, fresh)
  return fresh
}

/** The class route that an edge's far side makes of a route, if it takes it. */
function heardBy(state: Run, parent: ClassRoute, edge: Edge, best: boolean): ClassRoute | undefined {
  const memo = inner(state.forest.children, parent.id)
  const known = memo.get(edge)
  if (known !== undefined) return known === REFUSED ? undefined : known
  const fresh = worked(state, parent, edge, best)
  memo.set(edge, fresh ?? REFUSED)
  return fresh
}

function worked(state: Run, parent: ClassRoute, edge: Edge, best: boolean): ClassRoute | undefined {
  const { scene, view, info, forest } = state
  const { sender, receiver, to: cls } = edge
  scene.network.speakers.pinned(view.first(cls))
  const sample = sampleBy(scene, view, info, parent, edge, cls)
  return sample && { id: ++forest.lastID, cls, parent, sender, receiver, best, own: -1, sample }
}

function hear(state: Run, edge: Edge, heard: readonly ClassRoute[]): void {
  const table = state.tables.get(edge.to) ?? new Map<Edge | typeof OWN, readonly ClassRoute[]>()
  const had = table.get(edge) ?? []
  if (heard.length === had.length && heard.every((route, i) => route === had[i])) return
  state.count += heard.length - had.length
  if (heard.length === 0) table.delete(edge)
  else table.set(edge, heard)
  state.tables.set(edge.to, table)
  wait(state, edge.to)
}

function fixedIn({ view, shared, scene }: Run): (route: ClassRoute) => boolean {
  return (route) => isFixed(route, view, shared ? scene.network.members : undefined)
}

/** Routes among which identity decides have to be sent alike, or members differ in what they say. */
function requireAlike(state: Run, member: number, colour: number, { routes: tied, text }: Tie): void {
  const { scene, view, info } = state
  const { steps, adjacency } = scene
  const known = state.forest.alike.get(colour) ?? new Set()
  state.forest.alike.set(colour, known)
  if (known.has(text) || (tied.length === 1 && tied.every(fixedIn(state)))) return
  const keys = new Set<string>()
  for (const route of tied) {
    const second =
      route.parent &&
      instanceAt(scene.network.places, steps, adjacency, view, info, route, member, [peerOf(scene, member, route)])
    for (const instance of [route.sample, ...(second ? [second] : [])]) {
      const end = adjacency.samples(member, colour, 3).find((other) => !steps.cameBy(member, other, instance))
      const wire = end === undefined ? undefined : steps.offer(member, end, instance, info)
      if (end !== undefined) keys.add(wire === undefined ? 'kept' : keyOfAttributes(wire))
    }
  }
  if (keys.size > 1) throw new Split(tied.flatMap((route) => [...wayOf(route)]))
  known.add(text)
}

function peerOf({ network }: Scene, member: number, { sample }: ClassRoute): number {
  return network.speakers.at(member).sessions[sample.session]?.peer ?? -1
}

/**
 * True for an edge back to where a route among which identity decides came from. Whoever the best route came from is not
 * told it, and the others are: none of them must take it.
 */
function echoes(state: Run, tied: readonly ClassRoute[], edge: Edge): boolean {
  const fixed = tied.length === 1 && tied.every(fixedIn(state))
  if (fixed || !tied.some(({ parent }) => parent?.cls === edge.to)) return false
  for (const route of tied) {
    if (heardBy(state, route, edge, true) !== undefined) throw new Split(tied.flatMap((other) => [...wayOf(other)]))
  }
  return true
}
