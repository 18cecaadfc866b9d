/** The steps of a runbook carried out one after the other, each judged by what it does to the network. */

import { clusterOf } from '../change/world.js'
import type { ClusterDiff, ReachChange } from '../diff/cluster-diff.js'
import { diffSimulations } from '../diff/diff-simulations.js'
import { reachDifference } from '../diff/reach-difference.js'
import type { RunbookStep } from '../runbook/runbook.js'
import { createSimulation, type Simulation } from '../simulation.js'
import { predictTransition } from '../transition/outage.js'
import { populated } from '../transition/stage.js'
import type { RehearsedStep, Verdict } from './rehearsal.js'
import { play, type Stage, type StageOptions } from './stage.js'

interface CarriedOut {
  readonly steps: readonly RehearsedStep[]
  readonly last: Stage
}

/**
 * Steps in their order; `origin` is the network before the first step of the runbook. What a step changes besides
 * reachability is worked out at once, or with `lazily` when it is asked for: much of the work of a large cluster.
 */
export function carryOut(
  start: Stage,
  origin: Simulation,
  steps: readonly RunbookStep[],
  options: StageOptions,
  lazily = false,
): CarriedOut {
  let carried: Carried = { stage: start, light: forgetful(start, options), missing: 0 }
  const rehearsed: RehearsedStep[] = []
  for (const step of steps) {
    const next = carryStep(carried, origin, step, options, lazily)
    rehearsed.push(next.step)
    carried = next.carried
  }
  return { steps: rehearsed, last: carried.stage }
}

/** How far steps have been carried out. */
export interface Carried {
  readonly stage: Stage
  /** The same network with nothing worked out. */
  readonly light: Simulation
  /** Pairs that are missing in it. */
  readonly missing: number
}

export interface CarriedStep {
  readonly step: RehearsedStep
  readonly carried: Carried
}

export function carryStep(
  from: Carried,
  origin: Simulation,
  step: RunbookStep,
  options: StageOptions,
  lazily: boolean,
): CarriedStep {
  const { stage: next, result } = play(from.stage, step, options)
  const [before, after] = [from.stage.simulation, next.simulation]
  const changed = next.world !== from.stage.world || before !== after
  const light = changed ? forgetful(next, options) : from.light
  const diff = before === after || lazily ? undefined : diffSimulations(before, after)
  const quiet = before === after || (diff !== undefined && isQuiet(diff))
  const missing = quiet && from.missing === 0 && !spreads(before, after) ? 0 : missingPairs(origin, after)
  const told = {
    ...judged(before, after, quiet, result.effects),
    step,
    status: result.status,
    remarks: result.findings,
    effects: result.effects,
    missing,
    before: from.light,
    after: light,
  }
  const carried = { stage: next, light, missing }
  if (!lazily) {
    const sessions = after.sessionSurvey().summary.sessions.total
    return { step: { ...told, sessions, ...(diff === undefined ? {} : { diff }) }, carried }
  }
  let made: ClusterDiff | undefined
  return {
    step: {
      ...told,
      get sessions() {
        return light.sessionSurvey().summary.sessions.total
      },
      get diff() {
        if (from.light !== light) made ??= diffSimulations(from.light, light)
        return made
      },
    },
    carried,
  }
}

/** Whether some node has pods now that had none. */
function spreads(before: Simulation, after: Simulation): boolean {
  if (before === after) return false
  const [had, has] = [populated(before.cluster, before.ipam), populated(after.cluster, after.ipam)]
  return after.cluster.nodes.some(({ name }) => has(name) && !had(name))
}

/** The network of a stage with nothing worked out yet: tables of every step would fill the memory. */
export function forgetful({ world, simulation }: Stage, options: StageOptions): Simulation {
  const { cluster, ipam } = simulation
  return createSimulation(cluster.manifests === world.manifests ? cluster : clusterOf(world, options), { ipam })
}

type Judged = Pick<RehearsedStep, 'transition' | 'verdict' | 'lostAfter'>

function judged(before: Simulation, after: Simulation, quiet: boolean, effects: RehearsedStep['effects']): Judged {
  if (quiet && !effects.some(mayInterrupt)) return { verdict: 'safe', lostAfter: [] }
  const transition = predictTransition(before, after, effects)
  const lostAfter = lostPairs(before, after)
  return {
    transition,
    verdict: verdictOf(lostAfter.length > 0, transition.outage !== undefined),
    lostAfter,
  }
}

const INTERRUPTING: ReadonlySet<RehearsedStep['effects'][number]['effect']> = new Set([
  'calicoNodeRestarted',
  'felixRestarted',
  'elementFailed',
  'elementRecovered',
])

function mayInterrupt({ effect }: RehearsedStep['effects'][number]): boolean {
  return INTERRUPTING.has(effect)
}

/** Nothing between nodes changes, neither sessions nor routes other than those of a node to its own pods. */
function isQuiet({ nodes, sessions, routes, reach }: ClusterDiff): boolean {
  const own = routes.groups.every(({ example: { before, after } }) => (after ?? before)?.why.rule === 'localPod')
  return own && sessions.groups.length + reach.groups.length + nodes.added.length + nodes.removed.length === 0
}

function verdictOf(lost: boolean, outage: boolean): Verdict {
  return lost ? 'broken' : outage ? 'disruptive' : 'safe'
}

/** Ordered pairs of nodes with pods at both times that are delivered at the start of the runbook and not now. */
export function missingPairs(origin: Simulation, now: Simulation): number {
  return lostPairs(origin, now).reduce((sum, { pairs }) => sum + pairs, 0)
}

/** A node without pods has nobody who misses its routes: what it loses is told by `diff` alone. */
function lostPairs(before: Simulation, after: Simulation): readonly ReachChange[] {
  if (before === after) return []
  const [had, has] = [populated(before.cluster, before.ipam), populated(after.cluster, after.ipam)]
  return reachDifference(
    { cluster: before.cluster, reach: before.reach() },
    { cluster: after.cluster, reach: after.reach() },
    (node) => had(node) && has(node),
  ).groups.filter(({ change }) => change === 'lost')
}
