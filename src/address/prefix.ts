/** CIDR prefixes over the integers of `address.ts`: base address with host bits zero, and a length. */

import {
  type Address,
  addressPlus,
  type Family,
  formatAddress,
  parseAddress,
  parseV4Value,
  parseV6Value,
} from './address.js'

/** An IPv4 prefix; `base` has its host bits zero. */
export interface V4Prefix {
  readonly family: 4
  readonly base: number
  readonly length: number
}

/** An IPv6 prefix; `base` has its host bits zero. */
export interface V6Prefix {
  readonly family: 6
  readonly base: bigint
  readonly length: number
}

/** A prefix of either family. */
export type Prefix = V4Prefix | V6Prefix

/** An interface address as `172.16.1.11/24` writes it: the address, and the network that its mask gives. */
export interface InterfaceAddress {
  readonly address: Address
  readonly network: Prefix
}

/** Bits of an address. */
export const bitsOf = (family: Family): 32 | 128 => (family === 4 ? 32 : 128)

/**
 * Parses `address/length` as Go's net.ParseCIDR does: host bits may be set, and zeros may precede the length. An
 * IPv4-mapped address counts its length in 128 bits: `::ffff:10.0.0.1/120` is 10.0.0.1/24, and one shorter than /96
 * stays IPv6. Undefined when the text is no CIDR.
 */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const slash = text.indexOf('/')
  if (slash < 0) return undefined
  const digits = text.slice(slash + 1)
  if (!/^[0-9]+$/.test(digits)) return undefined
  const length = Number(digits)
  const host = text.slice(0, slash)
  const v4 = parseV4Value(host)
  if (v4 !== undefined) return within({ family: 4, value: v4 }, length)
  const v6 = parseV6Value(host)
  if (v6 === undefined) return undefined
  if (v6 >> 32n === 0xffffn && length >= 96) return within({ family: 4, value: Number(v6 & 0xffffffffn) }, length - 96)
  return within({ family: 6, value: v6 }, length)
}

function within(address: Address, length: number): InterfaceAddress | undefined {
  return length <= bitsOf(address.family) ? { address, network: prefixOf(address, length) } : undefined
}

/** Parses `address/length` or a bare address, which counts as a host prefix (/32 or /128). */
export function parseInterfaceAddressOrHost(text: string): InterfaceAddress | undefined {
  if (text.includes('/')) return parseInterfaceAddress(text)
  const address = parseAddress(text)
  return address && { address, network: hostPrefix(address) }
}

/** Parses a CIDR and masks it: `10.65.0.7/26` gives 10.65.0.0/26. */
export function parsePrefix(text: string): Prefix | undefined {
  return parseInterfaceAddress(text)?.network
}

/** As `parsePrefix`, and a bare address is a host prefix. */
export function parsePrefixOrHost(text: string): Prefix | undefined {
  return parseInterfaceAddressOrHost(text)?.network
}

/** The prefix of this length that holds the address. */
export function prefixOf(address: Address, length: number): Prefix {
  if (address.family === 4) return { family: 4, base: maskV4(address.value, length), length }
  const shift = BigInt(128 - length)
  return { family: 6, base: (address.value >> shift) << shift, length }
}

/** The address alone: /32 or /128. */
export function hostPrefix(address: Address): Prefix {
  return prefixOf(address, bitsOf(address.family))
}

/** Unsigned: the first `length` bits of the value, the others zero. */
export function maskV4(value: number, length: number): number {
  return length === 0 ? 0 : (value & (0xffffffff << (32 - length))) >>> 0
}

/** `address/length`. */
export function formatPrefix(prefix: Prefix): string {
  return `${formatAddress(firstAddress(prefix))}/${prefix.length}`
}

/** As iproute2 prints a destination: a host prefix without its length, the zero-length one as `default`. */
export function formatDestination(prefix: Prefix): string {
  if (prefix.length === 0) return 'default'
  return prefix.length === bitsOf(prefix.family) ? formatAddress(firstAddress(prefix)) : formatPrefix(prefix)
}

/** The lowest address, which is the base. */
export function firstAddress(prefix: Prefix): Address {
  return prefix.family === 4 ? { family: 4, value: prefix.base } : { family: 6, value: prefix.base }
}

/** The highest address. */
export function lastAddress(prefix: Prefix): Address {
  if (prefix.family === 4) return { family: 4, value: prefix.base + 2 ** (32 - prefix.length) - 1 }
  return { family: 6, value: prefix.base + (1n << BigInt(128 - prefix.length)) - 1n }
}

/** Number of addresses. Exact up to 2^53; a wider IPv6 prefix gives the nearest double. */
export function sizeOf(prefix: Prefix): number {
  return 2 ** (bitsOf(prefix.family) - prefix.length)
}

/** Whether the address lies in the prefix; never across families. */
export function containsAddress(prefix: Prefix, address: Address): boolean {
  if (prefix.family === 4) return address.family === 4 && maskV4(address.value, prefix.length) === prefix.base
  return (
    address.family === 6 && address.value >> BigInt(128 - prefix.length) === prefix.base >> BigInt(128 - prefix.length)
  )
}

/** True when `inner` lies in `outer` or equals it. */
export function containsPrefix(outer: Prefix, inner: Prefix): boolean {
  return outer.length <= inner.length && containsAddress(outer, firstAddress(inner))
}

/** Whether they share an address: then one holds the other. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  return containsPrefix(a, b) || containsPrefix(b, a)
}

/** Whether both are one prefix. */
export function samePrefix(a: Prefix, b: Prefix): boolean {
  return a.family === b.family && a.base === b.base && a.length === b.length
}

/** Total order: IPv4 first, ascending base, and for equal bases the longer prefix first, as `ip route` lists them. */
export function comparePrefixes(a: Prefix, b: Prefix): number {
  if (a.family !== b.family) return a.family - b.family
  if (a.base !== b.base) return a.base < b.base ? -1 : 1
  return b.length - a.length
}

/** The `index`-th prefix of length `length` inside `outer`. Throws RangeError when there is none. */
export function subPrefix(outer: Prefix, length: number, index: number | bigint): Prefix {
  const base = placeWithin(outer, length, index)
  if (base === undefined || !containsAddress(outer, base)) {
    throw new RangeError(`subPrefix: ${formatPrefix(outer)} has no /${length} number ${index}`)
  }
  return prefixOf(base, length)
}

function placeWithin(outer: Prefix, length: number, index: number | bigint): Address | undefined {
  const bits = bitsOf(outer.family)
  if (length < outer.length || length > bits) return undefined
  return addressPlus(firstAddress(outer), BigInt(index) << BigInt(bits - length))
}

/** How many prefixes of length `length` the outer one holds; 0 when it is itself longer. */
export function subPrefixCount(outer: Prefix, length: number): number {
  return length < outer.length ? 0 : 2 ** (length - outer.length)
}

/** Zero-based place of an address in its prefix. Exact up to 2^53. */
export function ordinalOf(prefix: Prefix, address: Address): number {
  return Number(BigInt(address.value) - BigInt(prefix.base))
}
