/**
 * Which classes of cluster routes Felix programs on a node: IPIP and no-encap by programClusterRoutes and the release,
 * VXLAN always (felix/config/config_params.go; design/cluster-route-programming/DESIGN.md). BIRD's half is decided by
 * BGPConfiguration alone, and nothing in Calico checks that the two halves complement each other.
 */

import type { ProgramClusterRoutes } from './bgp-settings.js'
import { type Cluster, felixOn } from './cluster.js'
import { encapsulationOf, isLoadBalancerOnly, type Pool } from './pool.js'

/** The classes besides VXLAN. */
export interface RouteOwnership {
  readonly ipip: boolean
  readonly none: boolean
}

const BY_SETTING: Readonly<Record<ProgramClusterRoutes, RouteOwnership>> = {
  Enabled: { ipip: true, none: true },
  Disabled: { ipip: false, none: false },
  EnabledIPIPOnly: { ipip: true, none: false },
  EnabledNoEncapOnly: { ipip: false, none: true },
}

export function felixOwnership(cluster: Cluster, node: string): RouteOwnership {
  const { clusterRoutesSetting, ipipRoutesOwner } = cluster.release
  const unset = { ipip: ipipRoutesOwner === 'felix', none: false }
  const setting = felixOn(cluster, node).programClusterRoutes
  if (setting === undefined || clusterRoutesSetting === 'none') return unset
  // A release that knows two values takes the others for its default.
  if (clusterRoutesSetting !== 'fourValues' && setting !== 'Enabled' && setting !== 'Disabled') return unset
  return BY_SETTING[setting]
}

/**
 * Is IPIP on for Felix: the flag where it is set, else whether any pool has an IPIP mode, disabled pools included
 * (felix/calc/encapsulation_resolver.go). Before v3.23 calico-node itself set the flag from the pool that it seeded,
 * so the pools decide there too.
 */
export function ipipEnabled(cluster: Cluster, node: string): boolean {
  return felixOn(cluster, node).ipipEnabled ?? cluster.pools.some((pool) => pool.ipipMode !== 'Never')
}

/** The same for VXLAN over IPv4; over IPv6 only the pools count. */
export function vxlanEnabled(cluster: Cluster, node: string, family: 4 | 6): boolean {
  const byPools = cluster.pools.some((pool) => pool.vxlanMode !== 'Never' && pool.prefix.family === family)
  return family === 6 ? byPools : (felixOn(cluster, node).vxlanEnabled ?? byPools)
}

/**
 * Does Felix have to write routes of plain pools on this node: it programs that class, and a pool has both modes off
 * (felix/calc/encapsulation_resolver.go).
 */
export function noEncapNeeded(cluster: Cluster, node: string): boolean {
  return felixOwnership(cluster, node).none && cluster.pools.some((pool) => encapsulationOf(pool) === 'none')
}

/**
 * How Felix carries the traffic of a pool, and the class of routes that follows; undefined for a pool that only load
 * balancers use, which has none (felix/calc/l3_route_resolver.go poolTypeForPool).
 */
export function routeTypeOf({ release }: Cluster, pool: Pool): ReturnType<typeof encapsulationOf> | undefined {
  return release.loadBalancerPoolsExcluded && isLoadBalancerOnly(pool) ? undefined : encapsulationOf(pool)
}

/** Does Felix program the routes of this pool on this node, with its encapsulation switched on? */
export function felixOwns(cluster: Cluster, node: string, pool: Pool): boolean {
  const { family } = pool.prefix
  const type = routeTypeOf(cluster, pool)
  switch (type) {
    case undefined:
      return false
    case 'vxlan':
      return vxlanEnabled(cluster, node, family) && (family === 4 || cluster.release.ipv6MtuOverheads)
    case 'ipip':
      // There is no IPIP over IPv6 (felix/dataplane/linux/ipip_mgr.go newIPIPManagerWithShims).
      return family === 4 && felixOwnership(cluster, node).ipip && ipipEnabled(cluster, node)
    case 'none':
      return felixOwnership(cluster, node).none
  }
}
