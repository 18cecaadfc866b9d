/** A target of growth made definite for one cluster. */

import type { Cluster } from '../../cluster/cluster.js'
import type { IpamView } from '../../ipam/view.js'
import { GROWTH_NODES_ASSUMPTION, takesPods } from './growth-nodes.js'
import { amountFrom, GrowthError, type GrowthTarget, MOST_GROWN_NODES, MOST_GROWN_PODS } from './growth-target.js'

export interface GrowthPlan {
  readonly nodes: number
  /** No pod asks any more once so many have asked; infinity where `each` alone decides. */
  readonly pods: number
  /** Pods that have asked already, those that were refused included. */
  readonly present: number
  /** Pods that a node runs in the end: each new one, and with `fill` each present one at least. */
  readonly each: number
  readonly fill: boolean
  readonly assumptions: readonly string[]
}

const ORDER_ASSUMPTION =
  'The present nodes are filled up first, in turn; then the new ones join one by one, and each asks for its tunnel addresses and its pods before the next joins.'
const PODS_ASSUMPTION = 'New pods are plain ones: no annotation of theirs or of their namespace names a pool.'

/** Throws GrowthError for a target below what there is, or beyond what can be planned. */
export function planGrowth(cluster: Cluster, view: IpamView, target: GrowthTarget): GrowthPlan {
  const refused = view.unplaced.filter(({ failure }) => failure !== 'notScheduled').length
  const present = view.pods.length + refused
  const nodes = amountFrom('nodes', target.nodes, cluster.nodes.length, MOST_GROWN_NODES)
  const pods = amountFrom('pods', target.pods, present, MOST_GROWN_PODS)
  const presentHosts = cluster.nodes.filter(takesPods).length
  const hosts = presentHosts + nodes - cluster.nodes.length
  const each =
    target.podsPerNode ??
    (target.pods === undefined ? Math.ceil(present / Math.max(1, presentHosts)) : Math.ceil(pods / Math.max(1, hosts)))
  if (present + hosts * each > MOST_GROWN_PODS) {
    throw new GrowthError(
      `${hosts} nodes of ${each} pods are more than the ${MOST_GROWN_PODS} pods that can be planned`,
    )
  }
  const fill = target.podsPerNode !== undefined || target.pods !== undefined
  return {
    nodes,
    pods: target.pods === undefined ? Number.POSITIVE_INFINITY : pods,
    present,
    each,
    fill,
    assumptions: [
      ...(nodes > cluster.nodes.length ? [GROWTH_NODES_ASSUMPTION] : []),
      fill
        ? `Every node that takes pods runs ${each}${target.pods === undefined ? ' at least' : ' at most'}.`
        : `Each new node runs ${each} pods, the present average.`,
      ORDER_ASSUMPTION,
      PODS_ASSUMPTION,
    ],
  }
}
