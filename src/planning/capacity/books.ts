/** The books of every pool: how its blocks and addresses are used, from the blocks that exist. */

import { addressPlus, type Family } from '../../address/address.js'
import { containsPrefix, firstAddress, type Prefix, sizeOf, subPrefixCount } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Pool } from '../../cluster/pool.js'
import { ReservedSet } from '../../ipam/reservations.js'
import type { IpamView } from '../../ipam/view.js'

export interface PoolBooks {
  readonly pool: Pool
  readonly nodes: {
    /** Nodes whose pods take addresses from it without asking for it by name. */
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
    /** Neither used nor reserved, inside blocks or outside. */
    readonly free: number
    /**
     * Of the free ones: inside a block that somebody owns. With strictAffinity nobody else ever gets them; without,
     * others borrow them one by one when no block is left to claim.
     */
    readonly stranded: number
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
  /** Addresses in use here, of pods and tunnels, its own and borrowed. */
  readonly addresses: number
  /** Owners of the blocks that it borrows from, in byte order; orphans have none and are left out. */
  readonly lenders: readonly string[]
}

export interface Books {
  readonly pools: readonly PoolBooks[]
  readonly nodes: readonly NodeBooks[]
}

/** One pass over the blocks; no nodes x blocks work. */
export function booksOf(cluster: Cluster, view: IpamView): Books {
  const reserved = new ReservedSet(cluster.ipam.reservations.flatMap(({ prefixes }) => prefixes))
  const tallies = cluster.pools.map(() => newTally())
  const used = new Map<string, number>()
  const lenders = new Map<string, Set<string>>()
  const nodeBlocks = new Map<string, NodeBlock[]>()
  const borrowedIn = new Map<string, number>()
  for (const block of view.blocks) {
    const pool = poolOf(cluster.pools, block.prefix)
    const owner = block.affinity?.host
    const tally = pool && tallies[pool.index]
    let borrowedOut = 0
    for (const allocation of block.allocations) {
      const { node } = allocation
      const lent = node !== undefined && node !== owner
      if (node !== undefined) used.set(node, (used.get(node) ?? 0) + 1)
      if (lent) {
        borrowedOut++
        borrowedIn.set(node, (borrowedIn.get(node) ?? 0) + 1)
        if (owner !== undefined) lenders.set(node, (lenders.get(node) ?? new Set()).add(owner))
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
      if (reserved.covers(block.prefix)) tally.reserved++
      if (owner !== undefined) tally.stranded += block.unallocated.length - reservedFree(block, reserved)
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
    pools: cluster.pools.map((pool, i) => poolBooks(cluster, pool, tallies[i] ?? newTally(), reserved)),
    nodes: cluster.nodes.map((node) => ({
      node: node.name,
      blocks: nodeBlocks.get(node.name) ?? [],
      borrowedIn: borrowedIn.get(node.name) ?? 0,
      pods: podCounts.get(node.name) ?? 0,
      addresses: used.get(node.name) ?? 0,
      lenders: [...(lenders.get(node.name) ?? [])].sort(),
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
  /** Blocks that exist although all their addresses are reserved. */
  reserved: number
  stranded: number
  readonly owners: Set<string>
}

function newTally(): Tally {
  return {
    affine: 0,
    orphaned: 0,
    pods: 0,
    tunnels: 0,
    other: 0,
    borrowed: 0,
    reserved: 0,
    stranded: 0,
    owners: new Set(),
  }
}

/** The first pool in name order that holds the block, as Calico looks it up. */
export function poolOf(pools: readonly Pool[], block: Prefix): Pool | undefined {
  return pools.find((pool) => containsPrefix(pool.prefix, block))
}

function reservedFree({ prefix, unallocated }: RecordedBlock, reserved: ReservedSet): number {
  if (!reserved.touches(prefix)) return 0
  const first = firstAddress(prefix)
  return unallocated.filter((ordinal) => {
    const address = addressPlus(first, ordinal)
    return address !== undefined && reserved.hasAddress(address)
  }).length
}

function poolBooks(cluster: Cluster, pool: Pool, tally: Tally, reservations: ReservedSet): PoolBooks {
  const total = subPrefixCount(pool.prefix, pool.blockSize)
  const reservedBlocks = reservations.wholePrefixesIn(pool.prefix, pool.blockSize) - tally.reserved
  const size = sizeOf(pool.prefix)
  const reserved = reservations.countIn(pool.prefix)
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
      stranded: tally.stranded,
    },
  }
}

/** True when pods may have addresses of the pool, whether they must ask for it by name or not. */
export function servesPods({ disabled, allocatable, allowedUses }: Pool): boolean {
  return !disabled && allocatable && allowedUses.includes('Workload')
}

/** Names of the nodes whose pods may take addresses from the pool without asking for it by name. */
export function selectedNodes(cluster: Cluster, pool: Pool): readonly string[] {
  if (!servesPods(pool) || pool.assignmentMode === 'Manual') return []
  return cluster.nodes.filter((node) => pool.nodeSelector.matches(node.labels)).map((node) => node.name)
}

/** Address families that the CNI plugin asks for on behalf of every pod. */
export function podFamilies({ cni }: Cluster): readonly Family[] {
  return [...(cni.assignIPv4 ? [4 as const] : []), ...(cni.assignIPv6 ? [6 as const] : [])]
}
