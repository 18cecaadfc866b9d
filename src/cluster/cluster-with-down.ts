/** The same cluster with other things out of order. */

import type { Cluster } from './cluster.js'
import { type Down, isNothingDown } from './down.js'
import { withoutDown } from './down-underlay.js'

/** Down replaces what was down before; everything else stays as it is. */
export function clusterWith(cluster: Cluster, down: Down): Cluster {
  const { down: _, wholeUnderlay, ...rest } = cluster
  const underlay = wholeUnderlay ?? cluster.underlay
  if (isNothingDown(down)) return { ...rest, underlay }
  return { ...rest, underlay: withoutDown(underlay, down), down, wholeUnderlay: underlay }
}
