/**
 * Sessions of BGPPeers by classes of nodes, as `mesh-classes.ts` does it for the mesh: nodes that neither a selector nor
 * the network tells apart have the same sessions, and one pair of nodes stands for all pairs of their two classes.
 */

import type { Family } from '../../address/address.js'
import { addressKey } from '../config/address-key.js'
import { type BgpContext, ownersOf } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { once } from '../config/once.js'
import type { PeeringRule } from '../config/peering-rules.js'
import { perContext } from '../config/per-context.js'
import type { SessionOptions } from '../session.js'
import { protocolsBetween } from './links.js'
import { nodeClasses } from './mesh-classes.js'
import { isEstablished } from './sessions.js'

/** The sessions that every node of one class has with every node of another, or with the others of its own. */
export interface ClassPeering {
  readonly to: number
  /** That of the class's first node with `peer`; all others differ from it in addresses only. */
  readonly session: SessionOptions
  /** How the peer answers. */
  readonly back: SessionOptions
  readonly node: number
  readonly peer: number
  readonly established: boolean
}

export interface PeerClass {
  /** Ascending. */
  readonly members: readonly number[]
  readonly peerings: readonly ClassPeering[]
}

export interface PeerClasses {
  /** -1 of nodes whose sessions have to be looked at one by one; these have sessions with each other and routers only. */
  readonly classOf: Int32Array
  readonly classes: readonly PeerClass[]
}

export function peerClasses(context: BgpContext, family: Family): PeerClasses {
  return classesOf(context)[family]()
}

/** How many explicit sessions a node has, whatever becomes of them. */
export function explicitCount(context: BgpContext, node: number, family: Family): number {
  const { classOf, classes } = peerClasses(context, family)
  const number = classOf[node] ?? -1
  const known = classes[number]
  if (known === undefined) return explicitSessions(context, node, family).length
  return known.peerings.reduce((sum, { to }) => sum + (classes[to]?.members.length ?? 0) - Number(to === number), 0)
}

const classesOf = perContext((context) => ({
  4: once(() => classified(context, 4)),
  6: once(() => classified(context, 6)),
}))

function classified(context: BgpContext, family: Family): PeerClasses {
  const { cluster, peerings, kept } = context
  const classOf = new Int32Array(cluster.nodes.length).fill(-1)
  if (peerings.rules.length === 0 || cluster.backend !== 'bird' || kept !== undefined) return { classOf, classes: [] }
  const groups = candidates(context, family)
  for (const [number, members] of groups.entries()) for (const member of members) classOf[member] = number
  const spoilt = new Set<number>()
  const reached = rulesReach(context, family, groups, classOf, spoilt)
  const found = groups.map((_, number) => {
    const { peers, plain } = peersOf(context, groups, number, reached)
    const drafts = plain ? peers.map((to) => peeringBetween(context, family, groups, number, to)) : []
    if (!plain || drafts.includes(undefined)) spoilt.add(number)
    return { peers, peerings: drafts.flatMap((draft) => draft ?? []) }
  })
  spread(found, spoilt)
  const whole = [...groups.keys()].filter((number) => !spoilt.has(number))
  return numbered(classOf, groups, found, whole)
}

/** Nodes with the same rules, class and cluster id, each with an address that nobody else has. */
function candidates(context: BgpContext, family: Family): readonly (readonly number[])[] {
  const { endpoints, peerings, cluster } = context
  const classes = nodeClasses(context, family)
  const groups = new Map<string, number[]>()
  const rules = new Map<readonly PeeringRule[], number>()
  for (const { index } of cluster.nodes) {
    const endpoint = endpoints[family][index]
    if (endpoint === undefined || ownersOf(context, endpoint.address).length > 1) continue
    const own = peerings.rulesOf(index)
    if (own.length === 0) continue
    const number = rules.get(own) ?? rules.size
    rules.set(own, number)
    const key = `${number} ${classes[index]} ${peerings.classes.ofNode[index]} ${endpoint.clusterID ?? ''}`
    const held = groups.get(key)
    if (held === undefined) groups.set(key, [index])
    else held.push(index)
  }
  return [...groups.values()]
}

/** Classes that a rule leads to; undefined of a rule that names addresses, or some nodes of a class only. */
type Reached = ReadonlyMap<PeeringRule, readonly number[] | undefined>

function rulesReach(
  { peerings, endpoints, owners }: BgpContext,
  family: Family,
  groups: readonly (readonly number[])[],
  classOf: Int32Array,
  spoilt: Set<number>,
): Reached {
  const reached = new Map<PeeringRule, readonly number[] | undefined>()
  for (const rule of peerings.rules) {
    const counts = new Map<number, number>()
    let plain = rule.peer.localWorkloadSelector === undefined
    for (const { address, calicoNode } of plain ? rule.targets(family, '') : []) {
      const owner = owners[family].get(addressKey(address))?.[0]
      const number = owner?.kind === 'node' && endpoints[family][owner.index] ? (classOf[owner.index] ?? -1) : -1
      plain &&= number >= 0 && !calicoNode
      if (number >= 0) counts.set(number, (counts.get(number) ?? 0) + 1)
    }
    for (const [number, count] of counts) plain &&= count === groups[number]?.length
    if (!plain) for (const number of counts.keys()) spoilt.add(number)
    reached.set(rule, plain ? [...counts.keys()] : undefined)
  }
  return reached
}

/** Classes that a class has peerings with, in the order of its rules; not `plain` where some rule is none. */
function peersOf(
  { peerings }: BgpContext,
  groups: readonly (readonly number[])[],
  number: number,
  reached: Reached,
): { readonly peers: readonly number[]; readonly plain: boolean } {
  const members = groups[number] ?? []
  const found = new Set<number>()
  let plain = true
  for (const rule of peerings.rulesOf(members[0] ?? -1)) {
    const classes = reached.get(rule)
    plain &&= classes !== undefined
    for (const cls of classes ?? []) if (cls !== number || members.length > 1) found.add(cls)
  }
  return { peers: [...found], plain }
}

/** Undefined where the pair has not exactly one protocol on either side. */
function peeringBetween(
  context: BgpContext,
  family: Family,
  groups: readonly (readonly number[])[],
  from: number,
  to: number,
): ClassPeering | undefined {
  const node = groups[from]?.[0] ?? -1
  const peer = groups[to]?.[from === to ? 1 : 0] ?? -1
  const [speaker, other] = [context.speakers[node], context.speakers[peer]]
  if (speaker === undefined || other === undefined) return undefined
  const mine = protocolsBetween(context, speaker, other, family).protocols
  const theirs = protocolsBetween(context, other, speaker, family).protocols
  const [session, back] = [mine[0], theirs[0]]
  if (session === undefined || back === undefined || mine.length > 1 || theirs.length > 1) return undefined
  if (session.kind === 'mesh' || back.kind === 'mesh') return undefined
  // Which of two named ends counts goes by the order of nodes, which classes have no part in.
  if (session.reverse === back.reverse && (session.kind !== back.kind || session.type !== back.type)) return undefined
  return { to, session, back, node, peer, established: isEstablished(context, speaker, session) }
}

interface Found {
  readonly peers: readonly number[]
  readonly peerings: readonly ClassPeering[]
}

/** Whoever has sessions with a class that is looked at one by one is looked at in the same way. */
function spread(found: readonly Found[], spoilt: Set<number>): void {
  const neighbors = found.map(({ peers }) => new Set(peers))
  for (const [number, { peers }] of found.entries()) for (const peer of peers) neighbors[peer]?.add(number)
  const open = [...spoilt]
  for (let number = open.pop(); number !== undefined; number = open.pop()) {
    for (const peer of neighbors[number] ?? []) {
      if (spoilt.has(peer)) continue
      spoilt.add(peer)
      open.push(peer)
    }
  }
}

function numbered(
  classOf: Int32Array,
  groups: readonly (readonly number[])[],
  found: readonly Found[],
  whole: readonly number[],
): PeerClasses {
  const numbers = new Int32Array(groups.length).fill(-1)
  for (const [fresh, number] of whole.entries()) numbers[number] = fresh
  for (const [node, number] of classOf.entries()) if (number >= 0) classOf[node] = numbers[number] ?? -1
  const classes = whole.map((number) => ({
    members: groups[number] ?? [],
    peerings: (found[number]?.peerings ?? []).map((each) => ({ ...each, to: numbers[each.to] ?? -1 })),
  }))
  return { classOf, classes }
}
