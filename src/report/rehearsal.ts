/** `rehearse`: the verdict, a line for each step, what the steps that matter do, then the order that is safer. */

import type { Rehearsal, RehearsedStep, SaferOrder } from '../planning/rehearsal/rehearsal.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { counted } from './name-list.js'
import { stepAnswer } from './query-answer.js'
import { rehearsalDocument } from './rehearsal-document.js'
import { findingLines, findingText } from './rehearsal-findings.js'
import { summaryLines } from './rehearsal-summary.js'
import { commandLine, costText, cutLines, endsText, lengthText, pairedUp, sessionLine } from './rehearsal-text.js'
import { number } from './sessions.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordSeconds } from './wording/outage-cause.js'

export function rehearsalAnswer(rehearsal: Rehearsal): Answer {
  const { first, steps, verdict, saferOrder, drainedOrder } = rehearsal
  const refused = steps.some(({ status }) => status === 'rejected')
  return {
    // Only JSON and YAML have everything that differs after each step of the orders that were tried: it takes long.
    get document() {
      return { ...envelope('RehearsalReport', first.cluster), ...rehearsalDocument(rehearsal) }
    },
    blocks: [
      text(summaryLines(rehearsal)),
      ...(steps.length === 0 ? [] : [stepTable(steps)]),
      ...steps.flatMap((step, at) => stepBlocks(step, steps.slice(at + 1))),
      ...saferBlocks(saferOrder),
      ...drainedBlocks(drainedOrder),
    ],
    found: verdict !== 'safe' || refused,
  }
}

function stepTable(steps: readonly RehearsedStep[]): Block {
  return table(
    [{ name: 'STEP', align: 'right' }, 'COMMAND', 'SESSIONS', 'ROUTES', 'CUT FOR A WHILE', 'STILL CUT', 'VERDICT'],
    steps.map((step) => [
      step.step.index + 1,
      commandLine(step.step),
      sessionsCell(step),
      routesCell(step),
      cutCell(step),
      stillCell(step),
      verdictCell(step),
    ]),
  )
}

/** What another order changes besides is worked out when somebody asks, and here nobody does. */
function orderTable(steps: readonly RehearsedStep[], title: string, added: SaferOrder['added']): Block {
  return table(
    [{ name: 'STEP', align: 'right' }, 'COMMAND', 'CUT FOR A WHILE', 'STILL CUT', 'VERDICT'],
    steps.map((step) => [
      added.includes(step.step) ? addedMark(step.step) : step.step.index + 1,
      commandLine(step.step),
      cutCell(step),
      stillCell(step),
      verdictCell(step),
    ]),
    title,
  )
}

/** A part of a step has its number; a drain is new. */
function addedMark({ index, action }: RehearsedStep['step']): string {
  return isDrain(action) ? 'new' : `part of ${index + 1}`
}

function isDrain(action: RehearsedStep['step']['action']): boolean {
  return action.type === 'change' && (action.change.do === 'drain' || action.change.do === 'uncordon')
}

function sessionsCell({ diff }: RehearsedStep): string {
  if (diff === undefined || diff.sessions.groups.length === 0) return ''
  const { before, after, added, removed, changed } = diff.sessions
  const parts = signed(added, removed, changed)
  return `${number(before.established)} -> ${number(after.established)} (${parts})`
}

function routesCell({ diff }: RehearsedStep): string {
  if (diff === undefined || diff.routes.groups.length === 0) return ''
  return signed(diff.routes.added, diff.routes.removed, diff.routes.changed)
}

function signed(added: number, removed: number, changed: number): string {
  const parts = [
    ...(added === 0 ? [] : [`+${number(added)}`]),
    ...(removed === 0 ? [] : [`-${number(removed)}`]),
    ...(changed === 0 ? [] : [`~${number(changed)}`]),
  ]
  return parts.join(' ')
}

function cutCell({ transition }: RehearsedStep): string {
  if (transition?.outage === undefined) return ''
  const pairs = transition.lostDuring.reduce((sum, group) => sum + group.pairs, 0)
  const { seconds, mostly } = transition.outage
  return `${counted(pairs, 'pair')}, ${lengthText(seconds, mostly)}`
}

function stillCell({ missing }: RehearsedStep): string {
  return missing === 0 ? '' : counted(missing, 'pair')
}

function verdictCell({ verdict, missing, status }: RehearsedStep): string {
  if (verdict !== 'safe') return verdict.toUpperCase()
  const unlike = UNLIKE[status]
  if (unlike !== undefined) return missing === 0 ? unlike : `${unlike}, still broken`
  return missing === 0 ? 'safe' : 'still broken'
}

/** Steps that are not carried out. */
const UNLIKE: Readonly<Partial<Record<RehearsedStep['status'], string>>> = {
  readOnly: 'read only',
  notSimulated: 'NOT SIMULATED',
  rejected: 'REJECTED',
}

function stepBlocks(step: RehearsedStep, later: readonly RehearsedStep[]): readonly Block[] {
  const lines = [
    ...step.remarks.map(findingText),
    ...lostLines(step),
    ...mendLine(step, later),
    ...cutLines(step.transition?.cuts ?? []),
    ...(step.verdict === 'safe' ? [] : sessionLine(step)),
    ...findingLines(step, later),
  ]
  const title = `Step ${step.step.index + 1}: ${commandLine(step.step)}`
  const shown = stepAnswer(step)
  return [
    ...(lines.length === 0 ? [] : [text(lines, title)]),
    ...(shown.length === 0 ? [] : [{ kind: 'text', title, lines: shown, literal: true } as const]),
  ]
}

function lostLines({ lostAfter, transition }: RehearsedStep): readonly string[] {
  const { min, max } = transition?.lossBegins ?? { min: 0, max: 0 }
  const begins = min === 0 ? '' : `, from ${wordSeconds({ min, max })} after this step on`
  return pairedUp(lostAfter).map((group) => {
    const { pairs, after, example } = group
    const why = after.reason === undefined ? '' : `: ${example.from} to ${example.to}: ${wordLossReason(after.reason)}`
    return `cut until something mends it${begins}: ${counted(pairs, 'ordered pair')}, ${endsText(group)}${why}.`
  })
}

function mendLine({ lostAfter, missing }: RehearsedStep, later: readonly RehearsedStep[]): readonly string[] {
  if (lostAfter.length === 0) return []
  const mending = later.find((step) => step.missing < missing)
  if (mending === undefined) return ['No later step of the runbook mends that.']
  const rest = mending.missing === 0 ? '' : ` in part (${counted(mending.missing, 'pair')} left)`
  const { max } = mending.transition?.settledAfter ?? { max: 0 }
  const after = max > 0 ? `, and for up to ${wordSeconds({ min: max, max })} after it` : ''
  return [
    `They stay cut until step ${mending.step.index + 1} mends that${rest}, however long the operator takes${after}.`,
  ]
}

function saferBlocks(safer: SaferOrder | undefined): readonly Block[] {
  return safer === undefined ? [] : orderBlocks(safer, 'A safer order of the same steps, rehearsed')
}

function drainedBlocks(drained: SaferOrder | undefined): readonly Block[] {
  if (drained === undefined) return []
  const drains = drained.added.some(({ action }) => isDrain(action))
  const split = drained.added.some(({ action }) => !isDrain(action))
  const how = [...(drains ? ['nodes drained meanwhile'] : []), ...(split ? ['a step done in parts'] : [])]
  return [
    ...orderBlocks(drained, `The safest that was found, with ${how.join(' and ')}, rehearsed`),
    {
      kind: 'text',
      title: 'What is new in it',
      lines: drained.steps.flatMap(({ step }) => (drained.added.includes(step) ? step.command.split('\n') : [])),
      literal: true,
    },
    ...(drains
      ? [text(['Pods of a drained node are started anew elsewhere; a reflector that never has pods needs no drain.'])]
      : []),
  ]
}

function orderBlocks({ steps, cost, added }: SaferOrder, title: string): readonly Block[] {
  const costs = steps.filter(({ verdict }) => verdict !== 'safe')
  return [
    orderTable(steps, title, added),
    text([
      costs.length === 0 ? 'In this order nobody is cut.' : `In this order there remains: ${costText(cost)}.`,
      ...costs.flatMap((step) =>
        [...cutLines(step.transition?.cuts ?? []), ...lostLines(step)].map(
          (line) => `${added.includes(step.step) ? addedMark(step.step) : `step ${step.step.index + 1}`}: ${line}`,
        ),
      ),
    ]),
  ]
}
