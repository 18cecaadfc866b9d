/** Nodes that a growing cluster is given: copies of those that it has, so that selectors choose pools for them alike. */

import type { Cluster } from '../../cluster/cluster.js'
import type { ClusterNode } from '../../cluster/node.js'

/** What the new nodes rest on. */
export const GROWTH_NODES_ASSUMPTION =
  'New nodes are copies of the present ones in turn, in byte order of names, with their labels and therefore their pools; nodes that repel pods and route reflectors are not copied while there are others.'

const HOSTNAME = 'kubernetes.io/hostname'

/** True when a pod without tolerations may run on it. */
export function takesPods({ schedulable, taints }: ClusterNode): boolean {
  return schedulable && taints.every(({ effect }) => effect !== 'NoSchedule' && effect !== 'NoExecute')
}

/**
 * So many further nodes, named on: `worker-7` after `worker-6`, `storage-2` after a lone `storage`. A name decides where
 * a node's blocks lie, so other names give other blocks, but as many.
 */
export function grownNodes(cluster: Cluster, count: number): readonly ClusterNode[] {
  const templates = templatesOf(cluster.nodes)
  const nextName = createNamer(cluster)
  return Array.from({ length: templates.length === 0 ? 0 : count }, (_, i) => {
    const template = templates[i % templates.length] as ClusterNode
    const name = nextName(template.name)
    const { tunnelAddress: _held, vxlanTunnelMAC: _mac, vxlanTunnelMACv6: _mac6, ...rest } = template
    const labels = HOSTNAME in template.labels ? { ...template.labels, [HOSTNAME]: name } : template.labels
    return { ...rest, index: cluster.nodes.length + i, name, labels, tunnelAddress: {}, podCIDRs: [], syntheticPods: 0 }
  })
}

function templatesOf(nodes: readonly ClusterNode[]): readonly ClusterNode[] {
  const workers = nodes.filter(takesPods)
  const plain = workers.filter(({ routeReflectorClusterID }) => !routeReflectorClusterID)
  return plain.length > 0 ? plain : workers.length > 0 ? workers : nodes
}

/** Counts on from the highest number that follows the same text. */
function createNamer({ nodes, nodeByName }: Cluster): (template: string) => string {
  const highest = new Map<string, number>()
  for (const { name } of nodes) {
    const { stem, ordinal } = split(name)
    highest.set(stem, Math.max(highest.get(stem) ?? 0, ordinal))
  }
  return (template) => {
    const { stem, digits } = split(template)
    let ordinal = highest.get(stem) ?? 0
    let name: string
    do name = `${stem}${String(++ordinal).padStart(digits, '0')}`
    while (nodeByName.has(name))
    highest.set(stem, ordinal)
    return name
  }
}

function split(name: string): { readonly stem: string; readonly ordinal: number; readonly digits: number } {
  const [, stem = name, number = ''] = /^(.*?)([0-9]{1,9})$/.exec(name) ?? []
  if (number === '') return { stem: `${name}-`, ordinal: 1, digits: 0 }
  return { stem, ordinal: Number(number), digits: number.startsWith('0') ? number.length : 0 }
}
