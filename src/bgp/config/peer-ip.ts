/** BGPPeers that name their neighbour by address (confd client.go updatePeersV1, nodesWithIPPortAndAS). */

import { formatAddress } from '../../address/address.js'
import type { BgpPeer } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { NodeEndpoints } from './node-endpoints.js'
import type { PeeringTarget } from './peering-target.js'

/**
 * The neighbour of a BGPPeer by peerIP. Undefined when the address does not parse or `reachableBy` is of the other
 * family: confd then passes the whole BGPPeer over.
 */
export function peerIPTarget(cluster: Cluster, endpoints: NodeEndpoints, peer: BgpPeer): PeeringTarget | undefined {
  const address = peer.peerAddress
  if (address === undefined) return undefined
  if (cluster.release.reachableBy && peer.reachableBy !== undefined && peer.reachableBy.family !== address.family)
    return undefined
  const port = cluster.release.peerPorts ? peer.peerPort || portOfNodeAt(cluster, endpoints, peer) : undefined
  const calicoNode = endpoints.byText.has(peer.peerIP ?? '')
  return {
    address,
    text: formatAddress(address),
    ...(port === undefined ? {} : { port }),
    asNumber: peer.asNumber,
    ...(peer.localASNumber ? { localAS: peer.localASNumber } : {}),
    allowLocalAS: peer.numAllowedLocalASNumbers,
    calicoNode,
    workload: false,
  }
}

/** A BGPPeer without a port takes the listening port of the Calico node that has its address and AS number. */
function portOfNodeAt(cluster: Cluster, endpoints: NodeEndpoints, peer: BgpPeer): number | undefined {
  const [node] = nodesAtPeerIP(cluster, endpoints, { ...peer, peerPort: undefined })
  return node === undefined ? undefined : (endpoints[4][node] ?? endpoints[6][node])?.port
}

type PeerByIP = Pick<BgpPeer, 'peerIP' | 'asNumber'> & { readonly peerPort?: number | undefined }

/**
 * Nodes that have the BGPPeer's address and AS number, and whose listening port goes with the port given. A node whose
 * own port fits is still refused where the cluster's listenPort is another one; that is how confd compares.
 */
export function nodesAtPeerIP(cluster: Cluster, endpoints: NodeEndpoints, peer: PeerByIP): readonly number[] {
  const wanted = peer.asNumber === 0 ? cluster.bgp.asNumber : peer.asNumber
  const port = cluster.release.peerPorts ? peer.peerPort : undefined
  const found: number[] = []
  for (const node of endpoints.byText.get(peer.peerIP ?? '') ?? []) {
    const endpoint = endpoints[4][node] ?? endpoints[6][node]
    if (endpoint?.asNumber !== wanted) continue
    if (port !== undefined && port !== 0) {
      const own = cluster.bgp.perNode.get(cluster.nodes[node]?.name ?? '')?.listenPort
      if (own !== undefined && own !== 0 && own !== port) continue
      if (cluster.bgp.listenPort && cluster.bgp.listenPort !== port) continue
    }
    found.push(node)
  }
  return found
}
