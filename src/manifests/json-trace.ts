/** JSON token by token: where a fault lies, where a field stands, which key comes twice. Builds no values. */

import { createScanner, type ScanError, type SyntaxKind } from 'jsonc-parser'
import type { WantedNode } from './wanted-paths.js'

/** The scanner's token numbers; its enum is ambient and cannot be imported by itself. */
const TOKEN = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  nullWord: 7,
  trueWord: 8,
  falseWord: 9,
  string: 10,
  number: 11,
  lineComment: 12,
  blockComment: 13,
  lineBreak: 14,
  space: 15,
  unknown: 16,
  end: 17,
} as const satisfies Readonly<Record<string, SyntaxKind>>

const UNCLOSED_STRING = 2 satisfies ScanError
const INVALID_CHARACTER = 6 satisfies ScanError

export interface JsonFault {
  readonly offset: number
  readonly reason: 'end' | 'comment' | 'trailing-comma' | 'unclosed-text' | 'bad-text' | 'unexpected' | 'depth'
}

export interface JsonRemarks {
  readonly onDuplicate?: (key: string, offset: number, firstOffset: number) => void
}

interface Frame {
  readonly isObject: boolean
  readonly wanted: WantedNode | undefined
  readonly keys: Map<string, number> | undefined
  items: number
  key: string
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end'

/**
 * Reads the one JSON value that begins at `from` and sets the offsets of the wanted nodes. Answers the offset behind
 * it, or the first fault. Uses no recursion: the nesting is the text's own.
 */
export function traceJson(
  text: string,
  from: number,
  depth: number,
  wanted?: WantedNode,
  { onDuplicate }: JsonRemarks = {},
): number | JsonFault {
  const scanner = createScanner(text)
  scanner.setPosition(from)
  const stack: Frame[] = []
  let frame: Frame | undefined
  let expected: Expected = 'value'
  for (;;) {
    const token = scanner.scan()
    const offset = scanner.getTokenOffset()
    const fault = (reason: JsonFault['reason']): JsonFault => ({ offset, reason })
    const error: number = scanner.getTokenError()
    if (token === TOKEN.lineBreak || token === TOKEN.space) continue
    if (token === TOKEN.end) return fault('end')
    if (token === TOKEN.lineComment || token === TOKEN.blockComment) return fault('comment')
    if (error !== 0 || token === TOKEN.unknown) {
      // A token that the end of the text cuts off: `{"name": "no` or `tru`.
      if (error !== INVALID_CHARACTER && scanner.getPosition() >= text.length) return fault('end')
      return fault(error === UNCLOSED_STRING ? 'unclosed-text' : 'bad-text')
    }

    if (token === TOKEN.closeBrace || token === TOKEN.closeBracket) {
      if (expected === 'key' || (expected === 'value' && frame?.isObject === false)) return fault('trailing-comma')
      const ends = expected === 'comma-or-end' || expected === 'value-or-end' || expected === 'key-or-end'
      if (!ends || frame?.isObject !== (token === TOKEN.closeBrace)) return fault('unexpected')
      stack.pop()
      frame = stack.at(-1)
      if (frame === undefined) return offset + 1
      expected = 'comma-or-end'
      continue
    }
    switch (expected) {
      case 'comma-or-end':
        if (token !== TOKEN.comma || frame === undefined) return fault('unexpected')
        frame.items++
        expected = frame.isObject ? 'key' : 'value'
        break
      case 'key':
      case 'key-or-end':
        if (token !== TOKEN.string || frame === undefined) return fault('unexpected')
        frame.key = scanner.getTokenValue()
        if (frame.keys !== undefined && onDuplicate !== undefined) {
          const first = frame.keys.get(frame.key)
          if (first === undefined) frame.keys.set(frame.key, offset)
          else onDuplicate(frame.key, offset, first)
        }
        expected = 'colon'
        break
      case 'colon':
        if (token !== TOKEN.colon) return fault('unexpected')
        expected = 'value'
        break
      case 'value':
      case 'value-or-end': {
        const here: WantedNode | undefined =
          frame === undefined ? wanted : frame.wanted?.below.get(frame.isObject ? frame.key : frame.items)
        if (here !== undefined) here.offset = offset
        if (token === TOKEN.openBrace || token === TOKEN.openBracket) {
          if (stack.length >= depth) return fault('depth')
          const isObject: boolean = token === TOKEN.openBrace
          const keys = isObject && onDuplicate !== undefined ? new Map<string, number>() : undefined
          frame = { isObject, wanted: here, keys, items: 0, key: '' }
          stack.push(frame)
          expected = isObject ? 'key-or-end' : 'value-or-end'
        } else if (isScalar(token)) {
          if (frame === undefined) return offset + scanner.getTokenLength()
          expected = 'comma-or-end'
        } else return fault('unexpected')
        break
      }
      default:
        expected satisfies never
    }
  }
}

function isScalar(token: SyntaxKind): boolean {
  return token >= TOKEN.nullWord && token <= TOKEN.number
}
