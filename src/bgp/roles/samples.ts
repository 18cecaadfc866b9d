/** What single members of classes make of routes of classes. */

import type { TableRoute } from '../plain/state.js'
import type { Adjacency, Wire } from './adjacency.js'
import { instanceAt } from './instances.js'
import type { RoleNetwork } from './network.js'
import { clusterMates } from './places.js'
import type { PrefixInfo } from './prefix-index.js'
import { type ClassRoute, passes } from './solution.js'
import type { Steps } from './steps.js'
import type { View } from './view.js'

/** What all prefixes are worked out in. */
export interface Scene {
  readonly network: RoleNetwork
  readonly adjacency: Adjacency
  readonly steps: Steps
}

/** What the first member of a class makes of a route that comes to it by one kind of session, if it takes it. */
export function sampleBy(
  scene: Scene,
  view: View,
  info: PrefixInfo,
  parent: ClassRoute,
  wire: Wire,
  cls: number,
): TableRoute | undefined {
  const { network, steps, adjacency } = scene
  const member = view.first(cls)
  let tried = 0
  for (const { peer, own, peers } of adjacency.contacts(view, member, parent.cls, wire)) {
    const atHand = peer === view.first(parent.cls) && !avoids(scene, view, parent, member) ? parent.sample : undefined
    const sent = atHand ?? instanceAt(network.places, steps, adjacency, view, info, parent, peer, [member])
    const told = sent && !steps.cameBy(peer, peers, sent) ? steps.send(peer, peers, sent, info) : undefined
    const sample = told && steps.receive(member, own, told, info)
    if (sample !== undefined) return sample
    if (++tried === 3) break
  }
  return undefined
}

/** True where the class route's sample at hand may have passed the speaker. */
function avoids(scene: Scene, view: View, route: ClassRoute, speaker: number): boolean {
  const kin = new Set(clusterMates(scene.network.places, speaker).map(view.classOf))
  return passes(route, view.classOf(speaker), kin)
}
