/**
 * Propagation of one prefix between classes of speakers, with the policy and decision of the plain engine run on one
 * member of each. What is true of one member is true of all, but for ties that addresses decide: where such a tie
 * changes what others are told, `Split` asks for classes of one.
 */

import { compareCandidates } from '../decision/compare.js'
import { selectBest } from '../decision/select.js'
import { keyOfAttributes } from '../plain/intern.js'
import type { MessageOrder } from '../plain/propagate.js'
import type { Adjacency, Edge } from './adjacency.js'
import { instanceAt } from './instances.js'
import { NeedsPlain } from './needs-plain.js'
import type { RoleNetwork } from './network.js'
import { clusterMates } from './places.js'
import type { PrefixInfo } from './prefix-index.js'
import { type ClassRoute, passes, type Solution, wayOf } from './solution.js'
import type { Steps } from './steps.js'
import type { View } from './view.js'

/** Thrown where members of these classes end up unlike each other. */
export class Split extends Error {
  readonly classes: ReadonlySet<number>

  constructor(classes: Iterable<number>) {
    super('identity decides')
    this.classes = new Set(classes)
  }
}

export interface Scene {
  readonly network: RoleNetwork
  readonly adjacency: Adjacency
  readonly steps: Steps
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
  const forest: Forest = { roots: new Map(), children: new Map(), leaving: new Map(), alike: new Set(), lastID: 0 }
  const first = run(scene, question, forest, { late: 'addPaths' })
  const dependsOnArrival =
    scene.network.ends.bestOnly && ORDERS.some((order) => !sameState(run(scene, question, forest, order), first))
  const { view } = question
  const kin = (cls: number): ReadonlySet<number> =>
    new Set([cls, ...clusterMates(scene.network.places, view.first(cls)).map(view.classOf)])
  return { view, routes: first.routes, best: first.best, kin, dependsOnArrival }
}

/** What was worked out of each route once, whatever the order of messages. */
interface Forest {
  /** Own routes by class. */
  readonly roots: Map<number, readonly ClassRoute[]>
  /** By route and edge, what the far side makes of it. */
  readonly children: Map<number, Map<string, ClassRoute | undefined>>
  /** By route and colour, whether it leaves at all. */
  readonly leaving: Map<number, Map<number, boolean>>
  /** Ties that were found to be told alike. */
  readonly alike: Set<string>
  lastID: number
}

/** How often a class may be worked on in the mean, and how many routes of classes there may be, before it is given up. */
const MOST_STEPS = 100
const MOST_ROUTES = 20_000

interface Run extends Question {
  readonly scene: Scene
  readonly forest: Forest
  /** By class and the edge that they came by; own routes by ''. */
  readonly tables: Map<number, Map<string, readonly ClassRoute[]>>
  readonly best: Map<number, readonly ClassRoute[]>
  /** Edges over which a class has told something, by class. */
  readonly told: Map<number, Map<string, Edge>>
  readonly waiting: Set<number>
  readonly queue: number[]
  count: number
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
  const ids = (list: readonly ClassRoute[] | undefined): string =>
    list === undefined ? '' : String(Int32Array.from(list, ({ id }) => id).sort())
  return a.routes.every(
    (list, cls) => ids(list) === ids(b.routes[cls]) && ids(a.best.get(cls)) === ids(b.best.get(cls)),
  )
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
  state.tables.set(cls, new Map([['', routes]]))
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
  const before = state.told.get(cls) ?? new Map<string, Edge>()
  const now = new Map<string, { readonly edge: Edge; readonly routes: ClassRoute[] }>()
  let best: readonly ClassRoute[] | undefined
  for (const colour of scene.adjacency.colours(member)) {
    if (!isUp(colour)) continue
    const bestOnly = scene.network.colours[colour]?.addPaths === false
    if (bestOnly) best ??= bestOf(state, routes)
    const offered = bestOnly ? (best ?? []) : routes
    const leaving = offered.filter((route) => leaves(state, member, colour, route))
    if (leaving.length === 0) continue
    for (const edge of scene.adjacency.edges(view, cls, colour)) {
      const heard = leaving.flatMap((route) => heardBy(state, route, edge, bestOnly))
      if (heard.length === 0) continue
      if (bestOnly) requireAlike(state, member, colour, offered)
      if (bestOnly && echoes(state, offered, edge)) continue
      now.set(`${colour} ${edge.receiver} ${edge.to}`, { edge, routes: bestOnly ? heard.slice(0, 1) : heard })
    }
  }
  if (best !== undefined) state.best.set(cls, best)
  const edges = new Map<string, Edge>()
  for (const [key, { edge, routes: heard }] of now) {
    edges.set(key, edge)
    hear(state, cls, edge, heard)
  }
  for (const [key, edge] of before) if (!now.has(key)) hear(state, cls, edge, [])
  state.told.set(cls, edges)
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
function heardBy(state: Run, parent: ClassRoute, edge: Edge, best: boolean): readonly ClassRoute[] {
  const memo = inner(state.forest.children, parent.id)
  const key = `${edge.sender} ${edge.receiver} ${edge.to}`
  if (!memo.has(key)) memo.set(key, worked(state, parent, edge, best))
  const found = memo.get(key)
  return found === undefined ? [] : [found]
}

function worked(state: Run, parent: ClassRoute, edge: Edge, best: boolean): ClassRoute | undefined {
  const { scene, view, info, forest } = state
  const { steps, adjacency } = scene
  const member = view.first(edge.to)
  const { places } = scene.network
  scene.network.speakers.pinned(member)
  let tried = 0
  for (const { peer, own, peers } of adjacency.contacts(view, member, parent.cls, edge)) {
    const atHand = peer === view.first(parent.cls) && !avoids(state, parent, member) ? parent.sample : undefined
    const sent = atHand ?? instanceAt(places, steps, adjacency, view, info, parent, peer, [member])
    const wire = sent && !steps.cameBy(peer, peers, sent) ? steps.send(peer, peers, sent, info) : undefined
    const sample = wire && steps.receive(member, own, wire, info)
    if (sample !== undefined) {
      const { sender, receiver, to: cls } = edge
      return { id: ++forest.lastID, cls, parent, sender, receiver, best, own: -1, sample }
    }
    if (++tried === 3) break
  }
  return undefined
}

/** True where the class route's sample at hand may have passed the speaker. */
function avoids({ view, scene }: Run, route: ClassRoute, speaker: number): boolean {
  const kin = new Set(clusterMates(scene.network.places, speaker).map(view.classOf))
  return passes(route, view.classOf(speaker), kin)
}

function hear(state: Run, from: number, edge: Edge, heard: readonly ClassRoute[]): void {
  const key = `${from} ${edge.sender} ${edge.receiver}`
  const table = state.tables.get(edge.to) ?? new Map<string, readonly ClassRoute[]>()
  const had = table.get(key) ?? []
  if (heard.length === had.length && heard.every((route, i) => route === had[i])) return
  state.count += heard.length - had.length
  if (heard.length === 0) table.delete(key)
  else table.set(key, heard)
  state.tables.set(edge.to, table)
  wait(state, edge.to)
}

/**
 * The best route of a class. More than one where addresses or router ids decide, which members may see differently: then
 * each member has one of them.
 */
function bestOf(state: Run, routes: readonly ClassRoute[]): readonly ClassRoute[] {
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
        return !(isFixed(state, chosen) && isFixed(state, route))
      default:
        return false
    }
  })
  return [chosen, ...others]
}

/** Every class that the route has passed before has one member, the same for every prefix that shares the solution. */
function isFixed({ view, shared, scene }: Run, { parent }: ClassRoute): boolean {
  if (parent === undefined) return true
  for (const cls of wayOf(parent)) {
    if (view.size(cls) !== 1 || (shared && scene.network.members[cls]?.length !== 1)) return false
  }
  return true
}

/** Routes among which identity decides have to be sent alike, or members differ in what they say. */
function requireAlike(state: Run, member: number, colour: number, tied: readonly ClassRoute[]): void {
  const { scene, view, info } = state
  const { steps, adjacency } = scene
  const tie = `${colour} ${tied.map(({ id }) => id).join(' ')}`
  if (state.forest.alike.has(tie) || (tied.length === 1 && tied.every((route) => isFixed(state, route)))) return
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
  state.forest.alike.add(tie)
}

function peerOf({ network }: Scene, member: number, { sample }: ClassRoute): number {
  return network.speakers.at(member).sessions[sample.session]?.peer ?? -1
}

/**
 * True for an edge back to where a route among which identity decides came from. Whoever the best route came from is not
 * told it, and the others are: none of them must take it.
 */
function echoes(state: Run, tied: readonly ClassRoute[], edge: Edge): boolean {
  const fixed = tied.length === 1 && tied.every((route) => isFixed(state, route))
  if (fixed || !tied.some(({ parent }) => parent?.cls === edge.to)) return false
  for (const route of tied) {
    if (heardBy(state, route, edge, true).length > 0) throw new Split(tied.flatMap((other) => [...wayOf(other)]))
  }
  return true
}
