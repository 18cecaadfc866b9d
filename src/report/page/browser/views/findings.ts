/** Hazards with their places and remedies. */

import type { PageFinding } from '../../page-data.js'
import { append, h, on, replace } from '../dom.js'
import { field, lead, note, toneSign } from '../parts.js'
import { hashOf } from '../place.js'
import type { View } from '../view.js'
import { number } from '../words.js'

const TONES = { error: 'bad', warning: 'warn', info: 'plain' } as const
const NAMES = { error: 'Error', warning: 'Warning', info: 'Note' } as const
const MOST = 300

export const findings: View = {
  id: 'findings',
  title: 'Findings',
  group: 'Input',
  present: () => true,
  badge: ({ findings: all }) => {
    const count = all.filter(({ severity }) => severity !== 'info').length
    return count === 0 ? '' : number(count)
  },
  open: (section, page) => {
    const all = page.data.findings
    const input = h('input', { type: 'search', placeholder: 'code, resource, file …' })
    const list = h('div')
    const draw = (find: string): void => {
      const wanted = find.toLowerCase()
      const shown = all.filter((finding) => textOf(finding).includes(wanted))
      replace(
        list,
        shown.slice(0, MOST).map(card),
        shown.length > MOST
          ? note(`${number(shown.length - MOST)} more are not shown: search to narrow them down.`)
          : null,
        shown.length > 0
          ? null
          : all.length === 0
            ? h('div', { class: 'card nothing' }, toneSign('good'), 'No hazard was found in the input.')
            : note('No finding has this text.'),
      )
      page.say(`${shown.length} findings`)
    }
    on(input, 'input', () => {
      page.amend({ view: 'findings', find: input.value })
      draw(input.value)
    })
    append(section, [
      lead('Hazards that the resources hold, each alone and all together, with their places and how to mend them.'),
      all.length > 3 ? field('Show findings with', input) : null,
      list,
    ])
    return {
      show: ({ find }) => {
        input.value = find
        draw(find)
      },
    }
  },
}

function card({
  severity,
  code,
  title,
  explanation,
  message,
  hint,
  resource,
  field: path,
  place,
}: PageFinding): HTMLElement {
  return h(
    'article',
    { class: `finding ${TONES[severity]}` },
    h('h3', {}, toneSign(TONES[severity]), ' ', `${NAMES[severity]}: ${title}`),
    h('p', { class: 'message' }, message),
    h('p', {}, h('strong', {}, 'To mend: '), hint),
    h(
      'p',
      { class: 'where' },
      resource === '' ? null : h('span', {}, resource),
      path === '' ? null : h('code', {}, path),
      place === '' ? null : h('code', {}, place),
      h('a', { href: hashOf({ view: 'findings', find: code }) }, h('code', {}, code)),
    ),
    h('details', {}, h('summary', {}, 'What it is'), h('p', {}, explanation)),
  )
}

function textOf({ code, message, resource, place, field: path }: PageFinding): string {
  return [code, message, resource, place, path].join('\n').toLowerCase()
}
