/** Packets of pods as they are: routers have to know the pods, neighbours to be neighbours, and the network to let them be. */

import { formatPrefix, type Prefix } from '../../address/prefix.js'
import { birdOwns } from '../../bgp/config/pool-policy.js'
import type { Cluster } from '../../cluster/cluster.js'
import { encapsulationOf, isCrossSubnet, isLoadBalancerOnly, type Pool } from '../../cluster/pool.js'
import { felixOwnership } from '../../cluster/route-ownership.js'
import type { Router, Subnet, Underlay } from '../../cluster/underlay.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView } from '../../ipam/view.js'
import { blocksBySubnet, gatewaysOf, mayKnow, type SubnetBlocks, subnetOf } from './fabric.js'
import { nodeNames } from './node-names.js'

export function unencapsulatedFindings(cluster: Cluster, ipam: IpamView): readonly Finding[] {
  if (cluster.backend === 'none') return []
  return cluster.pools
    .filter((pool) => !isLoadBalancerOnly(pool))
    .flatMap((pool) => [...acrossSubnets(cluster, ipam, pool), ...sourceChecks(cluster, ipam, pool)])
}

function acrossSubnets(cluster: Cluster, ipam: IpamView, pool: Pool): readonly Finding[] {
  if (encapsulationOf(pool) !== 'none') return []
  const held = blocksBySubnet(cluster, ipam, pool.prefix)
  if (felixOwnership(cluster, '').none) return held.length < 2 ? [] : [offLink(pool, held.length)]
  return birdOwns(cluster).noEncap && cluster.backend === 'bird' ? unknownToRouters(cluster, pool, held) : []
}

function offLink(pool: Pool, subnets: number): Finding {
  return {
    severity: 'error',
    code: 'GATEWAY_OFF_LINK',
    message: `Felix writes the routes of IPPool ${pool.name}, which has no encapsulation, and its nodes are in ${subnets} subnets: the gateways to nodes of another subnet are not on the link.`,
    hint: 'Leave plain pools to BIRD (FelixConfiguration programClusterRoutes EnabledIPIPOnly, BGPConfiguration EnabledNoEncapOnly), or use CrossSubnet encapsulation.',
    resource: { kind: 'IPPool', name: pool.name },
    path: ['spec', 'ipipMode'],
  }
}

interface Unaware {
  readonly router: Router
  readonly from: SubnetBlocks
  /** Undefined: a neighbour's, of which the host mask of `from.bare` hides that it is one. */
  readonly to?: SubnetBlocks
  readonly block: Prefix
}

function unknownToRouters({ underlay }: Cluster, pool: Pool, held: readonly SubnetBlocks[]): readonly Finding[] {
  const unaware = new Map<Router, Unaware>()
  for (const from of held) {
    for (const router of gatewaysOf(underlay, from.subnet)) {
      if (unaware.has(router)) continue
      const found = unknownTo(underlay, router, from, held)
      if (found !== undefined) unaware.set(router, found)
    }
  }
  const [first] = unaware.values()
  if (first === undefined) return []
  const others = unaware.size - 1
  const more = others > 0 ? ` Nor ${others === 1 ? 'does 1 other router' : `do ${others} other routers`}.` : ''
  const assumed = underlay.assumed ? ' The input describes no routers; this one is assumed.' : ''
  return [
    {
      severity: underlay.assumed ? 'warning' : 'error',
      code: 'ROUTERS_WITHOUT_POD_ROUTES',
      message: `IPPool ${pool.name} has no encapsulation, and router ${wayOf(first)} knows no route to ${formatPrefix(first.block)}.${more}${assumed}`,
      hint: 'Peer the routers with the nodes over BGP, give them static routes to the blocks, or set ipipMode or vxlanMode to CrossSubnet.',
      resource: { kind: 'IPPool', name: pool.name },
      path: ['spec', 'ipipMode'],
    },
  ]
}

function unknownTo(
  underlay: Underlay,
  router: Router,
  from: SubnetBlocks,
  held: readonly SubnetBlocks[],
): Unaware | undefined {
  const { bare, other } = from
  if (bare !== undefined && other !== undefined && !mayKnow(underlay, router, other)) {
    return { router, from, block: other }
  }
  const to = held.find((entry) => entry !== from && !mayKnow(underlay, router, entry.block))
  return to && { router, from, to, block: to.block }
}

function wayOf({ router, from, to }: Unaware): string {
  if (to !== undefined) return `${router.name} between ${from.subnet.name} and ${to.subnet.name}`
  return `${router.name}, to which node ${from.bare} sends even what is for its neighbours because of its host mask,`
}

/** Without encapsulation everywhere, with CrossSubnet between two nodes of one such subnet. */
function sourceChecks(cluster: Cluster, ipam: IpamView, pool: Pool): readonly Finding[] {
  if (encapsulationOf(pool) !== 'none' && !isCrossSubnet(pool)) return []
  const { underlay, nodes } = cluster
  if (!underlay.subnets.some(({ antiSpoofing }) => antiSpoofing)) return []
  const using = new Set(blocksBySubnet(cluster, ipam, pool.prefix).map(({ subnet }) => subnet))
  const members = new Map<Subnet, string[]>()
  for (const node of nodes) {
    const attachment = underlay.attachments[node.index]
    const subnet = attachment && subnetOf(underlay, attachment, pool.prefix.family)
    if (subnet?.antiSpoofing !== true || !using.has(subnet)) continue
    const list = members.get(subnet)
    if (list) list.push(node.name)
    else members.set(subnet, [node.name])
  }
  const concerned = [...members].filter(([, names]) => encapsulationOf(pool) === 'none' || names.length > 1)
  const names = concerned.flatMap(([, list]) => list)
  if (names.length === 0 || (names.length === 1 && using.size < 2)) return []
  const mode = isCrossSubnet(pool) ? 'encapsulates between subnets only' : 'has no encapsulation'
  return [
    {
      severity: 'error',
      code: 'SOURCE_CHECK_DROPS_PODS',
      message: `The network of ${nodeNames(names)} drops packets whose source is not the node itself, and IPPool ${pool.name} ${mode}.`,
      hint: "Switch the network's source check off for the nodes, or set ipipMode or vxlanMode to Always.",
      resource: { kind: 'IPPool', name: pool.name },
      path: ['spec', pool.vxlanMode === 'Never' ? 'ipipMode' : 'vxlanMode'],
    },
  ]
}
