/** The text format of Calico's selectors. */

import { parseSelector, SelectorError } from '../selector/selector.js'
import type { TextFormat } from './text-formats.js'

/** Why the text is no selector, and at which offset; undefined when it is one. */
export function selectorFault(text: string): { readonly reason: string; readonly offset: number } | undefined {
  try {
    parseSelector(text)
    return undefined
  } catch (error) {
    if (error instanceof SelectorError) return { reason: error.message, offset: error.offset }
    throw error
  }
}

/** Tag `selector` (libcalico-go lib/selector). */
export const SELECTOR: TextFormat = {
  code: 'VALIDATION_SELECTOR',
  allowed: "a selector such as all(), has(rack) or rack == 'a'",
  test: (text) => selectorFault(text) === undefined,
  hint: (text) => {
    const fault = selectorFault(text)
    if (fault === undefined) return undefined
    if (/[^=!<>]=[^=]/.test(text)) return 'Compare with ==, not with a single =.'
    return `See character ${fault.offset + 1}: ${fault.reason}.`
  },
}
