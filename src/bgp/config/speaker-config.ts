/** The whole configuration of one speaker and family (confd bgp_processor.go GetBirdBGPConfig). */

import type { Family } from '../../address/address.js'
import { hostPrefix } from '../../address/prefix.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { SessionOptions, Speaker } from '../session.js'
import type { SpeakerConfig, StaticOrigin } from '../speaker-config.js'
import { hashedRouterID } from './bird-names.js'
import { type BgpContext, routerOf } from './context.js'
import { explicitSessions, peeringsOf } from './explicit-sessions.js'
import { isMeshMember, meshSessions } from './mesh.js'
import { blockStatics } from './node-blocks.js'
import { listenPortOf } from './node-endpoints.js'
import { exportPolicy, kernelPolicy } from './policies.js'
import { routerAdvertises, routerIDOf, routerProtocols, routerStatics } from './router-config.js'
import { serviceStatics } from './service-routes.js'

/**
 * Everything that BIRD of this speaker is told for one family. `sessions` is worked out when it is first read, because
 * a member of a large mesh has thousands and most callers need only origins and policies; `meshMember` and
 * `explicitSessions` say the same without writing the clique out.
 */
export function speakerConfig(context: BgpContext, speaker: Speaker, family: Family): SpeakerConfig {
  const node = context.cluster.nodes[speaker.index]
  return node === undefined ? routerConfig(context, speaker, family) : nodeConfig(context, speaker, node, family)
}

function nodeConfig(context: BgpContext, speaker: Speaker, node: ClusterNode, family: Family): SpeakerConfig {
  const { cluster } = context
  const endpoint = context.endpoints[family][node.index]
  const bgpEnabled = endpoint !== undefined && cluster.backend === 'bird'
  const routerID = routerIDOfNode(context, node)
  const port = listenPortOf(cluster, node.name)
  const bindsNodeIP = cluster.release.bindMode && cluster.bgp.bindMode === 'NodeIP'
  let sessions: readonly SessionOptions[] | undefined
  return {
    speaker,
    family,
    bgpEnabled,
    ...(routerID === undefined ? {} : { routerID }),
    localAS: node.asNumber ?? cluster.bgp.asNumber,
    ...(node.routeReflectorClusterID ? { clusterID: node.routeReflectorClusterID } : {}),
    ...(endpoint === undefined ? {} : { address: endpoint.address, subnet: endpoint.network }),
    ...(port === undefined ? {} : { listenPort: port }),
    ...(bindsNodeIP && endpoint !== undefined ? { listenAddress: endpoint.address } : {}),
    directInterfaces: directInterfaces(context),
    meshMember: isMeshMember(context, node.index, family),
    get explicitSessions() {
      return explicitSessions(context, node.index, family)
    },
    get sessions() {
      sessions ??= inNameOrder([
        ...meshSessions(context, node.index, family),
        ...explicitSessions(context, node.index, family),
      ])
      return sessions
    },
    normalRoutePriority: cluster.bgp.normalRoutePriority[family],
    statics: nodeStatics(context, node, family),
    exportPolicy: exportPolicy(context, node, family),
    kernelPolicy: kernelPolicy(context, node, family),
  }
}

/** CALICO_ROUTER_ID literal or hash, else the IPv4 address, in the IPv6 daemon too (populateNodeConfig). */
export function routerIDOfNode(context: BgpContext, node: ClusterNode): string | undefined {
  const { cluster } = context
  const overridden = cluster.underlay.attachments[node.index]?.routerID
  if (overridden !== undefined) return overridden
  if (cluster.bgp.routerID === 'hash') return hashedRouterID(node.name)
  return cluster.bgp.routerID || context.endpoints[4][node.index]?.text
}

/** Router id of any speaker; undefined when there is none, which BIRD refuses. */
export function routerIDOfSpeaker(context: BgpContext, speaker: Speaker): string | undefined {
  const node = context.cluster.nodes[speaker.index]
  if (node !== undefined) return routerIDOfNode(context, node)
  const router = routerOf(context, speaker)
  return router && routerIDOf(router)
}

function directInterfaces({ cluster }: BgpContext): readonly string[] {
  const { release, bgp } = cluster
  const fixed = release.ipvsExcluded ? ['-cali*', '-kube-ipvs*', '*'] : ['-cali*', '*']
  const ignored = release.ignoredInterfaces ? bgp.ignoredInterfaces : []
  return [...ignored.map((pattern) => `-${pattern}`), ...fixed]
}

/** Blocks, Service routes, and a host route to each peer that is reachableBy a gateway. */
function nodeStatics(context: BgpContext, node: ClusterNode, family: Family): readonly StaticOrigin[] {
  const statics: StaticOrigin[] = [
    ...blockStatics(context.cluster, context.blocks.get(node.name) ?? [], family),
    ...serviceStatics(context.cluster, context.services, node, family).map(
      (prefix): StaticOrigin => ({ prefix, kind: 'service', type: 'blackhole' }),
    ),
  ]
  const { bgpPeers, release } = context.cluster
  if (!release.reachableBy || !bgpPeers.some((peer) => peer.reachableBy !== undefined)) return statics
  for (const { rule, target } of peeringsOf(context, node.index, family)) {
    if (rule.peer.reachableBy === undefined || target.workload) continue
    statics.push({
      prefix: hostPrefix(target.address),
      kind: 'reachableBy',
      via: rule.peer.reachableBy,
      type: 'unicast',
      scope: rule.pass === 'global' ? 'global' : 'node',
    })
  }
  return statics
}

function routerConfig(context: BgpContext, speaker: Speaker, family: Family): SpeakerConfig {
  const router = routerOf(context, speaker)
  const sessions = routerProtocols(context, speaker, family)
  const port = router?.interfaces.find(({ address }) => address.address.family === family)
  const routerID = router && routerIDOf(router)
  const clusterID = router?.bgp?.clusterID ?? routerID
  return {
    speaker,
    family,
    bgpEnabled: router?.bgp !== undefined,
    ...(routerID === undefined ? {} : { routerID }),
    localAS: router?.bgp?.asNumber ?? 0,
    ...(clusterID === undefined ? {} : { clusterID }),
    ...(port === undefined ? {} : { address: port.address.address, subnet: port.address.network }),
    directInterfaces: ['*'],
    meshMember: false,
    explicitSessions: sessions,
    sessions,
    normalRoutePriority: context.cluster.bgp.normalRoutePriority[family],
    statics: router === undefined ? [] : routerStatics(router, family),
    advertise: router === undefined ? new Map() : routerAdvertises(router),
  }
}

function inNameOrder(sessions: readonly SessionOptions[]): readonly SessionOptions[] {
  return [...sessions].sort((a, b) => (a.birdName < b.birdName ? -1 : a.birdName > b.birdName ? 1 : 0))
}
