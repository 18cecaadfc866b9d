/** What the attributes of recorded blocks say about pods and tunnels whose own resources do not say it. */

import { type Address, addressPlus, compareAddresses } from '../address/address.js'
import { firstAddress } from '../address/prefix.js'
import type { Allocation, RecordedBlock } from '../cluster/ipam-records.js'
import type { ClusterNode, TunnelKind } from '../cluster/node.js'

/** `type` attribute of a tunnel address (libcalico-go/lib/backend/model/block.go). */
export const TUNNEL_ATTRIBUTE: Readonly<Record<TunnelKind, string>> = {
  wireguard: 'wireguardTunnelAddress',
  wireguardV6: 'wireguardV6TunnelAddress',
  ipip: 'ipipTunnelAddress',
  vxlan: 'vxlanTunnelAddress',
  vxlanV6: 'vxlanV6TunnelAddress',
}

const KIND_OF_ATTRIBUTE: ReadonlyMap<string, TunnelKind> = new Map(
  Object.entries(TUNNEL_ATTRIBUTE).map(([kind, type]) => [type, kind as TunnelKind]),
)

export type TunnelAddresses = { readonly [T in TunnelKind]?: Address }

export interface RecordedAddresses {
  /** By `namespace/name`, IPv4 first. */
  readonly pods: ReadonlyMap<string, readonly Address[]>
  /** By node name. */
  readonly tunnels: ReadonlyMap<string, TunnelAddresses>
}

/** Reads every live allocation of the blocks; an address that is cooling down belongs to nobody. Pods are looked for when asked for. */
export function recordedAddresses(blocks: readonly RecordedBlock[]): RecordedAddresses {
  const tunnels = new Map<string, { [T in TunnelKind]?: Address }>()
  for (const { address, kind, node } of liveIn(blocks, ({ type }) => type !== undefined)) {
    if (kind === undefined || node === undefined) continue
    const held = tunnels.get(node) ?? {}
    held[kind] ??= address
    tunnels.set(node, held)
  }
  let pods: ReadonlyMap<string, readonly Address[]> | undefined
  return {
    get pods() {
      pods ??= podsIn(blocks)
      return pods
    },
    tunnels,
  }
}

function podsIn(blocks: readonly RecordedBlock[]): ReadonlyMap<string, readonly Address[]> {
  const pods = new Map<string, Address[]>()
  for (const { address, kind, node, pod, namespace } of liveIn(blocks, ({ pod }) => pod !== undefined)) {
    if ((kind !== undefined && node !== undefined) || namespace === undefined) continue
    const key = `${namespace}/${pod}`
    const held = pods.get(key)
    if (held) held.push(address)
    else pods.set(key, [address])
  }
  for (const held of pods.values()) held.sort(compareAddresses)
  return pods
}

interface Live extends Allocation {
  readonly address: Address
  readonly kind: TunnelKind | undefined
}

function* liveIn(blocks: readonly RecordedBlock[], wanted: (allocation: Allocation) => boolean): Generator<Live> {
  for (const { prefix, allocations } of blocks) {
    for (const allocation of allocations) {
      if (!wanted(allocation) || allocation.releasedAt !== undefined) continue
      const address = addressPlus(firstAddress(prefix), allocation.ordinal)
      const kind = allocation.type === undefined ? undefined : KIND_OF_ATTRIBUTE.get(allocation.type)
      if (address !== undefined) yield { ...allocation, address, kind }
    }
  }
}

/** The node's stored tunnel addresses, and for kinds that it does not store, what the blocks say. */
export function tunnelsOf(
  nodes: readonly ClusterNode[],
  recorded: ReadonlyMap<string, TunnelAddresses>,
): Map<string, TunnelAddresses> {
  const tunnels = new Map<string, TunnelAddresses>()
  for (const { name, tunnelAddress } of nodes) {
    const held = { ...recorded.get(name), ...tunnelAddress }
    if (Object.keys(held).length > 0) tunnels.set(name, held)
  }
  return tunnels
}
