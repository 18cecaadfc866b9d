/** The BGP of a whole cluster in numbers, with the sessions that do not come up and what other designs would cost. */

import type { Family } from '../address/address.js'
import type { BgpContext } from '../bgp/config/context.js'
import { speakerConfig } from '../bgp/config/speaker-config.js'
import type { Session, Speaker } from '../bgp/session.js'
import { type SessionCounts, sessionCounts } from '../bgp/sessions/session-counts.js'
import { sessionsOf } from '../bgp/sessions/sessions.js'
import { type TopologyAlternative, topologyAlternatives } from './topology-alternatives.js'

/** Failing sessions that are listed one by one; the rest is counted. */
export const MOST_FAILING_LISTED = 50

export interface SpeakerSessions {
  readonly speaker: Speaker
  readonly family: Family
  readonly routerID?: string
  readonly localAS: number
  readonly sessions: readonly Session[]
}

/** Nodes that are alike in what the survey shows. */
export interface SpeakerGroup {
  readonly example: string
  readonly count: number
  readonly reflector: boolean
  readonly localAS: number
  /** Protocols that BIRD of each holds. */
  readonly sessions: number
}

export interface SessionSurvey {
  readonly summary: {
    readonly nodes: number
    /** Nodes and routers that run BGP in either family. */
    readonly speakers: number
    readonly sessions: Omit<SessionCounts, 'perNode'>
    readonly perNode: { readonly min: number; readonly median: number; readonly max: number }
    readonly reflectors: number
  }
  readonly alternatives: readonly TopologyAlternative[]
  readonly groups: readonly SpeakerGroup[]
  /** At most MOST_FAILING_LISTED, by node. A session fails at both ends and is listed at the first that has it. */
  readonly failing: readonly Session[]
  readonly failingCount: number
}

export function surveySessions(context: BgpContext): SessionSurvey {
  const { cluster } = context
  const { perNode, total, established, mesh, node, global, localWorkload, ibgp, ebgp } = sessionCounts(context)
  const sorted = Int32Array.from(perNode).sort()
  const blocks = context.ipam.affinities.filter(({ type }) => type === 'host').length
  const failingCount = total - established
  return {
    summary: {
      nodes: cluster.nodes.length,
      speakers: context.speakers.filter((speaker) => runsBgp(context, speaker)).length,
      sessions: { total, established, mesh, node, global, localWorkload, ibgp, ebgp },
      perNode: {
        min: sorted[0] ?? 0,
        median: sorted[Math.floor(sorted.length / 2)] ?? 0,
        max: sorted.at(-1) ?? 0,
      },
      reflectors: cluster.nodes.filter((entry) => entry.routeReflectorClusterID).length,
    },
    alternatives: topologyAlternatives(cluster.nodes.length, Math.max(1, blocks / Math.max(1, cluster.nodes.length))),
    groups: groupSpeakers(context, perNode),
    failing: failingCount === 0 ? [] : failingSessions(context),
    failingCount,
  }
}

function runsBgp(context: BgpContext, speaker: Speaker): boolean {
  return ([4, 6] as const).some((family) => speakerConfig(context, speaker, family).bgpEnabled)
}

function groupSpeakers(context: BgpContext, perNode: Int32Array): readonly SpeakerGroup[] {
  const groups = new Map<
    string,
    { example: string; count: number; reflector: boolean; localAS: number; sessions: number }
  >()
  for (const node of context.cluster.nodes) {
    const reflector = Boolean(node.routeReflectorClusterID)
    const localAS = node.asNumber ?? context.cluster.bgp.asNumber
    const sessions = perNode[node.index] ?? 0
    const key = `${reflector} ${localAS} ${sessions}`
    const group = groups.get(key)
    if (group) group.count++
    else groups.set(key, { example: node.name, count: 1, reflector, localAS, sessions })
  }
  return [...groups.values()]
}

function failingSessions(context: BgpContext): readonly Session[] {
  const found: Session[] = []
  const seen = new Set<string>()
  for (const speaker of context.speakers) {
    if (speaker.kind === 'router') continue
    for (const family of [4, 6] as const) {
      for (const session of sessionsOf(context, speaker, family)) {
        if (session.state === 'Established') continue
        const other = session.peer?.name ?? session.peerIP
        const pair = [family, ...[speaker.name, other].sort()].join(' ')
        if (seen.has(pair) && session.reason.code !== 'duplicateNeighbor') continue
        seen.add(pair)
        found.push(session)
        if (found.length === MOST_FAILING_LISTED) return found
      }
    }
  }
  return found
}

/** The sessions of the speakers named, or of every node; made one speaker at a time. */
export function* sessionsBySpeaker(context: BgpContext, names: readonly string[]): Generator<SpeakerSessions> {
  const chosen = names.length > 0 ? new Set(names) : undefined
  for (const speaker of context.speakers) {
    if (chosen ? !chosen.has(speaker.name) : speaker.kind === 'router') continue
    for (const family of [4, 6] as const) {
      const config = speakerConfig(context, speaker, family)
      if (!config.bgpEnabled) continue
      const { routerID, localAS } = config
      const sessions = sessionsOf(context, speaker, family)
      yield { speaker, family, ...(routerID === undefined ? {} : { routerID }), localAS, sessions }
    }
  }
}
