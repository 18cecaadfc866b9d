/** Addresses as keys of Maps: the integer itself, with one Map for each family. */

import type { Address } from '../../address/address.js'

export type AddressKey = number | bigint

export function addressKey(address: Address): AddressKey {
  return address.value
}
