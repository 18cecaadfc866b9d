/** What `calicoctl ipam show` prints of the owners of addresses (calicoctl/calicoctl/commands/ipam/show.go). */

import { type Address, addressPlus, formatAddress } from '../address/address.js'
import { containsAddress, firstAddress, formatPrefix, ordinalOf, type Prefix, parsePrefix } from '../address/prefix.js'
import type { Cluster } from '../cluster/cluster.js'
import type { Allocation } from '../cluster/ipam-records.js'
import { at, listOf, textMapOf } from '../cluster/read-fields.js'
import type { Labels } from '../cluster/workload.js'
import type { IpamView } from '../ipam/view.js'
import { blocksAsListed } from './ipam-show.js'
import { boxLines } from './ipam-show-table.js'

/** `calicoctl ipam show --show-borrowed`: addresses used on a node that does not own their block. */
export function borrowedLines(cluster: Cluster, view: IpamView): readonly string[] {
  const records = recordedOwners(cluster)
  const rows: string[][] = []
  let unclassified = 0
  for (const { prefix, affinity, allocations } of blocksAsListed(view)) {
    const owner = affinity?.host ?? ''
    for (const allocation of allocations) {
      const { node, ordinal } = allocation
      if (node === undefined) unclassified++
      else if (node !== owner) {
        const address = addressPlus(firstAddress(prefix), ordinal)
        const user = userOf(allocation, records(prefix, ordinal).active)
        rows.push([address ? formatAddress(address) : '', node, formatPrefix(prefix), owner, ...user])
      }
    }
  }
  const columns = ['IP', 'BORROWING-NODE', 'BLOCK', 'BLOCK OWNER', 'TYPE', 'ALLOCATED-TO'].map((name) => ({ name }))
  const lines = boxLines(cluster.release, columns, rows)
  if (unclassified === 0) return lines
  return [
    ...lines,
    '',
    `Note: found ${unclassified} IP allocations without an explicit node association. Unable to determine if they are borrowed.`,
  ]
}

function userOf(
  { namespace = '', pod, type }: Allocation,
  { vmi }: Labels,
): readonly [type: string, allocatedTo: string] {
  if (vmi !== undefined) return ['vmi', `${namespace}/${vmi}`]
  return pod === undefined ? [type ?? '', ''] : ['pod', `${namespace}/${pod}`]
}

/** `calicoctl ipam show --ip`. An address in no enabled pool counts as not assigned, whoever has it. */
export function addressLines(cluster: Cluster, view: IpamView, address: Address): readonly string[] {
  const text = formatAddress(address)
  const enabled = cluster.pools.filter(({ disabled, allocatable }) => !disabled && allocatable)
  const held = enabled.some(({ prefix }) => containsAddress(prefix, address)) ? heldAt(view, address) : undefined
  if (held === undefined) return [`${text} is not assigned`]
  const { allocation, prefix } = held
  if (allocation.releasedAt !== undefined) return [`address ${text} is in cooldown`]
  const { active, alternate } = recordedOwners(cluster)(prefix, allocation.ordinal)
  const owners = sortedLines({ ...active, ...ownAttributes(allocation) })
  if (!cluster.release.ipamShowOwners) {
    return [`IP ${text} is in use`, ...(owners.length > 0 ? ['Attributes:', ...owners] : ['No attributes defined'])]
  }
  const others = sortedLines(alternate)
  return [
    `IP ${text} is in use`,
    `Handle ID: ${handleOf(allocation)}`,
    ...(owners.length > 0 ? ['Active Owner Attributes:', ...owners] : ['No Active Owner attributes defined']),
    ...(others.length > 0 ? ['Alternate Owner Attributes:', ...others] : []),
  ]
}

function sortedLines(attributes: Labels): readonly string[] {
  return Object.keys(attributes)
    .sort()
    .map((name) => `  ${name}: ${attributes[name]}`)
}

function heldAt(
  view: IpamView,
  address: Address,
): { readonly prefix: Prefix; readonly allocation: Allocation } | undefined {
  const block = view.blocks.find(({ prefix }) => containsAddress(prefix, address))
  const allocation = block?.allocations.find(({ ordinal }) => ordinal === ordinalOf(block.prefix, address))
  return block && allocation && { prefix: block.prefix, allocation }
}

/** A pod's handle ends with its container's id, which exists only when the pod is started. */
function handleOf({ handle, pod }: Allocation): string {
  return handle ?? (pod === undefined ? '<none>' : 'k8s-pod-network.<container ID>')
}

function ownAttributes({ node, namespace, pod, type }: Allocation): Labels {
  return Object.fromEntries(
    Object.entries({ node, namespace, pod, type }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}

/** Every owner attribute that the input's IPAMBlock records, such as `timestamp` and `vmi`, which the Cluster leaves out. */
function recordedOwners(
  cluster: Cluster,
): (block: Prefix, ordinal: number) => { readonly active: Labels; readonly alternate: Labels } {
  const specs = new Map<string, unknown>()
  if (cluster.recordedBlocks !== undefined) {
    for (const { resource } of cluster.manifests) {
      const cidr = resource.kind === 'IPAMBlock' ? at(resource.spec, 'cidr') : undefined
      const prefix = typeof cidr === 'string' ? parsePrefix(cidr) : undefined
      if (prefix) specs.set(formatPrefix(prefix), resource.spec)
    }
  }
  return (block, ordinal) => {
    const spec = specs.size === 0 ? undefined : specs.get(formatPrefix(block))
    const index = listOf(at(spec, 'allocations'))[ordinal]
    const attribute = typeof index === 'number' ? listOf(at(spec, 'attributes'))[index] : undefined
    return {
      active: textMapOf(at(attribute, 'secondary') ?? at(attribute, 'activeOwnerAttrs')),
      alternate: textMapOf(at(attribute, 'alternateOwnerAttrs')),
    }
  }
}
