/** Whether Go's regexp package would compile an expression: RE2 syntax, which is not JavaScript's. */

import { classEnd } from './go-regexp-class.js'
import { escapeEnd, unicodeClassEnd } from './go-regexp-escapes.js'

const MAX_LENGTH = 100_000
/** Limits of Go's parser: instructions of the program, height of the tree, repetitions within repetitions. */
const MAX_SIZE = 3_355_443
const MAX_HEIGHT = 1000
const MAX_REPEAT = 1000

/** What Go's parser would have on its stack: a subexpression, an open group or the bar of an alternation. */
interface Node {
  readonly kind: 'part' | 'group' | 'bar'
  readonly size: number
  readonly height: number
  /** The largest product of repetitions within repetitions. */
  readonly repeats: number
}

const LITERAL: Node = { kind: 'part', size: 1, height: 1, repeats: 1 }
const BAR: Node = { kind: 'bar', size: 0, height: 0, repeats: 1 }

/** True when `regexp.Compile` of Go takes the text (Go's regexp/syntax, parse.go, with the flags of Perl). */
export function compilesAsGoRegexp(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  const stack: Node[] = []
  let repeatable = true
  let at = 0
  while (at < text.length) {
    let repeated = false
    switch (text[at]) {
      case '(': {
        const end = text[at + 1] === '?' ? flagsEnd(text, at, stack) : openGroup(stack, at)
        if (end === undefined) return false
        at = end
        break
      }
      case '|':
        collapse(stack)
        stack.push(BAR)
        at++
        break
      case ')':
        if (!closeGroup(stack)) return false
        at++
        break
      case '*':
      case '+':
      case '?':
        if (!repeat(stack, 0, text[at] === '?' ? 1 : -1, false)) return false
        at++
        repeated = true
        break
      case '{': {
        const counts = countsAt(text, at)
        if (counts === undefined) {
          stack.push(LITERAL)
          at++
          break
        }
        const [least, most, end] = counts
        if (least > MAX_REPEAT || most > MAX_REPEAT || (most >= 0 && least > most)) return false
        if (!repeat(stack, least, most, true)) return false
        at = end
        repeated = true
        break
      }
      case '[': {
        const end = classEnd(text, at)
        if (end === undefined) return false
        stack.push(LITERAL)
        at = end
        break
      }
      case '\\': {
        const end = backslashEnd(text, at, stack)
        if (end === undefined) return false
        at = end
        break
      }
      default:
        stack.push(LITERAL)
        at++
    }
    if (repeated) {
      // A question mark makes the repetition lazy; a second repetition of the same part is refused.
      if (!repeatable) return false
      if (text[at] === '?') at++
    }
    repeatable = !repeated
  }
  collapse(stack)
  return stack.every(({ kind }) => kind !== 'group') && stack.every(isWithinLimits)
}

function isWithinLimits({ size, height }: Node): boolean {
  return size <= MAX_SIZE && height <= MAX_HEIGHT
}

function openGroup(stack: Node[], at: number): number {
  stack.push({ kind: 'group', size: 2, height: 1, repeats: 1 })
  return at + 1
}

/** `(?P<name>`, `(?<name>`, `(?flags)` or `(?flags:` at an offset; undefined when Go refuses it. */
function flagsEnd(text: string, at: number, stack: Node[]): number | undefined {
  const isNamed = text[at + 2] === '<' || (text[at + 2] === 'P' && text[at + 3] === '<')
  if (isNamed) {
    const end = text.indexOf('>', at)
    const name = end < 0 ? '' : text.slice(text.indexOf('<', at) + 1, end)
    if (!/^[A-Za-z0-9_]+$/.test(name)) return undefined
    openGroup(stack, at)
    return end + 1
  }
  const flags = /(?:[imsU]*|[imsU]*-[imsU]+)[:)]/y
  flags.lastIndex = at + 2
  const found = flags.exec(text)?.[0]
  if (found === undefined) return undefined
  if (found.endsWith(':')) stack.push({ kind: 'group', size: 0, height: 0, repeats: 1 })
  return at + 2 + found.length
}

/** `{n}`, `{n,}` or `{n,m}` at an offset, `most` -1 for no bound; undefined when the brace is an ordinary character. */
function countsAt(text: string, at: number): readonly [least: number, most: number, end: number] | undefined {
  const counts = /\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}/y
  counts.lastIndex = at
  const found = counts.exec(text)
  if (found === null) return undefined
  const least = Number(found[1])
  const most = found[3] !== undefined ? Number(found[3]) : found[2] === undefined ? least : -1
  return [least, most, at + found[0].length]
}

/** Repeats the last part of the stack; false when there is none or when the repetition is too large. */
function repeat(stack: Node[], least: number, most: number, counted: boolean): boolean {
  const part = stack.pop()
  if (part === undefined || part.kind !== 'part') return false
  const times = counted ? (most < 0 ? least : most) : 1
  const repeats = counted && most === 0 ? 1 : Math.max(1, times) * part.repeats
  const size = counted && most >= 0 ? most * part.size + (most - least) : 2 + Math.max(1, times) * part.size
  stack.push({ kind: 'part', size: Math.max(1, size), height: part.height + 1, repeats })
  if (counted && (least >= 2 || most >= 2) && repeats > MAX_REPEAT) return false
  return stack.every(isWithinLimits)
}

/** Joins the parts above the last bar or open group into one. */
function collapse(stack: Node[]): void {
  let [size, height, repeats] = [0, 0, 1]
  for (;;) {
    const top = stack.at(-1)
    if (top === undefined || top.kind !== 'part') break
    stack.pop()
    size += top.size
    height = Math.max(height, top.height)
    repeats = Math.max(repeats, top.repeats)
  }
  stack.push({ kind: 'part', size: Math.max(1, size), height: Math.max(1, height), repeats })
}

/** Joins the branches back to the open group and puts the group on the stack as one part; false when none is open. */
function closeGroup(stack: Node[]): boolean {
  collapse(stack)
  let [size, height, repeats] = [0, 0, 1]
  for (;;) {
    const top = stack.pop()
    if (top === undefined) return false
    size += top.size
    height = Math.max(height, top.height)
    repeats = Math.max(repeats, top.repeats)
    if (top.kind !== 'group') continue
    stack.push({ kind: 'part', size: Math.max(1, size), height: height + (top.height > 0 ? 1 : 0), repeats })
    return height <= MAX_HEIGHT
  }
}

/** A backslash outside of a class: anchors, `\Q...\E`, classes, or an escaped character. */
function backslashEnd(text: string, at: number, stack: Node[]): number | undefined {
  const letter = text[at + 1]
  if (letter === 'Q') {
    const close = text.indexOf('\\E', at + 2)
    const end = close < 0 ? text.length : close
    for (let i = at + 2; i < end; i++) stack.push(LITERAL)
    return close < 0 ? end : close + 2
  }
  stack.push(LITERAL)
  if (letter !== undefined && 'AbBzdDsSwW'.includes(letter)) return at + 2
  return letter === 'p' || letter === 'P' ? unicodeClassEnd(text, at) : escapeEnd(text, at)
}
