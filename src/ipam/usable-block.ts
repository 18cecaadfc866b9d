/** The search for a block that a host can claim (libcalico-go/lib/ipam/ipam_block_reader_writer.go findUsableBlock). */

import type { Prefix } from '../address/prefix.js'
import type { AssignablePool } from './assignable-pool.js'
import type { Block } from './block.js'
import { parseAffinity, releaseBlockAffinity } from './block-affinity.js'
import type { BlockIndex } from './block-order.js'
import type { IpamState } from './ipam-state.js'
import type { Affinity } from './owner.js'
import type { PoolSpace } from './pool-space.js'

/** A block that was claimed more recently is not taken from its owner, even if empty. */
export const RECLAIM_AGE_SECONDS = 60

/**
 * The block that the host should claim: pool by pool the first in the host's order that does not exist, or that is
 * its own and has room; failing that the first empty one that its owner can be made to give up. Undefined when there
 * is none.
 */
export function findUsableBlock(
  state: IpamState,
  owner: Affinity,
  pools: readonly AssignablePool[],
): Prefix | undefined {
  state.collectAll()
  for (const pool of pools) {
    const found = newOrOwnBlock(state, owner, pool)
    if (found) return found
  }
  return reclaimBlock(state, owner, pools)
}

function newOrOwnBlock(state: IpamState, owner: Affinity, pool: AssignablePool): Prefix | undefined {
  const space = state.space(pool)
  const start = state.start(pool, owner.host)
  const free = space.firstFree(start)
  let best = free
  for (const block of state.blocksAffineTo(owner)) {
    const index = space.indexOf(block.prefix)
    if (index === undefined || block.freeOutside(state.reserved) === 0) continue
    if (best === undefined || space.distance(start, index) < space.distance(start, best)) best = index
  }
  return best === undefined ? undefined : space.blockAt(best)
}

function reclaimBlock(state: IpamState, owner: Affinity, pools: readonly AssignablePool[]): Prefix | undefined {
  if (state.emptyBlocks.size === 0) return undefined
  for (const pool of pools) {
    const space = state.space(pool)
    for (const block of emptyInOrder(state, space, state.start(pool, owner.host))) {
      const holder = parseAffinity(block.affinity)
      if (holder === undefined || state.now - block.claimedAt < RECLAIM_AGE_SECONDS) continue
      if (releaseBlockAffinity(state, holder, block.prefix, true) === 'released') return block.prefix
    }
  }
  return undefined
}

function emptyInOrder(state: IpamState, space: PoolSpace, start: BlockIndex): Block[] {
  const found: { readonly block: Block; readonly distance: BlockIndex }[] = []
  for (const block of state.emptyBlocks) {
    const index = space.indexOf(block.prefix)
    if (index === undefined || block.freeOutside(state.reserved) === 0) continue
    found.push({ block, distance: space.distance(start, index) })
  }
  return found.sort((a, b) => (a.distance < b.distance ? -1 : 1)).map(({ block }) => block)
}
