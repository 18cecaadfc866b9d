/**
 * How many sessions a cluster has, and how many come up, without writing the mesh out: one pair of mesh members stands
 * for all that nothing tells apart.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions, explicitSessionsToward } from '../config/explicit-sessions.js'
import { isMeshMember, meshMembers, meshSession } from '../config/mesh.js'
import type { SessionOptions } from '../session.js'
import { meshOutcomes, meshPairs } from './mesh-classes.js'
import { type PeerClass, type PeerClasses, peerClasses } from './peer-classes.js'
import { isEstablished } from './sessions.js'

/** Sessions between two speakers count once; those to an address outside the input count once for each speaker. */
export interface SessionCounts {
  readonly total: number
  readonly established: number
  readonly mesh: number
  readonly node: number
  readonly global: number
  readonly localWorkload: number
  readonly ibgp: number
  readonly ebgp: number
  /** BGP protocols of each node, in the order of nodes: what its BIRD must hold, idle duplicates included. */
  readonly perNode: Int32Array
}

/** Both families together; a session of IPv6 is one of its own. */
export function sessionCounts(context: BgpContext): SessionCounts {
  const tally: Tally = {
    established: 0,
    mesh: 0,
    node: 0,
    global: 0,
    localWorkload: 0,
    ibgp: 0,
    ebgp: 0,
    perNode: new Int32Array(context.cluster.nodes.length),
  }
  for (const family of [4, 6] as const) {
    countMesh(context, family, tally)
    countExplicit(context, family, tally)
  }
  return { total: tally.mesh + tally.node + tally.global + tally.localWorkload, ...tally }
}

type Tally = { -readonly [K in keyof Omit<SessionCounts, 'total'>]: SessionCounts[K] }

function add(tally: Tally, session: SessionOptions, times: number, established: boolean): void {
  if (session.kind === 'router') return
  tally[session.kind] += times
  tally[session.type] += times
  if (established) tally.established += times
}

function countMesh(context: BgpContext, family: Family, tally: Tally): void {
  const members = meshMembers(context, family)
  for (const member of members) tally.perNode[member] = (tally.perNode[member] ?? 0) + members.length - 1
  for (const { from, to, pairs, outcomes } of meshPairs(context, family)) {
    const session = meshSession(context, from, to, family)
    if (session !== undefined) add(tally, session, pairs, outcomes[0].state === 'Established')
  }
  correctShared(context, family, tally)
}

/** Where BGPPeers connect two members as well, which of the protocols runs decides anew. */
function correctShared(context: BgpContext, family: Family, tally: Tally): void {
  if (context.peerings.rules.length === 0) return
  const { classOf } = peerClasses(context, family)
  const seen = new Set<number>()
  for (const node of context.cluster.nodes) {
    if (!isMeshMember(context, node.index, family) || (classOf[node.index] ?? -1) >= 0) continue
    for (const session of explicitSessions(context, node.index, family)) {
      for (const peer of peersOf(context, session)) {
        const mesh = meshSession(context, node.index, peer, family)
        const key = Math.min(node.index, peer) * context.cluster.nodes.length + Math.max(node.index, peer)
        if (mesh === undefined || seen.has(key)) continue
        seen.add(key)
        // The pair counts as a mesh session only where the mesh protocols of both ends run.
        const back = meshSession(context, peer, node.index, family)
        const runs = isUp(context, node.index, mesh) && back !== undefined && isUp(context, peer, back)
        const [alone] = meshOutcomes(context, node.index, peer, family)
        tally.established += Number(runs) - Number(alone.state === 'Established')
      }
    }
  }
}

/** Nodes at the neighbour's address. */
function peersOf(context: BgpContext, session: SessionOptions): readonly number[] {
  return context.endpoints.byText.get(session.peerIP) ?? []
}

/** Between nodes the end that a BGPPeer names counts, its automatic reverse side does not; of two named ends the first. */
function countExplicit(context: BgpContext, family: Family, tally: Tally): void {
  const { classOf, classes } = peerClasses(context, family)
  for (const [number, peerClass] of classes.entries()) countClass(classes, number, peerClass, tally)
  for (const node of context.cluster.nodes) {
    if ((classOf[node.index] ?? -1) >= 0) continue
    for (const session of explicitSessions(context, node.index, family)) {
      tally.perNode[node.index] = (tally.perNode[node.index] ?? 0) + 1
      if (!otherEnd(context, node.index, session).counted) continue
      add(tally, session, 1, isUp(context, node.index, session))
    }
  }
}

/** All sessions of the nodes of a class at once. */
function countClass(
  classes: PeerClasses['classes'],
  number: number,
  { members, peerings }: PeerClass,
  tally: Tally,
): void {
  for (const { to, session, back, established } of peerings) {
    const inside = to === number
    const peers = (classes[to]?.members.length ?? 0) - Number(inside)
    for (const member of members) tally.perNode[member] = (tally.perNode[member] ?? 0) + peers
    const both = back.reverse === session.reverse
    if (both ? number > to : session.reverse) continue
    add(tally, session, (members.length * peers) / (both && inside ? 2 : 1), established)
  }
}

export interface OtherEnd {
  /** The explicit session with which the peer, where it is a node, answers this one. */
  readonly back?: SessionOptions
  /** Whether of the two it is this one that counts. */
  readonly counted: boolean
}

/** The other end of a node's explicit session. */
export function otherEnd(context: BgpContext, node: number, session: SessionOptions): OtherEnd {
  const own = context.endpoints[session.family][node]
  const [peer] = peersOf(context, session)
  if (own === undefined || peer === undefined) return { counted: true }
  const [back] = explicitSessionsToward(context, peer, own.address)
  if (back === undefined) return { counted: true }
  return { back, counted: back.reverse === session.reverse ? node < peer : !session.reverse }
}

function isUp(context: BgpContext, node: number, session: SessionOptions): boolean {
  const speaker = context.speakers[node]
  return speaker !== undefined && isEstablished(context, speaker, session)
}
