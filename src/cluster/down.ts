/** What is out of order at the moment: the part of the world that no manifest holds. */

/** Nodes, daemons, routers and links that are down. Everything that is not named here works. */
export interface Down {
  /** Nodes without power or lost as a whole, by name. */
  readonly nodes: ReadonlySet<string>
  /** Nodes whose BIRD is dead or stopped while the node itself, its kernel routes and its pods live on. */
  readonly birds: ReadonlySet<string>
  /** Routers of the Underlay, by name. */
  readonly routers: ReadonlySet<string>
  /** Cut links, each the `linkKey` of a node or router and a subnet. */
  readonly links: ReadonlySet<string>
}

export const NOTHING_DOWN: Down = { nodes: new Set(), birds: new Set(), routers: new Set(), links: new Set() }

/** The key of the link between a device (node or router) and a subnet, both by name: `rke-node1/rack-a`. */
export function linkKey(device: string, subnet: string): string {
  return `${device}/${subnet}`
}

export function isNothingDown({ nodes, birds, routers, links }: Down): boolean {
  return nodes.size + birds.size + routers.size + links.size === 0
}
