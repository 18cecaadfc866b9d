/**
 * Where things stand in a YAML document. The parser that reads the values tells its positions too, so that the two
 * cannot disagree; it is slower then, and only asked when there is something to report.
 */

import yaml from 'js-yaml'
import type { WantedNode } from './wanted-paths.js'
import { KUBECTL_SCHEMA } from './yaml-schema.js'

export interface YamlRemarks {
  /** A key of a mapping that has it already. */
  readonly onDuplicate?: (key: string, offset: number, firstOffset: number) => void
  /** A tag that YAML does not define, such as the `!has(rack)` of a selector without quotes. */
  readonly onUnknownTag?: (tag: string, offset: number) => void
}

/** A node that the parser is in. */
interface Frame {
  readonly start: number
  readonly wanted: WantedNode | undefined
  /** Offset of the key whose value this is. */
  readonly keyStart: number | undefined
  /** The key that was read last, until its value is read. */
  key: string | undefined
  keyOffset: number
  items: number
  end: number
  keys: Map<string, number> | undefined
}

/** js-yaml takes these and its type declarations do not name them. */
type TraceOptions = yaml.LoadOptions & { readonly maxDepth: number; readonly maxTotalMergeKeys: number }

/**
 * Reads a document that is known to parse (duplicate keys aside) and sets the offsets of the wanted nodes.
 *
 * A scalar and a flow collection stand where they begin, a block collection and an empty value where their key does.
 */
export function traceYaml(
  text: string,
  depth: number,
  wanted: WantedNode | undefined,
  remarks: YamlRemarks = {},
): void {
  const frames: Frame[] = []

  const open = (start: number): void => {
    const parent = frames.at(-1)
    let below = parent === undefined ? wanted : undefined
    if (parent?.wanted !== undefined) {
      if (parent.key === undefined) parent.items += emptyItems(text, parent, start)
      below = isSameNode(text, parent, start) ? parent.wanted : parent.wanted.below.get(parent.key ?? parent.items)
    }
    const keyStart = parent?.key === undefined ? undefined : parent.keyOffset
    frames.push({ start, wanted: below, keyStart, key: undefined, keyOffset: 0, items: 0, end: start, keys: undefined })
  }

  const close = (state: yaml.State): void => {
    const frame = frames.pop()
    if (frame === undefined) return
    const parent = frames.at(-1)
    const { position } = state
    const start = skipSpace(text, frame.start)
    if (remarks.onUnknownTag !== undefined) {
      const { tag } = state as yaml.State & { readonly tag?: string | null }
      if (typeof tag === 'string' && /^!./.test(tag)) remarks.onUnknownTag(tag, start)
    }
    if (parent !== undefined && parent.key === undefined && text.charCodeAt(skipSpace(text, position)) === COLON) {
      const key = String(state.result)
      noteKey(parent, key, start)
      parent.key = key
      parent.keyOffset = start
      parent.end = position
      return
    }
    if (frame.wanted !== undefined) {
      const empty = start >= position
      const isBlock = !empty && isCollection(state.result) && !/[[{*]/.test(text.charAt(skipProperties(text, start)))
      frame.wanted.offset = (empty || isBlock) && frame.keyStart !== undefined ? frame.keyStart : start
    }
    if (parent === undefined) return
    if (parent.key === undefined) parent.items++
    parent.key = undefined
    parent.end = position
  }

  const noteKey = (parent: Frame, key: string, offset: number): void => {
    if (remarks.onDuplicate === undefined || key === '<<') return
    parent.keys ??= new Map()
    const first = parent.keys.get(key)
    if (first === undefined) parent.keys.set(key, offset)
    else remarks.onDuplicate(key, offset, first)
  }

  const options: TraceOptions = {
    schema: KUBECTL_SCHEMA,
    json: true,
    maxDepth: depth,
    maxTotalMergeKeys: MERGED_KEYS,
    listener: (event, state) => (event === 'open' ? open(state.position) : close(state)),
  }
  yaml.load(text, options)
}

/** Fields that `<<` may copy in one document: it bounds the work, not what people write. */
export const MERGED_KEYS = 1_000_000

const COLON = 58
const HASH = 35
const DASH = 45

function isCollection(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

/** Behind blanks, line breaks and comments. */
function skipSpace(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === HASH && (at === 0 || isSpace(text.charCodeAt(at - 1)))) at = lineEnd(text, at)
    else if (!isSpace(code)) break
  }
  return Math.min(at, text.length)
}

/** A blank, a line break, a tab. */
function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Behind an anchor and a tag, `&name !!map`. */
function skipProperties(text: string, from: number): number {
  let at = from
  for (;;) {
    const first = text.charAt(at)
    if (first !== '&' && first !== '!') return at
    while (at < text.length && !isSpace(text.charCodeAt(at))) at++
    at = skipSpace(text, at)
  }
}

/**
 * True when the parser looks whether the node is the first key of a block mapping. When no colon follows, what it has
 * met is the node itself.
 */
function isSameNode(text: string, node: Frame, start: number): boolean {
  const untouched = node.key === undefined && node.items === 0 && node.end === node.start
  return untouched && start === skipProperties(text, skipSpace(text, node.start))
}

/** Items of a block list that are empty and followed by another: the parser passes over them in silence. */
function emptyItems(text: string, list: Frame, start: number): number {
  let dashes = 0
  for (let at = skipSpace(text, list.end); at < start; at = skipSpace(text, at + 1)) {
    if (text.charCodeAt(at) !== DASH) break
    dashes++
  }
  return Math.max(0, dashes - 1)
}
