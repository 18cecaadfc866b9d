/** How much of a pool is used, reserved and free (libcalico-go/lib/ipam/ipam.go GetUtilization, reserved.go). */

import { containsPrefix, overlaps, type Prefix, sizeOf } from '../address/prefix.js'
import type { AssignablePool } from './assignable-pool.js'
import type { Block } from './block.js'
import type { IpamState } from './ipam-state.js'
import { affinityName } from './owner.js'
import type { ReservedSet } from './reservations.js'

export interface Usage {
  readonly capacity: number
  /** Addresses held, cooling and Windows-reserved ones among them. */
  readonly inUse: number
  /** Addresses that a reservation names, held or not. */
  readonly reserved: number
  /** Addresses that could still be given out automatically. */
  readonly available: number
}

export interface BlockUsage extends Usage {
  readonly prefix: Prefix
}

export interface PoolUsage extends Usage {
  readonly pool: AssignablePool
  /** In byte order of their names, as the datastore lists them. */
  readonly blocks: readonly BlockUsage[]
}

export interface PoolSpaceCount {
  readonly capacity: number
  readonly reserved: number
  /** Neither reserved nor inside a block. */
  readonly outsideBlocks: number
}

/** Addresses of a pool, how many are reserved, and how many of the others lie in no block. */
export function countPoolSpace(pool: Prefix, reserved: ReservedSet, blocks: readonly Prefix[]): PoolSpaceCount {
  const capacity = sizeOf(pool)
  const inPool = reserved.countIn(pool)
  const carved = blocks
    .filter((block) => containsPrefix(pool, block))
    .reduce((sum, block) => sum + sizeOf(block) - reserved.countIn(block), 0)
  return { capacity, reserved: inPool, outsideBlocks: capacity - inPool - carved }
}

export function blockUsage(block: Block, reserved: ReservedSet): BlockUsage {
  return {
    prefix: block.prefix,
    capacity: block.size,
    inUse: block.size - block.free,
    reserved: reserved.countIn(block.prefix),
    available: block.freeOutside(reserved),
  }
}

/** All pools, disabled ones too, in byte order of names. A block counts for the first pool that it overlaps. */
export function poolUsages(state: IpamState): PoolUsage[] {
  const named = Array.from(state.blocks(), (block) => ({ block, name: affinityName(block.prefix) }))
  named.sort((a, b) => (a.name < b.name ? -1 : 1))
  const byPool = new Map<AssignablePool, BlockUsage[]>(state.pools.map((pool) => [pool, []]))
  for (const { block } of named) {
    const pool = state.pools.find(({ prefix }) => overlaps(prefix, block.prefix))
    if (pool) byPool.get(pool)?.push(blockUsage(block, state.reserved))
  }
  return [...byPool].map(([pool, blocks]) => {
    const space = countPoolSpace(
      pool.prefix,
      state.reserved,
      blocks.map(({ prefix }) => prefix),
    )
    const available = blocks.reduce((sum, block) => sum + block.available, 0) + space.outsideBlocks
    const inUse = blocks.reduce((sum, block) => sum + block.inUse, 0)
    return { pool, blocks, capacity: space.capacity, reserved: space.reserved, inUse, available }
  })
}
