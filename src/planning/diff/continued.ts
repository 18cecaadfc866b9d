/** The later of two inputs as what the earlier one becomes: pods that both have keep their addresses. */

import { samePrefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import { ipamView } from '../../ipam/ipam-view.js'
import { createSimulation, type Simulation } from '../simulation.js'

/**
 * Where neither input records addresses, both would be simulated from nothing, and one more pod could shift the
 * addresses of all. `after` is given back as it is when an input records them, or when a pool of `before` is gone or
 * cut otherwise: then the two are designs to compare and not a cluster and its next state.
 */
export function continuedFrom(before: Simulation, after: Simulation): Simulation {
  if (!before.ipam.simulated || isRecorded(after.cluster) || !keepsPools(before.cluster, after.cluster)) return after
  return createSimulation(after.cluster, {
    ipam: ipamView(after.cluster, { cluster: before.cluster, view: before.ipam }),
  })
}

function isRecorded({ recordedBlocks, recordedAffinities }: Cluster): boolean {
  return recordedBlocks !== undefined || recordedAffinities !== undefined
}

function keepsPools(before: Cluster, after: Cluster): boolean {
  const pools = new Map(after.pools.map((pool) => [pool.name, pool]))
  return before.pools.every(({ name, prefix, blockSize }) => {
    const pool = pools.get(name)
    return pool !== undefined && pool.blockSize === blockSize && samePrefix(pool.prefix, prefix)
  })
}
