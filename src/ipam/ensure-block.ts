/** A block for a host without an address of it, as Windows nodes ask (libcalico-go/lib/ipam/ipam.go ensureBlock). */

import type { Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import { claimNewBlock, nextAffineBlock, usableAffinities, wrongFamily } from './auto-assign.js'
import type { HostReservation } from './block.js'
import { failure, type IpamFailure, isFailure } from './failure.js'
import type { IpamState } from './ipam-state.js'
import type { Affinity } from './owner.js'
import { poolsForHost } from './pool-selection.js'

export interface EnsureBlockRequest {
  readonly host: string
  readonly family: Family
  readonly pools?: readonly Prefix[]
  readonly reservation: HostReservation
}

/** A block that the host has, or a new one. The limit on blocks is not looked at. */
export function ensureBlock(state: IpamState, request: EnsureBlockRequest): Prefix | IpamFailure {
  const { host, family, reservation } = request
  const requested = request.pools ?? []
  if (requested.some((prefix) => prefix.family !== family)) return wrongFamily(family)
  const pools = poolsForHost(state, { host, family, use: 'Workload', requested, reservation })
  if (isFailure(pools)) return pools
  const owner: Affinity = { type: 'host', host }
  const own = nextAffineBlock(state, usableAffinities(state, owner, family, pools), reservation, 0)
  if (own) return own.prefix
  if (!state.settings.autoAllocateBlocks) return failure('autoAllocateOff', 'failed to find or claim a block')
  return claimNewBlock(state, owner, pools.allowed, reservation)?.prefix ?? failure('exhausted', 'No Free Blocks')
}
