/**
 * What Calico's datastore holds of IPAM, in memory: pools, nodes, reservations, settings, blocks, affinities and
 * handles. The operations of this room change it; it keeps the indexes that make them fast. Time is a number of
 * seconds that the caller sets.
 */

import type { Address, Family } from '../address/address.js'
import { bitsOf, containsAddress, firstAddress, type Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { IpamSettings, RecordedBlock } from '../cluster/ipam-records.js'
import { type AffinityEntry, AffinityTable } from './affinity-table.js'
import { type AssignablePool, isBlockSizeUsable, type NodeLabels } from './assignable-pool.js'
import type { Block } from './block.js'
import { type BlockIndex, startIndex } from './block-order.js'
import { HandleTable } from './handle-table.js'
import type { PoolAnswer } from './host-pools.js'
import { type Affinity, affinityText } from './owner.js'
import { PoolSpace } from './pool-space.js'
import { ReservedSet } from './reservations.js'

export type AllocationSettings = Pick<
  IpamSettings,
  'strictAffinity' | 'autoAllocateBlocks' | 'maxBlocksPerHost' | 'ipCooldownSeconds'
>

/** What Calico assumes without an IPAMConfiguration (ipam.go GetIPAMConfig). */
export const DEFAULT_SETTINGS: AllocationSettings = {
  strictAffinity: false,
  autoAllocateBlocks: true,
  maxBlocksPerHost: 0,
  ipCooldownSeconds: 0,
}

export class IpamState {
  /** Seconds; only differences matter. */
  now = 0
  settings: AllocationSettings = DEFAULT_SETTINGS
  /** Picks what Calico leaves to the clock: the order of blocks of one address. */
  readonly seed: number
  readonly affinities = new AffinityTable()
  readonly handles = new HandleTable()
  /** Blocks with no address in use, which another host may take over. */
  readonly emptyBlocks = new Set<Block>()
  /** Records that blocks were read from. One that nobody has written to since, and in which nothing cools down, is still so. */
  readonly records = new WeakMap<Block, RecordedBlock>()
  readonly #cooling = new Set<Block>()
  /** The last pool question of each host and family and its answer; see `poolsForHost`. */
  readonly poolAnswers = new Map<string, PoolAnswer>()
  /** Where each host's walk starts, by host, for pools of so many blocks: see `PoolSpace.start`. */
  readonly #starts = new Map<string, Map<string, BlockIndex>>()
  #pools: readonly AssignablePool[] = []
  #enabled: Readonly<Record<Family, readonly AssignablePool[]>> = { 4: [], 6: [] }
  #nodes: ReadonlyMap<string, NodeLabels> = new Map()
  #reserved = new ReservedSet([])
  readonly #blocks = new PrefixTable<Block>()
  readonly #blocksByAffinity = new Map<string, Set<Block>>()
  readonly #spaces = new Map<AssignablePool, PoolSpace>()

  constructor(seed = 0) {
    this.seed = seed
  }

  /** In byte order of names, the order in which Calico reads them. */
  get pools(): readonly AssignablePool[] {
    return this.#pools
  }

  set pools(pools: readonly AssignablePool[]) {
    this.#pools = [...pools].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    const enabled = this.#pools.filter((pool) => !pool.disabled && pool.allocatable && isBlockSizeUsable(pool))
    this.#enabled = {
      4: enabled.filter(({ prefix }) => prefix.family === 4),
      6: enabled.filter(({ prefix }) => prefix.family === 6),
    }
    this.#spaces.clear()
    this.poolAnswers.clear()
  }

  get nodes(): ReadonlyMap<string, NodeLabels> {
    return this.#nodes
  }

  set nodes(nodes: ReadonlyMap<string, NodeLabels>) {
    this.#nodes = nodes
    this.poolAnswers.clear()
  }

  get reserved(): ReservedSet {
    return this.#reserved
  }

  set reserved(reserved: ReservedSet) {
    this.#reserved = reserved
    this.#spaces.clear()
  }

  /** Pools from which addresses of the family may come (clientv3 filterIPPool), in byte order of names. */
  enabledPools(family: Family): readonly AssignablePool[] {
    return this.#enabled[family]
  }

  /** The first enabled pool that holds the address (ipam_block_reader_writer.go getPoolForIP). */
  enabledPoolOf(address: Address): AssignablePool | undefined {
    return this.#enabled[address.family].find(({ prefix }) => containsAddress(prefix, address))
  }

  /** True when one of the enabled pools that hold the affinity's first address is among those given. */
  isIn(entry: AffinityEntry, pools: readonly AssignablePool[]): boolean {
    if (entry.pools === undefined || entry.pools.of !== this.#enabled) {
      const first = firstAddress(entry.prefix)
      const holding = this.#enabled[first.family].filter(({ prefix }) => containsAddress(prefix, first))
      entry.pools = { of: this.#enabled, holding }
    }
    return entry.pools.holding.some((pool) => pools.includes(pool))
  }

  space(pool: AssignablePool): PoolSpace {
    let space = this.#spaces.get(pool)
    if (space === undefined) {
      const exists = (prefix: Prefix): boolean => this.#blocks.get(prefix) !== undefined
      space = new PoolSpace(pool, this.#reserved, () => this.blocks(), exists)
      this.#spaces.set(pool, space)
    }
    return space
  }

  /** The block of the pool that the host tries first. Pools of equally many blocks have the same start. */
  start(pool: AssignablePool, host: string): BlockIndex {
    const bits = this.space(pool).bits
    const single = pool.blockSize === bitsOf(pool.prefix.family)
    const key = `${bits} ${single}`
    const starts = this.#starts.get(key) ?? new Map<string, BlockIndex>()
    this.#starts.set(key, starts)
    let start = starts.get(host)
    if (start === undefined) {
      start = startIndex(host, bits, single ? this.seed : undefined)
      starts.set(host, start)
    }
    return start
  }

  get blockCount(): number {
    return this.#blocks.size
  }

  /** In no particular order. */
  *blocks(): IterableIterator<Block> {
    for (const { value } of this.#blocks) yield value
  }

  /** The block, with addresses whose cooldown is over back in its queue (ipam_block.go blockFromBackend). */
  block(prefix: Prefix): Block | undefined {
    const block = this.#blocks.get(prefix)
    if (block?.collect(this.now, this.settings.ipCooldownSeconds)) this.written(block)
    return block
  }

  /** The same for every block in which addresses cool down, before a search over all blocks. */
  collectAll(): void {
    for (const block of this.#cooling) {
      if (block.collect(this.now, this.settings.ipCooldownSeconds)) this.written(block)
    }
  }

  /** The block that holds the address, whichever pool it came from. */
  blockOf(address: Address): Block | undefined {
    const block = this.#blocks.match(address)?.value
    return block && this.block(block.prefix)
  }

  blocksAffineTo(owner: Affinity): Iterable<Block> {
    return this.#blocksByAffinity.get(affinityText(owner)) ?? []
  }

  add(block: Block): void {
    this.#blocks.set(block.prefix, block)
    this.#index(block)
    for (const space of this.#spaces.values()) space.created(block)
    this.written(block)
  }

  delete(block: Block): void {
    if (!this.#blocks.delete(block.prefix)) return
    if (block.affinity !== undefined) this.#blocksByAffinity.get(block.affinity)?.delete(block)
    this.emptyBlocks.delete(block)
    this.#cooling.delete(block)
    for (const space of this.#spaces.values()) space.deleted(block)
  }

  /** Takes the block's owner away; its addresses live on. */
  orphan(block: Block): void {
    if (block.affinity !== undefined) this.#blocksByAffinity.get(block.affinity)?.delete(block)
    block.affinity = undefined
    block.claimedAt = Number.NEGATIVE_INFINITY
    this.updated(block)
  }

  /** To be called after every change of a block: one more write to the datastore. */
  updated(block: Block): void {
    block.sequence++
    this.written(block)
  }

  /** Brings the indexes up to date with the block. */
  written(block: Block): void {
    if (block.empty) this.emptyBlocks.add(block)
    else this.emptyBlocks.delete(block)
    if (block.cooling) this.#cooling.add(block)
    else this.#cooling.delete(block)
    for (const space of this.#spaces.values()) space.changed(block)
  }

  #index(block: Block): void {
    if (block.affinity === undefined) return
    const known = this.#blocksByAffinity.get(block.affinity)
    if (known) known.add(block)
    else this.#blocksByAffinity.set(block.affinity, new Set([block]))
  }
}
