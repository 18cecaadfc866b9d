/** `routes`: kernel tables as `ip route` prints them, or with the keys of `ip -j route`. */

import type { Cluster } from '../cluster/cluster.js'
import type { ExplainedRoute } from '../dataplane/kernel-route.js'
import { type Answer, envelope } from './answer.js'
import { type Block, literal, table, text } from './blocks.js'
import { ipRouteText } from './ip-route-text.js'
import { number } from './sessions.js'
import { LazyList } from './stream.js'
import { wordRouteReason } from './wording/route-reason.js'

/** A node's tables by name, `main` first. */
export interface NodeTables {
  readonly node: string
  readonly tables: ReadonlyMap<string, readonly ExplainedRoute[]>
}

export interface RoutesQuestion {
  readonly tables: () => Iterable<NodeTables>
  /** True when particular nodes were asked for: then the whole tables are printed, else a line for each node. */
  readonly chosen: boolean
  /** Nodes of the cluster; more than there are tables when the overview shows some. */
  readonly total: number
  readonly explain: boolean
}

export function routesAnswer(cluster: Cluster, question: RoutesQuestion): Answer {
  return {
    document: {
      ...envelope('RouteReport', cluster),
      nodes: new LazyList(() => routeDocuments(question.tables, question.explain)),
    },
    // Every table is made for them, and a document does without.
    get blocks() {
      return question.chosen ? tableBlocks(question) : overviewBlocks(question)
    },
    found: false,
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

function tableBlocks({ tables, explain }: RoutesQuestion): readonly Block[] {
  const all = [...tables()]
  return all.flatMap(({ node, tables: named }) =>
    [...named].map(([name, routes]) => {
      const lines = routes.map((entry) => ipRouteText(entry.route))
      const width = explain ? Math.max(0, ...lines.map((line) => line.length)) : 0
      const shown = routes.map((entry, i) =>
        explain ? `${(lines[i] ?? '').padEnd(width)}  # ${wordRouteReason(entry.why)}` : (lines[i] ?? ''),
      )
      const title = [...(all.length > 1 ? [node] : []), ...(name === 'main' ? [] : [`table ${name}`])].join(' ')
      return literal(shown, title === '' ? undefined : title)
    }),
  )
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
