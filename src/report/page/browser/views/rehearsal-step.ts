/** One step of a rehearsal: its line in the timeline, and everything about it. */

import type { Tone } from '../../page-data.js'
import { type OutageDocument, type StepDocument, secondsText } from '../documents.js'
import { button, type Child, h, styled } from '../dom.js'
import { facts, toneSign } from '../parts.js'
import { number, some } from '../words.js'
import { differenceParts, findingsPart, groupsTable } from './difference-parts.js'

const STATUS: Readonly<Record<string, string>> = {
  simulated: 'carried out',
  readOnly: 'only reads',
  notSimulated: 'not simulated',
  rejected: 'would be refused',
}

const TONE_WORDS: Readonly<Record<Tone, string>> = {
  good: 'harmless',
  warn: 'disturbs',
  bad: 'breaks',
  plain: 'reads only',
}

const SHORTEST_SCALE = 60

export function toneOf({ status, verdict, reachability, outage }: StepDocument): Tone {
  if (status === 'rejected' || verdict === 'broken' || reachability.lostAfter.length > 0) return 'bad'
  if (verdict === 'disruptive' || outage !== null || status === 'notSimulated') return 'warn'
  return status === 'readOnly' ? 'plain' : 'good'
}

/** Longest outage that has an end, in seconds; at least a minute, so that seconds look like seconds. */
export function longestOf(steps: readonly StepDocument[]): number {
  return Math.max(SHORTEST_SCALE, ...steps.map(({ outage }) => outage?.seconds.max ?? outage?.seconds.min ?? 0))
}

/** `previous`: the step before it, whose part of the runbook need not be named again. */
export function timelineRow(
  step: StepDocument,
  previous: StepDocument | undefined,
  place: { readonly number: number; readonly longest: number },
  go: () => void,
): HTMLElement {
  const { name, command, outage, reachability } = step
  const control = button('', go, { class: 'step' })
  const still = reachability.missing
  const stillCut = still > 0 ? h('span', { class: 'still' }, `${some(still, 'pair')} cut after it`) : null
  const length = outage === null ? null : outageBar(outage, place.longest)
  const titled = name !== '' && name !== command && name !== previous?.name
  control.append(
    h('span', { class: 'number' }, place.number),
    h(
      'span',
      { class: 'what' },
      titled ? h('span', { class: 'part' }, name) : null,
      h('span', { class: 'unseen' }, `${TONE_WORDS[toneOf(step)]}: `),
      h('code', {}, firstLine(command)),
    ),
    h(
      'span',
      { class: 'outage' },
      length ?? (stillCut === null ? h('span', { class: 'quiet' }, quietText(step)) : null),
      stillCut,
    ),
  )
  return h('li', { class: toneOf(step) }, control)
}

function quietText({ status, changes }: StepDocument): string {
  if (status !== 'simulated') return STATUS[status] ?? status
  return changes === undefined ? 'changes nothing in the network' : 'nobody is cut'
}

/** The first line; of a here-document also what it is about. */
function firstLine(command: string): string {
  const [line = '', ...more] = command.split('\n')
  if (more.length === 0) return line
  const rest = more.join('\n')
  const kinds = [...rest.matchAll(/^\s*kind:\s*(\S+)/gm)].map(([, kind]) => kind)
  const names = [...rest.matchAll(/^ {2}name:\s*(\S+)/gm)].map(([, name]) => name)
  const about = kinds.map((kind, i) => [kind, names[i]].filter((word) => word !== undefined).join(' '))
  return about.length === 0 ? `${line} …` : `${line}  # ${about.slice(0, 3).join(', ')}${about.length > 3 ? ' …' : ''}`
}

/** As long as the outage at the least, and paler as long as at the most. */
function outageBar({ seconds }: OutageDocument, longest: number): Child {
  const width = (value: number): string => `${Math.min(100, Math.max(1, (value / longest) * 100))}%`
  return [
    h(
      'span',
      { class: 'track', 'aria-hidden': 'true' },
      styled(h('span', { class: 'most' }), { width: seconds.max === null ? '100%' : width(seconds.max) }),
      styled(h('span', { class: 'least' }), { width: width(seconds.min) }),
    ),
    h('span', { class: 'length' }, secondsText(seconds)),
  ]
}

export function stepParts(step: StepDocument, i: number): readonly Child[] {
  const { name, command, file, line, status, answer, sessions, routes, reachability, outage, findings, changes } = step
  const { lostDuring, lostAfter, lostFrom, missing } = reachability
  return [
    h(
      'h3',
      {},
      toneSign(toneOf(step)),
      h('span', {}, `Step ${i + 1}`, name === '' || name === command ? '' : `: ${name}`),
    ),
    h('pre', {}, command),
    facts([
      ['What became of it', STATUS[status] ?? status],
      ['Passing outage', outageText(outage)],
      ['Cut after it', missing === 0 ? 'nobody' : `${some(missing, 'ordered pair')} of nodes`],
      [
        'Sessions',
        `${number(sessions.before)} → ${number(sessions.after)} (+${number(sessions.added)} −${number(sessions.removed)})`,
      ],
      ['Routes', `+${number(routes.added)} −${number(routes.removed)} ~${number(routes.changed)}`],
      ['Written in', line === undefined ? file : `${file}:${line}`],
    ]),
    answer === undefined
      ? null
      : [h('h4', {}, 'What it would print'), h('pre', { class: 'answer' }, answer.join('\n'))],
    lostDuring.length === 0
      ? null
      : [h('h4', {}, toneSign('warn'), ' Cut while it happens'), groupsTable('Cut while it happens', lostDuring)],
    lostAfter.length === 0
      ? null
      : [
          h(
            'h4',
            {},
            toneSign('bad'),
            ' Still cut when it has settled',
            lostFrom === undefined || lostFrom.min === 0 ? '' : `, from ${secondsText(lostFrom)} after this step on`,
          ),
          groupsTable('Still cut when it has settled', lostAfter),
        ],
    findingsPart('Findings', findings),
    changes === undefined
      ? null
      : h('details', {}, h('summary', {}, 'Everything that differs after this step'), differenceParts(changes)),
  ]
}

function outageText(outage: OutageDocument | null): string {
  if (outage === null) return 'none'
  const mostly = outage.mostly === undefined ? '' : `, mostly ${secondsText(outage.mostly)}`
  return `${secondsText(outage.seconds)}${mostly}: ${outage.cause}`
}
