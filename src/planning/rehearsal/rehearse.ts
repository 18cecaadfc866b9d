/** A runbook carried out step by step on a model of the cluster. */

import type { Cluster } from '../../cluster/cluster.js'
import { NOTHING_DOWN } from '../../cluster/down.js'
import type { Manifest } from '../../manifests/resource.js'
import { type World, worldOf } from '../change/world.js'
import { diffSimulations } from '../diff/diff-simulations.js'
import { resourceChanges } from '../diff/resource-changes.js'
import type { Runbook } from '../runbook/runbook.js'
import { carryOut, forgetful } from './carry-out.js'
import { drainedOrder } from './drained-order.js'
import { costOf, type Rehearsal, worstVerdict } from './rehearsal.js'
import { saferOrder, splitOrder } from './safer-order.js'
import { openStage, type StageOptions } from './stage.js'

export interface RehearseOptions extends StageOptions {
  /** How many steps may be simulated in the search for a safer order; 0 for no search. */
  readonly searchLimit?: number
}

/**
 * Pure. `input` is a Cluster or the manifests of one. A step that is refused, or that is not simulated, leaves the
 * cluster as it is, and the runbook goes on.
 */
export function rehearse(
  input: Cluster | readonly Manifest[],
  runbook: Runbook,
  given: RehearseOptions = {},
): Rehearsal {
  const options = optionsFor(input, given)
  const start = openStage(worldIn(input), options)
  const { steps, last } = carryOut(start, start.simulation, runbook.steps, options)
  const safer = saferOrder(start, last, steps, options)
  const cost = costOf(steps)
  const best = safer ?? { steps, cost }
  const split = splitOrder(start, last, steps, best, options)
  const amended = drainedOrder(start, split ?? { ...best, added: [] }, options) ?? split
  return {
    runbook,
    steps,
    verdict: worstVerdict(steps.map(({ verdict }) => verdict)),
    cost,
    first: start.simulation,
    last: last.simulation.cluster.manifests === last.world.manifests ? last.simulation : forgetful(last, options),
    // The last steps may be such as the network does not notice.
    whole: {
      ...diffSimulations(start.simulation, last.simulation),
      resources: resourceChanges(start.world.manifests, last.world.manifests),
    },
    ...(safer === undefined ? {} : { saferOrder: safer }),
    ...(amended === undefined ? {} : { drainedOrder: amended }),
  }
}

function worldIn(input: Cluster | readonly Manifest[]): World {
  if (!('manifests' in input)) return worldOf(input)
  return { manifests: input.manifests, down: input.down ?? NOTHING_DOWN }
}

/** A Cluster keeps the release and the seed that it was built with. */
function optionsFor(input: Cluster | readonly Manifest[], options: RehearseOptions): RehearseOptions {
  if (!('manifests' in input)) return options
  return {
    seed: input.seed,
    ...(input.releaseFrom === 'option' ? { calico: input.release.name } : {}),
    ...options,
  }
}
