/** JSON and YAML of an answer, in pieces: a list that would not fit into memory is made and printed item by item. */

import { stringify } from 'yaml'

/** A list whose items are made when they are printed. Every call of `items` makes them anew. */
export class LazyList {
  readonly items: () => Iterable<unknown>
  /**
   * What `jsonItems` makes of them, where there is a quicker way to it: text, also in UTF-8. A piece is good until the next
   * one is asked for.
   */
  readonly json: (() => Iterable<string | Uint8Array>) | undefined

  constructor(items: () => Iterable<unknown>, json?: () => Iterable<string | Uint8Array>) {
    this.items = items
    this.json = json
  }
}

type Document = Readonly<Record<string, unknown>>

/**
 * The same text as JSON.stringify(document, null, 2), bytes being UTF-8. LazyLists may stand as direct members of the
 * document only.
 */
export function* jsonChunks(document: Document): Generator<string | Uint8Array> {
  let separator = '{'
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue
    yield `${separator}\n  ${JSON.stringify(key)}: `
    separator = ','
    if (value instanceof LazyList) yield* jsonList(value)
    else yield indented(JSON.stringify(value, null, 2), '  ')
  }
  yield separator === '{' ? '{}\n' : '\n}\n'
}

function* jsonList(list: LazyList): Generator<string | Uint8Array> {
  let empty = true
  for (const piece of list.json?.() ?? jsonItems(list.items())) {
    if (empty) yield '['
    yield piece
    empty = false
  }
  yield empty ? '[]' : '\n  ]'
}

/** The text of some items of a LazyList, one after the other as in the document, in pieces. */
export function* jsonItems(items: Iterable<unknown>): Generator<string> {
  let separator = '\n    '
  for (const item of items) {
    yield separator
    yield* inPieces(item, '    ', DEPTH)
    separator = ',\n    '
  }
}

/** In items of this many levels of objects long lists are looked for. */
const DEPTH = 2
/** So many elements of a long list make a piece: longer texts live and die where garbage is dear. */
const PIECE = 100

/** A long list is written a few elements at a time: the text of a whole table is as large as the table. */
function* inPieces(value: unknown, by: string, depth: number): Generator<string> {
  if (Array.isArray(value) && value.length > PIECE) {
    for (let i = 0; i < value.length; i += PIECE) {
      const text = JSON.stringify(value.slice(i, i + PIECE), null, 2)
      yield `${i === 0 ? '[' : ','}${indented(text.slice('['.length, -'\n]'.length), by)}`
    }
    yield `\n${by}]`
  } else if (depth > 0 && isPlain(value)) {
    let separator = '{'
    for (const [key, member] of Object.entries(value)) {
      if (member === undefined) continue
      yield `${separator}\n${by}  ${JSON.stringify(key)}: `
      separator = ','
      yield* inPieces(member, `${by}  `, depth - 1)
    }
    yield separator === '{' ? '{}' : `\n${by}}`
  } else yield indented(JSON.stringify(value, null, 2) ?? 'null', by)
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('toJSON' in value)
}

/**
 * The same text as `jsonChunks`, the document's only LazyList made elsewhere: `parts` are texts of `jsonItems` in UTF-8,
 * none of them empty, in the order of the list.
 */
export async function* jsonAround(
  document: Document,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  let separator = '{'
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue
    yield `${separator}\n  ${JSON.stringify(key)}: `
    separator = ','
    if (!(value instanceof LazyList)) {
      yield indented(JSON.stringify(value, null, 2), '  ')
      continue
    }
    let before = '['
    for await (const part of parts) {
      yield before
      yield part
      before = ','
    }
    yield before === '[' ? '[]' : '\n  ]'
  }
  yield separator === '{' ? '{}\n' : '\n}\n'
}

export function* yamlChunks(document: Document): Generator<string> {
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue
    if (!(value instanceof LazyList)) {
      yield toYaml({ [key]: value })
      continue
    }
    let empty = true
    for (const item of value.items()) {
      if (empty) yield `${key}:\n`
      empty = false
      yield indented(`  ${toYaml([item]).trimEnd()}`, '  ').concat('\n')
    }
    if (empty) yield `${key}: []\n`
  }
}

/** By way of JSON, so that both formats show the same members. */
function toYaml(value: unknown): string {
  return stringify(JSON.parse(JSON.stringify(value)), { aliasDuplicateObjects: false, lineWidth: 0 })
}

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`)
}
