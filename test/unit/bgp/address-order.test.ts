import { describe, expect, test } from 'vitest'
import { parseAddress } from '../../../src/address/address.js'
import { parsePrefix } from '../../../src/address/prefix.js'
import { addressOrder } from '../../../src/bgp/felix/address-order.js'

const within = (addresses: readonly (string | undefined)[], network: string): readonly number[] => {
  const prefix = parsePrefix(network)
  if (prefix === undefined) throw new Error(`${network} is no CIDR`)
  return addressOrder(addresses.map((text) => (text === undefined ? undefined : parseAddress(text)))).within(prefix)
}

describe('addresses in their order', () => {
  test('are found inside a network by ascending address, its first and last among them', () => {
    expect(within(['10.0.1.0', '10.0.0.255', '10.0.0.0', '10.0.0.7', '9.255.255.255'], '10.0.0.0/24')).toEqual([
      2, 3, 1,
    ])
  })

  test('stay in the order of their places where they are one address', () => {
    expect(within(['10.0.0.7', '10.0.0.8', '10.0.0.7'], '10.0.0.0/24')).toEqual([0, 2, 1])
  })

  test('are those of the family alone, and not what is missing', () => {
    expect(within(['fd00::1', undefined, '10.0.0.1', 'fd00:1::1'], 'fd00::/64')).toEqual([0])
  })
})
