/** The cluster as it grows, as columns. */

import { type Growth, growthOf } from '../../planning/capacity/growth.js'
import { GrowthError } from '../../planning/capacity/growth-target.js'
import type { Simulation } from '../../planning/simulation.js'
import { eventText } from '../capacity-growth.js'
import type { PageGrowth } from './page-data.js'

/** Nodes that the page lets a cluster grow by at the least and at the most, so that the chart shows something. */
const LEAST = 20
const MOST = 5_000
/** How far past the first limit the chart goes. */
const PAST = 1.15

/** Null where the addresses do not come from Calico's blocks. */
export function pageGrowth(simulation: Simulation): PageGrowth | null {
  const { cluster } = simulation
  if (cluster.nodes.length === 0) return null
  try {
    return columnsOf(simulation, growthOf(cluster, { nodes: { by: furtherNodes(simulation) } }))
  } catch (error) {
    if (error instanceof GrowthError) return null
    throw error
  }
}

/** Until the soonest limit of a pool is passed, or twice the present size. */
function furtherNodes(simulation: Simulation): number {
  const { limits, books } = simulation.capacity()
  const present = simulation.cluster.nodes.length
  const podsEach = Math.max(1, books.nodes.reduce((sum, { pods }) => sum + pods, 0) / Math.max(1, present))
  const away = limits.flatMap(({ limit, hitAt }) => {
    if (hitAt === null || (limit !== 'blocks' && limit !== 'addresses')) return []
    if ('moreNodes' in hitAt) return [hitAt.moreNodes]
    return 'morePods' in hitAt ? [Math.ceil(hitAt.morePods / podsEach)] : []
  })
  const soonest = away.length === 0 ? present : Math.min(...away)
  const wanted = Math.ceil((present + soonest) * PAST) - present
  return Math.min(MOST, Math.max(LEAST, wanted))
}

function columnsOf(simulation: Simulation, { from, to, steps, assumptions }: Growth): PageGrowth {
  const pools = simulation.capacity().books.pools
  return {
    from,
    to,
    nodes: steps.map(({ nodes }) => nodes),
    pods: steps.map(({ pods }) => pods),
    borrowed: steps.map(({ borrowed }) => borrowed),
    refused: steps.map(({ refused }) => refused),
    withoutBlock: steps.map(({ nodesWithoutBlock }) => nodesWithoutBlock),
    routesPerNode: steps.map(({ routesPerNode }) => routesPerNode),
    pools: pools
      .filter(({ nodes, addresses }) => nodes.selected > 0 || addresses.free < addresses.usable)
      .map(({ pool, blocks, addresses }) => {
        const of = (step: (typeof steps)[number]) => step.pools.find((entry) => entry.pool === pool.name)
        return {
          pool: pool.name,
          blocksUsed: steps.map((step) => of(step)?.blocks.used ?? 0),
          blocks: blocks.total - blocks.reserved,
          addressesUsed: steps.map((step) => of(step)?.addresses.used ?? 0),
          addresses: addresses.usable,
        }
      }),
    events: steps.flatMap(({ events }, step) =>
      events.map((event) => ({
        step,
        text: eventText(event),
        bad: event.event !== 'furtherBlock' && event.event !== 'meshSize' && event.event !== 'podCidrsExhausted',
      })),
    ),
    assumptions,
  }
}
