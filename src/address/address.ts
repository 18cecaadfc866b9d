/**
 * IP addresses as integers: IPv4 a number (unsigned 32 bits), IPv6 a bigint (128 bits).
 *
 * Parsing follows Go's net.ParseIP, which is what Calico, calicoctl and the API server use: no leading zeros in an
 * IPv4 octet, no zone, and an IPv4-mapped IPv6 address is an IPv4 address. Text is written as Go's net.IP.String()
 * writes it (RFC 5952), because Calico names BIRD protocols and compares neighbours by that text.
 */

/** The version of the Internet Protocol. */
export type Family = 4 | 6

/** An IPv4 address. */
export interface V4Address {
  readonly family: 4
  /** 0 to 2^32 - 1. */
  readonly value: number
}

/** An IPv6 address. */
export interface V6Address {
  readonly family: 6
  /** 0 to 2^128 - 1. */
  readonly value: bigint
}

/** An address of either family. */
export type Address = V4Address | V6Address

/** Parses a bare address; undefined when the text is none. */
export function parseAddress(text: string): Address | undefined {
  const v4 = parseV4Value(text)
  if (v4 !== undefined) return { family: 4, value: v4 }
  const v6 = parseV6Value(text)
  if (v6 === undefined) return undefined
  if (v6 >> 32n === 0xffffn) return { family: 4, value: Number(v6 & 0xffffffffn) }
  return { family: 6, value: v6 }
}

/** Parses dotted-quad text to an unsigned 32-bit number. Octets with a leading zero are refused, as Go does. */
export function parseV4Value(text: string): number | undefined {
  let value = 0
  let octet = -1
  let dots = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 46) {
      if (octet < 0 || dots === 3) return undefined
      value = value * 256 + octet
      octet = -1
      dots++
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48
      if (octet > 255) return undefined
    } else return undefined
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined
}

/** Parses IPv6 text (RFC 4291 section 2.2, `::` and a dotted-quad tail included) to a 128-bit bigint. */
export function parseV6Value(text: string): bigint | undefined {
  if (text.length < 2 || text.length > 45 || !text.includes(':')) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = groups(halves[0] ?? '', halves.length === 1)
  const tail = halves.length === 2 ? groups(halves[1] ?? '', true) : []
  if (head === undefined || tail === undefined) return undefined
  const known = head.length + tail.length
  if (halves.length === 1 ? known !== 8 : known > 7) return undefined
  const all = halves.length === 1 ? head : [...head, ...Array<number>(8 - known).fill(0), ...tail]
  let value = 0n
  for (const group of all) value = (value << 16n) | BigInt(group)
  return value
}

function groups(text: string, last: boolean): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const out: number[] = []
  for (const [i, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = last && i === parts.length - 1 ? parseV4Value(part) : undefined
      if (v4 === undefined) return undefined
      out.push(Math.floor(v4 / 65536), v4 % 65536)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) out.push(Number.parseInt(part, 16))
    else return undefined
  }
  return out
}

/** The text of an address, as Calico writes it. */
export function formatAddress(address: Address): string {
  return address.family === 4 ? formatV4(address.value) : formatV6(address.value)
}

/** Dotted-quad text of an unsigned 32-bit number. */
export function formatV4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/**
 * Canonical text of RFC 5952: the longest run of two or more zero groups is `::`, the first such run on a tie. An
 * IPv4-mapped value keeps its dotted quad.
 */
export function formatV6(value: bigint): string {
  if (value >> 32n === 0xffffn) return `::ffff:${formatV4(Number(value & 0xffffffffn))}`
  const all: number[] = []
  for (let shift = 112n; shift >= 0n; shift -= 16n) all.push(Number((value >> shift) & 0xffffn))
  let best = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (i + length < 8 && all[i + length] === 0) length++
    if (length > bestLength) {
      best = i
      bestLength = length
    }
    i += length
  }
  const hex = (list: number[]): string => list.map((group) => group.toString(16)).join(':')
  return best < 0 ? hex(all) : `${hex(all.slice(0, best))}::${hex(all.slice(best + bestLength))}`
}

/** Total order: IPv4 before IPv6, then ascending value. */
export function compareAddresses(a: Address, b: Address): number {
  if (a.family !== b.family) return a.family - b.family
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0
}

/** Whether both are one address. */
export function sameAddress(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value
}

/** The address `offset` places after `address`; undefined past the end of the family's space. */
export function addressPlus(address: Address, offset: number | bigint): Address | undefined {
  if (address.family === 4) {
    const value = address.value + Number(offset)
    return value >= 0 && value <= 0xffffffff ? { family: 4, value } : undefined
  }
  const value = address.value + BigInt(offset)
  return value >= 0n && value < 1n << 128n ? { family: 6, value } : undefined
}
