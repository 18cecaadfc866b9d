/** `routes`: kernel tables as `ip route` prints them, or with the keys of `ip -j route`. */

import type { Cluster } from '../cluster/cluster.js'
import type { ExplainedRoute } from '../dataplane/kernel-route.js'
import { type Answer, envelope } from './answer.js'
import { type Block, literal, table, text } from './blocks.js'
import { ipRouteText } from './ip-route-text.js'
import { RouteTexts } from './route-texts.js'
import { type NumberedNode, routesJson } from './routes-json.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'
import { renderText } from './text.js'
import { wordRouteReason } from './wording/route-reason.js'

/** A node's tables by name, `main` first. */
export interface NodeTables {
  readonly node: string
  readonly tables: ReadonlyMap<string, readonly ExplainedRoute[]>
}

export interface RoutesQuestion {
  readonly tables: () => Iterable<NodeTables>
  /** The same as numbers, which print many tables in less time. Without reasons. */
  readonly numbered?: () => Iterable<NumberedNode>
  /** True when whole tables are printed, else a line for each node. */
  readonly chosen: boolean
  /** How many nodes `tables` has. */
  readonly asked: number
  /** Nodes of the cluster; more than there are tables when the overview shows some. */
  readonly total: number
  readonly explain: boolean
}

export function routesAnswer(cluster: Cluster, question: RoutesQuestion): Answer {
  const { numbered } = question
  return {
    document: {
      ...envelope('RouteReport', cluster),
      nodes: new LazyList(
        () => routeDocuments(question.tables, question.explain),
        numbered && (() => routesJson(numbered())),
      ),
    },
    // Every table is made for them, and a document does without.
    get blocks() {
      return question.chosen ? tableBlocks(question) : overviewBlocks(question)
    },
    ...(question.chosen ? { text: (heading) => tablesText(question, heading) } : {}),
    found: false,
  }
}

/** One table at a time; the same as `renderText` of all of them. */
function* tablesText(question: RoutesQuestion, heading: (text: string) => string): Generator<string | Uint8Array> {
  const { numbered, asked, explain } = question
  let between = ''
  if (numbered !== undefined) {
    const texts = new RouteTexts({ textOf: (route) => `${ipRouteText(route)}\n` })
    for (const { node, tables } of numbered()) {
      for (const [name, table] of tables) {
        const title = titleOf(asked, node, name)
        yield* texts.text(`${between}${title === undefined ? '' : `${heading(title)}\n`}`)
        yield* texts.table(table)
        between = '\n'
      }
    }
    yield* texts.rest()
    return
  }
  for (const { node, tables } of question.tables()) {
    for (const [name, routes] of tables) {
      const block = tableBlock(routes, explain, titleOf(asked, node, name))
      yield `${between}${renderText([block], { wide: false, heading })}`
      between = '\n'
    }
  }
}

/** What documents hold of each node. */
export function* routeDocuments(tables: () => Iterable<NodeTables>, explain: boolean): Iterable<unknown> {
  for (const { node, tables: named } of tables()) {
    yield {
      node,
      tables: Object.fromEntries(
        [...named].map(([name, routes]) => [name, explain ? routes.map(explained) : routes.map(({ route }) => route)]),
      ),
    }
  }
}

function explained({ route, why }: ExplainedRoute): unknown {
  return { ...route, why: { rule: wordRouteReason(why), resource: why.resource ?? null } }
}

function tableBlocks({ tables, asked, explain }: RoutesQuestion): readonly Block[] {
  return [...tables()].flatMap(({ node, tables: named }) =>
    [...named].map(([name, routes]) => tableBlock(routes, explain, titleOf(asked, node, name))),
  )
}

function tableBlock(routes: readonly ExplainedRoute[], explain: boolean, title: string | undefined): Block {
  const lines = routes.map((entry) => ipRouteText(entry.route))
  const width = explain ? Math.max(0, ...lines.map((line) => line.length)) : 0
  const shown = routes.map((entry, i) =>
    explain ? `${(lines[i] ?? '').padEnd(width)}  # ${wordRouteReason(entry.why)}` : (lines[i] ?? ''),
  )
  return literal(shown, title)
}

/** A single node's main table needs none. */
function titleOf(asked: number, node: string, name: string): string | undefined {
  const title = [...(asked > 1 ? [node] : []), ...(name === 'main' ? [] : [`table ${name}`])].join(' ')
  return title === '' ? undefined : title
}

/** Reasons of BIRD's routes take long to find, and are not asked for. */
function isFelix(entry: ExplainedRoute): boolean {
  return entry.route.protocol !== 'bird' && entry.why.owner === 'felix'
}

function overviewBlocks({ tables, total }: RoutesQuestion): readonly Block[] {
  // A line at a time, as the tables of a large cluster do not fit into memory together.
  const rows = Array.from(tables(), ({ node, tables: named }) => {
    const main = named.get('main') ?? []
    const count = (test: (entry: ExplainedRoute) => boolean): string => number(main.filter(test).length)
    return [
      node,
      number(main.length),
      count(({ route }) => route.protocol === 'bird'),
      count((entry) => isFelix(entry) && entry.why.rule !== 'localPod'),
      count((entry) => isFelix(entry) && entry.why.rule === 'localPod'),
      count(({ route }) => route.type === 'unreachable'),
    ]
  })
  const right = (name: string) => ({ name, align: 'right' as const })
  return [
    table(['NODE', right('ROUTES'), right('BIRD'), right('FELIX'), right('PODS'), right('UNREACHABLE')], rows),
    text([
      ...(rows.length < total ? [`${number(rows.length)} of ${number(total)} nodes are shown, spread evenly.`] : []),
      '--node NAME prints what `ip route show` prints there; -o json has every table.',
    ]),
  ]
}
