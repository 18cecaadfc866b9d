/** The books of every pool: how its blocks and addresses are used, from the blocks that exist. */

import {
  comparePrefixes,
  containsPrefix,
  formatPrefix,
  overlaps,
  type Prefix,
  sizeOf,
  subPrefixCount,
} from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Pool } from '../../cluster/pool.js'
import type { IpamView } from '../../ipam/view.js'

export interface PoolBooks {
  readonly pool: Pool
  readonly nodes: {
    /** Nodes that the pool's selector matches and that may take workload addresses from it. */
    readonly selected: number
    readonly withBlocks: number
    /** Names, in byte order. */
    readonly withoutBlock: readonly string[]
  }
  readonly blocks: {
    readonly total: number
    /** Owned by a node (or by the load-balancer controller). */
    readonly affine: number
    /** Exist without an owner: their affinity was released while addresses were in use. */
    readonly orphaned: number
    /** Wholly covered by IPReservations and not existing. */
    readonly reserved: number
    readonly free: number
  }
  readonly addresses: {
    readonly total: number
    /** Total less reserved. */
    readonly usable: number
    readonly pods: number
    readonly tunnels: number
    /** Load balancer addresses, cooling and Windows-reserved ones. */
    readonly other: number
    /** Of those in use: by a node that does not own the block. Each is a /32 route on every other node. */
    readonly borrowed: number
    readonly reserved: number
    readonly free: number
  }
}

export interface NodeBlock {
  readonly block: RecordedBlock
  readonly pool?: Pool
  readonly used: number
  readonly free: number
  /** Addresses of this block that other nodes use. */
  readonly borrowedOut: number
}

export interface NodeBooks {
  readonly node: string
  readonly blocks: readonly NodeBlock[]
  /** Addresses that this node uses out of blocks it does not own. */
  readonly borrowedIn: number
  readonly pods: number
}

export interface Books {
  readonly pools: readonly PoolBooks[]
  readonly nodes: readonly NodeBooks[]
}

/** One pass over the blocks; no nodes x blocks work. */
export function booksOf(cluster: Cluster, view: IpamView): Books {
  const tallies = cluster.pools.map(() => newTally())
  const nodeBlocks = new Map<string, NodeBlock[]>()
  const borrowedIn = new Map<string, number>()
  for (const block of view.blocks) {
    const pool = poolOf(cluster.pools, block.prefix)
    const owner = block.affinity?.host
    const tally = pool && tallies[pool.index]
    let borrowedOut = 0
    for (const allocation of block.allocations) {
      const lent = allocation.node !== undefined && allocation.node !== owner
      if (lent) {
        borrowedOut++
        borrowedIn.set(allocation.node, (borrowedIn.get(allocation.node) ?? 0) + 1)
      }
      if (tally === undefined) continue
      if (lent) tally.borrowed++
      if (allocation.type?.endsWith('TunnelAddress') === true) tally.tunnels++
      else if (allocation.releasedAt === undefined && allocation.node !== undefined) tally.pods++
      else tally.other++
    }
    if (tally) {
      if (owner === undefined) tally.orphaned++
      else tally.affine++
      tally.existing.push(block.prefix)
    }
    if (owner !== undefined && block.affinity?.type === 'host') {
      const entry = { block, used: block.allocations.length, free: block.unallocated.length, borrowedOut }
      const list = nodeBlocks.get(owner)
      if (list) list.push(pool ? { ...entry, pool } : entry)
      else nodeBlocks.set(owner, [pool ? { ...entry, pool } : entry])
      tally?.owners.add(owner)
    }
  }
  const podCounts = new Map<string, number>()
  for (const pod of view.pods) podCounts.set(pod.node, (podCounts.get(pod.node) ?? 0) + 1)
  return {
    pools: cluster.pools.map((pool, i) => poolBooks(cluster, pool, tallies[i] ?? newTally())),
    nodes: cluster.nodes.map((node) => ({
      node: node.name,
      blocks: nodeBlocks.get(node.name) ?? [],
      borrowedIn: borrowedIn.get(node.name) ?? 0,
      pods: podCounts.get(node.name) ?? 0,
    })),
  }
}

interface Tally {
  affine: number
  orphaned: number
  pods: number
  tunnels: number
  other: number
  borrowed: number
  readonly existing: Prefix[]
  readonly owners: Set<string>
}

function newTally(): Tally {
  return { affine: 0, orphaned: 0, pods: 0, tunnels: 0, other: 0, borrowed: 0, existing: [], owners: new Set() }
}

/** The first pool in name order that holds the block, as Calico looks it up. */
export function poolOf(pools: readonly Pool[], block: Prefix): Pool | undefined {
  return pools.find((pool) => containsPrefix(pool.prefix, block))
}

function poolBooks(cluster: Cluster, pool: Pool, tally: Tally): PoolBooks {
  const reservations = reservedIn(cluster, pool.prefix)
  const total = subPrefixCount(pool.prefix, pool.blockSize)
  const reservedBlocks = wholeBlocks(reservations, pool) - tally.existing.filter((b) => covered(reservations, b)).length
  const size = sizeOf(pool.prefix)
  const reserved = reservations.reduce((sum, range) => sum + sizeOf(range), 0)
  const inUse = tally.pods + tally.tunnels + tally.other
  const selected = selectedNodes(cluster, pool)
  return {
    pool,
    nodes: {
      selected: selected.length,
      withBlocks: tally.owners.size,
      withoutBlock: selected.filter((name) => !tally.owners.has(name)),
    },
    blocks: {
      total,
      affine: tally.affine,
      orphaned: tally.orphaned,
      reserved: reservedBlocks,
      free: total - tally.affine - tally.orphaned - reservedBlocks,
    },
    addresses: {
      total: size,
      usable: size - reserved,
      pods: tally.pods,
      tunnels: tally.tunnels,
      other: tally.other,
      borrowed: tally.borrowed,
      reserved,
      free: Math.max(0, size - reserved - inUse),
    },
  }
}

/** Names of the nodes whose pods may take addresses from the pool without asking for it by name. */
export function selectedNodes(cluster: Cluster, pool: Pool): readonly string[] {
  if (pool.disabled || !pool.allocatable || !pool.allowedUses.includes('Workload')) return []
  return cluster.nodes.filter((node) => pool.nodeSelector.matches(node.labels)).map((node) => node.name)
}

/** The reserved ranges inside a prefix, none inside another. */
export function reservedIn(cluster: Cluster, prefix: Prefix): readonly Prefix[] {
  const inside = cluster.ipam.reservations
    .flatMap((reservation) => reservation.prefixes)
    .filter((range) => overlaps(range, prefix))
    .map((range) => (containsPrefix(range, prefix) ? prefix : range))
  const unique = [...new Map(inside.map((range) => [formatPrefix(range), range])).values()]
  return unique
    .filter((range) => !unique.some((other) => other !== range && containsPrefix(other, range)))
    .sort(comparePrefixes)
}

function wholeBlocks(reservations: readonly Prefix[], pool: Pool): number {
  return reservations.reduce((sum, range) => sum + subPrefixCount(range, pool.blockSize), 0)
}

function covered(reservations: readonly Prefix[], block: Prefix): boolean {
  return reservations.some((range) => containsPrefix(range, block))
}
