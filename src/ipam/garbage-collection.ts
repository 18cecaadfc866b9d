/**
 * What kube-controllers tidies up (kube-controllers/pkg/controllers/node/ipam.go): addresses of nodes and pods that
 * are gone, and blocks that a node no longer needs. The grace periods are the caller's: call these once they are over.
 */

import type { Address } from '../address/address.js'
import { comparePrefixes, type Prefix } from '../address/prefix.js'
import { parseAffinity, releaseBlockAffinity } from './block-affinity.js'
import { releaseHostAffinities } from './cidr-affinity.js'
import type { IpamState } from './ipam-state.js'
import { type AddressOwner, WINDOWS_RESERVED_HANDLE } from './owner.js'
import { releaseAddresses } from './release-addresses.js'

/** Seconds for which a leaked address or an empty block is left alone, unless leakGracePeriod says otherwise. */
export const LEAK_GRACE_SECONDS = 15 * 60

/**
 * Releases addresses whose owner `isGone`. Addresses that share a handle go together or not at all. Windows' own
 * addresses stay.
 */
export function releaseLeaked(state: IpamState, isGone: (owner: AddressOwner) => boolean): number {
  const kept = new Set<string>()
  const leaked: { readonly owner: AddressOwner; readonly address: Address }[] = []
  for (const block of state.blocks()) {
    for (const [ordinal, { owner }] of block.held()) {
      if (owner === undefined || owner.handle?.toLowerCase() === WINDOWS_RESERVED_HANDLE) continue
      if (isGone(owner)) leaked.push({ owner, address: block.addressAt(ordinal) })
      else if (owner.handle !== undefined) kept.add(owner.handle)
    }
  }
  const whole = leaked.filter(({ owner }) => owner.handle === undefined || !kept.has(owner.handle))
  releaseAddresses(
    state,
    whole.map(({ address }) => ({ address })),
  )
  return whole.length
}

/** After a node is deleted: its addresses are released, wherever their blocks are, and then its affinities. */
export function removeNode(state: IpamState, node: string): void {
  state.nodes = new Map([...state.nodes].filter(([name]) => name !== node))
  releaseLeaked(state, (owner) => owner.node === node)
  releaseHostAffinities(state, { type: 'host', host: node }, true)
}

/**
 * Gives up blocks that hold nothing, as long as their node keeps one block, counted over all pools and both families.
 * A block with Windows' own addresses holds something. Gives the blocks that went, ascending.
 */
export function releaseEmptyBlocks(state: IpamState): Prefix[] {
  const released: Prefix[] = []
  const empty = [...state.emptyBlocks]
    .filter((block) => block.inUse === 0)
    .sort((a, b) => comparePrefixes(a.prefix, b.prefix))
  for (const block of empty) {
    const owner = parseAffinity(block.affinity)
    if (owner?.type !== 'host' || [...state.blocksAffineTo(owner)].length <= 1) continue
    if (releaseBlockAffinity(state, owner, block.prefix, true) === 'released') released.push(block.prefix)
  }
  return released
}
