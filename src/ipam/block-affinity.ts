/**
 * Claiming a block for a host and giving it up (libcalico-go/lib/ipam/ipam_block_reader_writer.go getPendingAffinity,
 * claimAffineBlock, releaseBlockAffinity; ipam.go getBlockFromAffinity).
 */

import { firstAddress, type Prefix } from '../address/prefix.js'
import type { AffinityEntry } from './affinity-table.js'
import { Block, type HostReservation } from './block.js'
import type { IpamState } from './ipam-state.js'
import { type Affinity, affinityText } from './owner.js'
import { selected } from './pool-candidates.js'

/** Makes sure that the host has an affinity object for the block; one that is not confirmed is pending again. */
export function pendingAffinity(state: IpamState, owner: Affinity, block: Prefix): AffinityEntry {
  const known = state.affinities.get(owner, block)
  return known?.state === 'confirmed' ? known : state.affinities.set(owner, block, 'pending')
}

/**
 * The block of an affinity: made if it does not exist, its affinity confirmed if it was not. Undefined when the block
 * has another owner; then the affinity was stale and is gone.
 */
export function loadAffineBlock(
  state: IpamState,
  entry: AffinityEntry,
  reservation: HostReservation | undefined,
): Block | undefined {
  const block = state.block(entry.prefix)
  if (block === undefined) return createBlock(state, entry, reservation)
  if (block.affinity !== affinityText(entry.owner)) {
    state.affinities.delete(entry.owner, entry.prefix)
    return undefined
  }
  if (entry.state !== 'confirmed' && entry.state !== '') {
    entry.state = 'confirmed'
    state.updated(block)
  }
  return block
}

/** Claims a block that may exist already; undefined when another host or nobody owns it. */
export function claimBlock(
  state: IpamState,
  owner: Affinity,
  prefix: Prefix,
  reservation?: HostReservation,
): Block | undefined {
  const entry = pendingAffinity(state, owner, prefix)
  const block = state.block(prefix)
  if (block === undefined) return createBlock(state, entry, reservation)
  if (block.affinity === affinityText(owner)) {
    entry.state = 'confirmed'
    return block
  }
  state.affinities.delete(owner, prefix)
  return undefined
}

function createBlock(state: IpamState, entry: AffinityEntry, reservation: HostReservation | undefined): Block {
  const block = new Block(entry.prefix, undefined, reservation)
  block.affinity = affinityText(entry.owner)
  block.claimedAt = state.now
  state.add(block)
  entry.state = 'confirmed'
  return block
}

export type AffinityRelease = 'released' | 'notFound' | 'otherOwner' | 'notEmpty'

/**
 * Gives up a host's affinity. An empty block is deleted, another becomes an orphan. Without a block the affinity
 * object stays, as it does in Calico: the host makes the block anew when it next needs one.
 */
export function releaseBlockAffinity(
  state: IpamState,
  owner: Affinity,
  prefix: Prefix,
  requireEmpty: boolean,
): AffinityRelease {
  const entry = state.affinities.get(owner, prefix)
  const block = entry && state.block(prefix)
  if (entry === undefined || block === undefined) return 'notFound'
  if (block.affinity !== undefined && block.affinity !== affinityText(owner)) {
    state.affinities.delete(owner, prefix)
    return 'otherOwner'
  }
  if (requireEmpty && !block.empty) return 'notEmpty'
  if (block.empty) state.delete(block)
  else state.orphan(block)
  state.affinities.delete(owner, prefix)
  return 'released'
}

/** Reads `host:n1`; undefined for anything that is no affinity (ipam_block.go getAffinityConfig). */
export function parseAffinity(text: string | undefined): Affinity | undefined {
  if (text?.startsWith('host:')) return { type: 'host', host: text.slice('host:'.length) }
  if (text?.startsWith('virtual:')) return { type: 'virtual', host: text.slice('virtual:'.length) }
  return undefined
}

/**
 * After a release of addresses: when the block's enabled pool no longer selects the block's node and the block is
 * empty, the node gives it up (ipam.go ensureConsistentAffinity).
 */
export function ensureConsistentAffinity(state: IpamState, block: Block): void {
  const owner = parseAffinity(block.affinity)
  const labels = owner && state.nodes.get(owner.host)
  const pool = state.enabledPoolOf(firstAddress(block.prefix))
  if (owner === undefined || labels === undefined || pool === undefined) return
  if (selected(pool.nodeSelector, labels) === false) releaseBlockAffinity(state, owner, block.prefix, true)
}
