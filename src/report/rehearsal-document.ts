/** A Rehearsal with the keys of the public contract. */

import type { ReachChange } from '../planning/diff/cluster-diff.js'
import type { ReachGroup } from '../planning/reach/reach.js'
import type { Cost, Rehearsal, RehearsedStep } from '../planning/rehearsal/rehearsal.js'
import type { Transition } from '../planning/transition/outage.js'
import { findingDocument } from './check.js'
import { diffDocument } from './diff-document.js'
import { stepAnswer } from './query-answer.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordOutageCause } from './wording/outage-cause.js'

type Document = Readonly<Record<string, unknown>>

export function rehearsalDocument(rehearsal: Rehearsal): Document {
  const { runbook, steps, verdict, cost, whole, saferOrder, drainedOrder } = rehearsal
  return {
    runbook: runbook.name,
    findings: runbook.findings.map(findingDocument),
    steps: steps.map(stepDocument),
    verdict,
    cost: costDocument(cost),
    whole: diffDocument(whole),
    ...(saferOrder === undefined
      ? {}
      : {
          saferOrder: saferOrder.steps.map(stepDocument),
          saferOrderVerdict: saferOrder.verdict,
          saferOrderCost: costDocument(saferOrder.cost),
        }),
    ...(drainedOrder === undefined
      ? {}
      : {
          drainedOrder: {
            added: drainedOrder.added.map(({ command }) => command),
            steps: drainedOrder.steps.map(stepDocument),
            verdict: drainedOrder.verdict,
            cost: costDocument(drainedOrder.cost),
          },
        }),
  }
}

function costDocument({ missing, pairSeconds }: Cost): Document {
  return { pairsMissingAfterSteps: missing, pairSeconds: Math.round(pairSeconds) }
}

/** `sessions` and `routes` count; `changes` is the whole difference, absent where there is none. */
function stepDocument(rehearsed: RehearsedStep): Document {
  const { step, status, remarks, sessions, diff, transition, verdict, lostAfter, missing } = rehearsed
  const answer = stepAnswer(rehearsed)
  return {
    index: step.index,
    name: step.name,
    command: step.command,
    file: step.file,
    ...(step.line === undefined ? {} : { line: step.line }),
    status,
    ...(answer.length === 0 ? {} : { answer }),
    findings: [...remarks, ...(diff?.findings.added ?? [])].map(findingDocument),
    sessions: {
      before: diff?.sessions.before.total ?? sessions,
      after: diff?.sessions.after.total ?? sessions,
      added: diff?.sessions.added ?? 0,
      removed: diff?.sessions.removed ?? 0,
    },
    routes: {
      added: diff?.routes.added ?? 0,
      removed: diff?.routes.removed ?? 0,
      changed: diff?.routes.changed ?? 0,
    },
    reachability: {
      lostDuring: (transition?.lostDuring ?? []).map(groupDocument),
      lostAfter: lostAfter.map(lostDocument),
      ...(transition?.lossBegins === undefined ? {} : { lostFrom: secondsDocument(transition.lossBegins) }),
      missing,
    },
    outage: outageDocument(transition),
    verdict,
    ...(diff === undefined ? {} : { changes: diffDocument(diff) }),
  }
}

/** `max` is null where nothing in the model ends the outage. */
export function outageDocument(transition: Transition | undefined): Document | null {
  if (transition?.outage === undefined) return null
  const { seconds, mostly, cause } = transition.outage
  return {
    seconds: secondsDocument(seconds),
    ...(mostly === undefined ? {} : { mostly: secondsDocument(mostly) }),
    cause: wordOutageCause(cause),
    code: cause.code,
  }
}

function secondsDocument({ min, max }: { readonly min: number; readonly max: number }): Document {
  return { min, max: Number.isFinite(max) ? max : null }
}

function groupDocument({ reason, at, ...group }: ReachGroup): Document {
  return {
    ...group,
    ...(reason === undefined ? {} : { reason: wordLossReason(reason), rule: reason.code }),
    ...(at === undefined ? {} : { at }),
  }
}

function lostDocument({ from, to, pairs, after, example }: ReachChange): Document {
  const { verdict, reason, at } = after
  return {
    from,
    to,
    pairs,
    verdict,
    ...(reason === undefined ? {} : { reason: wordLossReason(reason), rule: reason.code }),
    ...(at === undefined ? {} : { at }),
    example,
  }
}
