/** Running totals of an allocator's state while a cluster grows: each address counted as it is given. */

import type { Address, Family } from '../../address/address.js'
import { bitsOf, containsAddress } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Pool } from '../../cluster/pool.js'
import type { IpamState } from '../../ipam/ipam-state.js'
import type { SettledIpam } from '../../ipam/ipam-view.js'
import { affinityText } from '../../ipam/owner.js'
import { booksOf, podFamilies, poolOf, servesPods } from './books.js'

/** One pool's figures at one moment. */
export interface PoolTally {
  readonly pool: Pool
  /** Blocks that exist. */
  blocks: number
  /** Blocks that could still be claimed. */
  freeBlocks: number
  used: number
  free: number
  borrowed: number
}

/** One node's figures at one moment. */
export interface NodeTally {
  readonly node: ClusterNode
  pods: number
  /** Addresses of its pods and tunnels. */
  used: number
  borrowed: number
  /** Pods and tunnels that got no address. */
  refused: number
  /** True when a pool that serves pods selects the node. */
  readonly selected: boolean
}

export interface Given {
  readonly address: Address
  /** Absent for an address outside the pools that serve pods. */
  readonly pool: PoolTally | undefined
  /** Set when the address lies in a block of somebody else: its owner, or none for an orphan. */
  readonly lender?: { readonly owner: string | undefined }
}

export interface Ledger {
  readonly pools: readonly PoolTally[]
  readonly nodes: readonly NodeTally[]
  /** Over the whole cluster: addresses borrowed, pods and tunnels refused, pods with an address. */
  readonly totals: { readonly borrowed: number; readonly refused: number; readonly placed: number }
  /** Counts addresses that the allocator has just given to a node. */
  readonly give: (node: NodeTally, addresses: readonly Address[], isPod: boolean) => readonly Given[]
  readonly refuse: (node: NodeTally) => void
  /** A new node, with the blocks that it has claimed so far. */
  readonly join: (node: ClusterNode) => NodeTally
  /** Blocks that a node owns, of both families. */
  readonly blocksOf: (node: string) => number
  /** True for a node that owns no block of a family that its pods ask for. */
  readonly lacksBlock: (node: NodeTally) => boolean
  /** Most routes to pods in the table of one node, both families together. */
  readonly mostRoutes: () => number
}

/** A ledger of the state as it is, before anything is added. */
export function createLedger(cluster: Cluster, { state, view }: SettledIpam): Ledger {
  const books = booksOf(cluster, view)
  const pools = books.pools
    .filter(({ pool }) => servesPods(pool) && pool.assignmentMode === 'Automatic')
    .map(
      ({ pool, blocks, addresses }): PoolTally => ({
        pool,
        blocks: blocks.affine + blocks.orphaned,
        freeBlocks: blocks.free,
        used: addresses.pods + addresses.tunnels + addresses.other,
        free: addresses.free,
        borrowed: addresses.borrowed,
      }),
    )
  const tallyOf = new Map(pools.map((tally) => [tally.pool, tally]))
  const newTally = (node: ClusterNode): NodeTally => ({
    node,
    pods: 0,
    used: 0,
    borrowed: 0,
    refused: 0,
    selected: pools.some(({ pool }) => pool.nodeSelector.matches(node.labels)),
  })
  const nodes = cluster.nodes.map(newTally)
  for (const { node, borrowedIn, pods, addresses } of books.nodes) {
    const tally = nodes[cluster.nodeByName.get(node)?.index ?? -1]
    if (tally) Object.assign(tally, { pods, used: addresses, borrowed: borrowedIn })
  }
  const families = podFamilies(cluster)
  const totals = { borrowed: 0, refused: 0, placed: view.pods.length }
  for (const { borrowed } of nodes) totals.borrowed += borrowed
  for (const { node, failure } of view.unplaced) {
    const tally = nodes[(node === undefined ? undefined : cluster.nodeByName.get(node)?.index) ?? -1]
    if (failure !== 'notScheduled') totals.refused++
    if (tally) tally.refused++
  }
  let known = state.blockCount
  const countNewBlocks = (given: readonly Given[]): void => {
    const made = state.blockCount - known
    if (made === 0) return
    known = state.blockCount
    const first = given.filter(({ address }) => state.blockOf(address)?.inUse === 1)
    if (first.length !== made) recount(state, cluster.pools, tallyOf)
    else for (const { pool } of first) addBlocks(pool, 1)
  }
  const owned = (node: string): number => families.reduce((sum, family) => sum + entries(state, node, family).length, 0)
  return {
    pools,
    nodes,
    totals,
    give: (node, addresses, isPod) => {
      if (isPod) {
        node.pods++
        totals.placed++
      }
      const given = addresses.map((address): Given => {
        const holding = cluster.pools.find(({ prefix }) => containsAddress(prefix, address))
        const pool = holding && tallyOf.get(holding)
        if (pool) {
          pool.used++
          pool.free = Math.max(0, pool.free - 1)
        }
        node.used++
        const owner = state.blockOf(address)?.affinity
        if (owner === affinityText({ type: 'host', host: node.node.name })) return { address, pool }
        node.borrowed++
        totals.borrowed++
        if (pool) pool.borrowed++
        return { address, pool, lender: { owner: owner?.slice(owner.indexOf(':') + 1) } }
      })
      countNewBlocks(given)
      return given
    },
    refuse: (node) => {
      node.refused++
      totals.refused++
      countNewBlocks([])
    },
    join: (node) => {
      const tally = newTally(node)
      nodes.push(tally)
      const own = families.flatMap((family) => entries(state, node.name, family))
      if (state.blockCount - known === own.length) {
        for (const { prefix } of own) {
          const pool = poolOf(cluster.pools, prefix)
          addBlocks(pool && tallyOf.get(pool), 1)
        }
        known = state.blockCount
      }
      countNewBlocks([])
      return tally
    },
    blocksOf: owned,
    lacksBlock: ({ node: { name } }) => families.some((family) => entries(state, name, family).length === 0),
    mostRoutes: () => {
      let blocks = 0
      let most = 0
      for (const { node, pods, borrowed } of nodes) {
        const own = families.flatMap((family) => entries(state, node.name, family))
        blocks += own.length
        // A block of one address gets no blackhole on its owner: the pod's own route is all there is.
        const single = own.filter(({ prefix }) => prefix.length === bitsOf(prefix.family)).length
        most = Math.max(most, pods * families.length - borrowed - single)
      }
      return blocks + totals.borrowed + most
    },
  }
}

function entries(state: IpamState, host: string, family: Family): ReturnType<IpamState['affinities']['of']> {
  return state.affinities.of({ type: 'host', host }, family)
}

function addBlocks(tally: PoolTally | undefined, count: number): void {
  if (tally === undefined) return
  tally.blocks += count
  tally.freeBlocks = Math.max(0, tally.freeBlocks - count)
}

/** Where a claimed block cannot be told by its first address: one that a failed request left behind, or a Windows node's. */
function recount(state: IpamState, pools: readonly Pool[], tallyOf: ReadonlyMap<Pool, PoolTally>): void {
  const counts = new Map<PoolTally, number>()
  for (const { prefix } of state.blocks()) {
    const pool = poolOf(pools, prefix)
    const tally = pool && tallyOf.get(pool)
    if (tally) counts.set(tally, (counts.get(tally) ?? 0) + 1)
  }
  for (const [tally, count] of counts) addBlocks(tally, count - tally.blocks)
}
