/** What of a cluster may break. */

import type { Cluster } from '../../cluster/cluster.js'
import { type Down, linkKey, NOTHING_DOWN } from '../../cluster/down.js'

export const FAILURE_KINDS = ['node', 'reflector', 'bird', 'router', 'link'] as const
export type FailureKind = (typeof FAILURE_KINDS)[number]

export interface FailingElement {
  /** `reflector` is a node or a router that reflects, and fails as a whole. */
  readonly kind: FailureKind
  /** `rke-node1`; of a link the device and the subnet, `rke-node1/rack-a`. */
  readonly name: string
  /** Where it stands in Down. */
  readonly down: keyof Down
}

/** The elements of the kinds, in the order of the kinds and of names. A router that the planner made up is none. */
export function failingElements(cluster: Cluster, kinds: readonly FailureKind[]): readonly FailingElement[] {
  return FAILURE_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => elementsOf(cluster, kind))
}

function elementsOf({ nodes, underlay, backend }: Cluster, kind: FailureKind): readonly FailingElement[] {
  const routers = underlay.routers.filter(({ assumed }) => assumed !== true)
  switch (kind) {
    case 'node':
      return nodes.map(({ name }) => ({ kind, name, down: 'nodes' }))
    case 'bird':
      return backend === 'bird' ? nodes.map(({ name }) => ({ kind, name, down: 'birds' })) : []
    case 'router':
      return byName(routers.map(({ name }) => ({ kind, name, down: 'routers' })))
    case 'reflector': {
      const reflecting = nodes.filter(({ routeReflectorClusterID }) => routeReflectorClusterID !== undefined)
      const others = routers.filter(({ bgp }) =>
        bgp?.neighbors.some(({ routeReflectorClient }) => routeReflectorClient),
      )
      return [
        ...reflecting.map(({ name }): FailingElement => ({ kind, name, down: 'nodes' })),
        ...byName(others.map(({ name }): FailingElement => ({ kind, name, down: 'routers' }))),
      ]
    }
    case 'link': {
      const link = (device: string, subnet: number | undefined): readonly FailingElement[] => {
        const found = subnet === undefined ? undefined : underlay.subnets[subnet]
        return found === undefined ? [] : [{ kind, name: linkKey(device, found.name), down: 'links' }]
      }
      return [
        ...underlay.attachments.flatMap(({ node, subnet }) => link(node, subnet)),
        ...byName(routers.flatMap(({ name, interfaces }) => interfaces.flatMap(({ subnet }) => link(name, subnet)))),
      ]
    }
  }
}

function byName(elements: readonly FailingElement[]): readonly FailingElement[] {
  return [...elements].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** What is down once these fail, besides what is down already. */
export function downWith(down: Down | undefined, elements: readonly FailingElement[]): Down {
  const kept = down ?? NOTHING_DOWN
  const sets = {
    nodes: new Set(kept.nodes),
    birds: new Set(kept.birds),
    routers: new Set(kept.routers),
    links: new Set(kept.links),
  }
  for (const { down: kind, name } of elements) sets[kind].add(name)
  return sets
}
