/** What a step does to traffic between the settled state before it and the settled state after it. */

import { type Down, NOTHING_DOWN } from '../../cluster/down.js'
import type { Element, Manner } from '../change/change.js'
import type { Effect } from '../change/effect.js'
import type { ReachGroup } from '../reach/reach.js'
import type { Simulation } from '../simulation.js'
import { type Happening, happen, type Restarts } from './happen.js'
import { type Cut, cutsBetween, lossBegins } from './lost-between.js'
import { adopt, type Phase, planeOf, settledNetwork } from './network.js'
import type { OutageCause, Seconds } from './outage-cause.js'
import { letPass } from './settle.js'
import type { Stage } from './stage.js'

export interface Outage {
  /** From the first to the last moment of loss of the pairs that come back by themselves. */
  readonly seconds: Seconds
  /** What was mostly measured, where it is narrower. */
  readonly mostly?: Seconds
  readonly cause: OutageCause
}

export interface Transition {
  /** Undefined: no pair that is delivered before and after is lost between. */
  readonly outage?: Outage
  /** Pairs that are lost for a while, by group; those that stay lost are not among them. */
  readonly lostDuring: readonly ReachGroup[]
  /** The same with the seconds of each, longest first. */
  readonly cuts: readonly Cut[]
  /** When the pairs that stay lost are lost, the first to the last of them: a timer may keep routes alive for a while. */
  readonly lossBegins?: Seconds
  /** Seconds after which everything has settled. */
  readonly settledAfter: Seconds
}

const NO_TIME: Seconds = { min: 0, max: 0 }

/**
 * The way from one settled state to another. `effects` say what restarts and how elements go; what breaks and comes
 * back is read from the clusters.
 */
export function predictTransition(before: Simulation, after: Simulation, effects: readonly Effect[] = []): Transition {
  const phases = phasesBetween(before, after, effects)
  const stages = stagesOf(before, phases)
  const cuts = cutsBetween(stages, after.ipam)
  const settledAfter = phases.at(-1)?.from ?? NO_TIME
  const begins = lossBegins(stages, after.ipam)
  const lasting = begins === undefined ? {} : { lossBegins: begins }
  const [longest] = cuts
  if (longest === undefined) return { lostDuring: [], cuts, ...lasting, settledAfter }
  const seconds = {
    min: cuts.reduce((least, cut) => Math.min(least, cut.seconds.min), longest.seconds.min),
    max: longest.seconds.max,
  }
  const { mostly, endedBy: cause } = longest
  return {
    outage: { seconds, ...(mostly === undefined ? {} : { mostly }), cause },
    lostDuring: cuts.flatMap(({ groups }) => groups),
    cuts,
    ...lasting,
    settledAfter,
  }
}

/** The phases that follow the moment of the change, the last of them settled. */
export function phasesBetween(
  before: Simulation,
  after: Simulation,
  effects: readonly Effect[] = [],
): readonly Phase[] {
  const start = settledNetwork(before)
  adopt(start, before)
  const begun = happen(start, 0, happeningOf(before, after, effects))
  const { network, phases } = letPass(begun.network)
  const isEnd = network.kept === undefined && network.held.size === 0
  if (isEnd && network.noticed === (network.cluster.down ?? NOTHING_DOWN)) adopt(network, after)
  return [begun.phase, ...phases]
}

/** The phases with who reaches whom in each; the settled start comes first. */
export function stagesOf(before: Simulation, phases: readonly Phase[]): readonly Stage[] {
  const stages: Stage[] = [
    { from: NO_TIME, cause: { code: 'takenOver' }, cluster: before.cluster, reach: before.reach() },
  ]
  for (const { from, cause, network } of phases) {
    stages.push({ from, cause, cluster: network.cluster, reach: planeOf(network).reach() })
  }
  return stages
}

function happeningOf(before: Simulation, after: Simulation, effects: readonly Effect[]): Happening {
  const manner = new Map<string, Manner>()
  const rebooted = new Set<string>()
  for (const effect of effects) {
    if (effect.effect === 'elementFailed') manner.set(keyOf(effect.element), effect.manner)
    // A machine that was without power starts with an empty kernel.
    if (effect.effect === 'elementRecovered' && effect.element.what === 'node') rebooted.add(effect.element.name)
  }
  const restarts = restartsOf(before, effects)
  return {
    cluster: after.cluster,
    ipam: after.ipam,
    manner,
    rebooted,
    ...(restarts === undefined ? {} : { restarts }),
  }
}

function keyOf(element: Element): keyof Down | string {
  return element.what === 'link' ? `${element.device}/${element.subnet}` : element.name
}

function restartsOf({ cluster }: Simulation, effects: readonly Effect[]): Restarts | undefined {
  const nodes = new Set<string>()
  let graceful = true
  let rolling = true
  for (const effect of effects) {
    if (effect.effect !== 'calicoNodeRestarted') continue
    for (const name of effect.nodes === 'all' ? cluster.nodes.map((node) => node.name) : effect.nodes) nodes.add(name)
    graceful &&= effect.graceful
    rolling &&= effect.rolling
  }
  return nodes.size === 0 ? undefined : { nodes, graceful, rolling }
}
