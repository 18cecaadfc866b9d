/** Classes of nodes all of whose sessions of BGPPeers are in both clusters the same: nothing of them need be compared. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import type { Session } from '../../bgp/session.js'
import { type ClassPeering, type PeerClass, type PeerClasses, peerClasses } from '../../bgp/sessions/peer-classes.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import { optionFields, sessionFields } from './session-fields.js'

type IsUnchanged = (node: number) => boolean

export interface Unchanged {
  readonly before: IsUnchanged
  readonly after: IsUnchanged
}

interface Side {
  readonly context: BgpContext
  readonly known: PeerClasses
}

export function unchangedClasses(before: BgpContext, after: BgpContext, family: Family): Unchanged {
  const was: Side = { context: before, known: peerClasses(before, family) }
  const is: Side = { context: after, known: peerClasses(after, family) }
  const counterparts = was.known.classes.map((peerClass) => counterpart(was, is, peerClass, family))
  const same = was.known.classes.map((peerClass, number) => {
    const other = is.known.classes[counterparts[number] ?? -1]
    return other !== undefined && sameSessions(was, is, peerClass, other, counterparts)
  })
  const sameAfter = new Set(counterparts.filter((_, number) => same[number]))
  return {
    before: (node) => same[was.known.classOf[node] ?? -1] === true,
    after: (node) => sameAfter.has(is.known.classOf[node] ?? -1),
  }
}

/** The class of the same nodes with the same addresses; -1 where there is none. */
function counterpart(was: Side, is: Side, { members }: PeerClass, family: Family): number {
  const nodeOf = (node: number | undefined) =>
    is.context.cluster.nodeByName.get(was.context.cluster.nodes[node ?? -1]?.name ?? '')?.index ?? -1
  const number = is.known.classOf[nodeOf(members[0])] ?? -1
  if (number < 0 || is.known.classes[number]?.members.length !== members.length) return -1
  const alike = members.every((node) => {
    const other = nodeOf(node)
    const [old, now] = [was.context.endpoints[family][node], is.context.endpoints[family][other]]
    return is.known.classOf[other] === number && old?.text === now?.text
  })
  return alike ? number : -1
}

function sameSessions(was: Side, is: Side, old: PeerClass, now: PeerClass, counterparts: readonly number[]): boolean {
  if (old.peerings.length !== now.peerings.length) return false
  return old.peerings.every((peering) => {
    const other = now.peerings.find(({ to }) => to === counterparts[peering.to])
    if (other === undefined || peering.session.reverse !== other.session.reverse) return false
    const [before, after] = [wholeOf(was, peering), wholeOf(is, other)]
    if (before === undefined || after === undefined) return false
    return sessionFields(before, after).length === 0 && optionFields(peering.back, other.back).length === 0
  })
}

function wholeOf({ context }: Side, { node, session }: ClassPeering): Session | undefined {
  const speaker = context.speakers[node]
  return speaker && sessionOf(context, speaker, session)
}
