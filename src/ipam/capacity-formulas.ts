/**
 * The arithmetic of pools, blocks and nodes (libcalico-go/lib/ipam/ipam.go autoAssign; DESIGN.md there): what a design
 * holds before a single pod exists. No churn, no fragmentation, no addresses that somebody names.
 */

import type { Family } from '../address/address.js'
import { bitsOf } from '../address/prefix.js'
import { DEFAULT_MAX_BLOCKS } from './auto-assign.js'

/** One kind of node in one pool. */
export interface NodeDemand {
  readonly family: Family
  readonly blockSize: number
  readonly podsPerNode: number
  /** Tunnel addresses that the node takes from this pool: none with BGP alone, one each for IPIP, VXLAN, WireGuard. */
  readonly tunnels: number
  /** Addresses withheld in each block: 4 on Windows nodes. */
  readonly withheld: number
}

/** Blocks of a pool; 0 when its prefix is longer than its blocks. */
export function blocksInPool(poolLength: number, blockSize: number): number {
  return blockSize < poolLength ? 0 : 2 ** (blockSize - poolLength)
}

export function addressesPerBlock(family: Family, blockSize: number): number {
  return 2 ** (bitsOf(family) - blockSize)
}

/** Addresses of a block that a node of this kind can use. */
export function usablePerBlock({ family, blockSize, withheld }: NodeDemand): number {
  return Math.max(0, addressesPerBlock(family, blockSize) - withheld)
}

/** Blocks that one node needs; infinity when its blocks hold nothing that it could use. */
export function blocksPerNode(demand: NodeDemand): number {
  const wanted = demand.podsPerNode + demand.tunnels
  if (wanted === 0) return 0
  const usable = usablePerBlock(demand)
  return usable === 0 ? Number.POSITIVE_INFINITY : Math.ceil(wanted / usable)
}

/** Most pods of one node while the pool still has blocks to claim: the limit on blocks per host decides. */
export function podCeilingPerNode(demand: NodeDemand, maxBlocksPerHost = DEFAULT_MAX_BLOCKS): number {
  return Math.max(0, maxBlocksPerHost * usablePerBlock(demand) - demand.tunnels)
}

/** Nodes that find all the blocks that they need in a pool of so many free blocks. */
export function nodesWithOwnBlocks(demand: NodeDemand, freeBlocks: number): number {
  const each = blocksPerNode(demand)
  return each === 0 ? Number.POSITIVE_INFINITY : Math.floor(freeBlocks / each)
}

/** Length of the smallest pool that serves so many nodes with strictAffinity; undefined when none is large enough. */
export function smallestStrictPool(demand: NodeDemand, nodes: number): number | undefined {
  const blocks = Math.max(1, nodes * blocksPerNode(demand))
  const length = demand.blockSize - Math.ceil(Math.log2(blocks))
  return Number.isFinite(length) && length >= 0 ? length : undefined
}

/** The longest block size with which the limit on blocks still lets a node run its pods; undefined when none does. */
export function longestBlockSize(demand: NodeDemand, maxBlocksPerHost = DEFAULT_MAX_BLOCKS): number | undefined {
  const [shortest, longest] = demand.family === 4 ? [20, 32] : [116, 128]
  for (let blockSize = longest; blockSize >= shortest; blockSize--) {
    if (podCeilingPerNode({ ...demand, blockSize }, maxBlocksPerHost) >= demand.podsPerNode) return blockSize
  }
  return undefined
}

/** Addresses of its last block that a node leaves to nobody under strictAffinity. */
export function strandedPerNode(demand: NodeDemand): number {
  const each = blocksPerNode(demand)
  return Number.isFinite(each) ? each * usablePerBlock(demand) - demand.podsPerNode - demand.tunnels : 0
}

/**
 * Routes for pods in one node's kernel table: one for each block of every other node, one for each address borrowed
 * elsewhere, one for each own pod, and a blackhole for each own block of more than one address.
 */
export function routesPerNode(demand: NodeDemand, nodes: number, borrowed = 0): number {
  const each = blocksPerNode(demand)
  const blackholes = demand.blockSize < bitsOf(demand.family) ? each : 0
  return Math.max(0, nodes - 1) * each + borrowed + demand.podsPerNode + blackholes
}
