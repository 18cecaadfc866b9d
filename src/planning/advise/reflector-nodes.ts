/** Which nodes are best made route reflectors: those with the fewest pods, each in a failure domain of its own. */

import { compareText } from '../../cluster/inventory.js'
import type { ClusterNode } from '../../cluster/node.js'
import type { Simulation } from '../simulation.js'

export interface Candidate {
  readonly node: string
  /** Pods with an address of their own: they are moved away while the node changes over. */
  readonly pods: number
  /** Zone by its label, else subnet of the node's address. */
  readonly domain: string
}

const ZONE = 'topology.kubernetes.io/zone'

/** At most `count`, nodes that reflect already left out; a domain that has no reflector comes before one that has. */
export function reflectorCandidates({ cluster, ipam }: Simulation, count: number): readonly Candidate[] {
  const pods = new Map<string, number>()
  for (const { node } of ipam.pods) pods.set(node, (pods.get(node) ?? 0) + 1)
  const zoned = cluster.nodes.every(({ labels }) => labels[ZONE] !== undefined)
  const domainOf = (node: ClusterNode): string => {
    if (zoned) return node.labels[ZONE] ?? ''
    const subnet = cluster.underlay.attachments[node.index]?.subnet
    return (subnet === undefined ? undefined : cluster.underlay.subnets[subnet]?.name) ?? ''
  }
  const used = new Map<string, number>()
  for (const node of cluster.nodes) if (node.routeReflectorClusterID) use(used, domainOf(node))
  const open = cluster.nodes
    .filter(({ routeReflectorClusterID, os, bgpAddress }) => {
      const speaks = bgpAddress[4] !== undefined || bgpAddress[6] !== undefined
      return !routeReflectorClusterID && os === 'linux' && speaks
    })
    .map((node) => ({ node: node.name, pods: pods.get(node.name) ?? 0, domain: domainOf(node) }))
    .sort((a, b) => a.pods - b.pods || compareText(a.node, b.node))
  const chosen: Candidate[] = []
  const taken = new Set<string>()
  while (chosen.length < count) {
    const least = Math.min(...open.filter(({ node }) => !taken.has(node)).map(({ domain }) => used.get(domain) ?? 0))
    const next = open.find(({ node, domain }) => !taken.has(node) && (used.get(domain) ?? 0) === least)
    if (next === undefined) break
    taken.add(next.node)
    use(used, next.domain)
    chosen.push(next)
  }
  return chosen
}

function use(used: Map<string, number>, domain: string): void {
  used.set(domain, (used.get(domain) ?? 0) + 1)
}
