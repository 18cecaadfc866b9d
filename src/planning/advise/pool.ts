/** What pool a cluster needs, now or at the size that it is planned for, and where it can lie. */

import type { Family } from '../../address/address.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Pool } from '../../cluster/pool.js'
import { blocksPerNode, routesPerNode, smallestStrictPool } from '../../ipam/capacity-formulas.js'
import type { IpamView } from '../../ipam/view.js'
import { podFamilies, selectedNodes, servesPods } from '../capacity/books.js'
import { growthOf } from '../capacity/growth.js'
import { GrowthError, type GrowthTarget } from '../capacity/growth-target.js'
import { type Demand, demandOf, nodeDemand, nodesServed, SPARE } from './demand.js'
import { type FreePrefix, freePrefix } from './free-prefix.js'
import { blockSizeFor, newPool } from './new-pool.js'
import { type AdvisedStep, applyStep, rehearseSteps } from './steps.js'

/** One way to make the missing pool. */
export interface PoolOption {
  readonly blockSize: number
  readonly blocksPerNode: number
  /** Length of the smallest pool that gives every missing node its blocks. */
  readonly length: number
  /** Routes to pods in one node's table, of all nodes. */
  readonly routesPerNode: number
  readonly recommended: boolean
}

export interface FamilyPools {
  readonly family: Family
  /** Nodes of the demand that each present pool serves with blocks of their own. */
  readonly present: readonly { readonly pool: Pool; readonly nodes: number }[]
  /** Nodes that find no block of their own in any of them. */
  readonly missing: number
  readonly options: readonly PoolOption[]
  /** Present pools select nodes by their labels, so that a new one has to be told which nodes it is for. */
  readonly selective: boolean
  /** Where the recommended pool can lie; undefined when none is needed or nothing is free. */
  readonly place?: FreePrefix
}

export interface PoolAdvice {
  readonly demand: Demand
  readonly families: readonly FamilyPools[]
  readonly steps: readonly AdvisedStep[]
  /** The cluster with the steps carried out and grown to the target; undefined where it has no node to copy. */
  readonly grown?: {
    readonly nodes: number
    readonly pods: number
    readonly refused: number
    readonly borrowed: number
  }
}

/** Throws GrowthError for a target below what there is. */
export function advisePool(cluster: Cluster, ipam: () => IpamView, target: GrowthTarget): PoolAdvice {
  const demand = demandOf(cluster, ipam, target)
  const families = podFamilies(cluster).map((family) => ofFamily(cluster, demand, family))
  const steps = families.flatMap((design) => stepsFor(cluster, design))
  const grown = grownCluster(steps.length === 0 ? cluster : rehearseSteps(cluster, steps).cluster, demand, target)
  return { demand, families, steps, ...(grown === undefined ? {} : { grown }) }
}

function ofFamily(cluster: Cluster, demand: Demand, family: Family): FamilyPools {
  const pools = cluster.pools.filter((pool) => pool.prefix.family === family && servesPods(pool))
  const present = pools.map((pool) => ({ pool, nodes: servedNow(cluster, demand, pool) }))
  const missing = Math.max(0, demand.nodes - present.reduce((sum, { nodes }) => sum + nodes, 0))
  const selective = pools.some((pool) => selectedNodes(cluster, pool).length < cluster.nodes.length)
  if (missing === 0) return { family, present, missing, options: [], selective }
  const options = optionsFor(demand, family, missing)
  const chosen = options.find(({ recommended }) => recommended)
  const place = chosen && freePrefix(cluster, family, chosen.length)
  return { family, present, missing, options, selective, ...(place === undefined ? {} : { place }) }
}

/** A pool that selects some nodes serves no more than its share of those that join. */
function servedNow(cluster: Cluster, demand: Demand, pool: Pool): number {
  const served = nodesServed(demand, pool)
  if (cluster.nodes.length === 0) return served
  const share = selectedNodes(cluster, pool).length / cluster.nodes.length
  return Math.min(served, Math.ceil(demand.nodes * share))
}

/** Calico's own block size: 64 addresses. */
const DEFAULT_BLOCK_SIZE: { readonly [F in Family]: number } = { 4: 26, 6: 122 }

/** The block size at which a node needs one block with room to spare, and its neighbours. */
function optionsFor(demand: Demand, family: Family, missing: number): readonly PoolOption[] {
  const wanted = Math.ceil(demand.podsPerNode * SPARE) + demand.tunnels[family] + demand.withheld
  const fitting = Math.min(DEFAULT_BLOCK_SIZE[family], blockSizeFor(wanted, family))
  const [largest, smallest] = family === 4 ? [20, 32] : [116, 128]
  const sizes = [fitting - 2, fitting - 1, fitting, fitting + 1, fitting + 2].filter(
    (s) => s >= largest && s <= smallest,
  )
  return sizes.flatMap((blockSize) => {
    const each = nodeDemand(demand, family, blockSize, SPARE)
    const length = smallestStrictPool(each, Math.ceil(missing * SPARE))
    if (length === undefined || blocksPerNode(each) > demand.blocksPerHostLimit) return []
    const asked = nodeDemand(demand, family, blockSize)
    return [
      {
        blockSize,
        blocksPerNode: blocksPerNode(asked),
        length,
        routesPerNode: routesPerNode(asked, demand.nodes),
        recommended: blockSize === fitting,
      },
    ]
  })
}

function stepsFor(cluster: Cluster, { family, present, options, place }: FamilyPools): readonly AdvisedStep[] {
  const chosen = options.find(({ recommended }) => recommended)
  if (chosen === undefined || place === undefined) return []
  const names = new Set(cluster.pools.map(({ name }) => name))
  let n = 1
  while (names.has(`pods-ipv${family}-${n}`)) n++
  const like = present[0]?.pool
  const resource = newPool(cluster, {
    like,
    name: `pods-ipv${family}-${n}`,
    prefix: place.prefix,
    blockSize: chosen.blockSize,
  })
  const about =
    like === undefined
      ? 'The pool.'
      : `A pool beside ${like.name}, with its settings for every node; nodes turn to it when the others have no block left.`
  return [applyStep(about, resource, `${resource.metadata.name}.yaml`)]
}

/** More pods than this are not grown one by one for a piece of advice. */
const MOST_GROWN = 200_000

function grownCluster(cluster: Cluster, demand: Demand, target: GrowthTarget): PoolAdvice['grown'] {
  if (cluster.nodes.length === 0 || demand.nodes * demand.podsPerNode > MOST_GROWN) return undefined
  try {
    const last = growthOf(cluster, target).steps.at(-1)
    return last && { nodes: last.nodes, pods: last.pods, refused: last.refused, borrowed: last.borrowed }
  } catch (error) {
    if (error instanceof GrowthError) return undefined
    throw error
  }
}
