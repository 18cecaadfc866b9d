/** Contradictions between recorded blocks, affinities, pools and pods, as `calicoctl ipam check` looks for them. */

import { type Address, formatAddress } from '../../address/address.js'
import { formatPrefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { RecordedBlock } from '../../cluster/ipam-records.js'
import type { Finding } from '../../findings/finding.js'
import type { IpamView, PlacedPod } from '../view.js'
import { blockStructureFindings } from './block-structure.js'
import { inUseFindings } from './in-use.js'

export function recordFindings(cluster: Cluster, view: IpamView): Finding[] {
  const blocks = new PrefixTable<RecordedBlock>()
  for (const block of view.blocks) blocks.set(block.prefix, block)
  return [
    ...claimedTwice(view, blocks),
    ...withoutPool(cluster, view),
    ...duplicates(view),
    ...inUseFindings(cluster, view),
    ...blockStructureFindings(cluster),
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
      message: `Block ${formatPrefix(prefix)} with ${allocations.length === 1 ? '1 address' : `${allocations.length} addresses`} in use lies in no IPPool.`,
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
