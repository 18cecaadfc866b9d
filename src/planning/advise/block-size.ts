/** Which block size serves a pool's nodes with the fewest routes. */

import type { Cluster } from '../../cluster/cluster.js'
import type { Pool } from '../../cluster/pool.js'
import { smallestStrictPool } from '../../ipam/capacity-formulas.js'
import type { IpamView } from '../../ipam/view.js'
import type { Resource } from '../../manifests/resource.js'
import { type BlockSizeRow, compareBlockSizes } from '../capacity/block-sizes.js'
import { selectedNodes, servesPods } from '../capacity/books.js'
import type { GrowthTarget } from '../capacity/growth-target.js'
import { type Demand, demandOf, nodeDemand, SPARE } from './demand.js'
import { type FreePrefix, freePrefix } from './free-prefix.js'
import { newPool } from './new-pool.js'
import { type AdvisedStep, applyStep, patchStep } from './steps.js'

export interface PoolBlockSizes {
  readonly pool: Pool
  /** Nodes that the pool selects, at the planned size. */
  readonly nodes: number
  readonly rows: readonly BlockSizeRow[]
  /** Undefined: the pool is too small for its nodes with any block size. */
  readonly recommended?: number
  /** False: there is room for the demand and not for a quarter more. */
  readonly spare: boolean
  /** Length of the smallest pool that would serve the nodes, where this one does not. */
  readonly neededLength?: number
  /** A pool's block size cannot be changed: the way there is a new pool. */
  readonly steps: readonly AdvisedStep[]
  readonly place?: FreePrefix
}

export interface BlockSizeAdvice {
  readonly demand: Demand
  readonly pools: readonly PoolBlockSizes[]
}

/** Throws GrowthError for a target below what there is. */
export function adviseBlockSize(cluster: Cluster, ipam: () => IpamView, target: GrowthTarget): BlockSizeAdvice {
  const demand = demandOf(cluster, ipam, target)
  return { demand, pools: cluster.pools.filter(servesPods).map((pool) => ofPool(cluster, pool, demand)) }
}

function ofPool(cluster: Cluster, pool: Pool, demand: Demand): PoolBlockSizes {
  const selected = selectedNodes(cluster, pool).length
  // Nodes that join are taken to be selected as the present ones are.
  const share = cluster.nodes.length === 0 ? 1 : selected / cluster.nodes.length
  const nodes = Math.ceil(demand.nodes * share)
  const { family } = pool.prefix
  const sizes = candidates(pool, demand, nodes)
  const rows = sizes.map(({ row }) => row)
  const chosen = [...sizes].filter(({ serves }) => serves).sort(better)[0]
  if (chosen === undefined) {
    const needed = smallestStrictPool(nodeDemand(demand, family, pool.blockSize), nodes)
    return { pool, nodes, rows, spare: false, steps: [], ...(needed === undefined ? {} : { neededLength: needed }) }
  }
  // Moving every pod is a price: the present size stays where the other saves nothing.
  const present = sizes.find(({ row }) => row.current && row.blockSize === pool.blockSize)
  const stays = present?.serves === true && gain(present, chosen) <= 0
  const { row, servesMore: spare } = stays ? present : chosen
  const decided = { pool, nodes, rows, recommended: row.blockSize, spare }
  if (row.blockSize === pool.blockSize) return { ...decided, steps: [] }
  const place = freePrefix(cluster, family, pool.prefix.length)
  if (place === undefined) return { ...decided, steps: [] }
  return { ...decided, place, steps: moveSteps(cluster, pool, row.blockSize, place) }
}

interface Candidate {
  readonly row: BlockSizeRow
  /** Every node finds all of its blocks. */
  readonly serves: boolean
  /** So it does with a quarter more nodes and pods. */
  readonly servesMore: boolean
  /** Blocks that a node needs then. */
  readonly blocksThen: number
}

function candidates(pool: Pool, demand: Demand, nodes: number): readonly Candidate[] {
  const shape = {
    podsPerNode: demand.podsPerNode,
    tunnelsPerNode: demand.tunnels[pool.prefix.family],
    blocksPerHostLimit: demand.blocksPerHostLimit,
    strictAffinity: demand.strictAffinity,
  }
  const [most, pods] = [Math.ceil(nodes * SPARE), Math.ceil(demand.podsPerNode * SPARE)]
  const then = compareBlockSizes(pool, { ...shape, nodes: most, podsPerNode: pods })
  return compareBlockSizes(pool, { ...shape, nodes }).map((row, i) => {
    const later = then[i] ?? row
    return {
      row,
      serves: !row.overHostLimit && row.maxNodes >= nodes,
      servesMore: !later.overHostLimit && later.maxNodes >= most,
      blocksThen: later.blocksPerNode,
    }
  })
}

/** Fewest routes now, then room to grow, then fewest routes then. Positive: the second is better. */
function gain(a: Candidate, b: Candidate): number {
  return (
    a.row.blocksPerNode - b.row.blocksPerNode ||
    Number(b.servesMore) - Number(a.servesMore) ||
    a.blocksThen - b.blocksThen
  )
}

/** Among equals the smallest blocks, which leave most of the pool to further nodes. */
function better(a: Candidate, b: Candidate): number {
  return gain(a, b) || b.row.blockSize - a.row.blockSize
}

function moveSteps(cluster: Cluster, pool: Pool, blockSize: number, { prefix }: FreePrefix): readonly AdvisedStep[] {
  const resource: Resource = newPool(cluster, {
    like: pool,
    name: `${pool.name}-${blockSize}`,
    prefix,
    blockSize,
    sameNodes: true,
  })
  const patch = {
    client: 'calicoctl',
    kind: 'calico/IPPool',
    word: 'ippool',
    name: pool.name,
    body: { spec: { disabled: true } },
  } as const
  return [
    applyStep('The new pool, with the other block size.', resource, `${resource.metadata.name}.yaml`),
    patchStep('No new pod takes an address out of the old pool.', patch, true),
    {
      about: 'Pods move when they are made anew, namespace by namespace.',
      command: 'kubectl rollout restart deployment,statefulset,daemonset -n NAMESPACE',
    },
    {
      about: 'Once calicoctl ipam show --show-blocks lists no address of it in use.',
      command: `calicoctl delete ippool ${pool.name}`,
    },
  ]
}
