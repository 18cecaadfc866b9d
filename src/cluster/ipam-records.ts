/** IPAM objects as the datastore holds them: IPAMBlock, BlockAffinity, IPReservation, IPAMConfiguration. */

import type { Prefix } from '../address/prefix.js'

export type AffinityState = 'confirmed' | 'pending' | 'pendingDeletion' | ''

export interface BlockAffinity {
  readonly node: string
  readonly type: 'host' | 'virtual'
  readonly prefix: Prefix
  /** `` is a legacy record and counts as confirmed. */
  readonly state: AffinityState
}

/** One address of a block that is not free. */
export interface Allocation {
  /** Zero-based place in the block. */
  readonly ordinal: number
  readonly handle?: string
  /** The `node` attribute: where the address is used, which is not always the block's owner. */
  readonly node?: string
  readonly namespace?: string
  readonly pod?: string
  /** The `type` attribute: `ipipTunnelAddress`, `vxlanTunnelAddress`, `wireguardTunnelAddress`, ... */
  readonly type?: string
  /** Released and cooling down: still counted as used, owned by nobody. */
  readonly releasedAt?: string
}

export interface RecordedBlock {
  readonly prefix: Prefix
  /** Undefined: an orphan, whose addresses live on after its affinity was released. */
  readonly affinity?: { readonly type: 'host' | 'virtual'; readonly host: string }
  /** Ascending by ordinal. */
  readonly allocations: readonly Allocation[]
  /** Free ordinals in the order in which they will be given out. */
  readonly unallocated: readonly number[]
  readonly affinityClaimTime?: string
}

export interface Reservation {
  readonly name: string
  readonly prefixes: readonly Prefix[]
}

export interface IpamSettings {
  readonly strictAffinity: boolean
  readonly autoAllocateBlocks: boolean
  /** 0 is unset; the effective limit is then 20. */
  readonly maxBlocksPerHost: number
  readonly ipCooldownSeconds: number
  readonly kubeVirtVMAddressPersistence: boolean
  readonly reservations: readonly Reservation[]
}
