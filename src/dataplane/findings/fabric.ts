/** What the Underlay's routers know of pods, as far as resources tell without working any table out. */

import { type Address, type Family, sameAddress } from '../../address/address.js'
import { bitsOf, containsPrefix, type Prefix } from '../../address/prefix.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { NodeAttachment, Router, StaticRoute, Subnet, Underlay } from '../../cluster/underlay.js'
import type { IpamView } from '../../ipam/view.js'

/** The subnet of a node in a family. */
export function subnetOf({ subnets }: Underlay, attachment: NodeAttachment, family: Family): Subnet | undefined {
  for (const index of [attachment.subnet, attachment.subnet6]) {
    const subnet = index === undefined ? undefined : subnets[index]
    if (subnet?.prefix.family === family) return subnet
  }
  return undefined
}

/** What nodes of one subnet hold of a pool. */
export interface SubnetBlocks {
  readonly subnet: Subnet
  /** The first block, and the node that it belongs to. */
  readonly block: Prefix
  readonly owner: string
  /** The first block of any other node of the subnet. */
  readonly other?: Prefix
  /** A node with a block and a host mask: neighbours are behind the router for it. */
  readonly bare?: string
}

/** For each subnet whose nodes hold any block of a pool, in the order of subnets. */
export function blocksBySubnet(cluster: Cluster, ipam: IpamView, pool: Prefix): readonly SubnetBlocks[] {
  const found = new Map<Subnet, SubnetBlocks>()
  for (const { prefix, affinity } of ipam.blocks) {
    if (affinity?.type !== 'host' || !containsPrefix(pool, prefix)) continue
    const node = cluster.nodeByName.get(affinity.host)
    const attachment = node && cluster.underlay.attachments[node.index]
    const subnet = attachment && subnetOf(cluster.underlay, attachment, prefix.family)
    if (node === undefined || subnet === undefined) continue
    const known = found.get(subnet) ?? { subnet, block: prefix, owner: node.name }
    const { family } = prefix
    const isBare = known.bare === undefined && node.bgpAddress[family]?.network.length === bitsOf(family)
    found.set(subnet, {
      ...known,
      ...(known.other === undefined && known.owner !== node.name ? { other: prefix } : {}),
      ...(isBare ? { bare: node.name } : {}),
    })
  }
  return [...found.values()].sort((a, b) => a.subnet.index - b.subnet.index)
}

/** The routers to which nodes of a subnet send what is for elsewhere. */
export function gatewaysOf({ routers }: Underlay, subnet: Subnet): readonly Router[] {
  const joined = routers.filter(({ interfaces }) => interfaces.some((port) => port.subnet === subnet.index))
  const { gateway } = subnet
  const named = gateway && joined.filter((router) => hasAddress(router, gateway))
  return named === undefined || named.length === 0 ? joined : named
}

function hasAddress({ interfaces }: Router, address: Address): boolean {
  return interfaces.some((port) => sameAddress(port.address.address, address))
}

/** Routers that are followed along default routes. */
const MOST_ROUTERS = 8

/**
 * May a router know the way to a prefix: by a static route, or by the BGP that it speaks with anybody. A default route
 * counts only where it leads to a router that knows.
 */
export function mayKnow(underlay: Underlay, router: Router, prefix: Prefix, steps = MOST_ROUTERS): boolean {
  if (router.bgp !== undefined && router.bgp.neighbors.length > 0) return true
  const route = longest(router.staticRoutes, prefix)
  if (route === undefined || steps === 0) return false
  if (route.type !== 'unicast') return false
  const { via } = route
  if (route.to.length > 0) return true
  const next = via && underlay.routers.find((other) => other !== router && hasAddress(other, via))
  return next !== undefined && mayKnow(underlay, next, prefix, steps - 1)
}

function longest(routes: readonly StaticRoute[], prefix: Prefix): StaticRoute | undefined {
  return routes.reduce<StaticRoute | undefined>((best, route) => {
    if (!containsPrefix(route.to, prefix)) return best
    return best === undefined || route.to.length > best.to.length ? route : best
  }, undefined)
}
