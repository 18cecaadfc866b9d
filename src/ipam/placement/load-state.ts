/** A Cluster's pools, nodes and recorded blocks as the state on which the allocator works. */

import type { Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Allocation, RecordedBlock } from '../../cluster/ipam-records.js'
import { assignablePool } from '../assignable-pool.js'
import { Block, type BlockContent, type Held, isWindowsHandle, type UnopenedBlock } from '../block.js'
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
  state.handles.load(() => handlesIn(recorded?.blocks ?? []))
  for (const { type, node, prefix, state: phase } of recorded?.affinities ?? []) {
    state.affinities.set({ type, host: node }, prefix, phase)
  }
  return state
}

function loadBlock(state: IpamState, record: RecordedBlock): void {
  const { prefix, allocations, affinity, affinityClaimTime } = record
  const settled = allocations.every(({ releasedAt }) => releasedAt === undefined)
  const block = new Block(prefix, settled ? unopened(record) : contentOf(record))
  block.affinity = affinity && affinityText(affinity)
  block.claimedAt = affinityClaimTime === undefined ? Number.NEGATIVE_INFINITY : (secondsOf(affinityClaimTime) ?? 0)
  state.add(block)
  if (settled) state.records.set(block, record)
}

function unopened(record: RecordedBlock): UnopenedBlock {
  const { allocations, unallocated } = record
  return {
    inUse: allocations.length,
    windows: allocations.reduce((count, { handle }) => (isWindowsHandle(handle) ? count + 1 : count), 0),
    free: unallocated.length,
    holds: (ordinal) => isAmong(allocations, ordinal),
    open: () => contentOf(record),
  }
}

/** Allocations ascend by ordinal; where all before an address are taken, it stands at its own place. */
function isAmong(allocations: readonly Allocation[], ordinal: number): boolean {
  let [low, high] = [0, Math.min(allocations.length, ordinal + 1)]
  while (low < high) {
    const middle = (low + high) >> 1
    const found = allocations[middle]?.ordinal ?? 0
    if (found === ordinal) return true
    if (found < ordinal) low = middle + 1
    else high = middle
  }
  return false
}

function contentOf({ allocations, unallocated }: RecordedBlock): BlockContent {
  const held = allocations.map(({ ordinal, releasedAt, ...owner }): readonly [number, Held] => {
    const time = releasedAt === undefined ? undefined : secondsOf(releasedAt)
    return [ordinal, time === undefined ? { owner, sequence: 0 } : { releasedAt: time, sequence: 0 }]
  })
  return { held, free: unallocated }
}

function* handlesIn(blocks: readonly RecordedBlock[]): Generator<readonly [handle: string, block: Prefix]> {
  for (const { prefix, allocations } of blocks) {
    for (const { handle } of allocations) if (handle !== undefined) yield [sanitizeHandle(handle), prefix]
  }
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
