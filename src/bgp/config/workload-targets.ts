/** Local workloads as BGP neighbours of their own node (confd local_bgp_peer_watcher.go, client.go localBGPPeerDataAsBGPPeers). */

import { type Family, formatAddress, parseAddress } from '../../address/address.js'
import type { BgpPeer } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { PeeringTarget } from './peering-target.js'

/** Local workloads whose endpoint status names the BGPPeer (confd local_bgp_peer_watcher.go), by node. */
export function workloadTargets(cluster: Cluster, peer: BgpPeer): ReadonlyMap<string, readonly PeeringTarget[]> {
  const byNode = new Map<string, PeeringTarget[]>()
  for (const workload of cluster.localWorkloadPeers) {
    if (workload.peerName !== peer.name) continue
    const seen = new Set<Family>()
    for (const text of workload.addresses) {
      const address = parseAddress(text.split('/')[0] ?? '')
      if (address === undefined || seen.has(address.family)) continue
      seen.add(address.family)
      const target: PeeringTarget = {
        address,
        text: formatAddress(address),
        asNumber: peer.asNumber,
        ...(peer.localASNumber === undefined ? {} : { localAS: peer.localASNumber }),
        allowLocalAS: 0,
        calicoNode: false,
        workload: true,
      }
      const list = byNode.get(workload.node)
      if (list === undefined) byNode.set(workload.node, [target])
      else list.push(target)
    }
  }
  return byNode
}
