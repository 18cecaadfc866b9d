/** The sessions that BGPPeers give a node (confd bgp_processor.go processPeersFromPath, buildPeerFromData). */

import type { Address, Family } from '../../address/address.js'
import type { SessionOptions } from '../session.js'
import { protocolName } from './bird-names.js'
import type { BgpContext } from './context.js'
import { calledFilters } from './filter-calls.js'
import type { NodeEndpoint } from './node-endpoints.js'
import type { PeeringRule } from './peering-rules.js'
import type { PeeringTarget } from './peering-target.js'
import { perContext } from './per-context.js'

/** A neighbour as one rule gives it. */
interface Claim {
  readonly rule: PeeringRule
  readonly target: PeeringTarget
}

/** A neighbour of one node with the rule that won it, and the claims of the same pass that lost. */
export interface Peering extends Claim {
  readonly rivals: readonly Claim[]
}

const BGP_PORT = 179

/**
 * Under which a peering is stored, so that a second one for the same key is dropped. BGP's own port counts as none
 * (libcalico-go lib/backend/model/bgppeer.go combineAddrAndPort).
 */
function claimKey({ text, port }: PeeringTarget): string {
  return port === undefined || port === BGP_PORT ? text : `${text} ${port}`
}

/**
 * Everything that the BGPPeers say for a node, first writer wins, its own address included: confd drops that only when
 * it writes protocols. With `address`, only the peerings towards it.
 */
export function peeringsOf(context: BgpContext, node: number, family: Family, address?: Address): readonly Peering[] {
  const name = context.cluster.nodes[node]?.name
  if (name === undefined) return []
  const taken = new Map<string, Claim & { readonly rivals: Claim[] }>()
  for (const rule of context.peerings.rulesOf(node)) {
    const targets = address === undefined ? rule.targets(family, name) : rule.targetsAt(address, name)
    for (const target of targets) {
      const key = claimKey(target)
      const held = taken.get(key)
      if (held === undefined) taken.set(key, { rule, target, rivals: [] })
      else if (held.rule.pass === rule.pass && held.rule.peer !== rule.peer) held.rivals.push({ rule, target })
    }
  }
  return [...taken.values()]
}

/** How many sessions are kept at once before the memo is emptied. */
const MEMO_LIMIT = 1_000_000

interface Memo {
  readonly sessions: Map<number, readonly SessionOptions[]>
  /** The same by address, for nodes with many. */
  readonly byAddress: Map<number, ReadonlyMap<Address['value'], readonly SessionOptions[]>>
  held: number
}

const memoOf = perContext((): Memo => ({ sessions: new Map(), byAddress: new Map(), held: 0 }))

/** A node's explicit sessions of a family. Empty when the node has no address of it. */
export function explicitSessions(context: BgpContext, node: number, family: Family): readonly SessionOptions[] {
  const endpoint = context.endpoints[family][node]
  if (endpoint === undefined || context.cluster.backend !== 'bird') return []
  const memo = memoOf(context)
  const key = node * 10 + family
  const held = memo.sessions.get(key)
  if (held !== undefined) return held
  const sessions = peeringsOf(context, node, family).flatMap((peering) =>
    protocolOf(context, endpoint, family, peering),
  )
  if (memo.held + sessions.length > MEMO_LIMIT) {
    memo.sessions.clear()
    memo.byAddress.clear()
    memo.held = 0
  }
  memo.sessions.set(key, sessions)
  memo.held += sessions.length
  return sessions
}

/** A node's explicit sessions with one address, without working out the others. */
export function explicitSessionsToward(context: BgpContext, node: number, address: Address): readonly SessionOptions[] {
  const { family } = address
  const endpoint = context.endpoints[family][node]
  if (endpoint === undefined || context.cluster.backend !== 'bird') return []
  const memo = memoOf(context)
  const held = memo.sessions.get(node * 10 + family)
  if (held !== undefined) return heldToward(memo, node * 10 + family, held, address)
  return peeringsOf(context, node, family, address).flatMap((peering) => protocolOf(context, endpoint, family, peering))
}

/** Beyond this many sessions a node's are found by a map. */
const FEW = 8

function heldToward(
  { byAddress }: Memo,
  key: number,
  held: readonly SessionOptions[],
  { value }: Address,
): readonly SessionOptions[] {
  if (held.length <= FEW) return held.filter((session) => session.peerAddress.value === value)
  let table = byAddress.get(key)
  if (table === undefined) {
    table = tableOf(held)
    byAddress.set(key, table)
  }
  return table.get(value) ?? []
}

function tableOf(sessions: readonly SessionOptions[]): ReadonlyMap<Address['value'], readonly SessionOptions[]> {
  const table = new Map<Address['value'], SessionOptions[]>()
  for (const session of sessions) {
    const list = table.get(session.peerAddress.value)
    if (list === undefined) table.set(session.peerAddress.value, [session])
    else list.push(session)
  }
  return table
}

function protocolOf(
  context: BgpContext,
  own: NodeEndpoint,
  family: Family,
  { rule, target, rivals }: Peering,
): readonly SessionOptions[] {
  if (target.text === own.text) return []
  const session = optionsOf(context, own, family, rule, target)
  if (context.kept !== undefined && !context.kept.explicit(own.node, session)) return []
  if (rivals.length === 0) return [session]
  const text = comparable(session)
  const others = rivals.filter(
    (rival) => comparable(optionsOf(context, own, family, rival.rule, rival.target)) !== text,
  )
  if (others.length === 0) return [session]
  return [{ ...session, alternatives: others.map((rival) => rival.rule.peer.name) }]
}

/** Options apart from which resource they came from. */
function comparable({ from: _, ...rest }: SessionOptions): string {
  return JSON.stringify(rest, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

function optionsOf(
  context: BgpContext,
  own: NodeEndpoint,
  family: Family,
  { peer, pass }: PeeringRule,
  target: PeeringTarget,
): SessionOptions {
  const { release } = context.cluster
  const kind = target.workload ? 'localWorkload' : pass === 'global' ? 'global' : 'node'
  const override = release.localASNumber ? target.localAS : undefined
  const localAS = override ?? own.asNumber
  const internal = target.asNumber === localAS
  const plain = !target.workload
  const mode = plain && release.nextHopMode ? peer.nextHopMode : undefined
  const keepsOriginal =
    plain &&
    mode === undefined &&
    peer.keepOriginalNextHop &&
    !internal &&
    (release.keepOriginalNextHop === 'all' || (release.keepOriginalNextHop === 'nodePeers' && kind === 'node'))
  const usesNodeIP = plain && (peer.sourceAddress === 'UseNodeIP' || !release.sourceAddressOption)
  const ttl = plain && release.ttlSecurity && peer.ttlSecurity > 0 ? peer.ttlSecurity : undefined
  const client = internal && own.clusterID !== undefined && target.clusterID !== own.clusterID
  const restartTime = plain && release.maxRestartTime ? peer.maxRestartTime : undefined
  const keepaliveTime = plain && release.keepaliveTime ? peer.keepaliveTime : undefined
  return {
    family,
    birdName: protocolName(kind, family, target.text, target.port),
    kind,
    peerIP: target.text,
    peerAddress: target.address,
    ...(target.port === undefined ? {} : { port: target.port }),
    remoteAS: target.asNumber,
    localAS,
    localASOverridden: override !== undefined,
    type: internal ? 'ibgp' : 'ebgp',
    multihop: ttl ?? 64,
    ...(usesNodeIP ? { sourceAddress: own.address } : {}),
    passive: target.workload || (kind === 'global' && dialledByNode(context, own, target)),
    rrClient: client,
    ...(client && own.clusterID !== undefined ? { rrClusterID: own.clusterID } : {}),
    nextHopSelf: mode === 'Self',
    nextHopKeep: mode === 'Keep' || keepsOriginal,
    ...(ttl === undefined ? {} : { ttlSecurity: ttl }),
    password: plain && release.peerPasswords && peer.password?.readable === true,
    allowLocalAS: release.allowedLocalAS ? target.allowLocalAS : 0,
    addPaths: true,
    ...(restartTime === undefined ? {} : { gracefulRestartTime: restartTime }),
    ...(keepaliveTime === undefined ? {} : { keepaliveTime }),
    importFilters: calledFilters(context.filters, peer.filters, 'import', family),
    exportFilters: calledFilters(context.filters, peer.filters, 'export', family),
    from: peer.name,
    reverse: pass === 'reverse',
  }
}

/** Between Calico nodes a global session by peerIP is passive where the peer's address text is the greater one. */
function dialledByNode(context: BgpContext, own: NodeEndpoint, target: PeeringTarget): boolean {
  return context.cluster.release.globalPeersPassive && target.calicoNode && target.text > own.text
}
