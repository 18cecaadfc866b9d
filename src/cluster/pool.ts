/** An IPPool with Calico's read-time defaults filled in (libcalico-go clientv3/ippool.go convertIpPoolFromStorage). */

import type { Prefix } from '../address/prefix.js'
import type { Selector } from '../manifests/selector/selector.js'

export type EncapsulationMode = 'Never' | 'Always' | 'CrossSubnet'
export type PoolUse = 'Workload' | 'Tunnel' | 'LoadBalancer'

export interface Pool {
  /** Place in `Cluster.pools`, which is in byte order of names, the order in which Calico tries pools. */
  readonly index: number
  readonly name: string
  readonly prefix: Prefix
  readonly blockSize: number
  readonly ipipMode: EncapsulationMode
  readonly vxlanMode: EncapsulationMode
  readonly natOutgoing: boolean
  readonly disabled: boolean
  /** Being deleted, or marked `Allocatable: False` by Calico: no new address comes from it. */
  readonly allocatable: boolean
  readonly disableBGPExport: boolean
  readonly nodeSelector: Selector
  readonly namespaceSelector: Selector | undefined
  readonly allowedUses: readonly PoolUse[]
  readonly assignmentMode: 'Automatic' | 'Manual'
}

/** How a pool's traffic travels. VXLAN wins where both modes are set (felix/calc/l3_route_resolver.go). */
export function encapsulationOf(pool: Pool): 'ipip' | 'vxlan' | 'none' {
  if (pool.vxlanMode !== 'Never') return 'vxlan'
  return pool.ipipMode !== 'Never' ? 'ipip' : 'none'
}

/** True when the pool encapsulates only between subnets. */
export function isCrossSubnet(pool: Pool): boolean {
  return pool.vxlanMode === 'CrossSubnet' || pool.ipipMode === 'CrossSubnet'
}

/** True when no pod and no tunnel takes an address from the pool. */
export function isLoadBalancerOnly({ allowedUses }: Pool): boolean {
  return allowedUses.length === 1 && allowedUses[0] === 'LoadBalancer'
}
