/** What a view of the page is. */

import type { PageData } from '../page-data.js'
import type { PageIndex } from './page-index.js'
import type { Place } from './place.js'

export interface Page {
  readonly data: PageData
  readonly index: PageIndex
  /** Goes there and keeps it in the history. */
  go(place: { view: string; item?: string; find?: string }): void
  /** As `go`, in place of the present entry of the history: while somebody types. */
  amend(place: { view: string; item?: string; find?: string }): void
  /** Reads a text out to those who do not see the change. */
  say(text: string): void
}

export interface View {
  /** First word of its hash. */
  readonly id: string
  readonly title: string
  /** Heading of the part of the navigation that it stands in; empty for none. */
  readonly group: '' | 'Change' | 'Network' | 'Capacity' | 'Input'
  /** A mark beside the title in the navigation; empty for none. */
  readonly badge?: (data: PageData) => string
  /** Whether this report has it. */
  readonly present: (data: PageData) => boolean
  /** Fills its section; called once, when the view is first wanted. */
  readonly open: (section: HTMLElement, page: Page) => OpenView
}

export interface OpenView {
  /** Called whenever the place is in this view. */
  readonly show: (place: Place) => void
  /** Called before printing and when colours or sizes change. */
  readonly redraw?: () => void
}
