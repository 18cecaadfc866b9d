/** Contradictions between recorded blocks, affinities, pools and pods, as `calicoctl ipam check` looks for them. */

import { type Address, formatAddress } from '../../address/address.js'
import { formatPrefix, ordinalOf } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView, PlacedPod } from '../view.js'

export function recordFindings(cluster: Cluster, view: IpamView): Finding[] {
  const blocks = new PrefixTable<RecordedBlock>()
  for (const block of view.blocks) blocks.set(block.prefix, block)
  return [
    ...claimedTwice(view, blocks),
    ...withoutPool(cluster, view),
    ...duplicates(view),
    ...podsInBlocks(cluster, view, blocks),
    ...leaked(cluster, view),
  ]
}

function claimedTwice(view: IpamView, blocks: PrefixTable<RecordedBlock>): Finding[] {
  const claims = new Map<string, string[]>()
  for (const { node, type, prefix, state } of view.affinities) {
    if (state === 'pending' || state === 'pendingDeletion') continue
    const text = formatPrefix(prefix)
    const list = claims.get(text) ?? []
    const owner = blocks.get(prefix)?.affinity
    if (list.length === 0 && owner && (owner.host !== node || owner.type !== type)) list.push(owner.host)
    if (!list.includes(node)) list.push(node)
    claims.set(text, list)
  }
  return [...claims]
    .filter(([, nodes]) => nodes.length > 1)
    .map(([block, nodes]) => ({
      severity: 'error',
      code: 'BLOCK_CLAIMED_TWICE',
      message: `Block ${block} is claimed by ${nodes.sort().join(' and ')}.`,
      hint: 'Delete the BlockAffinity of the node that does not own the block: kubectl delete blockaffinity NODE-BLOCK.',
      resource: { kind: 'IPAMBlock', name: block.replaceAll(/[.:/]/g, '-') },
    }))
}

function withoutPool(cluster: Cluster, view: IpamView): Finding[] {
  const pools = new PrefixTable<true>()
  for (const { prefix } of cluster.pools) pools.set(prefix, true)
  return view.blocks
    .filter(({ prefix }) => pools.covering(prefix) === undefined)
    .map(({ prefix, allocations }) => ({
      severity: 'warning',
      code: 'BLOCK_WITHOUT_POOL',
      message: `Block ${formatPrefix(prefix)} with ${allocations.length} addresses in use lies in no IPPool.`,
      hint: 'Restart the pods that use it so that they take addresses from a pool; the block goes with its last address.',
      resource: { kind: 'IPAMBlock', name: formatPrefix(prefix).replaceAll(/[.:/]/g, '-') },
    }))
}

function keyOf({ family, value }: Address): string {
  return `${family} ${value}`
}

function duplicates(view: IpamView): Finding[] {
  const holders = new Map<string, PlacedPod>()
  const findings: Finding[] = []
  for (const placed of view.pods) {
    for (const address of placed.addresses) {
      const other = holders.get(keyOf(address))
      if (other === undefined) {
        holders.set(keyOf(address), placed)
        continue
      }
      findings.push({
        severity: 'error',
        code: 'ADDRESS_DUPLICATE',
        message: `${formatAddress(address)} is the address of ${nameOf(other)} on ${other.node} and of ${nameOf(placed)} on ${placed.node}.`,
        hint: 'Delete one of the pods so that it is started with another address.',
        resource: { kind: 'Pod', namespace: placed.pod.namespace, name: placed.pod.name },
      })
    }
  }
  return findings
}

function nameOf({ pod }: PlacedPod): string {
  return `${pod.namespace}/${pod.name}`
}

/** Addresses that pods use although IPAM does not count them so. */
function podsInBlocks(cluster: Cluster, view: IpamView, blocks: PrefixTable<RecordedBlock>): Finding[] {
  const active = new PrefixTable<true>()
  for (const { prefix, disabled } of cluster.pools) if (!disabled) active.set(prefix, true)
  const held = heldOrdinals(view)
  const outside: PlacedPod[] = []
  const findings: Finding[] = []
  for (const placed of view.pods) {
    if (placed.pod.synthetic !== undefined) continue
    for (const address of placed.addresses) {
      if (active.match(address) === undefined) {
        outside.push(placed)
        continue
      }
      const block = blocks.match(address)?.value
      if (block && held.get(block)?.has(ordinalOf(block.prefix, address))) continue
      findings.push({
        severity: 'error',
        code: 'ADDRESS_NOT_ALLOCATED',
        message: `${nameOf(placed)} uses ${formatAddress(address)}, which ${block ? `block ${formatPrefix(block.prefix)} counts as free` : 'lies in no block'}.`,
        hint: 'Restart the pod so that it is given an address of its own.',
        resource: { kind: 'Pod', namespace: placed.pod.namespace, name: placed.pod.name },
      })
    }
  }
  const [first] = outside
  if (first === undefined) return findings
  const [address] = first.addresses
  return [
    ...findings,
    {
      severity: 'warning',
      code: 'ADDRESS_OUTSIDE_POOLS',
      message: `${outside.length === 1 ? '1 pod uses' : `${outside.length} pods use`} an address outside every active pool, ${nameOf(first)} with ${address ? formatAddress(address) : ''} for one.`,
      hint: 'Restart these pods so that they take addresses from an active pool.',
      resource: { kind: 'Pod', namespace: first.pod.namespace, name: first.pod.name },
    },
  ]
}

function heldOrdinals(view: IpamView): Map<RecordedBlock, ReadonlySet<number>> {
  return new Map(view.blocks.map((block) => [block, new Set(block.allocations.map(({ ordinal }) => ordinal))]))
}

/** Allocations that name a pod which is not in the input; without any Pod in the input nothing can be said. */
function leaked(cluster: Cluster, view: IpamView): Finding[] {
  if (view.simulated || cluster.pods.length === 0) return []
  const known = new Set(view.pods.map(nameOf))
  for (const pod of cluster.pods) known.add(`${pod.namespace}/${pod.name}`)
  let count = 0
  let example: string | undefined
  for (const { allocations } of view.blocks) {
    for (const { namespace, pod, releasedAt } of allocations) {
      if (pod === undefined || releasedAt !== undefined || known.has(`${namespace}/${pod}`)) continue
      count++
      example ??= `${namespace}/${pod}`
    }
  }
  if (count === 0) return []
  return [
    {
      severity: 'warning',
      code: 'ADDRESS_LEAKED',
      message: `${count} ${count === 1 ? 'address is' : 'addresses are'} allocated to pods that are not in the input, ${example} for one.`,
      hint: 'Check with calicoctl ipam check --show-problem-ips, then calicoctl ipam release; or add the missing pods to the input.',
    },
  ]
}
