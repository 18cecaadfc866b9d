/**
 * The cluster routes that Felix writes and BIRD then learns as alien ones: blocks of other nodes, borrowed addresses,
 * and blackholes of own blocks, in pools whose routes Felix owns (felix/dataplane/linux/route_mgr.go, ipip_mgr.go,
 * noencap_mgr.go, vxlan_mgr.go; design/cluster-route-programming/DESIGN.md section 5). None has a metric in IPv4.
 */

import { type Address, addressPlus, type Family } from '../../address/address.js'
import { bitsOf, containsAddress, containsPrefix, firstAddress, hostPrefix, type Prefix } from '../../address/prefix.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import { encapsulationOf, isCrossSubnet, type Pool } from '../../cluster/pool.js'
import { felixOwnership } from '../../cluster/route-ownership.js'
import type { BgpContext } from '../config/context.js'
import type { Resolution } from '../path.js'
import type { Speaker } from '../session.js'
import type { OwnRoute } from './input.js'

/** Felix's routes on one node, in the order of blocks. */
export function felixRoutes(context: BgpContext, node: Speaker, family: Family): readonly OwnRoute[] {
  const pools = context.cluster.pools.filter(
    (pool) => pool.prefix.family === family && ownedByFelix(context, node, pool),
  )
  if (pools.length === 0) return []
  return context.ipam.blocks.flatMap((block) => {
    const pool = block.prefix.family === family ? poolOf(pools, block.prefix) : undefined
    return pool === undefined ? [] : routesOfBlock(context, node, pool, block)
  })
}

function poolOf(pools: readonly Pool[], prefix: Prefix): Pool | undefined {
  let best: Pool | undefined
  for (const pool of pools) {
    if (containsPrefix(pool.prefix, prefix) && (best === undefined || pool.prefix.length > best.prefix.length))
      best = pool
  }
  return best
}

function ownedByFelix({ cluster }: BgpContext, node: Speaker, pool: Pool): boolean {
  const encapsulation = encapsulationOf(pool)
  return encapsulation === 'vxlan' || felixOwnership(cluster, node.name)[encapsulation]
}

function routesOfBlock(context: BgpContext, node: Speaker, pool: Pool, block: RecordedBlock): readonly OwnRoute[] {
  const owner = block.affinity?.type === 'host' ? block.affinity.host : undefined
  const routes: OwnRoute[] = []
  if (owner === node.name) {
    const blackholes = encapsulationOf(pool) !== 'vxlan' || context.cluster.release.vxlanBlackhole
    if (blackholes && block.prefix.length < bitsOf(block.prefix.family)) {
      routes.push(kernelRoute(block.prefix, { kind: 'blackhole' }))
    }
  } else if (owner !== undefined) {
    const hop = hopTowards(context, node, owner, pool)
    if (hop !== undefined) routes.push(kernelRoute(block.prefix, hop))
  }
  for (const { ordinal, node: user, releasedAt } of block.allocations) {
    if (user === undefined || user === owner || user === node.name || releasedAt !== undefined) continue
    const address = addressPlus(firstAddress(block.prefix), ordinal)
    const hop = hopTowards(context, node, user, pool)
    if (address !== undefined && hop !== undefined) routes.push(kernelRoute(hostPrefix(address), hop))
  }
  return routes
}

/** IPv6 routes always have the kernel's default metric 1024 (felix/routetable/route_table.go). */
function kernelRoute(prefix: Prefix, resolution: Resolution): OwnRoute {
  return { prefix, source: 'kernel', resolution, krtMetric: prefix.family === 4 ? 0 : 1024 }
}

function hopTowards(context: BgpContext, node: Speaker, owner: string, pool: Pool): Resolution | undefined {
  const { family } = pool.prefix
  const own = context.endpoints[family][node.index]
  const to = context.cluster.nodeByName.get(owner)
  const address = to && context.endpoints[family][to.index]?.address
  if (to === undefined || own === undefined || address === undefined) return undefined
  const encapsulation = encapsulationOf(pool)
  const near = containsAddress(own.network, address)
  if (encapsulation === 'none' || (isCrossSubnet(pool) && near)) {
    // Felix leaves a plain route to a node on another network out: it has no gateway to name.
    const dev = context.cluster.underlay.attachments[node.index]?.interface ?? 'eth0'
    return near ? { kind: 'gateway', gateway: address, dev } : undefined
  }
  if (encapsulation === 'ipip') return { kind: 'gateway', gateway: address, dev: 'tunl0' }
  const vtep: Address | undefined = context.ipam.tunnels.get(owner)?.[family === 4 ? 'vxlan' : 'vxlanV6']
  return vtep && { kind: 'gateway', gateway: vtep, dev: family === 4 ? 'vxlan.calico' : 'vxlan-v6.calico' }
}
