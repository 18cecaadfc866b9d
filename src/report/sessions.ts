/** `sessions`: the survey of the cluster, the nodes whose sessions are asked for, and every session that is not up. */

import { formatAddress } from '../address/address.js'
import type { Session } from '../bgp/session.js'
import type { Cluster } from '../cluster/cluster.js'
import type { SessionSurvey, SpeakerSessions } from '../planning/session-survey.js'
import { type Answer, envelope } from './answer.js'
import { type Block, literal, table, text } from './blocks.js'
import { nodeStatusLines } from './node-status.js'
import { LazyList } from './stream.js'
import { wordSessionReason } from './wording/session-reason.js'

export interface SessionsQuestion {
  readonly survey: SessionSurvey
  /** The sessions of the nodes asked for, or of all; made when read. */
  readonly speakers: () => Iterable<SpeakerSessions>
  /** Node names of `--node`; empty for all. */
  readonly nodes: readonly string[]
}

export function sessionsAnswer(cluster: Cluster, question: SessionsQuestion): Answer {
  const { survey, speakers, nodes } = question
  return {
    document: {
      ...envelope('SessionReport', cluster),
      summary: survey.summary,
      alternatives: survey.alternatives,
      nodes: new LazyList(() => documents(speakers())),
    },
    blocks: nodes.length > 0 ? statusBlocks(speakers(), nodes) : surveyBlocks(survey),
    found: false,
  }
}

function* documents(speakers: Iterable<SpeakerSessions>): Iterable<unknown> {
  for (const entry of speakers) {
    yield {
      node: entry.speaker.name,
      family: `ipv${entry.family}`,
      routerID: entry.routerID ?? '',
      localAS: entry.localAS,
      sessions: entry.sessions.map(sessionDocument),
    }
  }
}

/** A session with the keys of the public contract. */
export function sessionDocument(session: Session): Readonly<Record<string, unknown>> {
  return {
    birdName: session.birdName,
    kind: session.kind,
    peer: session.peer?.name ?? null,
    peerIP: session.peerIP,
    port: session.port ?? 179,
    remoteAS: session.remoteAS,
    localAS: session.localAS,
    type: session.type,
    multihop: session.multihop ?? null,
    sourceAddress: session.sourceAddress ? formatAddress(session.sourceAddress) : null,
    passive: session.passive,
    rrClient: session.rrClient,
    rrClusterID: session.rrClusterID ?? null,
    nextHopSelf: session.nextHopSelf,
    nextHopKeep: session.nextHopKeep,
    ttlSecurity: session.ttlSecurity ?? null,
    password: session.password,
    allowLocalAS: session.allowLocalAS,
    importFilters: session.importFilters,
    exportFilters: session.exportFilters,
    state: session.state,
    ...(session.lastError === undefined ? {} : { lastError: session.lastError }),
    reason: wordSessionReason(session.reason),
  }
}

function statusBlocks(speakers: Iterable<SpeakerSessions>, nodes: readonly string[]): readonly Block[] {
  const byNode = new Map<string, SpeakerSessions[]>()
  for (const entry of speakers) {
    const list = byNode.get(entry.speaker.name)
    if (list) list.push(entry)
    else byNode.set(entry.speaker.name, [entry])
  }
  return nodes.flatMap((node) => {
    const families = byNode.get(node) ?? []
    const status = literal(nodeStatusLines(families), nodes.length > 1 ? node : undefined)
    const failing = families.flatMap(({ sessions }) => sessions).filter((session) => session.state !== 'Established')
    return failing.length === 0 ? [status] : [status, failureTable(failing)]
  })
}

function failureTable(sessions: readonly Session[]): Block {
  return table(
    ['NODE', 'SESSION', 'PEER', 'STATE', 'WHY'],
    sessions.map((session) => [
      session.speaker.name,
      session.birdName,
      session.peer?.name ?? session.peerIP,
      session.lastError === undefined ? session.state : `${session.state} ${session.lastError}`,
      wordSessionReason(session.reason),
    ]),
    'Sessions that are not up',
  )
}

function surveyBlocks(survey: SessionSurvey): readonly Block[] {
  const { summary } = survey
  const { sessions } = summary
  const kinds = [
    ['node-to-node mesh', sessions.mesh],
    ['node specific', sessions.node],
    ['global', sessions.global],
    ['local workload', sessions.localWorkload],
  ] as const
  const shown = kinds.filter(([, count]) => count > 0).map(([kind, count]) => `${number(count)} ${kind}`)
  const blocks: Block[] = [
    text([
      `${number(summary.nodes)} nodes, ${number(summary.speakers)} BGP speakers, ${number(summary.reflectors)} route reflectors`,
      `${number(sessions.total)} sessions (${shown.join(', ') || 'none'}), ${number(sessions.established)} of them established`,
      `${number(sessions.ibgp)} iBGP, ${number(sessions.ebgp)} eBGP; per node ${range(summary.perNode)}`,
    ]),
  ]
  if (survey.groups.length > 0) blocks.push(groupTable(survey))
  if (survey.failing.length > 0) blocks.push(failureTable(survey.failing))
  const unlisted = survey.failingCount - survey.failing.length
  if (survey.failing.length > 0 && unlisted > 0) blocks.push(text([`and ${number(unlisted)} more`]))
  blocks.push(alternativesTable(survey))
  return blocks
}

function groupTable(survey: SessionSurvey): Block {
  return table(
    ['NODES', { name: 'COUNT', align: 'right' }, 'ROLE', 'LOCAL AS', { name: 'SESSIONS EACH', align: 'right' }],
    survey.groups.map((group) => [
      group.count === 1 ? group.example : `${group.example}, ...`,
      number(group.count),
      group.reflector ? 'route reflector' : 'node',
      group.localAS,
      number(group.sessions),
    ]),
  )
}

function alternativesTable(survey: SessionSurvey): Block {
  return table(
    [
      'DESIGN',
      { name: 'SESSIONS', align: 'right' },
      { name: 'PER NODE', align: 'right' },
      { name: 'BUSIEST', align: 'right' },
      { name: 'PATHS PER PREFIX', align: 'right' },
      { name: 'BIRD MB NODE', align: 'right' },
      { name: 'BIRD MB BUSIEST', align: 'right' },
    ],
    survey.alternatives.map((row) => [
      row.reflectors === undefined
        ? 'full mesh'
        : `${row.reflectors} route reflector${row.reflectors === 1 ? '' : 's'}`,
      number(row.sessions),
      number(row.perClient ?? row.perNodeMax),
      number(row.perNodeMax),
      row.pathsPerPrefix,
      row.birdMegabytes.node.toFixed(1),
      row.birdMegabytes.busiest.toFixed(1),
    ]),
    'What other designs would cost (memory estimated from a measured baseline)',
  )
}

function range({ min, median, max }: SessionSurvey['summary']['perNode']): string {
  return min === max ? number(min) : `${number(min)} to ${number(max)}, median ${number(median)}`
}

/** With thousands separators, whatever the reader's locale. */
export function number(value: number): string {
  return value.toLocaleString('en-US')
}
