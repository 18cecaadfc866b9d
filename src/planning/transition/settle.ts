/** Lets the timers run. */

import type { Network, Phase } from './network.js'

export interface Settled {
  readonly network: Network
  readonly phases: readonly Phase[]
}

/**
 * Events that are over at second `now` happen, the earliest first; with `likely` also those that may have happened.
 * Without `now`, all of them.
 */
export function letPass(network: Network, now = Number.POSITIVE_INFINITY, likely = false): Settled {
  const phases: Phase[] = []
  let current = network
  for (;;) {
    const due = current.pending
      .filter(({ at }) => (likely ? at.min : at.max) <= now)
      .reduce<Network['pending'][number] | undefined>(
        (first, event) => (first === undefined || event.at.min < first.at.min ? event : first),
        undefined,
      )
    if (due === undefined) return { network: current, phases }
    const rest = { ...current, pending: current.pending.filter((event) => event !== due) }
    current = due.becomes(rest)
    phases.push({ from: due.at, network: current, cause: due.cause })
  }
}
