/**
 * To which destinations the kernel tables of one node may differ between two clusters, found without making the tables:
 * BIRD's by their numbers, and those of Felix by how the node sees remote blocks. Both cost a few numbers a prefix.
 */

import type { Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { felixNode } from '../../bgp/felix/cluster-routes.js'
import type { ClusterNode } from '../../cluster/node.js'
import { clusterRouteStyle } from '../../dataplane/felix-routes.js'
import type { DataplaneInput } from '../../dataplane/input.js'
import { birdFamilies } from '../../dataplane/kernel-table.js'
import { type BirdChanges, birdChanges } from './bird-changes.js'
import { felixChanges } from './felix-changes.js'

/** Destinations of routes to other nodes, some of which may be alike; undefined where only whole tables tell. */
export type ChangedDestinations = (before: ClusterNode, after: ClusterNode) => readonly Prefix[] | undefined

export function changedDestinations(before: DataplaneInput, after: DataplaneInput): ChangedDestinations {
  const felix = felixChanges(before.context, after.context)
  const bird = new Map<4 | 6, BirdChanges | undefined>()
  const birdIn = (family: 4 | 6): BirdChanges | undefined => {
    if (!bird.has(family)) {
      const [was, is] = [before.bgp().byRoles?.(family), after.bgp().byRoles?.(family)]
      bird.set(family, was && is && birdChanges(was.numbers(), is.numbers()))
    }
    return bird.get(family)
  }
  return (was, is) => {
    const families = birdFamilies(before.context.cluster, was)
    if (families.join() !== birdFamilies(after.context.cluster, is).join()) return undefined
    const found = [...felix(sideOf(before.context, was), sideOf(after.context, is))]
    for (const family of families) {
      const changes = birdIn(family)
      if (changes === undefined) return undefined
      found.push(...changes(was.index, is.index))
    }
    return found
  }
}

function sideOf(context: BgpContext, node: ClusterNode) {
  return { felix: felixNode(context.cluster, context.ipam, node), style: clusterRouteStyle(context, node) }
}
