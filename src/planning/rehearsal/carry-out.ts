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

/** Steps in their order; `origin` is the network before the first step of the runbook. */
export function carryOut(
  start: Stage,
  origin: Simulation,
  steps: readonly RunbookStep[],
  options: StageOptions,
): CarriedOut {
  let stage = start
  let light = forgetful(start, options)
  let missing = 0
  const rehearsed: RehearsedStep[] = []
  for (const step of steps) {
    const { stage: next, result } = play(stage, step, options)
    const [before, after] = [stage.simulation, next.simulation]
    const lightBefore = light
    const diff = before === after ? undefined : diffSimulations(before, after)
    if (before !== after) missing = missingPairs(origin, after)
    if (next.world !== stage.world || before !== after) light = forgetful(next, options)
    rehearsed.push({
      ...judged(before, after, diff, result.effects),
      step,
      ...told(result),
      missing,
      before: lightBefore,
      after: light,
      sessions: after.sessionSurvey().summary.sessions.total,
    })
    stage = next
  }
  return { steps: rehearsed, last: stage }
}

/** The network of a stage with nothing worked out yet: tables of every step would fill the memory. */
function forgetful({ world, simulation }: Stage, options: StageOptions): Simulation {
  const { cluster, ipam } = simulation
  return createSimulation(cluster.manifests === world.manifests ? cluster : clusterOf(world, options), { ipam })
}

function told({
  status,
  findings,
  effects,
}: ReturnType<typeof play>['result']): Pick<RehearsedStep, 'status' | 'remarks' | 'effects'> {
  return { status, remarks: findings, effects }
}

type Judged = Pick<RehearsedStep, 'diff' | 'transition' | 'verdict' | 'lostAfter'>

function judged(
  before: Simulation,
  after: Simulation,
  diff: ClusterDiff | undefined,
  effects: RehearsedStep['effects'],
): Judged {
  if (before === after && !effects.some(mayInterrupt)) return { verdict: 'safe', lostAfter: [] }
  if (diff !== undefined && isQuiet(diff) && !effects.some(mayInterrupt))
    return { diff, verdict: 'safe', lostAfter: [] }
  const transition = predictTransition(before, after, effects)
  const lostAfter = diff === undefined || diff.reach.lost === 0 ? [] : lostPairs(before, after)
  return {
    ...(diff === undefined ? {} : { diff }),
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
