/** Character classes of Go's regular expressions (Go's regexp/syntax, parse.go parseClass). */

import { escapeEnd, unicodeClassEnd } from './go-regexp-escapes.js'

const POSIX_NAMES = new Set(
  'alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit'.split(' '),
)

/** Where the class that opens at the offset ends, behind its closing bracket; undefined when Go refuses it. */
export function classEnd(text: string, open: number): number | undefined {
  let at = open + 1
  if (text[at] === '^') at++
  let first = true
  while (first || text[at] !== ']') {
    first = false
    const named = namedClassEnd(text, at)
    if (named === 'refused') return undefined
    if (named !== undefined) {
      at = named
      continue
    }
    if (text[at] === '\\' && (text[at + 1] === 'p' || text[at + 1] === 'P')) {
      const end = unicodeClassEnd(text, at)
      if (end === undefined) return undefined
      at = end
      continue
    }
    if (text[at] === '\\' && /[dDsSwW]/.test(text[at + 1] ?? '')) {
      at += 2
      continue
    }
    const low = memberAt(text, at)
    if (low === undefined) return undefined
    at = low.end
    if (text[at] !== '-' || at + 1 >= text.length || text[at + 1] === ']') continue
    const high = memberAt(text, at + 1)
    if (high === undefined || high.rune < low.rune) return undefined
    at = high.end
  }
  return at + 1
}

/** `[:alpha:]` or `[:^alpha:]`; undefined when the bracket is an ordinary member of the class. */
function namedClassEnd(text: string, at: number): number | 'refused' | undefined {
  if (text[at] !== '[' || text[at + 1] !== ':') return undefined
  const close = text.indexOf(':]', at + 2)
  if (close < 0) return undefined
  return POSIX_NAMES.has(text.slice(at + 2, close).replace(/^\^/, '')) ? close + 2 : 'refused'
}

const CONTROL: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }

/** One character of a class, plain or escaped; undefined at the end of the text. */
function memberAt(text: string, at: number): { readonly rune: number; readonly end: number } | undefined {
  const plain = text.codePointAt(at)
  if (plain === undefined) return undefined
  if (text[at] !== '\\') return { rune: plain, end: at + (plain > 0xffff ? 2 : 1) }
  const end = escapeEnd(text, at)
  return end === undefined ? undefined : { rune: runeOf(text.slice(at + 1, end)), end }
}

function runeOf(written: string): number {
  if (written.startsWith('x')) return Number.parseInt(written.replace(/[x{}]/g, ''), 16)
  if (/^[0-7]/.test(written)) return Number.parseInt(written, 8)
  return CONTROL[written] ?? written.charCodeAt(0)
}
