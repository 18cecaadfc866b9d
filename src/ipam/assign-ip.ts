/** One certain address for a host (libcalico-go/lib/ipam/ipam.go AssignIP, ipam_block.go assign). */

import { type Address, formatAddress } from '../address/address.js'
import { formatPrefix, ordinalOf, prefixOf } from '../address/prefix.js'
import type { PoolUse } from '../cluster/pool.js'
import type { Block, HostReservation } from './block.js'
import { claimBlock } from './block-affinity.js'
import { failure, type IpamFailure } from './failure.js'
import { addressesOfHandle } from './handles.js'
import type { IpamState } from './ipam-state.js'
import { type AddressOwner, type Affinity, affinityText } from './owner.js'

export interface AssignIpRequest {
  readonly host: string
  readonly address: Address
  /** Absent: the pool's allowed uses are not looked at. */
  readonly use?: PoolUse | undefined
  readonly owner?: AddressOwner
  readonly reservation?: HostReservation | undefined
  readonly maxPerHandle?: number
}

/**
 * Assigns the address, or says why not. The pool's selectors and assignment mode, reservations, the limit on blocks
 * and autoAllocateBlocks do not count here; a block that does not exist yet becomes the host's.
 */
export function assignIp(state: IpamState, request: AssignIpRequest): IpamFailure | undefined {
  const { host, address, use } = request
  const pool = state.enabledPoolOf(address)
  if (pool === undefined) {
    return failure('outsidePools', 'The provided IP address is not in a configured pool\n')
  }
  if (use !== undefined && !pool.allowedUses.includes(use)) {
    return failure(
      'useNotAllowed',
      `IP address ${formatAddress(address)} is in IP pool "${pool.name}", which is not allowed for use "${use}" (allowedUses: [${pool.allowedUses.join(' ')}])`,
    )
  }
  const owner: Affinity = { type: use === 'LoadBalancer' ? 'virtual' : 'host', host }
  const prefix = prefixOf(address, pool.blockSize)
  const block = state.block(prefix) ?? claimBlock(state, owner, prefix, request.reservation)
  if (block === undefined) return failure('otherOwner', `${formatPrefix(prefix)} already claimed`)
  return take(state, block, owner, request)
}

function take(state: IpamState, block: Block, owner: Affinity, request: AssignIpRequest): IpamFailure | undefined {
  const { address, maxPerHandle = 0 } = request
  const handle = request.owner?.handle
  if (state.settings.strictAffinity) {
    if (block.affinity === undefined) {
      return failure('otherOwner', `Attempt to assign from block ${formatPrefix(block.prefix)} with no affinity`)
    }
    if (block.affinity !== affinityText(owner)) return failure('otherOwner', 'Block host affinity does not match')
  }
  const ordinal = ordinalOf(block.prefix, address)
  const held = block.heldAt(ordinal)
  if (held) {
    const sameHandle = handle !== undefined && held.owner?.handle === handle
    if (maxPerHandle > 0 && sameHandle) return undefined
    return failure(
      'alreadyAssigned',
      `resource already exists: ${formatAddress(address)} with error: Address already assigned in block`,
    )
  }
  if (handle !== undefined) {
    if (maxPerHandle > 0 && state.handles.total(handle, address.family) + 1 > maxPerHandle) {
      return handleFull(state, request, handle)
    }
    state.handles.increment(handle, block.prefix, 1)
  }
  block.assign(ordinal, request.owner ?? {})
  state.updated(block)
  return undefined
}

function handleFull(state: IpamState, request: AssignIpRequest, handle: string): IpamFailure {
  const { address, maxPerHandle = 0 } = request
  const holds = addressesOfHandle(state, handle).some(({ family }) => family === address.family)
  return failure(
    'handleFull',
    holds
      ? `handle ${handle} already has IP(s) allocated, cannot assign additional IP ${formatAddress(address)} (maxAllocPerIPVersion=${maxPerHandle})`
      : 'Max retries hit - excessive concurrent IPAM requests',
  )
}
