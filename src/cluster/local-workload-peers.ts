/** Pods that peer with their node over BGP (felix/calc active_bpgpeer_calculator.go): BGPPeer localWorkloadSelector. */

import { formatAddress } from '../address/address.js'
import type { BgpPeer } from './bgp-settings.js'
import type { LocalWorkloadPeer } from './cluster.js'
import { compareText } from './inventory.js'
import type { ClusterNode } from './node.js'
import type { Namespace, Pod } from './workload.js'

/**
 * Of several BGPPeers that select a pod on its node, the first by name counts. A pod's labels are its own, those that
 * Calico adds (its namespace and orchestrator) and the namespace's with the prefix `pcns.`.
 */
export function findLocalWorkloadPeers(
  peers: readonly BgpPeer[],
  pods: readonly Pod[],
  namespaces: ReadonlyMap<string, Namespace>,
  nodes: ReadonlyMap<string, ClusterNode>,
): readonly LocalWorkloadPeer[] {
  const selecting = peers.filter((peer) => peer.localWorkloadSelector !== undefined)
  if (selecting.length === 0) return []
  const found: LocalWorkloadPeer[] = []
  for (const pod of pods) {
    const node = nodes.get(pod.node ?? '')
    if (node === undefined || pod.hostNetwork || pod.finished || pod.addresses.length === 0) continue
    const labels = workloadLabels(pod, namespaces.get(pod.namespace))
    const peer = selecting.find(
      (candidate) => selectsNode(candidate, node) && candidate.localWorkloadSelector?.matches(labels),
    )
    if (peer) found.push({ node: node.name, peerName: peer.name, addresses: pod.addresses.map(formatAddress) })
  }
  return found.sort((a, b) => compareText(a.node, b.node))
}

/** Felix takes `node` before `nodeSelector`, the other way round than confd. */
function selectsNode(peer: BgpPeer, node: ClusterNode): boolean {
  if (peer.node !== undefined) return peer.node === node.name
  return peer.nodeSelector?.matches(node.labels) ?? true
}

function workloadLabels(pod: Pod, namespace: Namespace | undefined): Readonly<Record<string, string>> {
  const inherited = Object.entries(namespace?.labels ?? {}).map(([name, value]) => [`pcns.${name}`, value] as const)
  return {
    ...Object.fromEntries(inherited),
    ...pod.labels,
    'projectcalico.org/namespace': pod.namespace,
    'projectcalico.org/orchestrator': 'k8s',
  }
}
