/**
 * What a read-only command of a runbook would print at its point: the same tables that `sessions`, `routes`, `rib`,
 * `capacity` and `trace` print, of one node where the command stands on no particular one.
 */

import { formatAddress, parseAddress } from '../address/address.js'
import { formatPrefix, parsePrefix, samePrefix } from '../address/prefix.js'
import type { Path } from '../bgp/path.js'
import type { FlowEnd, Trace } from '../dataplane/trace/trace.js'
import { InputError } from '../findings/finding.js'
import { readFlowEnd, traceInSomeFamily } from '../planning/flow-end.js'
import type { RehearsedStep } from '../planning/rehearsal/rehearsal.js'
import type { Query } from '../planning/runbook/runbook.js'
import type { Simulation } from '../planning/simulation.js'
import { ipRouteText } from './ip-route-text.js'
import { poolUsageLines } from './ipam-show.js'
import { addressLines } from './ipam-show-owners.js'
import { nodeStatusLines } from './node-status.js'
import { resourceLines } from './query-resources.js'
import { number } from './sessions.js'
import { printable } from './text.js'
import { wordLossReason } from './wording/loss-reason.js'

/** Lines of one answer that are shown: a runbook may ask for the routes of a node of a large cluster. */
const MOST_LINES = 24

/** What a step of a runbook prints: no lines where it is not a read-only command. */
export function stepAnswer({ step, after }: RehearsedStep): readonly string[] {
  return step.action.type === 'query' ? queryLines(step.action.query, after) : []
}

/** No lines for a command that asks nothing of the model. */
export function queryLines(query: Query, simulation: Simulation): readonly string[] {
  const lines = linesOf(query, simulation)
  if (lines.length <= MOST_LINES) return lines.map(printable)
  return [...lines.slice(0, MOST_LINES - 1).map(printable), `... ${number(lines.length - MOST_LINES + 1)} more lines`]
}

function linesOf(query: Query, simulation: Simulation): readonly string[] {
  const { cluster, ipam } = simulation
  switch (query.ask) {
    case 'nodeStatus':
      return onNode(simulation, query.node, (node) => trimmed(nodeStatusLines([...simulation.sessions(node)])))
    case 'routes':
      return onNode(simulation, query.node, (node) => routeLines(simulation, node, query.family))
    case 'rib':
      return onNode(simulation, query.node, (node) => ribLines(simulation, node, query.family, query.prefix))
    case 'ipam': {
      const address = query.ip === undefined ? undefined : parseAddress(query.ip)
      if (address !== undefined) return addressLines(cluster, ipam, address)
      return query.ip === undefined ? trimmed(poolUsageLines(cluster, ipam, query.blocks)) : []
    }
    case 'reach':
      return reachLines(query, simulation)
    case 'resources':
      return resourceLines(query, simulation)
    case 'other':
      return []
    default: {
      const unhandled: never = query
      return unhandled
    }
  }
}

/** The node that the command names, else the first one, which is said. */
function onNode(
  { cluster }: Simulation,
  asked: string | undefined,
  lines: (node: string) => readonly string[],
): readonly string[] {
  if (asked !== undefined && cluster.nodeByName.has(asked)) return lines(asked)
  const [first] = cluster.nodes
  return first === undefined ? [] : [`# on ${first.name}`, ...lines(first.name)]
}

function routeLines(simulation: Simulation, node: string, family: 4 | 6): readonly string[] {
  const main = simulation.routes(node).get('main') ?? []
  const isIPv6 = (text: string | undefined): boolean => text?.includes(':') === true
  return main
    .map(({ route }) => route)
    .filter((route) => (isIPv6(route.dst) || isIPv6(route.gateway)) === (family === 6))
    .map(ipRouteText)
}

function ribLines(simulation: Simulation, node: string, family: 4 | 6, asked: string | undefined): readonly string[] {
  const wanted = asked === undefined ? undefined : parsePrefix(asked)
  const entries = simulation.rib(node).flatMap((table) => (table.family === family ? table.entries : []))
  return entries
    .filter(({ prefix }) => wanted === undefined || samePrefix(prefix, wanted))
    .flatMap(({ prefix, paths }) => paths.map((path, i) => pathLine(i === 0 ? formatPrefix(prefix) : '', path)))
}

/** As birdcl writes it, without the times. */
function pathLine(prefix: string, path: Path): string {
  const { birdName, resolution, verdict, preference, localPref, asPath } = path
  const as = asPath.length === 0 ? '' : ` [AS${asPath.at(-1)}]`
  const local = localPref === undefined ? '' : ` local_pref ${localPref}`
  return `${prefix.padEnd(18)} ${wayText(resolution)} [${birdName}]${verdict.best ? ' *' : ''} (${preference})${local}${as}`
}

function wayText(resolution: Path['resolution']): string {
  switch (resolution.kind) {
    case 'gateway':
      return `via ${formatAddress(resolution.gateway)} on ${resolution.dev}`
    case 'device':
      return `dev ${resolution.dev}`
    case 'blackhole':
    case 'prohibit':
    case 'unreachable':
      return resolution.kind
    default: {
      const unhandled: never = resolution
      return unhandled
    }
  }
}

const PING_BYTES = 84

function reachLines(query: Query & { readonly ask: 'reach' }, simulation: Simulation): readonly string[] {
  const from: FlowEnd | undefined =
    query.from === undefined
      ? query.node === undefined
        ? undefined
        : { kind: 'node', name: query.node }
      : { kind: 'pod', namespace: query.from.namespace, name: query.from.pod }
  if (from === undefined) return []
  try {
    const to = readFlowEnd(simulation, query.to, 'the destination')
    return [traceLine(traceInSomeFamily(simulation, { from, to, protocol: 'icmp', size: PING_BYTES }), query.to)]
  } catch (error) {
    if (error instanceof InputError) return error.findings.map(({ message }) => message)
    throw error
  }
}

function traceLine({ verdict, forward, return: back }: Trace, to: string): string {
  if (verdict === 'delivered') return `${to} answers`
  const reason = forward.reason ?? back.reason
  const why = reason === undefined ? '' : `: ${wordLossReason(reason)}`
  return verdict === 'lost' ? `${to} does not answer${why}` : `${to} is reached, its answer is lost${why}`
}

function trimmed(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
