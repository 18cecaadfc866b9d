/** `rehearse`: a line for each step of a runbook, then what the steps that matter do, then the order that is safer. */

import type { Finding } from '../findings/finding.js'
import { formatFieldPath } from '../findings/finding.js'
import type { ReachChange } from '../planning/diff/cluster-diff.js'
import type { Cost, Rehearsal, RehearsedStep, SaferOrder, Verdict } from '../planning/rehearsal/rehearsal.js'
import type { Cut } from '../planning/transition/lost-between.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { nameOf } from './check.js'
import { counted, nameList } from './name-list.js'
import { rehearsalDocument } from './rehearsal-document.js'
import { number } from './sessions.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordOutageCause, wordSeconds } from './wording/outage-cause.js'

/** What a read-only step would print at its point of the runbook; no lines for one that prints nothing. */
export type ShowStep = (step: RehearsedStep) => readonly string[]

export function rehearsalAnswer(rehearsal: Rehearsal, show: ShowStep = () => []): Answer {
  const { first, steps, verdict, saferOrder, drainedOrder } = rehearsal
  const refused = steps.some(({ status }) => status === 'rejected')
  return {
    document: { ...envelope('RehearsalReport', first.cluster), ...rehearsalDocument(rehearsal) },
    blocks: [
      text(summaryLines(rehearsal)),
      ...(steps.length === 0 ? [] : [stepTable(steps)]),
      ...steps.flatMap((step, at) => stepBlocks(step, steps.slice(at + 1), show)),
      ...saferBlocks(saferOrder, steps),
      ...drainedBlocks(drainedOrder),
    ],
    found: verdict !== 'safe' || refused,
  }
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  safe: 'safe: no pair of nodes loses each other',
  disruptive: 'DISRUPTIVE: some pairs of nodes lose each other for a while',
  broken: 'BROKEN: some pairs of nodes stay cut after a step',
}

function summaryLines({ runbook, steps, verdict, cost, first, whole }: Rehearsal): readonly string[] {
  const lines = [
    `${runbook.name}: ${counted(steps.length, 'step')} on ${counted(first.cluster.nodes.length, 'node')}, Calico ${first.cluster.release.name}`,
    `Verdict ${VERDICTS[verdict]}.`,
  ]
  if (verdict !== 'safe') lines.push(`Cost: ${costText(cost)}.`)
  const { before, after } = whole.reach
  lines.push(
    whole.empty
      ? 'In the end the network is as it was.'
      : `In the end ${number(after.delivered)} of ${number(after.total)} ordered pairs of nodes reach each other (${number(before.delivered)} before), over ${number(whole.sessions.after.established)} established sessions (${number(whole.sessions.before.established)} before).`,
  )
  for (const finding of runbook.findings) lines.push(findingText(finding))
  return lines
}

function costText({ missing, pairSeconds }: Cost): string {
  const parts = [
    ...(missing === 0 ? [] : [`${counted(missing, 'ordered pair')} cut after a step, summed over the steps`]),
    ...(pairSeconds === 0 ? [] : [`up to ${number(Math.round(pairSeconds))} pair-seconds of passing outage`]),
  ]
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

function stepTable(steps: readonly RehearsedStep[], title?: string, added: SaferOrder['added'] = []): Block {
  return table(
    [
      { name: 'STEP', align: 'right' },
      'COMMAND',
      'STATUS',
      'SESSIONS',
      'ROUTES',
      'CUT FOR A WHILE',
      'STILL CUT',
      'VERDICT',
    ],
    steps.map((step) => [
      added.includes(step.step) ? 'new' : step.step.index + 1,
      commandLine(step.step.command),
      STATUS[step.status],
      sessionsCell(step),
      routesCell(step),
      cutCell(step),
      stillCell(step),
      verdictCell(step),
    ]),
    title,
  )
}

const STATUS: Readonly<Record<RehearsedStep['status'], string>> = {
  simulated: 'simulated',
  readOnly: 'read only',
  notSimulated: 'NOT SIMULATED',
  rejected: 'REJECTED',
}

const MOST_CHARACTERS = 60

function commandLine(command: string): string {
  const [line = '', ...rest] = command.trim().split('\n')
  const cut = line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 3)}...` : line
  return rest.length > 0 && cut === line ? `${cut} ...` : cut
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
  const usual = mostly === undefined ? '' : `, mostly ${wordSeconds(mostly)}`
  return `${counted(pairs, 'pair')}, ${wordSeconds(seconds)}${usual}`
}

function stillCell({ missing }: RehearsedStep): string {
  return missing === 0 ? '' : counted(missing, 'pair')
}

function verdictCell({ verdict, missing }: RehearsedStep): string {
  if (verdict !== 'safe') return verdict.toUpperCase()
  return missing === 0 ? 'safe' : 'still broken'
}

function stepBlocks(step: RehearsedStep, later: readonly RehearsedStep[], show: ShowStep): readonly Block[] {
  const lines = [
    ...step.remarks.map(findingText),
    ...(step.transition?.cuts ?? []).flatMap(cutLines),
    ...step.lostAfter.map((group) => lostLine(group)),
    ...mendLine(step, later),
    ...(step.diff?.findings.added ?? []).map((finding) => `new: ${findingText(finding)}`),
    ...(step.diff?.findings.gone ?? []).map((finding) => `gone: ${findingText(finding)}`),
  ]
  const title = `Step ${step.step.index + 1}: ${commandLine(step.step.command)}`
  const shown = show(step)
  return [
    ...(lines.length === 0 ? [] : [text(lines, title)]),
    ...(shown.length === 0 ? [] : [{ kind: 'text', title, lines: shown, literal: true } as const]),
  ]
}

function cutLines({ seconds, endedBy, groups }: Cut): readonly string[] {
  return groups.map(
    ({ from, to, pairs, example, reason }) =>
      `cut for ${wordSeconds(seconds)}: ${counted(pairs, 'ordered pair')}, ${ends(from, to)} (${wordOutageCause(endedBy)})${
        reason === undefined ? '' : `; meanwhile ${example.from} to ${example.to}: ${wordLossReason(reason)}`
      }`,
  )
}

function ends(from: readonly string[], to: readonly string[]): string {
  return from.length > 1 && from.join() === to.join()
    ? `every pair of ${nameList(from)}`
    : `${nameList(from)} to ${nameList(to)}`
}

function lostLine({ from, to, pairs, after, example }: ReachChange): string {
  const why = after.reason === undefined ? '' : `; ${example.from} to ${example.to}: ${wordLossReason(after.reason)}`
  return `still cut after it: ${counted(pairs, 'ordered pair')}, ${ends(from, to)}${why}`
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

function findingText({ severity, code, message, hint, resource, path }: Finding): string {
  const where = [resource && nameOf(resource), path && formatFieldPath(path)].filter(Boolean).join(' ')
  return `${severity} ${code}${where === '' ? '' : ` ${where}`}: ${message}${hint === '' ? '' : ` ${hint}`}`
}

function saferBlocks(safer: SaferOrder | undefined, given: readonly RehearsedStep[]): readonly Block[] {
  if (safer === undefined) {
    const bad = given.some(({ verdict }) => verdict !== 'safe')
    return bad ? [text(['No order of these steps is better than the one given.'])] : []
  }
  return orderBlocks(safer, 'A safer order of the same steps, rehearsed')
}

function drainedBlocks(drained: SaferOrder | undefined): readonly Block[] {
  if (drained === undefined) return []
  const commands = drained.added.map(({ command }) => command).join('; ')
  return [
    ...orderBlocks(drained, 'The same with nodes drained meanwhile, rehearsed'),
    text([
      `Added: ${commands}. Pods of these nodes are started anew elsewhere; a reflector that never has pods needs none of it.`,
    ]),
  ]
}

function orderBlocks({ steps, cost, added }: SaferOrder, title: string): readonly Block[] {
  const costs = steps.filter(({ verdict }) => verdict !== 'safe')
  return [
    stepTable(steps, title, added),
    text([
      costs.length === 0 ? 'In this order nobody is cut.' : `In this order there remains: ${costText(cost)}.`,
      ...costs.flatMap((step) =>
        [...(step.transition?.cuts ?? []).flatMap(cutLines), ...step.lostAfter.map(lostLine)].map(
          (line) => `step ${step.step.index + 1}: ${line}`,
        ),
      ),
    ]),
  ]
}
