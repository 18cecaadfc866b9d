/** What an Expectation's rule found, in one sentence. The only place that words it. */

import { endText } from '../../dataplane/trace/trace.js'
import type { ExpectationOutcome } from '../../planning/expectations.js'
import { wordLossReason } from './loss-reason.js'

export function wordExpectation(outcome: ExpectationOutcome): string {
  switch (outcome.code) {
    case 'reachable':
    case 'unreachable': {
      if (outcome.wrong === 0) return `${outcome.pairs} pairs tried, all ${outcome.code}`
      const { example } = outcome
      const pair = example === undefined ? '' : `, for example ${endText(example.from)} to ${endText(example.to)}`
      const why = example?.reason === undefined ? '' : `: ${wordLossReason(example.reason)}`
      return `${outcome.wrong} of ${outcome.pairs} pairs are not ${outcome.code}${pair}${why}`
    }
    case 'noSuchEnd':
      return `the input has no ${outcome.end}, or no pod there`
    case 'routeContains':
      return outcome.found
        ? `${outcome.node} has it`
        : `${outcome.node} has no route with ${JSON.stringify(outcome.wanted)}`
    case 'routesAtMost':
      return `${outcome.node} has ${outcome.found} routes, at most ${outcome.limit} are wanted`
    case 'sessionsTotal':
      return `${outcome.found} sessions, ${outcome.wanted} wanted`
    case 'sessionsPerNode':
      return `${outcome.found} sessions on the busiest node, at most ${outcome.wanted} wanted`
    case 'sessionsEstablished':
      return `${outcome.found} of ${outcome.wanted} sessions established`
    case 'routeLacks':
      return outcome.found
        ? `${outcome.node} has a route with ${JSON.stringify(outcome.wanted)}`
        : `${outcome.node} has none`
    case 'routesAtLeast':
      return `${outcome.node} has ${outcome.found} routes, at least ${outcome.limit} are wanted`
    case 'freeBlocks':
      return `${outcome.pool} has ${outcome.found} free blocks, at least ${outcome.wanted} wanted`
    case 'freeAddresses':
      return `${outcome.pool} has ${outcome.found} free addresses, at least ${outcome.wanted} wanted`
    case 'nodesWithoutBlock':
      return `${outcome.found} nodes that ${outcome.pool} selects own no block of it, at most ${outcome.wanted} wanted`
    case 'borrowed':
      return `${outcome.found} addresses of ${outcome.pool} are borrowed, at most ${outcome.wanted} wanted`
    case 'notUnderstood':
      return `an Expectation has no field ${outcome.field}`
  }
}
