/** What each failure costs, worst first. */

import { changeOf, type FailureDocument, type FailuresDocument, secondsText } from '../documents.js'
import { append, type Child, h, on } from '../dom.js'
import { field, note, toneSign, verdict } from '../parts.js'
import { longTable } from '../table.js'
import type { View } from '../view.js'
import { number, some } from '../words.js'

export const failures: View = {
  id: 'failures',
  title: 'Failures',
  group: 'Change',
  present: (data) => changeOf(data, 'failures') !== undefined,
  open: (section, page) => {
    const change = changeOf(page.data, 'failures')
    if (change === undefined) return { show: () => undefined }
    const { failures: all } = change.document as unknown as FailuresDocument
    const input = h('input', { type: 'search', placeholder: 'node, reflector, router …' })
    const table = longTable(
      'Failures, worst first',
      [
        { name: 'Fails' },
        { name: 'Pairs lost', align: 'right' },
        { name: 'Of others', align: 'right' },
        { name: 'Nodes cut', align: 'right', extra: true },
        { name: 'Pods cut', align: 'right' },
        { name: 'Others lose for' },
        { name: 'For good', align: 'right' },
        { name: 'Cause' },
      ],
      'No failure has this text.',
    )
    const draw = (find: string): void => {
      const shown = all.filter(({ element }) => element.toLowerCase().includes(find.toLowerCase()))
      table.fill(shown.length, (i) => {
        const failure = shown[i]
        return failure === undefined ? [] : rowOf(failure)
      })
      page.say(some(shown.length, 'failure'))
    }
    on(input, 'input', () => {
      page.amend({ view: 'failures', find: input.value })
      draw(input.value)
    })
    append(section, [
      verdict(change.sentence.tone, change.sentence.text),
      note('Pairs are ordered pairs of nodes; “of others” leaves out those with an end on what fails.'),
      field('Show failures of', input),
      table.element,
    ])
    return {
      show: ({ find }) => {
        input.value = find
        draw(find)
      },
    }
  },
}

function rowOf({ element, alike, lost, outage, permanent, partition }: FailureDocument): readonly Child[] {
  const others = lost.ofOthers ?? 0
  const forGood = permanent.ofOthers ?? permanent.pairs
  const more = alike !== undefined && alike > 1 ? ` and ${number(alike - 1)} alike` : ''
  return [
    h(
      'span',
      { class: 'state' },
      toneSign(forGood > 0 ? 'bad' : others > 0 ? 'warn' : 'good'),
      ` ${element.replace('/', ' ')}${more}`,
    ),
    number(lost.pairs),
    number(others),
    number(lost.nodes),
    number(lost.pods),
    forGood > 0 ? 'for good' : outage === null || others === 0 ? '–' : secondsText(outage.seconds),
    forGood === 0 ? '–' : `${number(forGood)}${partition ? ', partition' : ''}`,
    outage?.cause ?? '',
  ]
}
