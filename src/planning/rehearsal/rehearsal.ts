/** A runbook rehearsed: what each of its steps does to the network, and how bad that is. */

import type { Finding } from '../../findings/finding.js'
import type { ChangeStatus } from '../change/apply-change.js'
import type { Effect } from '../change/effect.js'
import type { ClusterDiff, ReachChange } from '../diff/cluster-diff.js'
import type { Runbook, RunbookStep } from '../runbook/runbook.js'
import type { Simulation } from '../simulation.js'
import type { Transition } from '../transition/outage.js'

/**
 * `safe`: no pair of nodes loses each other. `disruptive`: some do for a while, and find each other again by
 * themselves. `broken`: some stay lost until a later step mends it, or for good.
 */
export type Verdict = 'safe' | 'disruptive' | 'broken'

export interface RehearsedStep {
  readonly step: RunbookStep
  readonly status: ChangeStatus
  /** What the real command says about itself. */
  readonly remarks: readonly Finding[]
  readonly effects: readonly Effect[]
  /** Both are worked out anew when they are asked. */
  readonly before: Simulation
  /** The very same as `before` when the step does nothing to the network. */
  readonly after: Simulation
  /** Sessions after the step, whatever their state. */
  readonly sessions: number
  /** Undefined when `after` is `before`. */
  readonly diff?: ClusterDiff | undefined
  /** Undefined when nothing changes and nothing restarts. */
  readonly transition?: Transition
  readonly verdict: Verdict
  /** Groups of pairs that this step cuts and that are still cut when it has settled. */
  readonly lostAfter: readonly ReachChange[]
  /** Ordered pairs that were delivered before the runbook and are not after this step. */
  readonly missing: number
}

/** How bad a runbook is: less is better, the earlier figure counts first. */
export interface Cost {
  /** Pairs that are missing after a step, summed over the steps. */
  readonly missing: number
  /** Pairs that are cut for a while, times the longest that it may last in seconds, summed over the steps. */
  readonly pairSeconds: number
}

export interface Rehearsal {
  readonly runbook: Runbook
  readonly steps: readonly RehearsedStep[]
  readonly verdict: Verdict
  readonly cost: Cost
  readonly first: Simulation
  readonly last: Simulation
  /** From the start to the end of the runbook. */
  readonly whole: ClusterDiff
  /** A better order of the same steps, where there is one. */
  readonly saferOrder?: SaferOrder
  /** That order, or the one given, with nodes drained meanwhile or a step done in parts, where that is better still. */
  readonly drainedOrder?: SaferOrder
}

export interface SaferOrder {
  readonly steps: readonly RehearsedStep[]
  readonly verdict: Verdict
  readonly cost: Cost
  /**
   * Steps that are not in the runbook: drains, and parts of a step of which they have the index. Empty for the same
   * steps.
   */
  readonly added: readonly RunbookStep[]
}

/** Looking on and waiting cost nothing more: pairs that are missing count after each step that may change something. */
export function costOf(steps: readonly Pick<RehearsedStep, 'missing' | 'transition' | 'status' | 'step'>[]): Cost {
  let [missing, pairSeconds] = [0, 0]
  for (const step of steps) {
    if (step.status !== 'readOnly' && !isWait(step.step)) missing += step.missing
    pairSeconds += transientCost(step.transition)
  }
  return { missing, pairSeconds }
}

function isWait({ action }: RunbookStep): boolean {
  return action.type === 'change' && action.change.do === 'wait'
}

/** An outage that nothing ends counts as a day. */
const LONGEST_SECONDS = 86_400

export function transientCost(transition: Transition | undefined): number {
  return (transition?.cuts ?? []).reduce((sum, { groups, seconds }) => {
    const pairs = groups.reduce((total, group) => total + group.pairs, 0)
    return sum + pairs * Math.min(seconds.max, LONGEST_SECONDS)
  }, 0)
}

export function compareCosts(a: Cost, b: Cost): number {
  return a.missing - b.missing || a.pairSeconds - b.pairSeconds
}

const BADNESS: Readonly<Record<Verdict, number>> = { safe: 0, disruptive: 1, broken: 2 }

export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce<Verdict>((worst, verdict) => (BADNESS[verdict] > BADNESS[worst] ? verdict : worst), 'safe')
}
