/** Resources of a recorded case built into a Cluster, as the command line would build them. */

import { type BuildOptions, buildCluster } from '../../src/cluster/build-cluster.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import type { Resource } from '../../src/manifests/resource.js'

export type ListedResource = Resource

export function clusterFrom(resources: readonly ListedResource[], options: BuildOptions): Cluster {
  return buildCluster(
    resources.map((resource) => ({ resource })),
    options,
  )
}
