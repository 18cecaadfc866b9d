/** Who reflects for whom: the iBGP sessions of a family that come up, seen from the reflectors. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { peerClasses } from './peer-classes.js'
import { sessionOf } from './sessions.js'

export interface Reflector {
  readonly node: number
  readonly clusterID: string
  /** Nodes that it reflects to, reflectors among them. */
  readonly clients: ReadonlySet<number>
  /** Nodes that it has any iBGP session with. */
  readonly peers: ReadonlySet<number>
}

/** Nodes with a cluster id and an address of the family, and their Established iBGP sessions with other nodes. */
export function reflectorsOf(context: BgpContext, family: Family): readonly Reflector[] {
  const found: Reflector[] = []
  for (const endpoint of context.endpoints[family]) {
    if (endpoint?.clusterID === undefined) continue
    const { clients, peers } = internalPeers(context, endpoint.node, family)
    found.push({ node: endpoint.node, clusterID: endpoint.clusterID, clients, peers })
  }
  return found
}

/** Nodes at the other end of a node's Established explicit iBGP sessions. */
export function internalPeers(
  context: BgpContext,
  node: number,
  family: Family,
): { readonly clients: ReadonlySet<number>; readonly peers: ReadonlySet<number> } {
  const clients = new Set<number>()
  const peers = new Set<number>()
  const speaker = context.speakers[node]
  if (speaker === undefined) return { clients, peers }
  const { classOf, classes } = peerClasses(context, family)
  const known = classes[classOf[node] ?? -1]
  for (const { to, session, established } of known?.peerings ?? []) {
    if (!established || session.type !== 'ibgp') continue
    for (const peer of classes[to]?.members ?? []) {
      if (peer === node) continue
      peers.add(peer)
      if (session.rrClient) clients.add(peer)
    }
  }
  if (known !== undefined) return { clients, peers }
  for (const options of explicitSessions(context, node, family)) {
    if (options.type !== 'ibgp') continue
    const session = sessionOf(context, speaker, options)
    if (session.state !== 'Established' || session.peer?.kind !== 'node') continue
    peers.add(session.peer.index)
    if (options.rrClient) clients.add(session.peer.index)
  }
  return { clients, peers }
}
