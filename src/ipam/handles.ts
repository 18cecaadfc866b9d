/** Addresses by handle (libcalico-go/lib/ipam/ipam.go IPsByHandle). */

import type { Address } from '../address/address.js'
import type { IpamState } from './ipam-state.js'

/** Block by block in the order in which the handle got them, ascending within each; empty for an unknown handle. */
export function addressesOfHandle(state: IpamState, handle: string): Address[] {
  return state.handles.blocksOf(handle).flatMap((prefix) => {
    const block = state.block(prefix)
    return block ? block.ordinalsOf(handle).map((ordinal) => block.addressAt(ordinal)) : []
  })
}
