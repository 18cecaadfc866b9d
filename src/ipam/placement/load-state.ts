/** A Cluster's pools, nodes and recorded blocks as the state on which the allocator works. */

import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import { assignablePool } from '../assignable-pool.js'
import { Block, type Held } from '../block.js'
import { IpamState } from '../ipam-state.js'
import { affinityText, sanitizeHandle } from '../owner.js'
import type { RecordedState } from '../recorded-state.js'
import { ReservedSet } from '../reservations.js'
import { RECLAIM_AGE_SECONDS } from '../usable-block.js'

/**
 * The state before anything is assigned. Its clock stands a minute after the last thing that was recorded, so that
 * every recorded block is old enough to be reclaimed: a dump does not say when it was taken.
 */
export function loadState(cluster: Cluster, recorded: RecordedState | undefined): IpamState {
  const state = new IpamState(cluster.seed)
  state.settings = cluster.ipam
  state.pools = cluster.pools.map(assignablePool)
  state.nodes = new Map(cluster.nodes.map(({ name, labels }) => [name, labels]))
  state.reserved = new ReservedSet(cluster.ipam.reservations.flatMap(({ prefixes }) => prefixes))
  state.now = latestTime(recorded?.blocks ?? []) + RECLAIM_AGE_SECONDS
  for (const block of recorded?.blocks ?? []) loadBlock(state, block)
  for (const { type, node, prefix, state: phase } of recorded?.affinities ?? []) {
    state.affinities.set({ type, host: node }, prefix, phase)
  }
  return state
}

function loadBlock(state: IpamState, record: RecordedBlock): void {
  const { prefix, allocations, affinity, affinityClaimTime } = record
  const held = allocations.map(({ ordinal, releasedAt, ...owner }): readonly [number, Held] => {
    const time = releasedAt === undefined ? undefined : secondsOf(releasedAt)
    return [ordinal, time === undefined ? { owner, sequence: 0 } : { releasedAt: time, sequence: 0 }]
  })
  const block = new Block(prefix, { held, free: record.unallocated })
  block.affinity = affinity && affinityText(affinity)
  block.claimedAt = affinityClaimTime === undefined ? Number.NEGATIVE_INFINITY : (secondsOf(affinityClaimTime) ?? 0)
  state.add(block)
  if (allocations.every(({ releasedAt }) => releasedAt === undefined)) state.records.set(block, record)
  for (const { handle } of allocations)
    if (handle !== undefined) state.handles.increment(sanitizeHandle(handle), prefix, 1)
}

function secondsOf(text: string): number | undefined {
  const milliseconds = Date.parse(text)
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000
}

function latestTime(blocks: readonly RecordedBlock[]): number {
  let latest = 0
  for (const { affinityClaimTime, allocations } of blocks) {
    if (affinityClaimTime !== undefined) latest = Math.max(latest, secondsOf(affinityClaimTime) ?? 0)
    for (const { releasedAt } of allocations) {
      if (releasedAt !== undefined) latest = Math.max(latest, secondsOf(releasedAt) ?? 0)
    }
  }
  return latest
}
