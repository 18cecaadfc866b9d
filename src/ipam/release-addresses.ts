/** Giving addresses back (libcalico-go/lib/ipam/ipam.go ReleaseIPs, ReleaseByHandle; ipam_block.go release). */

import { type Address, formatAddress } from '../address/address.js'
import { containsAddress, ordinalOf, prefixOf } from '../address/prefix.js'
import type { Block } from './block.js'
import { ensureConsistentAffinity } from './block-affinity.js'
import { failure, type IpamFailure } from './failure.js'
import type { IpamState } from './ipam-state.js'
import { sanitizeHandle } from './owner.js'

export interface ReleaseRequest {
  readonly address: Address
  /** When given, the allocation must have this handle. */
  readonly handle?: string
  /** When given, the allocation must have this sequence number. */
  readonly sequence?: number
}

export interface ReleaseResult {
  /** Asked for, but not allocated, or cooling down already. */
  readonly unallocated: readonly Address[]
  /** Requests that met no error, those for unallocated addresses among them. */
  readonly released: readonly ReleaseRequest[]
  readonly failure?: IpamFailure
}

/** Releases the addresses, block by block; one bad request spoils its whole block. */
export function releaseAddresses(state: IpamState, requests: readonly ReleaseRequest[]): ReleaseResult {
  const unallocated: Address[] = []
  const released: ReleaseRequest[] = []
  let failed: IpamFailure | undefined
  for (const [block, group] of byBlock(state, requests, unallocated, released)) {
    const result = releaseFromBlock(block, group)
    if ('reason' in result) {
      failed ??= result
      continue
    }
    unallocated.push(...result.unallocated)
    released.push(...group)
    if (result.ordinals.length > 0) finishRelease(state, block, result.ordinals)
  }
  return failed ? { unallocated, released, failure: failed } : { unallocated, released }
}

/**
 * Calico looks for the block by the size of the pool that holds the address, disabled pools included, and scans all
 * blocks only for an address outside every pool. A block that does not exist is released without an error.
 */
function byBlock(
  state: IpamState,
  requests: readonly ReleaseRequest[],
  unallocated: Address[],
  released: ReleaseRequest[],
): Map<Block, ReleaseRequest[]> {
  const groups = new Map<Block, ReleaseRequest[]>()
  for (const request of requests) {
    const { address } = request
    const pool = state.pools.find(({ prefix }) => containsAddress(prefix, address))
    const block = pool ? state.block(prefixOf(address, pool.blockSize)) : state.blockOf(address)
    const group = block && groups.get(block)
    if (block === undefined) {
      unallocated.push(address)
      if (pool) released.push(request)
    } else if (group) group.push(request)
    else groups.set(block, [request])
  }
  return groups
}

interface BlockRelease {
  readonly ordinals: readonly number[]
  readonly unallocated: readonly Address[]
}

/** What releasing these addresses of the block would come to; changes nothing yet. */
export function releaseFromBlock(block: Block, requests: readonly ReleaseRequest[]): BlockRelease | IpamFailure {
  const byOrdinal = new Map(requests.map((request) => [ordinalOf(block.prefix, request.address), request]))
  const ordinals: number[] = []
  const unallocated: Address[] = []
  for (const [ordinal, { address, handle, sequence }] of byOrdinal) {
    const held = block.heldAt(ordinal)
    const known = held?.sequence ?? 0
    if (sequence !== undefined && sequence !== known) {
      return failure(
        'staleRelease',
        `update conflict: ${formatAddress(address)} (bad sequence number, requested ${sequence}, expected ${known})`,
      )
    }
    if (held?.owner === undefined) {
      unallocated.push(address)
      continue
    }
    const holder = sanitizeHandle(held.owner.handle ?? '')
    if (handle && sanitizeHandle(handle) !== holder) {
      return failure(
        'staleRelease',
        `update conflict: ${formatAddress(address)} (bad handle, requested ${handle}, expected ${holder})`,
      )
    }
    ordinals.push(ordinal)
  }
  return { ordinals, unallocated }
}

/** Releases everything that the handle holds. */
export function releaseByHandle(state: IpamState, text: string): IpamFailure | undefined {
  const handle = sanitizeHandle(text)
  if (!state.handles.has(handle)) {
    return failure('unknownHandle', `resource does not exist: IPAMHandle(${handle})`)
  }
  for (const prefix of state.handles.blocksOf(handle)) {
    const block = state.block(prefix)
    const ordinals = block?.ordinalsOf(handle) ?? []
    if (block && ordinals.length > 0) finishRelease(state, block, ordinals)
  }
  return undefined
}

function finishRelease(state: IpamState, block: Block, ordinals: readonly number[]): void {
  const counts = new Map<string, number>()
  for (const ordinal of ordinals) {
    const handle = sanitizeHandle(block.heldAt(ordinal)?.owner?.handle ?? '')
    if (handle !== '') counts.set(handle, (counts.get(handle) ?? 0) + 1)
  }
  block.release(ordinals, state.now)
  block.collect(state.now, state.settings.ipCooldownSeconds)
  if (block.empty && block.affinity === undefined) state.delete(block)
  else state.updated(block)
  for (const [handle, count] of counts) state.handles.decrement(handle, block.prefix, count)
  ensureConsistentAffinity(state, block)
}
