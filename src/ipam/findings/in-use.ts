/**
 * Addresses in use against addresses allocated, as `calicoctl ipam check` compares them (calicoctl/calicoctl/commands/
 * ipam/check.go CheckIPAM). Unlike there an IPv6 tunnel address of a node that exists is no leak.
 */

import { type Address, addressPlus, formatAddress } from '../../address/address.js'
import { firstAddress, formatPrefix, ordinalOf } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Allocation, RecordedBlock } from '../../cluster/ipam-records.js'
import { TUNNEL_KINDS, type TunnelKind } from '../../cluster/node.js'
import type { Finding, ResourceRef } from '../../findings/finding.js'
import { WINDOWS_RESERVED_HANDLE } from '../owner.js'
import { TUNNEL_ATTRIBUTE } from '../recorded-addresses.js'
import type { IpamView } from '../view.js'

export function inUseFindings(cluster: Cluster, view: IpamView): Finding[] {
  // What the input says, not what was worked out on top of it: an address that a pod has is not thereby allocated.
  const blocks = cluster.recordedBlocks ?? view.blocks
  return [...unallocated(cluster, blocks), ...leaked(cluster, view, blocks)]
}

interface Use {
  readonly address: Address
  /** `namespace/name` of a pod, or words for a tunnel. */
  readonly user: string
  readonly resource: ResourceRef
}

/** Every address that a Pod or a Node of the input says it has. */
function* usesOf({ pods, nodes }: Cluster): Generator<Use> {
  for (const { namespace, name, addresses, hostNetwork, finished } of pods) {
    if (hostNetwork || finished) continue
    for (const address of addresses) {
      yield { address, user: `${namespace}/${name}`, resource: { kind: 'Pod', namespace, name } }
    }
  }
  for (const { name, tunnelAddress } of nodes) {
    for (const kind of TUNNEL_KINDS) {
      const address = tunnelAddress[kind]
      if (address) yield { address, user: `The ${kind} tunnel of ${name}`, resource: { kind: 'Node', name } }
    }
  }
}

/** In use, and IPAM does not know: outside every active pool, or in one but free. */
function unallocated(cluster: Cluster, blocks: readonly RecordedBlock[]): Finding[] {
  const active = new PrefixTable<true>()
  for (const { prefix, disabled } of cluster.pools) if (!disabled) active.set(prefix, true)
  const table = new PrefixTable<{ readonly block: RecordedBlock; readonly held: ReadonlySet<number> }>()
  for (const block of blocks) {
    table.set(block.prefix, { block, held: new Set(block.allocations.map(({ ordinal }) => ordinal)) })
  }
  const outside: Use[] = []
  const findings: Finding[] = []
  for (const use of usesOf(cluster)) {
    const { address, user, resource } = use
    const found = table.match(address)?.value
    if (found?.held.has(ordinalOf(found.block.prefix, address))) continue
    if (active.match(address) === undefined) {
      outside.push(use)
      continue
    }
    const where = found ? `block ${formatPrefix(found.block.prefix)} counts as free` : 'lies in no block'
    findings.push({
      severity: 'error',
      code: 'ADDRESS_NOT_ALLOCATED',
      message: `${user} uses ${formatAddress(address)}, which ${where}.`,
      hint: `Restart ${resource.kind === 'Pod' ? 'the pod' : 'calico-node there'} so that it is given an address of its own.`,
      resource,
    })
  }
  const [first] = outside
  if (first === undefined) return findings
  return [
    ...findings,
    {
      severity: 'warning',
      code: 'ADDRESS_OUTSIDE_POOLS',
      message: `${outside.length === 1 ? '1 address in use lies' : `${outside.length} addresses in use lie`} in no active pool and ${outside.length === 1 ? 'is' : 'are'} not allocated, ${formatAddress(first.address)} of ${first.user} for one.`,
      hint: 'Restart these pods so that they take addresses from an active pool.',
      resource: first.resource,
    },
  ]
}

const KIND_OF: ReadonlyMap<string, TunnelKind> = new Map(TUNNEL_KINDS.map((kind) => [TUNNEL_ATTRIBUTE[kind], kind]))

/**
 * Allocated, and nobody of the input has it: to a pod that is missing or has another address, or to a tunnel of a node
 * that is gone or has another. Without any Pod in the input nothing can be said of pods.
 */
function leaked(cluster: Cluster, view: IpamView, blocks: readonly RecordedBlock[]): Finding[] {
  if (view.simulated) return []
  const podAddresses = new Map(cluster.pods.map((pod) => [`${pod.namespace}/${pod.name}`, pod.addresses]))
  for (const { pod } of view.pods) {
    const key = `${pod.namespace}/${pod.name}`
    if (!podAddresses.has(key)) podAddresses.set(key, [])
  }
  const isLeaked = (prefix: RecordedBlock['prefix'], allocation: Allocation): boolean => {
    const { ordinal, namespace, pod, type, node, handle } = allocation
    if (allocation.releasedAt !== undefined || handle === WINDOWS_RESERVED_HANDLE) return false
    const address = addressPlus(firstAddress(prefix), ordinal)
    const differs = (other: Address): boolean => other.family !== prefix.family || other.value !== address?.value
    if (pod !== undefined) {
      if (cluster.pods.length === 0) return false
      const stated = podAddresses.get(`${namespace}/${pod}`)
      return stated === undefined || (stated.length > 0 && stated.every(differs))
    }
    const kind = type === undefined ? undefined : KIND_OF.get(type)
    if (kind === undefined || node === undefined || cluster.nodes.length === 0) return false
    const owner = cluster.nodeByName.get(node)
    const stated = owner?.tunnelAddress[kind]
    return owner === undefined || (stated !== undefined && differs(stated))
  }
  let count = 0
  let example: string | undefined
  for (const { prefix, allocations } of blocks) {
    for (const allocation of allocations) {
      if (!isLeaked(prefix, allocation)) continue
      count++
      const { namespace, pod, node, ordinal } = allocation
      const address = addressPlus(firstAddress(prefix), ordinal)
      const user = pod === undefined ? `a tunnel of ${node}` : `${namespace}/${pod}`
      example ??= `${address ? formatAddress(address) : ''} to ${user}`
    }
  }
  if (count === 0) return []
  return [
    {
      severity: 'warning',
      code: 'ADDRESS_LEAKED',
      message: `${count} ${count === 1 ? 'address is' : 'addresses are'} allocated but not in use by any pod or tunnel of the input, ${example} for one.`,
      hint: 'Check with calicoctl ipam check --show-problem-ips, then calicoctl ipam release; or add the missing pods to the input.',
    },
  ]
}
