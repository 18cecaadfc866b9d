/** The addresses of a node's tunnel devices (node/pkg/allocateip/allocateip.go). */

import type { Address, Family } from '../../address/address.js'
import { containsAddress, ordinalOf, type Prefix } from '../../address/prefix.js'

import { type Cluster, felixOn } from '../../cluster/cluster.js'
import { type ClusterNode, TUNNEL_KINDS, type TunnelKind } from '../../cluster/node.js'
import type { Pool } from '../../cluster/pool.js'
import { autoAssign, partialFulfillment } from '../auto-assign.js'

import { failure, type IpamFailure } from '../failure.js'
import type { IpamState } from '../ipam-state.js'
import type { AddressOwner } from '../owner.js'
import { TUNNEL_ATTRIBUTE } from '../recorded-addresses.js'
import { releaseByHandle } from '../release-addresses.js'

export const TUNNEL_FAMILY: Readonly<Record<TunnelKind, Family>> = {
  wireguard: 4,
  wireguardV6: 6,
  ipip: 4,
  vxlan: 4,
  vxlanV6: 6,
}

const HANDLE: Readonly<Record<TunnelKind, string>> = {
  wireguard: 'wireguard-tunnel-addr-',
  wireguardV6: 'wireguard-v6-tunnel-addr-',
  ipip: 'ipip-tunnel-addr-',
  vxlan: 'vxlan-tunnel-addr-',
  vxlanV6: 'vxlan-v6-tunnel-addr-',
}

export function tunnelOwner(node: string, kind: TunnelKind): AddressOwner {
  return { handle: HANDLE[kind] + node, node, type: TUNNEL_ATTRIBUTE[kind] }
}

/**
 * The pools from which the node takes this tunnel's address, in their order; none when it needs none. Selectors and
 * uses count, the assignment mode does not; a pool that Calico marked unallocatable is asked for all the same, and
 * the request then fails.
 */
export function tunnelPools(cluster: Cluster, node: ClusterNode, kind: TunnelKind): readonly Prefix[] {
  if (!isRunning(cluster, node, kind)) return []
  return cluster.pools
    .filter((pool) => pool.prefix.family === TUNNEL_FAMILY[kind] && !pool.disabled && encapsulates(pool, kind))
    .filter((pool) => pool.allowedUses.includes('Tunnel') && pool.nodeSelector.matches(node.labels))
    .map(({ prefix }) => prefix)
}

function isRunning(cluster: Cluster, node: ClusterNode, kind: TunnelKind): boolean {
  const felix = felixOn(cluster, node.name)
  if (kind === 'wireguard') return node.wireguardPublicKey !== undefined && !felix.wireguardHostEncryptionEnabled
  if (kind === 'wireguardV6') return node.wireguardPublicKeyV6 !== undefined && !felix.wireguardHostEncryptionEnabled
  return true
}

function encapsulates(pool: Pool, kind: TunnelKind): boolean {
  switch (kind) {
    case 'ipip':
      return pool.ipipMode !== 'Never'
    case 'vxlan':
    case 'vxlanV6':
      return pool.vxlanMode !== 'Never'
    case 'wireguard':
    case 'wireguardV6':
      return true
    default:
      return kind satisfies never
  }
}

export interface TunnelResult {
  readonly addresses: { readonly [T in TunnelKind]?: Address }
  readonly failures: readonly { readonly kind: TunnelKind; readonly failure: IpamFailure }[]
}

/**
 * Gives the node an address for each tunnel that it runs, in calico-node's order: a stored one that still lies in one
 * of the pools and is the node's stays, another is given up for a new one. The first failure ends it.
 */
export function reconcileTunnels(
  state: IpamState,
  cluster: Cluster,
  node: ClusterNode,
  stored: { readonly [T in TunnelKind]?: Address },
): TunnelResult {
  const addresses: { [T in TunnelKind]?: Address } = {}
  for (const kind of TUNNEL_KINDS) {
    const pools = tunnelPools(cluster, node, kind)
    const owner = tunnelOwner(node.name, kind)
    const known = stored[kind]
    if (known && pools.some((pool) => containsAddress(pool, known)) && isHeldBy(state, known, owner)) {
      addresses[kind] = known
      continue
    }
    releaseByHandle(state, owner.handle ?? '')
    if (pools.length === 0) continue
    const assigned = assignTunnel(state, node.name, kind, pools)
    if ('reason' in assigned) return { addresses, failures: [{ kind, failure: assigned }] }
    addresses[kind] = assigned
  }
  return { addresses, failures: [] }
}

/** One address for the tunnel out of these pools, or why there is none. */
export function assignTunnel(
  state: IpamState,
  host: string,
  kind: TunnelKind,
  pools: readonly Prefix[],
): Address | IpamFailure {
  const owner = tunnelOwner(host, kind)
  const request = { host, family: TUNNEL_FAMILY[kind], count: 1, use: 'Tunnel', pools, owner } as const
  const { assignment, failure: failed } = autoAssign(state, request)
  const [address] = assignment?.addresses ?? []
  if (failed) return failed
  const missing = assignment ? partialFulfillment(assignment) : undefined
  return address ?? failure('exhausted', missing ?? 'no address')
}

function isHeldBy(state: IpamState, address: Address, owner: AddressOwner): boolean {
  const block = state.blockOf(address)
  const held = block?.heldAt(ordinalOf(block.prefix, address))?.owner
  return held?.type === owner.type && held?.node === owner.node
}
