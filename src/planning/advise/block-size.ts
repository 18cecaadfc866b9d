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
  const shape = {
    podsPerNode: demand.podsPerNode,
    tunnelsPerNode: demand.tunnels[family],
    blocksPerHostLimit: demand.blocksPerHostLimit,
    strictAffinity: demand.strictAffinity,
  }
  const rows = compareBlockSizes(pool, { ...shape, nodes })
  const roomy = compareBlockSizes(pool, {
    ...shape,
    podsPerNode: Math.ceil(demand.podsPerNode * SPARE),
    nodes: Math.ceil(nodes * SPARE),
  })
  const chosen = best(roomy, Math.ceil(nodes * SPARE)) ?? best(rows, nodes)
  const spare = best(roomy, Math.ceil(nodes * SPARE)) !== undefined
  if (chosen === undefined) {
    const needed = smallestStrictPool(nodeDemand(demand, family, pool.blockSize), nodes)
    return { pool, nodes, rows, spare, steps: [], ...(needed === undefined ? {} : { neededLength: needed }) }
  }
  const stays = isAsGood(rows, roomy, pool.blockSize, chosen, nodes)
  const recommended = stays ? pool.blockSize : chosen
  if (recommended === pool.blockSize) return { pool, nodes, rows, recommended, spare, steps: [] }
  const place = freePrefix(cluster, family, pool.prefix.length)
  return {
    pool,
    nodes,
    rows,
    recommended,
    spare,
    steps: place === undefined ? [] : moveSteps(cluster, pool, recommended, place),
    ...(place === undefined ? {} : { place }),
  }
}

/** Fewest routes; among equals the smallest blocks, which leave most of the pool to further nodes. */
function best(rows: readonly BlockSizeRow[], nodes: number): number | undefined {
  const fit = rows.filter(({ overHostLimit, maxNodes }) => !overHostLimit && maxNodes >= nodes)
  return [...fit].sort((a, b) => a.blocksPerNode - b.blocksPerNode || b.blockSize - a.blockSize)[0]?.blockSize
}

/** Moving every pod is a price: the present size stays where it serves all nodes and the other saves no route. */
function isAsGood(
  rows: readonly BlockSizeRow[],
  roomy: readonly BlockSizeRow[],
  current: number,
  chosen: number,
  nodes: number,
): boolean {
  const row = (list: readonly BlockSizeRow[], size: number) => list.find(({ blockSize }) => blockSize === size)
  const [now, other, nowRoomy, otherRoomy] = [
    row(rows, current),
    row(rows, chosen),
    row(roomy, current),
    row(roomy, chosen),
  ]
  if (now === undefined || other === undefined || now.overHostLimit || now.maxNodes < nodes) return false
  return now.blocksPerNode <= other.blocksPerNode && (nowRoomy?.blocksPerNode ?? 0) <= (otherRoomy?.blocksPerNode ?? 0)
}

function moveSteps(cluster: Cluster, pool: Pool, blockSize: number, { prefix }: FreePrefix): readonly AdvisedStep[] {
  const resource: Resource = newPool(cluster, { like: pool, name: `${pool.name}-${blockSize}`, prefix, blockSize })
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
