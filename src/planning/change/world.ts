/** The world that changes act on, in whole: what the datastore holds, and what is broken. */

import { type BuildOptions, buildCluster } from '../../cluster/build-cluster.js'
import type { Cluster } from '../../cluster/cluster.js'
import { type Down, NOTHING_DOWN } from '../../cluster/down.js'
import type { Manifest, Resource } from '../../manifests/resource.js'

/** Immutable: a change makes another one, and a change that changes nothing gives back the very same object. */
export interface World {
  readonly manifests: readonly Manifest[]
  readonly down: Down
  /** Objects whose running readers still go by an older version: calico-node reads its environment when it starts. */
  readonly unread?: readonly Unread[]
}

export interface Unread {
  /** As the running pods know it. */
  readonly inForce: Resource
  /** As the datastore holds it. */
  readonly stored: Resource
}

export function worldOf(manifests: readonly Manifest[]): World {
  return { manifests, down: NOTHING_DOWN }
}

/** The Cluster as it behaves: built from what the running daemons have read. */
export function clusterOf(world: World, options: BuildOptions = {}): Cluster {
  return buildCluster(manifestsInForce(world), { ...options, down: world.down })
}

/** The manifests with older versions put back where nobody has read the new ones yet. */
export function manifestsInForce({ manifests, unread = [] }: World): readonly Manifest[] {
  if (unread.length === 0) return manifests
  const older = new Map(unread.map(({ stored, inForce }) => [stored, inForce]))
  return manifests.map((manifest) => {
    const inForce = older.get(manifest.resource)
    return inForce === undefined ? manifest : { ...manifest, resource: inForce }
  })
}
