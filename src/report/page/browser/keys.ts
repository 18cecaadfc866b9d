/** Keys: `/` searches, a digit goes to a view, `?` tells the keys. */

import type { Page, View } from './view.js'

export function followKeys(page: Page, views: readonly View[], openSearch: () => void): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (event.key === '/') {
      event.preventDefault()
      openSearch()
      return
    }
    const view = views[Number(event.key) - 1]
    if (view !== undefined && /^[1-9]$/.test(event.key)) page.go({ view: view.id })
  })
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.matches('input:not([type=radio]):not([type=checkbox]), textarea, select') ||
    target.closest('dialog') !== null
  )
}
