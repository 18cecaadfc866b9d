/** A migration to reflectors, or to one reflector more, as a runbook. */

import type { Cluster } from '../../src/cluster/cluster.js'
import { readRunbook } from '../../src/planning/runbook/read-runbook.js'
import type { Runbook } from '../../src/planning/runbook/runbook.js'

/** Undefined for a cluster whose nodes peer with routers. */
export function migrationOf({ nodes, bgp, bgpPeers }: Cluster): Runbook | undefined {
  const name = nodes.at(-1)?.name
  if (name === undefined || bgpPeers.some(({ peerIP }) => peerIP !== undefined)) return undefined
  const mesh = bgp.nodeToNodeMeshEnabled
  const lines = [
    `kubectl drain ${name} --ignore-daemonsets --force`,
    `calicoctl patch node ${name} -p '{"spec":{"bgp":{"routeReflectorClusterID":"244.0.0.9"}}}'`,
    `kubectl label node ${name} route-reflector=new`,
    ...(mesh ? PEERING : []),
    ...(mesh ? [`calicoctl patch bgpconfiguration default -p '{"spec":{"nodeToNodeMeshEnabled":false}}'`] : []),
    `kubectl uncordon ${name}`,
  ]
  return readRunbook(`${lines.join('\n')}\n`, 'migration.sh')
}

const PEERING = [
  'calicoctl apply -f - <<EOF',
  'apiVersion: projectcalico.org/v3',
  'kind: BGPPeer',
  'metadata: {name: reflectors}',
  'spec: {nodeSelector: all(), peerSelector: has(route-reflector)}',
  'EOF',
]
