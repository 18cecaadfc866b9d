/** `plan`: sessions, one node's routes, capacity and hazards on one page, with a sentence before each part. */

import type { Finding } from '../findings/finding.js'
import type { Simulation } from '../planning/simulation.js'
import { type Answer, envelope } from './answer.js'
import { type Block, literal, text } from './blocks.js'
import { capacityAnswer, capacityOverview } from './capacity.js'
import { checkAnswer, findingDocument } from './check.js'
import { ipRouteText } from './ip-route-text.js'
import { number, sessionsAnswer } from './sessions.js'
import { wordRouteReason } from './wording/route-reason.js'

/** A newcomer reads the head of a table; `routes --node` prints all of it. */
const MOST_ROUTES = 30

export function planAnswer(
  simulation: Simulation,
  findings: readonly Finding[],
  node: string | undefined,
  strict: boolean,
): Answer {
  const { cluster } = simulation
  const survey = simulation.sessionSurvey()
  const capacity = simulation.capacity()
  const sessions = sessionsAnswer(cluster, { survey, speakers: () => [], nodes: [] })
  const addresses = capacityAnswer(cluster, capacity)
  const hazards = checkAnswer(cluster, findings, strict)
  const routes = node === undefined ? [] : (simulation.routes(node).get('main') ?? [])
  return {
    document: {
      ...envelope('PlanReport', cluster),
      sessions: { summary: survey.summary, alternatives: survey.alternatives },
      ...(node === undefined ? {} : { routes: { node, main: routes.map(({ route }) => route) } }),
      capacity: { pools: addresses.document['pools'], limits: capacity.limits },
      findings: findings.map(findingDocument),
    },
    blocks: [
      text([introduction(simulation)]),
      heading('BGP sessions'),
      ...sessions.blocks,
      ...(node === undefined ? [] : [heading(`Routes of ${node}, as ip route prints them`), routeBlock(routes)]),
      heading('Capacity'),
      ...capacityOverview(cluster, capacity),
      heading('Hazards'),
      ...hazards.blocks,
      text(['Next: sessions, routes, capacity and check answer each part in full; --help lists everything.']),
    ],
    found: hazards.found,
  }
}

function heading(title: string): Block {
  return text([`== ${title} ==`])
}

function introduction({ cluster }: Simulation): string {
  const pools = cluster.pools.map((pool) => pool.name).join(', ')
  const assumed = cluster.releaseFrom === 'assumed' ? ' (the newest known; --calico chooses another)' : ''
  return `${number(cluster.nodes.length)} nodes, pools ${pools || 'none'}, predicted for Calico ${cluster.release.name}${assumed}.`
}

function routeBlock(routes: ReturnType<Simulation['routes']> extends ReadonlyMap<string, infer R> ? R : never): Block {
  const shown = routes.slice(0, MOST_ROUTES)
  const lines = shown.map(({ route }) => ipRouteText(route))
  const width = Math.max(0, ...lines.map((line) => line.length))
  const explained = shown.map(({ why }, i) => `${(lines[i] ?? '').padEnd(width)}  # ${wordRouteReason(why)}`)
  const rest = routes.length - shown.length
  return literal(rest > 0 ? [...explained, `... and ${number(rest)} more`] : explained)
}
