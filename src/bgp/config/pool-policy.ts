/**
 * What IPPools mean for BIRD: which are exported, which routes BIRD writes into the kernel, and how
 * (confd bgp_processor.go processIPPools, processIPPool, clusterRoutePolicyFromBGPConfig).
 */

import type { Family } from '../../address/address.js'
import { formatPrefix, type Prefix } from '../../address/prefix.js'
import type { ProgramClusterRoutes } from '../../cluster/bgp-settings.js'
import type { Cluster } from '../../cluster/cluster.js'
import { encapsulationOf, type Pool } from '../../cluster/pool.js'
import type { KernelPolicy, KernelPoolAction } from '../speaker-config.js'

export interface PoolPolicy {
  readonly rejected: readonly Prefix[]
  readonly accepted: readonly Prefix[]
  readonly kernel: KernelPolicy['pools']
  /** BIRD writes the routes of IPIP pools. */
  readonly ownsIpip: boolean
}

export function poolPolicy(cluster: Cluster, family: Family): PoolPolicy {
  const owns = birdOwns(cluster)
  const pools = inTextOrder(cluster.pools.filter((pool) => pool.prefix.family === family))
  const disabled = (pool: Pool): boolean => pool.disableBGPExport && cluster.release.disableBGPExport
  return {
    rejected: pools.filter(disabled).map((pool) => pool.prefix),
    accepted: pools.filter((pool) => !disabled(pool)).map((pool) => pool.prefix),
    kernel: pools.flatMap((pool) => {
      const action = kernelAction(pool, owns)
      return family === 6 && action !== 'reject' ? [] : { prefix: pool.prefix, action, pool: pool.name }
    }),
    ownsIpip: owns.ipip,
  }
}

/** Statements are sorted as text, and the first pool that contains a route decides, not the longest one. */
function inTextOrder(pools: readonly Pool[]): readonly Pool[] {
  return pools
    .map((pool) => ({ pool, text: formatPrefix(pool.prefix) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ pool }) => pool)
}

interface Ownership {
  readonly ipip: boolean
  readonly noEncap: boolean
}

/** Which pools' routes BIRD programs; an unset or unknown value is the release's default. */
export function birdOwns({ release, bgp }: Cluster): Ownership {
  const fallback = { ipip: release.ipipRoutesOwner === 'bird', noEncap: true }
  switch (release.clusterRoutesSetting) {
    case 'none':
    case 'felixOnly':
      return fallback
    case 'twoValues':
      return bgp.programClusterRoutes === 'Disabled' ? { ipip: false, noEncap: false } : fallback
    case 'fourValues':
      return bgp.programClusterRoutes === undefined ? fallback : OWNERSHIP[bgp.programClusterRoutes]
  }
}

const OWNERSHIP: { readonly [V in ProgramClusterRoutes]: Ownership } = {
  Enabled: { ipip: true, noEncap: true },
  Disabled: { ipip: false, noEncap: false },
  EnabledIPIPOnly: { ipip: true, noEncap: false },
  EnabledNoEncapOnly: { ipip: false, noEncap: true },
}

function kernelAction(pool: Pool, owns: Ownership): KernelPoolAction {
  switch (encapsulationOf(pool)) {
    case 'vxlan':
      return 'reject'
    case 'none':
      return owns.noEncap ? 'accept' : 'reject'
    case 'ipip':
      if (!owns.ipip) return 'reject'
      return pool.ipipMode === 'CrossSubnet' ? 'crossSubnet' : 'tunnel'
  }
}
