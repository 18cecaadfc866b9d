/** Routes of classes turned into those of one speaker. */

import { selectBest } from '../decision/select.js'
import type { TableRoute } from '../plain/state.js'
import type { Adjacency, Contact } from './adjacency.js'
import type { Places } from './places.js'
import type { PrefixInfo } from './prefix-index.js'
import type { ClassRoute, Solution } from './solution.js'
import type { Steps } from './steps.js'
import type { View } from './view.js'

/** One of the routes that a class route stands for at a speaker, by way of none of the speakers to avoid if that is possible. */
export function instanceAt(
  places: Places | undefined,
  steps: Steps,
  adjacency: Adjacency,
  view: View,
  info: PrefixInfo,
  route: ClassRoute,
  speaker: number,
  avoid: readonly number[],
): TableRoute | undefined {
  const { parent } = route
  if (parent === undefined) return steps.own(speaker, info)[route.own]
  let fallback: Contact | undefined
  for (const contact of adjacency.contacts(view, speaker, parent.cls, route)) {
    if (avoid.includes(contact.peer) || (parent.parent !== undefined && reflectsFor(places, contact.peer, avoid))) {
      fallback ??= contact
      continue
    }
    const found = byWayOf(places, steps, adjacency, view, info, parent, speaker, contact, [speaker, ...avoid])
    if (found !== undefined) return found
  }
  return fallback && byWayOf(places, steps, adjacency, view, info, parent, speaker, fallback, [speaker])
}

/** What the peer reflects carries a cluster id that one of the speakers drops. */
function reflectsFor(places: Places | undefined, peer: number, speakers: readonly number[]): boolean {
  const own = places?.clusterOf[peer] ?? -1
  return own >= 0 && speakers.some((speaker) => places?.clusterOf[speaker] === own)
}

function byWayOf(
  places: Places | undefined,
  steps: Steps,
  adjacency: Adjacency,
  view: View,
  info: PrefixInfo,
  parent: ClassRoute,
  speaker: number,
  { peer, own, peers }: Contact,
  avoid: readonly number[],
): TableRoute | undefined {
  const sent = instanceAt(places, steps, adjacency, view, info, parent, peer, avoid)
  const wire = sent && steps.send(peer, peers, sent, info)
  return wire && steps.receive(speaker, own, wire, info)
}

export interface Instances {
  /** All routes that a class route stands for at a member of its class. */
  of(route: ClassRoute, speaker: number): readonly TableRoute[]
  /** Every route of a speaker for the prefix. */
  at(speaker: number): readonly TableRoute[]
}

/** `view` is the solution's with this prefix's own marks. */
export function instancesOf(
  steps: Steps,
  adjacency: Adjacency,
  view: View,
  info: PrefixInfo,
  solution: Solution,
): Instances {
  const memo = new Map<number, Map<number, readonly TableRoute[]>>()
  const bests = new Map<number, TableRoute | undefined>()
  const bestAt = (speaker: number): TableRoute | undefined => {
    if (bests.has(speaker)) return bests.get(speaker)
    const candidates = solution.best(view.classOf(speaker))
    const best = selectBest(candidates.flatMap((route) => of(route, speaker)))
    bests.set(speaker, best)
    return best
  }
  const of = (route: ClassRoute, speaker: number): readonly TableRoute[] => {
    const bySpeaker = memo.get(route.id) ?? new Map<number, readonly TableRoute[]>()
    memo.set(route.id, bySpeaker)
    const held = bySpeaker.get(speaker)
    if (held !== undefined) return held
    const fresh = worked(route, speaker)
    bySpeaker.set(speaker, fresh)
    return fresh
  }
  const worked = (route: ClassRoute, speaker: number): readonly TableRoute[] => {
    const { parent } = route
    if (parent === undefined) return steps.own(speaker, info).slice(route.own, route.own + 1)
    const found: TableRoute[] = []
    for (const { peer, own, peers } of adjacency.contacts(view, speaker, parent.cls, route)) {
      const best = route.best ? bestAt(peer) : undefined
      for (const sent of route.best ? (best === undefined ? [] : [best]) : of(parent, peer)) {
        const wire = steps.send(peer, peers, sent, info)
        const taken = wire && steps.receive(speaker, own, wire, info)
        if (taken !== undefined) found.push(taken)
      }
    }
    return found
  }
  return { of, at: (speaker) => solution.routes(view.classOf(speaker)).flatMap((route) => of(route, speaker)) }
}
