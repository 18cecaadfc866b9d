/** A runbook step by step: what each changes, what it breaks and for how long. */

import type { Tone } from '../../page-data.js'
import {
  changeOf,
  type OutageDocument,
  type RehearsalDocument,
  type StepDocument,
  secondsText,
  type Totals,
} from '../documents.js'
import { append, button, type Child, h, on, replace, styled } from '../dom.js'
import { facts, note, toneSign } from '../parts.js'
import type { View } from '../view.js'
import { number, some } from '../words.js'
import { differenceParts, findingsPart, groupsTable } from './difference-parts.js'

const STATUS: Readonly<Record<string, string>> = {
  simulated: 'simulated',
  readOnly: 'only reads',
  notSimulated: 'not simulated',
  rejected: 'would be refused',
}

export const rehearsal: View = {
  id: 'rehearsal',
  title: 'Rehearsal',
  present: (data) => changeOf(data, 'rehearsal') !== undefined,
  open: (section, page) => {
    const change = changeOf(page.data, 'rehearsal')
    if (change === undefined) return { show: () => undefined }
    const { steps, saferOrder } = change.document as unknown as RehearsalDocument
    const detail = h('div', { class: 'step-detail', 'aria-live': 'polite' })
    const rows = steps.map((step, i) =>
      timelineRow(step, longestOf(steps), () => page.go({ view: 'rehearsal', item: String(i + 1) })),
    )
    let current = 0
    const goTo = (i: number): void => {
      if (i >= 0 && i < steps.length) page.go({ view: 'rehearsal', item: String(i + 1) })
    }
    const timeline = h('ol', { class: 'timeline', 'aria-label': 'Steps' }, rows)
    on(timeline, 'keydown', (event) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
      if (step === 0) return
      event.preventDefault()
      goTo(current + step)
      rows[current + step]?.querySelector('button')?.focus()
    })
    append(section, [
      h('p', { class: 'verdict' }, toneSign(change.sentence.tone), ' ', change.sentence.text),
      steps.length === 0 ? note('The runbook has no step.') : null,
      timeline,
      h(
        'div',
        { class: 'tools' },
        button('← Step before', () => goTo(current - 1), { class: 'small' }),
        button('Next step →', () => goTo(current + 1), { class: 'small' }),
      ),
      detail,
      h(
        'div',
        { class: 'paper-steps' },
        steps.map((step) => h('article', {}, stepParts(step))),
      ),
      saferPart(saferOrder),
    ])
    return {
      show: ({ item }) => {
        current = Math.min(steps.length - 1, Math.max(0, Number(item === '' ? firstBad(steps) + 1 : item) - 1 || 0))
        for (const [i, row] of rows.entries()) {
          if (i === current) row.setAttribute('aria-current', 'step')
          else row.removeAttribute('aria-current')
        }
        const step = steps[current]
        replace(detail, step === undefined ? null : stepParts(step))
      },
    }
  },
}

/** The step to begin with: the first that breaks something. */
function firstBad(steps: readonly StepDocument[]): number {
  return Math.max(
    0,
    steps.findIndex((step) => toneOf(step) === 'bad' || toneOf(step) === 'warn'),
  )
}

function toneOf(step: StepDocument): Tone {
  if (step.status === 'rejected' || (step.reachability?.lostAfter.length ?? 0) > 0) return 'bad'
  if ((step.reachability?.lostDuring.length ?? 0) > 0 || step.outage) return 'warn'
  if (step.status === 'notSimulated') return 'warn'
  return step.status === 'readOnly' ? 'plain' : 'good'
}

/** Longest outage that has an end, in seconds; at least a minute, so that seconds look like seconds. */
function longestOf(steps: readonly StepDocument[]): number {
  return Math.max(60, ...steps.map(({ outage }) => outage?.seconds.max ?? outage?.seconds.min ?? 0))
}

function timelineRow(step: StepDocument, longest: number, go: () => void): HTMLElement {
  const control = button('', go, { class: 'step' })
  control.append(
    h('span', { class: 'number' }, step.index),
    h('span', { class: 'what' }, toneSign(toneOf(step)), ' ', step.name === '' ? step.command : step.name),
    h(
      'span',
      { class: 'outage' },
      step.outage ? outageBar(step.outage, longest) : h('span', { class: 'quiet' }, STATUS[step.status] ?? step.status),
    ),
  )
  return h('li', {}, control)
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

function stepParts(step: StepDocument): readonly Child[] {
  const {
    index,
    name,
    command,
    status,
    sessions,
    routes,
    reachability,
    outage,
    findings,
    output,
    note: said,
    difference,
  } = step
  return [
    h('h3', {}, `Step ${index}`, name === '' || name === command ? '' : `: ${name}`),
    h('pre', {}, command),
    facts([
      ['What became of it', STATUS[status] ?? status],
      ['Outage', outage ? `${secondsText(outage.seconds)}: ${outage.cause}` : 'none'],
      ...(sessions === undefined
        ? []
        : ([
            [
              'Sessions',
              `${totalText(sessions.before)} → ${totalText(sessions.after)} (+${number(sessions.added)} −${number(sessions.removed)})`,
            ],
          ] as const)),
      ...(routes === undefined
        ? []
        : ([['Routes', `+${number(routes.added)} −${number(routes.removed)} ~${number(routes.changed)}`]] as const)),
    ]),
    said === undefined ? null : note(said),
    output === undefined || output === '' ? null : [h('h4', {}, 'What it would print'), h('pre', {}, output)],
    reachability === undefined || reachability.lostDuring.length === 0
      ? null
      : [
          h('h4', {}, toneSign('warn'), ' Lost while it happens'),
          groupsTable('Lost while it happens', reachability.lostDuring),
        ],
    reachability === undefined || reachability.lostAfter.length === 0
      ? null
      : [h('h4', {}, toneSign('bad'), ' Lost afterwards'), groupsTable('Lost afterwards', reachability.lostAfter)],
    findingsPart('Findings', findings),
    difference === undefined
      ? null
      : h('details', {}, h('summary', {}, 'Everything that differs after this step'), differenceParts(difference)),
  ]
}

function totalText(value: number | Totals): string {
  return typeof value === 'number' ? number(value) : `${number(value.established)} of ${number(value.total)}`
}

function saferPart(order: readonly unknown[] | undefined): Child {
  if (order === undefined || order.length === 0) return null
  return h(
    'section',
    {},
    h('h3', {}, 'A safer order'),
    note(`${some(order.length, 'step')}, rehearsed as well.`),
    h(
      'ol',
      {},
      order.map((step) => h('li', {}, stepText(step))),
    ),
  )
}

function stepText(step: unknown): Child {
  if (typeof step === 'string' || typeof step === 'number') return String(step)
  if (typeof step !== 'object' || step === null) return ''
  const { name, command } = step as { readonly name?: unknown; readonly command?: unknown }
  return [typeof name === 'string' ? `${name} ` : null, typeof command === 'string' ? h('code', {}, command) : null]
}
