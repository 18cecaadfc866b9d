/** Names by which IPAM knows who holds a block or an address. */

import { formatPrefix, type Prefix } from '../address/prefix.js'

/** What an allocation says about its user; one object for all addresses of a request. */
export interface AddressOwner {
  readonly handle?: string
  readonly node?: string
  readonly namespace?: string
  readonly pod?: string
  readonly type?: string
}

export interface Affinity {
  readonly type: 'host' | 'virtual'
  readonly host: string
}

/** `host:n1`, as blocks store it. */
export function affinityText({ type, host }: Affinity): string {
  return `${type}:${host}`
}

/** Handle of the addresses that a Windows request withholds at both ends of a new block. */
export const WINDOWS_RESERVED_HANDLE = 'windows-reserved-ipam-handle'

/** Host name and affinity type under which Service addresses are assigned. */
export const LOAD_BALANCER: Affinity = { type: 'virtual', host: 'load-balancer' }

/** Handles that old releases wrote end in a carriage return and rubbish (ipam_block.go sanitizeHandle). */
export function sanitizeHandle(handle: string): string {
  const end = handle.indexOf('\r')
  return end < 0 ? handle : handle.slice(0, end)
}

/**
 * The prefix as BlockAffinity names end: dots, colons and the slash as hyphens. A host's affinities are listed in byte
 * order of it, so 10-0-0-128-26 comes before 10-0-0-64-26 (backend/k8s/resources/ipam_affinity_v1.go).
 */
export function affinityName(prefix: Prefix): string {
  return formatPrefix(prefix).replaceAll(/[.:/]/g, '-')
}
