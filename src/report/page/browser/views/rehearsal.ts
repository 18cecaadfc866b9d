/** A runbook step by step: what each changes, what it breaks and for how long; and the orders that are better. */

import { type CostDocument, changeOf, type RehearsalDocument, type StepDocument } from '../documents.js'
import { append, button, type Child, h, on, replace } from '../dom.js'
import { choice, facts, legend, note, verdict } from '../parts.js'
import type { View } from '../view.js'
import { number } from '../words.js'
import { differenceParts, findingsPart } from './difference-parts.js'
import { longestOf, stepParts, timelineRow, toneOf } from './rehearsal-step.js'

interface Order {
  readonly id: 'given' | 'safer' | 'drained'
  readonly title: string
  readonly about: string
  readonly steps: readonly StepDocument[]
  readonly cost: CostDocument
  readonly verdict: string
}

/** Items of the hash: `3` is the third step as written, `safer-3` that of the safer order. */
const ITEM = /^(?:(given|safer|drained)-)?(\d+)?$/

export const rehearsal: View = {
  id: 'rehearsal',
  title: 'Rehearsal',
  group: 'Change',
  present: (data) => changeOf(data, 'rehearsal') !== undefined,
  badge: (data) => {
    const verdict = changeOf(data, 'rehearsal')?.document['verdict']
    return verdict === 'safe' ? '' : String(verdict)
  },
  open: (section, page) => {
    const change = changeOf(page.data, 'rehearsal')
    if (change === undefined) return { show: () => undefined }
    const document = change.document as unknown as RehearsalDocument
    const orders = ordersOf(document)
    const body = h('div')
    let shown: Shown | undefined
    const go = (order: Order, i: number): void =>
      page.go({ view: 'rehearsal', item: `${order.id === 'given' ? '' : `${order.id}-`}${i + 1}` })
    append(section, [
      verdict(change.sentence.tone, change.sentence.text),
      orders.length < 2
        ? null
        : choice(
            'Order of the steps',
            orders.map(({ id, title }) => [id, title] as const),
            'given',
            (id) => {
              const order = orders.find((entry) => entry.id === id)
              if (order !== undefined) go(order, firstBad(order.steps))
            },
          ),
      body,
      findingsPart('About the runbook', document.findings),
      h('details', {}, h('summary', {}, 'From the start to the end of the runbook'), differenceParts(document.whole)),
    ])
    return {
      show: ({ item }) => {
        const [, id = 'given', step] = ITEM.exec(item) ?? []
        const order = orders.find((entry) => entry.id === id) ?? orders[0]
        if (order === undefined) return
        for (const input of section.querySelectorAll<HTMLInputElement>('.choice input'))
          input.checked = input.value === order.id
        if (shown?.order !== order) {
          shown = showOrder(order, (i) => go(order, i))
          replace(body, shown.element)
        }
        const wanted = step === undefined ? firstBad(order.steps) : Number(step) - 1
        shown.select(Math.min(order.steps.length - 1, Math.max(0, wanted)))
      },
    }
  },
}

function ordersOf({
  steps,
  cost,
  verdict,
  saferOrder,
  saferOrderCost,
  saferOrderVerdict,
  drainedOrder,
}: RehearsalDocument): readonly Order[] {
  const none = { pairsMissingAfterSteps: 0, pairSeconds: 0 }
  return [
    { id: 'given', title: 'As written', about: '', steps, cost, verdict },
    ...(saferOrder === undefined
      ? []
      : [
          {
            id: 'safer' as const,
            title: 'Safer order',
            about: 'The same steps in an order that costs less.',
            steps: saferOrder,
            cost: saferOrderCost ?? none,
            verdict: saferOrderVerdict ?? '',
          },
        ]),
    ...(drainedOrder === undefined
      ? []
      : [
          {
            id: 'drained' as const,
            title: 'With nodes drained',
            about: `The steps with ${number(drainedOrder.added.length)} more, which empty nodes while they are cut.`,
            ...drainedOrder,
          },
        ]),
  ]
}

interface Shown {
  readonly order: Order
  readonly element: HTMLElement
  select(step: number): void
}

function showOrder(order: Order, go: (step: number) => void): Shown {
  const { steps, cost, about } = order
  let current = 0
  const longest = longestOf(steps)
  const rows = steps.map((step, i) => timelineRow(step, steps[i - 1], { number: i + 1, longest }, () => go(i)))
  const detail = h('div', { class: 'step-detail', 'aria-live': 'polite' })
  const move = (by: number): boolean => {
    const to = current + by
    if (to < 0 || to >= steps.length) return false
    go(to)
    return true
  }
  const timeline = on(h('ol', { class: 'timeline', 'aria-label': 'Steps' }, rows), 'keydown', (event) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by === 0) return
    event.preventDefault()
    const target = rows[current + by]?.querySelector('button')
    if (move(by)) target?.focus()
  })
  const before = button('← Step before', () => move(-1), { class: 'small' })
  const after = button('Next step →', () => move(1), { class: 'small' })
  const element = h(
    'div',
    {},
    about === '' ? null : note(about),
    facts([
      ['Pairs left cut, summed over the steps', number(cost.pairsMissingAfterSteps)],
      ['Passing outage, at most', `${number(cost.pairSeconds)} pair-seconds`],
    ]),
    timelineLegend(steps),
    timeline,
    h('div', { class: 'tools' }, before, after),
    detail,
    h(
      'div',
      { class: 'paper-steps' },
      steps.map((step, i) => h('article', {}, stepParts(step, i))),
    ),
  )
  return {
    order,
    element,
    select: (step) => {
      current = step
      for (const [i, row] of rows.entries()) {
        if (i === step) row.setAttribute('aria-current', 'step')
        else row.removeAttribute('aria-current')
      }
      before.disabled = step <= 0
      after.disabled = step >= steps.length - 1
      const wanted = steps[step]
      replace(detail, wanted === undefined ? null : stepParts(wanted, step))
    },
  }
}

/** What the bars mean; nothing where no step has one. */
function timelineLegend(steps: readonly StepDocument[]): Child {
  if (steps.every(({ outage }) => outage === null)) return null
  return legend([
    ['#d55e00', 'cut at the least for so long'],
    ['rgb(230 159 0 / 45%)', 'at the most'],
  ])
}

/** The step to begin with: the first that breaks something, otherwise the first. */
function firstBad(steps: readonly StepDocument[]): number {
  const bad = steps.findIndex((step) => toneOf(step) === 'bad')
  const warn = steps.findIndex((step) => toneOf(step) === 'warn')
  return Math.max(0, bad >= 0 ? bad : warn)
}
