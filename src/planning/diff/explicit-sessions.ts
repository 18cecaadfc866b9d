/** The sessions of BGPPeers and routers, each once, by the two ends that it connects. */

import type { Family } from '../../address/address.js'
import { type BgpContext, ownersOf } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import type { Session, SessionOptions } from '../../bgp/session.js'
import { otherEnd } from '../../bgp/sessions/session-counts.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'

export interface ExplicitSession {
  readonly session: Session
  /** The other end's options, where that is a node. */
  readonly back?: SessionOptions
}

/**
 * By names of both ends, and the how-manieth between them it is. As `sessionCounts` counts; `passedOver` tells nodes
 * whose sessions are left out.
 */
export function explicitByPair(
  context: BgpContext,
  family: Family,
  passedOver: (node: number) => boolean,
): ReadonlyMap<string, ExplicitSession> {
  const found = new Map<string, ExplicitSession>()
  for (const node of context.cluster.nodes) {
    const speaker = context.speakers[node.index]
    if (speaker === undefined || passedOver(node.index)) continue
    for (const options of explicitSessions(context, node.index, family)) {
      const { back, counted } = otherEnd(context, node.index, options)
      if (!counted) continue
      const session = sessionOf(context, speaker, options)
      const other = ownersOf(context, options.peerAddress)[0]?.name ?? options.peerIP
      const ends = [node.name, other].sort().join(' ')
      let number = 0
      while (found.has(`${ends} ${number}`)) number++
      found.set(`${ends} ${number}`, { session, ...(back === undefined ? {} : { back }) })
    }
  }
  return found
}
