/** Addresses in their order, so that those inside a network are found without looking at all of them. */

import type { Address, Family } from '../../address/address.js'
import { lastAddress, type Prefix } from '../../address/prefix.js'

export interface AddressOrder {
  /** Places of the addresses in the network, by ascending address. */
  within(network: Prefix): readonly number[]
}

export function addressOrder(addresses: readonly (Address | undefined)[]): AddressOrder {
  const inOrder = (family: Family): Int32Array => {
    const value = (at: number): number | bigint => addresses[at]?.value ?? 0
    const places = addresses.flatMap((address, at) => (address?.family === family ? at : []))
    return Int32Array.from(places.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : a - b)))
  }
  const places = { 4: inOrder(4), 6: inOrder(6) }
  return {
    within: (network) => {
      const list = places[network.family]
      const found: number[] = []
      const last = lastAddress(network).value
      for (let at = firstFrom(list, addresses, network.base); at < list.length; at++) {
        const place = list[at] ?? 0
        if ((addresses[place]?.value ?? 0) > last) break
        found.push(place)
      }
      return found
    },
  }
}

/** Where in the order the addresses begin that are not below the value. */
function firstFrom(list: Int32Array, addresses: readonly (Address | undefined)[], value: number | bigint): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((addresses[list[middle] ?? 0]?.value ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}
