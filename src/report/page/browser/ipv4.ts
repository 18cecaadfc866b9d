/** IPv4 addresses that a reader types. */

/** The address as a number; undefined for anything else. */
export function parseIPv4(text: string): number | undefined {
  const parts = text.trim().split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

export interface Prefix4 {
  readonly first: number
  readonly length: number
  holds(address: number): boolean
}

/** `default` and a bare address are prefixes too, as `ip route` writes them. */
export function parsePrefix4(text: string): Prefix4 | undefined {
  const [address = '', length = '32'] = text === 'default' ? ['0.0.0.0', '0'] : text.split('/')
  const first = parseIPv4(address)
  if (first === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined
  const size = 2 ** (32 - Number(length))
  const start = Math.floor(first / size) * size
  return { first: start, length: Number(length), holds: (other) => other >= start && other < start + size }
}

export function formatIPv4(value: number): string {
  return [value / 2 ** 24, value / 2 ** 16, value / 2 ** 8, value].map((part) => Math.floor(part) % 256).join('.')
}
