/** `$(...)` and backquotes in the text of a command. */

import { UNKNOWN_VARIABLE } from './shell-variables.js'

/** The commands inside. */
export function substitutedIn(text: string): readonly string[] {
  return parts(text).flatMap(({ inner }) => (inner === undefined ? [] : [inner]))
}

/** A variable that nobody sets in the place of each. */
export function withoutSubstitutions(text: string): string {
  return parts(text)
    .map(({ plain, inner }) => (inner === undefined ? plain : `${plain}\${${UNKNOWN_VARIABLE}}`))
    .join('')
}

interface Part {
  readonly plain: string
  /** What follows the plain text. */
  readonly inner?: string
}

function parts(text: string): readonly Part[] {
  const found: Part[] = []
  const start = /`|\$\(/g
  let from = 0
  for (let match = start.exec(text); match !== null; match = start.exec(text)) {
    const [open] = match
    const end = open === '`' ? endOfQuote(text, match.index) : endOfParenthesis(text, match.index + 1)
    found.push({ plain: text.slice(from, match.index), inner: text.slice(match.index + open.length, end) })
    from = end + 1
    start.lastIndex = from
  }
  return [...found, { plain: text.slice(from) }]
}

function endOfQuote(text: string, start: number): number {
  const end = text.indexOf('`', start + 1)
  return end < 0 ? text.length : end
}

function endOfParenthesis(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(') depth++
    else if (text[at] === ')' && --depth === 0) return at
  }
  return text.length
}
