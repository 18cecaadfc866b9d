/** The page comes alive: reads its data, makes the frame, follows the hash. */

import type { PageData } from '../page-data.js'
import { h } from './dom.js'
import { makeFrame } from './frame.js'
import { followKeys } from './keys.js'
import { indexOf } from './page-index.js'
import { hashOf, placeOf } from './place.js'
import { makeSearch } from './search.js'
import type { OpenView, Page, View } from './view.js'
import { VIEWS } from './views.js'

const text = document.getElementById('data')?.textContent ?? 'null'
const data = JSON.parse(text) as PageData
document.getElementById('data')?.remove()

const views = VIEWS.filter(({ present }) => present(data))
const open = new Map<string, { readonly section: HTMLElement; readonly view: OpenView }>()

const page: Page = {
  data,
  index: indexOf(data),
  go: (place) => {
    location.hash = hashOf(place)
  },
  amend: (place) => {
    history.replaceState(null, '', hashOf(place))
  },
  say: (message) => frame.say(message),
}

const frame = makeFrame(data, views, redraw)
const search = makeSearch(page, views)
frame.searchSlot.append(search.opener)
document.body.append(frame.element, search.dialog)
followKeys(page, views, search.open)

function opened(view: View): { readonly section: HTMLElement; readonly view: OpenView } {
  const known = open.get(view.id)
  if (known !== undefined) return known
  const section = h('section', { class: 'view', id: `view-${view.id}`, 'aria-labelledby': `heading-${view.id}` })
  section.append(h('h2', { id: `heading-${view.id}`, tabindex: -1 }, view.title))
  frame.main.append(section)
  const made = { section, view: view.open(section, page) }
  open.set(view.id, made)
  return made
}

function showPlace(focus: boolean): void {
  const place = placeOf(location.hash)
  const view = views.find(({ id }) => id === place.view) ?? views[0]
  if (view === undefined) return
  const { section, view: shown } = opened(view)
  for (const { section: other } of open.values()) other.hidden = other !== section
  frame.mark(view.id)
  document.title = `${view.title} · ${data.title}`
  shown.show({ ...place, view: view.id })
  if (focus && !section.contains(document.activeElement)) section.querySelector('h2')?.focus({ preventScroll: true })
}

function redraw(): void {
  for (const { section, view } of open.values()) if (!section.hidden) view.redraw?.()
}

/** On paper every view stands, in the order of the navigation. */
function beforePrint(): void {
  document.documentElement.classList.add('printing')
  const current = placeOf(location.hash)
  for (const view of views) {
    const known = open.get(view.id)
    const { section, view: shown } = opened(view)
    section.hidden = false
    frame.main.append(section)
    if (known === undefined) shown.show({ view: view.id, item: '', find: '' })
    else if (view.id === current.view) shown.show(current)
    shown.redraw?.()
  }
}

function afterPrint(): void {
  document.documentElement.classList.remove('printing')
  showPlace(false)
  redraw()
}

addEventListener('hashchange', () => showPlace(true))
addEventListener('beforeprint', beforePrint)
addEventListener('afterprint', afterPrint)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw)
let width = innerWidth
addEventListener('resize', () => {
  if (innerWidth === width) return
  width = innerWidth
  redraw()
})

showPlace(false)
document.documentElement.dataset['ready'] = 'true'
