/** What is most likely behind an error of the YAML parser: it says where it gave up, people want to know why. */

import type { SyntaxFault } from './syntax.js'
import { typographicQuoteIn } from './typographic-quotes.js'

/** `reason` and `offset` are the parser's; the fault may lie before it. */
export function diagnoseYaml(text: string, reason: string, offset: number): SyntaxFault {
  if (reason.startsWith('nesting exceeded')) return { kind: 'depth', offset }
  const [start, end] = lineAround(text, Math.min(offset, text.length))
  const [above] = start === 0 ? [0] : lineAround(text, start - 1)

  const conflict = /^(?:<{7} |={7}$|>{7} )[^\n]*/m.exec(text)
  if (conflict !== null) {
    return {
      kind: 'syntax',
      offset: conflict.index,
      what: `The document holds the mark ${JSON.stringify(conflict[0].slice(0, 40))} of a merge conflict.`,
      hint: 'Resolve the conflict first.',
    }
  }
  const template = /\{\{[^\n]{0,40}/.exec(text.slice(above, end))
  if (template !== null) return { kind: 'template', offset: above + template.index, what: template[0].trimEnd() }
  const tab = tabIn(text, above, end)
  if (tab !== undefined && /tab|indentation|colon|seperat|whitespace|end of the stream/.test(reason)) {
    return { kind: 'tab', offset: tab }
  }
  const quote = typographicQuoteIn(text, start, end)
  if (quote !== undefined) return { kind: 'typographic-quote', offset: quote.offset, what: quote.character }
  return { kind: 'syntax', offset, ...explain(text, reason, offset, text.slice(start, end)) }
}

interface Explanation {
  readonly what: string
  readonly hint: string
}

function explain(text: string, reason: string, offset: number, line: string): Explanation {
  const first = text.charAt(offset)
  if (offset >= text.length || reason.startsWith('unexpected end of the')) {
    return {
      what: `The document ends too early: ${reason}.`,
      hint: 'Close the quote or the bracket that is open; the file may be cut off.',
    }
  }
  if (reason.startsWith('unidentified alias')) {
    return {
      what: `A value that begins with * is an alias, and there is no such anchor: ${reason}.`,
      hint: 'Put the value in quotes if it is a text.',
    }
  }
  if (/^[@`%]$/.test(first)) {
    return { what: `A value cannot begin with ${first}.`, hint: 'Put the value in quotes.' }
  }
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  if (first === ':' && /^\s*(?:-\s+)*[^\s:]+:\s+\S/.test(before)) {
    return {
      what: `The line holds a second ": ": ${excerpt(line)}.`,
      hint: 'Put the value in quotes, or write what follows on a line of its own.',
    }
  }
  const joined = /^\s*(?:-\s+)*([\w./-]+:[^\s:/][^\n]*)\r?\n$/.exec(lineBefore(text, offset))?.[1]
  if (first === ':' && joined !== undefined) {
    return { what: `A blank is missing behind the colon: ${excerpt(joined)}.`, hint: 'Write NAME: VALUE.' }
  }
  if (reason.startsWith('bad indentation') || reason.includes('deficient indentation')) {
    return {
      what: `The indentation does not fit the lines above: ${excerpt(line)}.`,
      hint: 'Fields of one object begin in the same column, and those below a field further right.',
    }
  }
  if (reason.includes('a colon is missed') || reason.includes('multiline key')) {
    return {
      what: `A field has no colon behind its name: ${excerpt(line)}.`,
      hint: 'Write NAME: VALUE, with a blank behind the colon. The line itself or the one before it may be meant.',
    }
  }
  if (reason.includes('missed comma') || reason.startsWith('expected the node content')) {
    return {
      what: `A list or object in brackets is not well formed: ${excerpt(line)}.`,
      hint: 'Separate the entries with one comma each, and close every bracket.',
    }
  }
  return { what: `The YAML cannot be read: ${reason}.`, hint: 'Compare the line with those above and below it.' }
}

const MOST_CHARACTERS = 60

function excerpt(line: string): string {
  const trimmed = line.trim()
  return JSON.stringify(trimmed.length > MOST_CHARACTERS ? `${trimmed.slice(0, MOST_CHARACTERS)}...` : trimmed)
}

/** The line above the one that holds an offset, with its line break. */
function lineBefore(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return start === 0 ? '' : text.slice(text.lastIndexOf('\n', start - 2) + 1, start)
}

/** Offsets of the line that holds an offset, its line break excluded. */
function lineAround(text: string, offset: number): readonly [start: number, end: number] {
  const end = text.indexOf('\n', offset)
  return [text.lastIndexOf('\n', offset - 1) + 1, end < 0 ? text.length : end]
}

/** A tab among the blanks and dashes that a line begins with. */
function tabIn(text: string, from: number, to: number): number | undefined {
  const match = /^[ -]*\t/m.exec(text.slice(from, to))
  return match === null ? undefined : from + match.index + match[0].length - 1
}
