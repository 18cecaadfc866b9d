/** What a step does to traffic between the settled state before it and the settled state after it. */

import type { Reach, ReachGroup } from '../reach/reach.js'
import type { OutageCause, Seconds } from './outage-cause.js'

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
  /** Pairs delivered before that are lost at some moment, by group; those that stay lost are not among them. */
  readonly lostDuring: readonly ReachGroup[]
  /** The worst moment; undefined when there is none between before and after. */
  readonly worst?: Reach
}
