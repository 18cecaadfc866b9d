/** The nodes of a RouteReport as JSON, from tables as numbers: the same text as `jsonItems` of `routeDocuments`. */

import type { KernelRoute } from '../dataplane/kernel-route.js'
import type { NumberedTable } from '../dataplane/shared-routes.js'
import { RouteTexts } from './route-texts.js'

/** A node's tables by name. */
export interface NumberedNode {
  readonly node: string
  readonly tables: ReadonlyMap<string, NumberedTable>
}

/** A piece is good until the next one is asked for. */
export function* routesJson(nodes: Iterable<NumberedNode>): Generator<Uint8Array> {
  const texts = new RouteTexts({ textOf: routeText })
  let between = '\n    '
  for (const { node, tables } of nodes) {
    yield* texts.text(`${between}{\n      "node": ${JSON.stringify(node)},\n      "tables": `)
    between = ',\n    '
    let separator = '{'
    // As an object has them: names that are numbers come first.
    for (const [name, table] of Object.entries(Object.fromEntries(tables))) {
      yield* texts.text(`${separator}\n        ${JSON.stringify(name)}: `)
      separator = ','
      yield* texts.table(table, '[')
      yield* texts.text(table.numbers.length === 0 ? '[]' : '\n        ]')
    }
    yield* texts.text(`${separator === '{' ? '{}' : '\n      }'}\n    }`)
  }
  yield* texts.rest()
}

const INDENT = '\n          '

function routeText(route: KernelRoute): string {
  return `,${INDENT}${JSON.stringify(route, null, 2).replaceAll('\n', INDENT)}`
}
