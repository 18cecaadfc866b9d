/** JSON and YAML of an answer, in pieces: a list that would not fit into memory is made and printed item by item. */

import { stringify } from 'yaml'

/** A list whose items are made when they are printed. Every call of `items` makes them anew. */
export class LazyList {
  readonly items: () => Iterable<unknown>

  constructor(items: () => Iterable<unknown>) {
    this.items = items
  }
}

type Document = Readonly<Record<string, unknown>>

/** The same text as JSON.stringify(document, null, 2). LazyLists may stand as direct members of the document only. */
export function* jsonChunks(document: Document): Generator<string> {
  let separator = '{'
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue
    yield `${separator}\n  ${JSON.stringify(key)}: `
    separator = ','
    if (value instanceof LazyList) yield* jsonItems(value)
    else yield indented(JSON.stringify(value, null, 2), '  ')
  }
  yield separator === '{' ? '{}\n' : '\n}\n'
}

function* jsonItems(list: LazyList): Generator<string> {
  let separator = '['
  for (const item of list.items()) {
    yield `${separator}\n    ${indented(JSON.stringify(item, null, 2), '    ')}`
    separator = ','
  }
  yield separator === '[' ? '[]' : '\n  ]'
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
