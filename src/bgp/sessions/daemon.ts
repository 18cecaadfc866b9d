/** Whether a speaker's BIRD runs at all, and what it listens on: what a neighbour's connection meets first. */

import type { Family } from '../../address/address.js'
import { type BgpContext, routerOf } from '../config/context.js'
import { explicitSessionsToward } from '../config/explicit-sessions.js'
import { isMeshMember, meshMembers } from '../config/mesh.js'
import type { PeeringRule } from '../config/peering-rules.js'
import type { PeeringTarget } from '../config/peering-target.js'
import { perContext } from '../config/per-context.js'
import { routerSessions } from '../config/router-config.js'
import { routerIDOfSpeaker } from '../config/speaker-config.js'
import type { Speaker } from '../session.js'

/** `refused` is why BIRD would not load the configuration: then it runs an older one or none. */
export interface Daemon {
  readonly refused?: string
  /** BIRD is dead: its process, its node or its router. */
  readonly down?: true
  /** BIRD opens its port only when some BGP protocol is configured. */
  readonly listens: boolean
  readonly port: number
  readonly routerID: string
}

export const BGP_PORT = 179

export function daemonOf(context: BgpContext, speaker: Speaker, family: Family): Daemon {
  const memo = daemons(context)
  const key = speaker.index * 10 + family
  const held = memo.get(key)
  if (held !== undefined) return held
  const routerID = routerIDOfSpeaker(context, speaker)
  const refused = routerID === undefined ? 'the router id is empty' : refusalOf(context, speaker, family)
  const down = isDown(context, speaker)
  const fresh: Daemon = {
    ...(refused === undefined ? {} : { refused }),
    ...(down ? { down } : {}),
    listens: !down && refused === undefined && hasProtocols(context, speaker, family),
    port: speaker.kind === 'node' ? (context.endpoints[family][speaker.index]?.port ?? BGP_PORT) : BGP_PORT,
    routerID: routerID ?? '',
  }
  memo.set(key, fresh)
  return fresh
}

function isDown({ cluster: { down } }: BgpContext, { kind, name }: Speaker): boolean {
  if (down === undefined) return false
  return kind === 'node' ? down.nodes.has(name) || down.birds.has(name) : down.routers.has(name)
}

const daemons = perContext(() => new Map<number, Daemon>())

function hasProtocols(context: BgpContext, speaker: Speaker, family: Family): boolean {
  const router = routerOf(context, speaker)
  if (speaker.kind === 'router') return router !== undefined && routerSessions(router, family).length > 0
  const own = context.endpoints[family][speaker.index]
  if (own === undefined || context.cluster.backend !== 'bird') return false
  if (isMeshMember(context, speaker.index, family) && meshFacts(context)[family].members > 1) return true
  const name = speaker.name
  const rules = context.peerings.rulesOf(speaker.index)
  return rules.some((rule) => rule.targets(family, name).some((target) => target.text !== own.text))
}

/**
 * What BIRD's bgp_check_config and symbol table refuse, each of which stops the whole file: a neighbour with AS 0, a
 * multihop session with a link-local address, and two mesh protocols of one name because two nodes share an address.
 */
function refusalOf(context: BgpContext, speaker: Speaker, family: Family): string | undefined {
  const own = context.endpoints[family][speaker.index]
  const node = context.cluster.nodes[speaker.index]
  if (own === undefined || node === undefined) return undefined
  if (isMeshMember(context, speaker.index, family)) {
    const facts = meshFacts(context)[family]
    const twice = [...facts.shared].find((text) => text !== own.text)
    if (twice !== undefined)
      return `two nodes have the address ${twice}, so Mesh_ protocols of one name are written twice`
    const local =
      facts.linkLocal.find((text) => text !== own.text) ?? (facts.linkLocal.length > 0 ? own.text : undefined)
    if (local !== undefined) return `${local} is link-local and the session is multihop`
  }
  for (const rule of context.peerings.rulesOf(speaker.index)) {
    for (const target of suspects(context, rule, family, node.name)) {
      if (target.text === own.text) continue
      // A suspect may have lost its place to another BGPPeer.
      const kept = explicitSessionsToward(context, speaker.index, target.address)
      const bad = kept.find((session) => session.remoteAS === 0 || isLinkLocal(session.peerIP))
      if (bad?.remoteAS === 0) return `BGPPeer ${bad.from} gives neighbor ${bad.peerIP} the AS number 0`
      if (bad !== undefined) return `${bad.peerIP} is link-local and the session is multihop`
    }
  }
  return undefined
}

/** Targets of a rule that BIRD may refuse; worked out once for a rule, unless they are local workloads. */
function suspects(context: BgpContext, rule: PeeringRule, family: Family, node: string): readonly PeeringTarget[] {
  const memo = suspectsOfRule(context)
  const key = rule.order * 10 + family
  const held = memo.get(key)
  if (held !== undefined) return held
  const all = rule.targets(family, node)
  const fresh = all.filter((target) => target.asNumber === 0 || isLinkLocal(target.text))
  if (rule.peer.localWorkloadSelector === undefined) memo.set(key, fresh)
  return fresh
}

const suspectsOfRule = perContext(() => new Map<number, readonly PeeringTarget[]>())

interface MeshFacts {
  readonly members: number
  readonly shared: ReadonlySet<string>
  readonly linkLocal: readonly string[]
}

const meshFacts = perContext((context) => ({ 4: factsOf(context, 4), 6: factsOf(context, 6) }))

function factsOf(context: BgpContext, family: Family): MeshFacts {
  const members = meshMembers(context, family)
  const shared = new Set<string>()
  const seen = new Set<string>()
  for (const member of members) {
    const text = context.endpoints[family][member]?.text ?? ''
    if (seen.has(text)) shared.add(text)
    seen.add(text)
  }
  return { members: members.length, shared, linkLocal: [...seen].filter(isLinkLocal) }
}

/** fe80::/10 by canonical text. BIRD's IPv4 daemon knows no link-local addresses. */
function isLinkLocal(text: string): boolean {
  return /^fe[89ab][0-9a-f]:/.test(text)
}
