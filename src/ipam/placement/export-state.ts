/** The allocator's state as the records that Felix and confd read. */

import { comparePrefixes } from '../../address/prefix.js'
import type { Allocation, BlockAffinity, RecordedBlock } from '../../cluster/ipam-records.js'
import type { Block } from '../block.js'
import { parseAffinity } from '../block-affinity.js'
import type { IpamState } from '../ipam-state.js'
import { compareAffinities } from '../recorded-state.js'

/**
 * Ascending by prefix. Blocks whose queue reads `k, k+1, ... end` share one array of it. Times are left out of a state
 * that was simulated from nothing, where they mean nothing.
 */
export function exportBlocks(state: IpamState, withTimes: boolean): RecordedBlock[] {
  const tails = new Map<string, readonly number[]>()
  return [...state.blocks()]
    .map((block) => exportBlock(block, state.records.get(block), tails, withTimes))
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
}

/** Ascending by node, then prefix. */
export function exportAffinities(state: IpamState): BlockAffinity[] {
  return [...state.affinities.all()]
    .map(({ owner, prefix, state: phase }) => ({ node: owner.host, type: owner.type, prefix, state: phase }))
    .sort(compareAffinities)
}

function exportBlock(
  block: Block,
  record: RecordedBlock | undefined,
  tails: Map<string, readonly number[]>,
  withTimes: boolean,
): RecordedBlock {
  const affinity = parseAffinity(block.affinity)
  const kept = block.sequence === 0 ? record : undefined
  return {
    prefix: block.prefix,
    ...(affinity === undefined ? {} : { affinity }),
    allocations: kept?.allocations ?? allocationsOf(block),
    unallocated: kept?.unallocated ?? freeList(block, tails),
    ...(withTimes && Number.isFinite(block.claimedAt)
      ? { affinityClaimTime: new Date(block.claimedAt * 1000).toISOString() }
      : {}),
  }
}

function allocationsOf(block: Block): readonly Allocation[] {
  return Array.from(block.held(), ([ordinal, { owner, releasedAt }]): Allocation => {
    if (releasedAt === undefined) return { ordinal, ...owner }
    return { ordinal, releasedAt: new Date(releasedAt * 1000).toISOString() }
  })
}

function freeList(block: Block, tails: Map<string, readonly number[]>): readonly number[] {
  const first = block.size - block.free
  const key = `${first} ${block.size}`
  const known = tails.get(key)
  if (known !== undefined && equals(known, block.freeOrdinals())) return known
  const list = [...block.freeOrdinals()]
  if (list[0] === first && list.every((ordinal, i) => ordinal === first + i)) tails.set(key, list)
  return list
}

function equals(list: readonly number[], other: Iterable<number>): boolean {
  let i = 0
  for (const ordinal of other) if (list[i++] !== ordinal) return false
  return i === list.length
}
