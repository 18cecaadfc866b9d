/**
 * What Felix's route managers make of an L3 route: the cluster routes that it writes into the main table
 * (felix/dataplane/linux/route_mgr.go, vxlan_mgr.go, ipip_mgr.go, noencap_mgr.go).
 */

import type { Address, Family } from '../../address/address.js'
import { bitsOf, type Prefix } from '../../address/prefix.js'
import { encapsulationOf, type Pool } from '../../cluster/pool.js'
import type { Release } from '../../cluster/release.js'
import { L3_TYPE, type L3Route } from './l3-route.js'

/** A block of this node, or a way to another node: by the network as it is, by a tunnel, or a tunnel's own end. */
export type ClusterRoute =
  | { readonly kind: 'blackhole'; readonly prefix: Prefix; readonly pool: Pool }
  | {
      readonly kind: 'noEncap' | 'ipip' | 'vxlan'
      readonly prefix: Prefix
      readonly pool: Pool
      readonly node: string
      readonly via: Address
      readonly borrowed: boolean
    }
  | {
      readonly kind: 'vtep'
      readonly prefix: Prefix
      readonly pool: Pool
      readonly node: string
      readonly borrowed: boolean
    }

/** What the managers of one node know. */
export interface ManagerView {
  readonly release: Release
  /** The node's Felix manages the pool's routes. */
  readonly manages: (pool: Pool) => boolean
  /** The manager of the pool found the device with the node's own address; without it every route is a tunnelled one. */
  readonly parentKnown: (pool: Pool) => boolean
  /** Addresses of the nodes as IPIP peers (HostMetadata), which a bare address does not make one. */
  readonly ipipPeer: (node: string) => Address | undefined
  /** Address of the VXLAN device of another node; undefined for this one. */
  readonly remoteVtep: (node: string, family: Family) => Address | undefined
}

export function clusterRoute(view: ManagerView, route: L3Route): ClusterRoute | undefined {
  const { pool } = route
  if (pool === undefined || !view.manages(pool)) return undefined
  if (isTracked(view.release, route)) {
    const way = unencapsulated(view, pool, route) ?? tunnelled(view, pool, route)
    if (way !== undefined) return way
  }
  return isLocalBlock(route) && blackholes(view.release, pool)
    ? { kind: 'blackhole', prefix: route.prefix, pool }
    : undefined
}

/** A block of this node and no single address, which may be a workload's (routeIsLocalBlock). */
export function isLocalBlock({ types, localWorkload, prefix }: L3Route): boolean {
  return (types & L3_TYPE.localWorkload) !== 0 && !localWorkload && prefix.length < bitsOf(prefix.family)
}

function isTracked(release: Release, route: L3Route): boolean {
  return (route.types & L3_TYPE.remoteWorkload) !== 0 || isBorrowedTunnel(release, route)
}

function isBorrowedTunnel(release: Release, { types, borrowed }: L3Route): boolean {
  return release.borrowedTunnelRoutes && borrowed && (types & L3_TYPE.remoteTunnel) !== 0
}

function blackholes(release: Release, pool: Pool): boolean {
  return encapsulationOf(pool) !== 'vxlan' || release.vxlanBlackhole
}

function unencapsulated(view: ManagerView, pool: Pool, route: L3Route): ClusterRoute | undefined {
  const { prefix, node, nodeAddress, sameSubnet, borrowed } = route
  if (!view.parentKnown(pool) || node === undefined || nodeAddress === undefined) return undefined
  if (encapsulationOf(pool) !== 'none' && !sameSubnet) return undefined
  return { kind: 'noEncap', prefix, pool, node, via: nodeAddress, borrowed }
}

function tunnelled(view: ManagerView, pool: Pool, route: L3Route): ClusterRoute | undefined {
  const { prefix, node, borrowed } = route
  if (node === undefined) return undefined
  switch (encapsulationOf(pool)) {
    case 'none':
      return undefined
    case 'ipip': {
      const via = view.ipipPeer(node)
      return via && { kind: 'ipip', prefix, pool, node, via, borrowed }
    }
    case 'vxlan': {
      // A tunnel's end is on the device itself: it has no gateway, being one.
      const direct = (route.types & L3_TYPE.remoteTunnel) !== 0
      if (direct) return { kind: 'vtep', prefix, pool, node, borrowed }
      const via = view.remoteVtep(node, prefix.family)
      return via && { kind: 'vxlan', prefix, pool, node, via, borrowed }
    }
  }
}
