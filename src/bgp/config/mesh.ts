/** The node-to-node mesh: a clique, never written out as pairs (confd bgp_processor.go processMeshPeers). */

import type { Address, Family } from '../../address/address.js'
import type { SessionOptions } from '../session.js'
import { addressKey } from './address-key.js'
import { protocolName } from './bird-names.js'
import type { BgpContext } from './context.js'
import type { NodeEndpoint } from './node-endpoints.js'

/**
 * Nodes of the mesh, ascending by index; empty when the mesh is off. Route reflectors are no part of it since v3.21
 * (lab finding A6). Labels, pools and AS numbers play no role.
 */
export function meshMembers(context: BgpContext, family: Family): readonly number[] {
  const members: number[] = []
  for (const endpoint of context.endpoints[family]) {
    if (endpoint !== undefined && isMember(context, endpoint)) members.push(endpoint.node)
  }
  return members
}

export function isMeshMember(context: BgpContext, node: number, family: Family): boolean {
  const endpoint = context.endpoints[family][node]
  return endpoint !== undefined && isMember(context, endpoint)
}

function isMember({ cluster, kept }: BgpContext, endpoint: NodeEndpoint): boolean {
  if (kept !== undefined && !kept.mesh(endpoint.node, endpoint.address.family)) return false
  if (!cluster.bgp.nodeToNodeMeshEnabled || cluster.backend !== 'bird') return false
  return endpoint.clusterID === undefined || cluster.release.meshIncludesReflectors
}

/** Mesh sessions of a node, in the order of the nodes. */
export function meshSessions(context: BgpContext, node: number, family: Family): readonly SessionOptions[] {
  if (!isMeshMember(context, node, family)) return []
  const sessions: SessionOptions[] = []
  for (const member of meshMembers(context, family)) {
    const session = meshSession(context, node, member, family)
    if (session !== undefined) sessions.push(session)
  }
  return sessions
}

/** Mesh sessions of a node towards an address: one, or more when several nodes claim that address. */
export function meshSessionsToward(context: BgpContext, node: number, address: Address): readonly SessionOptions[] {
  const owners = context.owners[address.family].get(addressKey(address)) ?? []
  return owners.flatMap((owner) => {
    if (owner.kind !== 'node') return []
    return meshSession(context, node, owner.index, address.family) ?? []
  })
}

/**
 * The session of one member with another; undefined when either is no member or both have the same address, which is
 * how confd recognises the node itself. The textually greater address dials (lab finding A7).
 */
export function meshSession(context: BgpContext, from: number, to: number, family: Family): SessionOptions | undefined {
  const [own, peer] = [context.endpoints[family][from], context.endpoints[family][to]]
  if (own === undefined || peer === undefined || own.text === peer.text) return undefined
  if (!isMember(context, own) || !isMember(context, peer)) return undefined
  const { bgp, release } = context.cluster
  const remoteAS = peer.ownAS ?? (release.meshPeerASFallback === 'local' ? own.asNumber : bgp.asNumber)
  const restartTime = release.meshPassword ? bgp.nodeMeshMaxRestartTime : undefined
  return {
    family,
    birdName: protocolName('mesh', family, peer.text),
    kind: 'mesh',
    peerIP: peer.text,
    peerAddress: peer.address,
    ...(peer.port === undefined ? {} : { port: peer.port }),
    remoteAS,
    localAS: own.asNumber,
    localASOverridden: false,
    type: remoteAS === own.asNumber ? 'ibgp' : 'ebgp',
    multihop: 64,
    sourceAddress: own.address,
    passive: peer.text > own.text,
    rrClient: false,
    nextHopSelf: false,
    nextHopKeep: false,
    password: release.meshPassword && bgp.nodeMeshPassword?.readable === true,
    allowLocalAS: 0,
    addPaths: true,
    ...(restartTime === undefined ? {} : { gracefulRestartTime: restartTime }),
    importFilters: [],
    exportFilters: [],
    reverse: false,
  }
}
