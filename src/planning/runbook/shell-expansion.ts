/** Words that the shell makes many of: `rke-node{1..4}`, `{a,b}`, `$(seq 1 4)`. */

import { MOST_WORDS } from './limits.js'

/** Expansions in one word, and its characters. */
const MOST_BRACES = 8
const LONGEST_WORD = 1_000
const WORD = /^[\w.@:/{},=$-]+$/

/** The text with its unquoted brace expansions written out; `bare` is the text with an `x` for what stands in quotes. */
export function expandBraces(text: string, bare: string): string {
  if (!bare.includes('{')) return text
  let expanded = text
  const braced = bare
    .split(/\s+/)
    .filter((word) => word.includes('{') && word.length <= LONGEST_WORD && WORD.test(word))
  for (const word of [...new Set(braced)].slice(0, MOST_WORDS)) {
    const words = wordsOfBraces(word)
    if (words.length > 1) expanded = replaceFirst(expanded, word, words.join(' '))
  }
  return expanded
}

function replaceFirst(text: string, word: string, by: string): string {
  const at = text.indexOf(word)
  return at < 0 ? text : text.slice(0, at) + by + text.slice(at + word.length)
}

/** The word itself where it holds no expansion, or one that comes to too many words. */
export function wordsOfBraces(word: string): readonly string[] {
  const match = /^([^{}]*)\{([^{}]*)\}(.*)$/.exec(word)
  const [, before = '', inside = '', after = ''] = match ?? []
  if (match === null || before.endsWith('$') || word.split('{').length > MOST_BRACES) return [word]
  const middles = rangeOf(inside) ?? (inside.includes(',') ? inside.split(',') : undefined)
  if (middles === undefined) return [word]
  const rest = wordsOfBraces(after)
  if (middles.length * rest.length > MOST_WORDS) return [word]
  return middles.flatMap((middle) => rest.map((end) => before + middle + end))
}

/** `1..4`, `01..12`, `4..1`, `a..c`. */
function rangeOf(text: string): readonly string[] | undefined {
  const numbers = /^(\d{1,7})\.\.(\d{1,7})$/.exec(text)
  if (numbers !== null) {
    const [from = '', to = ''] = numbers.slice(1)
    const width = /^0\d/.test(from) || /^0\d/.test(to) ? Math.max(from.length, to.length) : 0
    return countFrom(Number(from), Number(to)).map((number) => String(number).padStart(width, '0'))
  }
  const letters = /^([a-z])\.\.([a-z])$/.exec(text)
  const [from, to] = [letters?.[1]?.charCodeAt(0), letters?.[2]?.charCodeAt(0)]
  return from === undefined || to === undefined
    ? undefined
    : countFrom(from, to).map((code) => String.fromCharCode(code))
}

/** Both ends included, up or down; cut off where there are too many. */
function countFrom(from: number, to: number): readonly number[] {
  const step = from <= to ? 1 : -1
  const length = Math.min(Math.abs(to - from) + 1, MOST_WORDS + 1)
  return Array.from({ length }, (_, at) => from + at * step)
}

/** `$(seq 4)`, `$(seq 1 4)` and the same in backquotes, written out. */
export function expandSequences(text: string): string {
  return text.replaceAll(
    /(?:\$\(|`)\s*seq\s+(?:(\d{1,7})\s+)?(\d{1,7})\s*(?:\)|`)/g,
    (whole, first: string, last: string) => {
      const numbers = countFrom(Number(first ?? '1'), Number(last))
      return numbers.length > MOST_WORDS ? whole : numbers.join(' ')
    },
  )
}
