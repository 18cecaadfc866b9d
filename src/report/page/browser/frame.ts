/** What stands around the views: heading, navigation, the switch between light and dark. */

import type { PageData } from '../page-data.js'
import { append, button, h, link, replace } from './dom.js'
import { brandMark, icon } from './icons.js'
import { hashOf } from './place.js'
import type { View } from './view.js'

export interface Frame {
  readonly element: HTMLElement
  readonly main: HTMLElement
  readonly searchSlot: HTMLElement
  /** Marks a view as the present one. */
  mark(view: string): void
  say(text: string): void
}

type Theme = 'system' | 'light' | 'dark'
const THEMES: Readonly<Record<Theme, { readonly next: Theme; readonly name: string }>> = {
  system: { next: 'light', name: 'as the system' },
  light: { next: 'dark', name: 'light' },
  dark: { next: 'system', name: 'dark' },
}
const KEPT = 'calico-plan-theme'

export function makeFrame(data: PageData, views: readonly View[], redraw: () => void): Frame {
  const main = h('main', { id: 'main', tabindex: -1 })
  const searchSlot = h('div', { class: 'search-slot' })
  const spoken = h('div', { class: 'unseen', 'aria-live': 'polite' })
  const links = new Map(
    views.map((view) => {
      const badge = view.badge?.(data) ?? ''
      const entry = link(hashOf({ view: view.id }), icon(view.id), h('span', {}, view.title))
      if (badge !== '') append(entry, [h('span', { class: 'badge' }, badge)])
      return [view.id, entry]
    }),
  )
  const element = h(
    'div',
    { class: 'frame' },
    link('#main', 'Skip to the content'),
    h(
      'header',
      {},
      h(
        'div',
        { class: 'title' },
        h('h1', {}, data.title),
        h(
          'p',
          {},
          `Calico ${data.calico}${data.assumedRelease ? ' (assumed: the newest known)' : ''}, predicted from manifests`,
        ),
      ),
      searchSlot,
      themeSwitch(redraw),
    ),
    h(
      'div',
      { class: 'side' },
      h(
        'div',
        {},
        h('div', { class: 'brand' }, brandMark(), 'calico-plan'),
        h(
          'nav',
          { 'aria-label': 'Views' },
          views.map((view, i) => [
            view.group === views[i - 1]?.group || view.group === '' ? null : h('p', { class: 'group' }, view.group),
            links.get(view.id),
          ]),
        ),
      ),
    ),
    main,
    spoken,
  )
  element.firstElementChild?.classList.add('skip')
  element.firstElementChild?.addEventListener('click', (event) => {
    event.preventDefault()
    main.focus()
  })
  return {
    element,
    main,
    searchSlot,
    mark: (view) => {
      for (const [id, entry] of links) {
        if (id === view) entry.setAttribute('aria-current', 'page')
        else entry.removeAttribute('aria-current')
      }
      links.get(view)?.scrollIntoView({ block: 'nearest', inline: 'center' })
    },
    say: (text) => {
      spoken.textContent = text
    },
  }
}

function themeSwitch(redraw: () => void): HTMLElement {
  let theme = kept()
  const apply = (): void => {
    const { name, next } = THEMES[theme]
    if (theme === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = theme
    replace(control, icon(theme))
    control.title = `Colours: ${name}`
    control.setAttribute('aria-label', `Colours: ${name}. Change to ${THEMES[next].name}`)
  }
  const control = button(
    '',
    () => {
      theme = THEMES[theme].next
      keep(theme)
      apply()
      redraw()
    },
    { class: 'theme' },
  )
  apply()
  return control
}

/** A page opened from a file may be refused its store. */
function kept(): Theme {
  try {
    const value = localStorage.getItem(KEPT)
    return value === 'light' || value === 'dark' ? value : 'system'
  } catch {
    return 'system'
  }
}

function keep(theme: Theme): void {
  try {
    localStorage.setItem(KEPT, theme)
  } catch {
    // The choice then lasts as long as the page is open.
  }
}
