/** Contradictions between resources that each are fine alone. */

import { type Address, formatAddress } from '../address/address.js'
import { formatPrefix, type Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { Manifest } from '../manifests/resource.js'
import type { BgpSettings } from './bgp-settings.js'
import type { FelixSettings } from './felix-settings.js'
import type { NodeDraft } from './node-draft.js'
import { encapsulationOf, type Pool } from './pool.js'
import type { Remarks } from './remarks.js'
import type { Subnet } from './underlay.js'
import type { Service } from './workload.js'

/** Two nodes with one BGP address: calico-node refuses to start on the second (startup.go checkConflicts). */
export function remarkDuplicateAddresses(nodes: readonly NodeDraft[], remarks: Remarks): void {
  for (const family of [4, 6] as const) {
    const owners = new Map<number | bigint, NodeDraft>()
    for (const node of nodes) {
      const address = node.bgpAddress[family]?.address
      if (address === undefined) continue
      const owner = owners.get(address.value)
      if (owner === undefined) owners.set(address.value, node)
      else {
        remarks.add({
          severity: 'error',
          code: 'NODE_ADDRESS_DUPLICATE',
          message: `Nodes ${owner.name} and ${node.name} both have the address ${formatAddress(address)}.`,
          hint: 'Give each node an address of its own; calico-node does not start on a node whose address is taken.',
          about: node.about,
        })
      }
    }
  }
}

export interface PoolContext {
  readonly pools: readonly Pool[]
  readonly manifests: ReadonlyMap<string, Manifest>
  readonly nodes: readonly NodeDraft[]
  readonly subnets: readonly Subnet[]
  readonly bgp: BgpSettings
  readonly services: readonly Service[]
}

/** Pools that overlap each other, a node network or a range of Services. A disabled pool only exempts from NAT. */
export function remarkPoolOverlaps(
  { pools, manifests, nodes, subnets, bgp, services }: PoolContext,
  remarks: Remarks,
): void {
  const table = new PrefixTable<Pool>()
  for (const pool of pools) {
    const other = table.covering(pool.prefix)?.value ?? pools.find((p) => p.index < pool.index && contains(pool, p))
    if (other !== undefined) {
      const message = `Pool ${pool.name} (${formatPrefix(pool.prefix)}) overlaps pool ${other.name} (${formatPrefix(other.prefix)}).`
      remarkPool(
        remarks,
        'error',
        message,
        'Calico refuses pools that overlap; give them separate prefixes.',
        manifests.get(pool.name),
      )
    }
    table.set(pool.prefix, pool)
  }
  const workload = new PrefixTable<Pool>()
  for (const pool of pools) if (!pool.disabled && pool.allowedUses.includes('Workload')) workload.set(pool.prefix, pool)
  remarkNodesInPools(workload, nodes, manifests, remarks)
  for (const { prefix, name } of subnets) {
    const pool = overlapping(workload, prefix)
    if (pool === undefined) continue
    const message = `Pool ${pool.name} (${formatPrefix(pool.prefix)}) overlaps the node network ${name} (${formatPrefix(prefix)}).`
    remarkPool(
      remarks,
      'warning',
      message,
      'Give pods a prefix of their own, or reserve the node addresses with an IPReservation.',
      manifests.get(pool.name),
    )
  }
  for (const prefix of [...bgp.serviceClusterIPs, ...bgp.serviceExternalIPs]) {
    const pool = overlapping(workload, prefix)
    if (pool === undefined) continue
    const message = `Pool ${pool.name} (${formatPrefix(pool.prefix)}) overlaps the range ${formatPrefix(prefix)} of Services.`
    remarkPool(remarks, 'error', message, 'Give pods and Services separate prefixes.', manifests.get(pool.name))
  }
  remarkServicesInPools(workload, services, manifests, remarks)
}

function contains(outer: Pool, inner: Pool): boolean {
  return new PrefixTable<true>().set(outer.prefix, true).covering(inner.prefix) !== undefined
}

function overlapping(pools: PrefixTable<Pool>, prefix: Prefix): Pool | undefined {
  const covering = pools.covering(prefix)?.value
  if (covering !== undefined) return covering
  const outer = new PrefixTable<true>().set(prefix, true)
  for (const { prefix: inner, value } of pools) if (outer.covering(inner) !== undefined) return value
  return undefined
}

function remarkNodesInPools(
  pools: PrefixTable<Pool>,
  nodes: readonly NodeDraft[],
  manifests: ReadonlyMap<string, Manifest>,
  remarks: Remarks,
): void {
  for (const node of nodes) {
    for (const family of [4, 6] as const) {
      const address = node.bgpAddress[family]?.address
      const pool = address && pools.match(address)?.value
      if (address === undefined || pool === undefined) continue
      const message = `The address ${formatAddress(address)} of node ${node.name} lies in pool ${pool.name} (${formatPrefix(pool.prefix)}): a pod may get the same one.`
      remarkPool(
        remarks,
        'error',
        message,
        'Move the pool, or reserve the node addresses with an IPReservation.',
        manifests.get(pool.name),
      )
    }
  }
}

function remarkServicesInPools(
  pools: PrefixTable<Pool>,
  services: readonly Service[],
  manifests: ReadonlyMap<string, Manifest>,
  remarks: Remarks,
): void {
  const seen = new Set<Pool>()
  for (const service of services) {
    const found = firstIn(pools, service.clusterIPs)
    if (found === undefined || seen.has(found.pool)) continue
    seen.add(found.pool)
    const message = `The cluster IP ${formatAddress(found.address)} of Service ${service.namespace}/${service.name} lies in pool ${found.pool.name} (${formatPrefix(found.pool.prefix)}).`
    remarkPool(remarks, 'error', message, 'Give pods and Services separate prefixes.', manifests.get(found.pool.name))
  }
}

function firstIn(pools: PrefixTable<Pool>, addresses: readonly Address[]) {
  for (const address of addresses) {
    const pool = pools.match(address)?.value
    if (pool !== undefined) return { address, pool }
  }
  return undefined
}

function remarkPool(
  remarks: Remarks,
  severity: 'error' | 'warning',
  message: string,
  hint: string,
  about: Manifest | undefined,
): void {
  remarks.add({ severity, code: 'POOL_OVERLAP', message, hint, about, path: ['spec', 'cidr'] })
}

/** IPIP or VXLAN explicitly off while pools need it (felix/calc/encapsulation_resolver.go: what is set wins). */
export function remarkEncapsulationOff(
  pools: readonly Pool[],
  felix: FelixSettings,
  about: Manifest | undefined,
  remarks: Remarks,
): void {
  for (const kind of ['ipip', 'vxlan'] as const) {
    const off = kind === 'ipip' ? felix.ipipEnabled === false : felix.vxlanEnabled === false
    const needing = pools.filter((pool) => encapsulationOf(pool) === kind).map(({ name }) => name)
    if (!off || needing.length === 0) continue
    remarks.add({
      severity: 'error',
      code: 'ENCAPSULATION_OFF',
      message: `Felix has ${kind}Enabled set to false, but ${needing.join(', ')} ${needing.length === 1 ? 'needs' : 'need'} it.`,
      hint: `Take ${kind}Enabled out of FelixConfiguration and FELIX_${kind === 'ipip' ? 'IPINIP' : 'VXLAN'}ENABLED out of calico-node; unset means as the pools need.`,
      about,
      path: ['spec', `${kind}Enabled`],
    })
  }
}
