/** Small pieces that several views use. */

import type { Tone } from '../page-data.js'
import { type Child, h, link, styled } from './dom.js'
import { hashOf } from './place.js'

/** A sign that says by its shape what the colour says. */
const SIGNS: Readonly<Record<Tone, readonly [sign: string, name: string]>> = {
  good: ['✓', 'good'],
  warn: ['!', 'warning'],
  bad: ['✕', 'fault'],
  plain: ['·', 'fact'],
}

export function toneSign(tone: Tone): HTMLElement {
  const [sign, name] = SIGNS[tone]
  return h('span', { class: `sign ${tone}`, role: 'img', 'aria-label': name }, sign)
}

export function stateTone(state: string): Tone {
  return state === 'Established' ? 'good' : state === 'unknown' ? 'warn' : 'bad'
}

export function stateMark(state: string): HTMLElement {
  return h('span', { class: 'state' }, toneSign(stateTone(state)), ` ${state}`)
}

/** Names in a row, none of them broken in two; those too many are counted. */
export function names(list: readonly string[], most = 6): Child {
  const shown = list.length <= most + 1 ? list : list.slice(0, most)
  const left = list.length - shown.length
  return [
    shown.map((name, i) => [i === 0 ? null : ', ', h('span', { class: 'whole' }, name)]),
    left > 0 ? ` and ${left.toLocaleString('en-US')} more` : null,
  ]
}

export function nodeLink(name: string): HTMLElement {
  return link(hashOf({ view: 'nodes', item: name }), name)
}

export interface Share {
  readonly name: string
  readonly value: number
  readonly colour: string
}

/** A bar of parts that together are the whole, with its legend below. */
export function stackedBar(label: string, shares: readonly Share[]): HTMLElement {
  const total = shares.reduce((sum, { value }) => sum + value, 0)
  const bar = h(
    'div',
    {
      class: 'bar',
      role: 'img',
      'aria-label': `${label}: ${shares.map(({ name, value }) => `${name} ${value}`).join(', ')}`,
    },
    shares
      .filter(({ value }) => value > 0)
      .map(({ value, colour }) =>
        styled(h('span'), { 'flex-grow': String(Math.max(value, total / 250)), background: colour }),
      ),
  )
  return h(
    'div',
    { class: 'stacked' },
    bar,
    legend(
      shares.map(({ name, value, colour }) => [
        colour,
        `${name} ${value.toLocaleString('en-US')}`,
        colour.includes('--empty') ? 'free' : undefined,
      ]),
    ),
  )
}

/** `shape`: how the swatch looks beside a plain square. */
export type LegendEntry = readonly [colour: string, text: string, shape?: 'line' | 'dot' | 'ring' | 'free' | undefined]

export function legend(entries: readonly LegendEntry[]): HTMLElement {
  return h(
    'ul',
    { class: 'legend' },
    entries.map(([colour, text, shape]) =>
      h('li', {}, styled(h('span', { class: `swatch ${shape ?? ''}` }), { background: colour, color: colour }), text),
    ),
  )
}

/** How much of the whole is used, as a thin bar; the number stands beside it. */
export function meter(share: number, tone: Tone): HTMLElement {
  const width = share <= 0 ? 0 : Math.min(100, Math.max(1.5, share * 100))
  return h('div', { class: `meter ${tone}`, 'aria-hidden': 'true' }, styled(h('span'), { width: `${width}%` }))
}

/** What a view says first. */
export function lead(...children: readonly Child[]): HTMLElement {
  return h('p', { class: 'lead' }, children)
}

/** The answer to what the view is about, in one sentence. */
export function verdict(tone: Tone, ...children: readonly Child[]): HTMLElement {
  return h('p', { class: `verdict ${tone}` }, toneSign(tone), h('span', {}, children))
}

/** Facts by name. */
export function facts(entries: readonly (readonly [name: string, value: Child])[]): HTMLElement {
  return h(
    'dl',
    { class: 'facts' },
    entries.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  )
}

export function note(...children: readonly Child[]): HTMLElement {
  return h('p', { class: 'quiet' }, children)
}

let serial = 0

/** An input with its label. */
export function field(label: string, input: HTMLElement): HTMLElement {
  serial++
  input.id = `field-${serial}`
  return h('div', { class: 'field' }, h('label', { for: input.id }, label), input)
}

/** Exclusive choices, side by side. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [value: T, text: string])[],
  chosen: T,
  choose: (value: T) => void,
): HTMLElement {
  serial++
  const name = `choice-${serial}`
  return h(
    'fieldset',
    { class: 'choice' },
    h('legend', { class: 'unseen' }, label),
    options.map(([value, text]) => {
      const input = h('input', { type: 'radio', name, value, checked: value === chosen })
      input.addEventListener('change', () => choose(value))
      return h('label', {}, input, h('span', {}, text))
    }),
  )
}
