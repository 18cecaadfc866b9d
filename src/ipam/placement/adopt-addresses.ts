/**
 * Addresses that pods and tunnels have according to their own resources, taken into the state as they are: they were
 * assigned once, whatever pools and settings say now.
 */

import type { Address } from '../../address/address.js'
import { containsAddress, formatPrefix, ordinalOf, type Prefix, prefixOf } from '../../address/prefix.js'
import { claimBlock } from '../block-affinity.js'
import type { IpamState } from '../ipam-state.js'
import type { AddressOwner } from '../owner.js'

export interface KnownAddress {
  readonly address: Address
  readonly node: string
  readonly owner: AddressOwner
}

/** What the ownership of a block that no resource records rests on. */
export const ADOPTION_ASSUMPTION =
  'The input records addresses but no IPAM blocks: each block is taken to belong to the node that uses most of its addresses.'

/**
 * Marks the addresses as held. With `makeBlocks`, a block that does not exist is made and given to the node with most
 * addresses in it, the first by name on a tie; other nodes' addresses in it were then borrowed. An address outside all
 * pools, or that somebody holds already, changes nothing.
 */
export function adoptAddresses(state: IpamState, known: readonly KnownAddress[], makeBlocks: boolean): void {
  if (makeBlocks) makeMissingBlocks(state, known)
  for (const { address, owner } of known) {
    const block = state.blockOf(address)
    if (block === undefined) continue
    const ordinal = ordinalOf(block.prefix, address)
    if (block.isHeld(ordinal)) continue
    block.assign(ordinal, owner)
    if (owner.handle !== undefined) state.handles.increment(owner.handle, block.prefix, 1)
    state.updated(block)
  }
}

function makeMissingBlocks(state: IpamState, known: readonly KnownAddress[]): void {
  const votes = new Map<string, { readonly block: Prefix; readonly byNode: Map<string, number> }>()
  for (const { address, node } of known) {
    const pool = state.pools.find(({ prefix }) => containsAddress(prefix, address))
    if (pool === undefined || state.blockOf(address) !== undefined) continue
    const block = prefixOf(address, pool.blockSize)
    const key = formatPrefix(block)
    const vote = votes.get(key) ?? { block, byNode: new Map<string, number>() }
    vote.byNode.set(node, (vote.byNode.get(node) ?? 0) + 1)
    votes.set(key, vote)
  }
  for (const { block, byNode } of votes.values()) {
    let owner: string | undefined
    let most = 0
    for (const [node, count] of byNode) {
      if (count > most || (count === most && (owner === undefined || node < owner))) [owner, most] = [node, count]
    }
    if (owner !== undefined) claimBlock(state, { type: 'host', host: owner }, block)
  }
}
