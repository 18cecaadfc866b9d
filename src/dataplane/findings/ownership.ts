/** Who writes the routes of each pool: exactly one of Felix and BIRD should. */

import { birdOwns } from '../../bgp/config/pool-policy.js'
import type { Cluster } from '../../cluster/cluster.js'
import { encapsulationOf, isLoadBalancerOnly, type Pool } from '../../cluster/pool.js'
import { felixOwnership } from '../../cluster/route-ownership.js'
import type { Finding } from '../../findings/finding.js'
import { nodeNames } from './node-names.js'

interface Owners {
  readonly felix: boolean
  readonly bird: boolean
}

/**
 * One finding for each class of pools and way to be wrong. Nodes differ only where a FelixConfiguration `node.NAME`
 * says so. VXLAN is always Felix's, and plain pools without a BGP daemon are routed by somebody else (a cloud's own
 * routes): neither is looked at.
 */
export function ownershipFindings(cluster: Cluster): readonly Finding[] {
  return (['ipip', 'none'] as const).flatMap((type) => {
    const pools = cluster.pools.filter((pool) => encapsulationOf(pool) === type && !isLoadBalancerOnly(pool))
    if (pools.length === 0 || (type === 'none' && cluster.backend === 'none')) return []
    const global = ownersOf(cluster, '', type)
    const special = [...cluster.felixByNode.keys()].filter((name) => cluster.nodeByName.has(name)).sort()
    const differing = special.filter((name) => {
      const own = ownersOf(cluster, name, type)
      return own.felix !== global.felix || own.bird !== global.bird
    })
    return [
      ...(cluster.nodes.length > differing.length ? wrong(cluster, pools, global, []) : []),
      ...(differing[0] === undefined ? [] : wrong(cluster, pools, ownersOf(cluster, differing[0], type), differing)),
    ]
  })
}

function ownersOf(cluster: Cluster, node: string, type: 'ipip' | 'none'): Owners {
  const bird = birdOwns(cluster)
  const owned = type === 'ipip' ? bird.ipip : bird.noEncap
  return { felix: felixOwnership(cluster, node)[type], bird: owned && cluster.backend === 'bird' }
}

function wrong(cluster: Cluster, pools: readonly Pool[], owners: Owners, nodes: readonly string[]): readonly Finding[] {
  const [first] = pools
  if (first === undefined || owners.felix !== owners.bird) return []
  const ipip = encapsulationOf(first) === 'ipip'
  const names = pools.map(({ name }) => name).join(', ')
  const where = nodes.length === 0 ? '' : ` on ${nodeNames(nodes)}`
  const both = owners.felix
  const why = both
    ? 'FelixConfiguration and BGPConfiguration both have programClusterRoutes on for it'
    : cluster.backend === 'bird'
      ? 'FelixConfiguration and BGPConfiguration both leave it to the other'
      : `the backend is ${cluster.backend}, so that no BIRD runs, and Felix does not do it`
  return [
    {
      severity: 'error',
      code: both ? 'ROUTES_OWNED_TWICE' : 'ROUTES_UNOWNED',
      message: `${both ? 'Felix and BIRD both write' : 'Nobody writes'} the routes of ${ipip ? 'IPIP' : 'plain'} pools (${names})${where}: ${why}.`,
      hint: hintOf(cluster, ipip),
      resource: { kind: 'IPPool', name: first.name },
      path: ['spec'],
    },
  ]
}

function hintOf({ release, backend }: Cluster, ipip: boolean): string {
  if (backend !== 'bird') {
    return ipip ? 'Use VXLAN, which needs no BGP, or run the backend bird.' : 'Use VXLAN, or run the backend bird.'
  }
  if (release.clusterRoutesSetting === 'fourValues') {
    return 'Set the pair so that each class has one owner: Felix EnabledIPIPOnly with BGP EnabledNoEncapOnly (the defaults), Felix Enabled with BGP Disabled, or the other way round.'
  }
  return 'Set one of the two to Enabled and the other to Disabled.'
}
