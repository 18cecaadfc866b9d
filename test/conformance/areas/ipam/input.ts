/** Pools, reservations and selectors as the IPAM cases write them. */

import type { Address } from '../../../../src/address/address.js'
import { parseAddress } from '../../../../src/address/address.js'
import { type Prefix, parsePrefix } from '../../../../src/address/prefix.js'
import type { PoolUse } from '../../../../src/cluster/pool.js'
import { type AssignablePool, type BrokenSelector, DEFAULT_ALLOWED_USES } from '../../../../src/ipam/assignable-pool.js'
import type { HostReservation } from '../../../../src/ipam/block.js'
import type { IpamState } from '../../../../src/ipam/ipam-state.js'
import { ReservedSet, reservedPrefixes } from '../../../../src/ipam/reservations.js'
import { parseSelector, type Selector } from '../../../../src/manifests/selector/selector.js'

export interface CasePool {
  readonly cidr: string
  readonly name?: string
  readonly blockSize?: number
  readonly nodeSelector?: string
  readonly namespaceSelector?: string
  readonly disabled?: boolean
  readonly allowedUses?: readonly PoolUse[]
  readonly assignmentMode?: 'Automatic' | 'Manual'
}

export interface CaseSetup {
  readonly pools?: readonly CasePool[]
  readonly nodes?: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[]
  readonly reservations?: readonly { readonly name: string; readonly reservedCIDRs: readonly string[] }[]
}

export function poolOf(pool: CasePool): AssignablePool {
  const prefix = prefixOfText(pool.cidr)
  const uses = pool.allowedUses ?? []
  return {
    name: pool.name ?? pool.cidr,
    cidr: pool.cidr,
    prefix,
    blockSize: pool.blockSize ?? (prefix.family === 4 ? 26 : 122),
    disabled: pool.disabled ?? false,
    allocatable: true,
    nodeSelector: selectorOf(pool.nodeSelector),
    namespaceSelector: selectorOf(pool.namespaceSelector),
    allowedUses: uses.length === 0 ? DEFAULT_ALLOWED_USES : uses,
    assignmentMode: pool.assignmentMode ?? 'Automatic',
  }
}

function selectorOf(text: string | undefined): Selector | BrokenSelector | undefined {
  if (text === undefined || text === '') return undefined
  try {
    return parseSelector(text)
  } catch (error) {
    return { fault: String(error) }
  }
}

/** Replaces the collections that the setup lists. */
export function apply(state: IpamState, setup: CaseSetup): void {
  if (setup.pools) state.pools = setup.pools.map(poolOf)
  if (setup.nodes) state.nodes = new Map(setup.nodes.map(({ name, labels }) => [name, labels ?? {}]))
  if (setup.reservations) {
    const texts = setup.reservations.flatMap(({ reservedCIDRs }) => reservedCIDRs)
    state.reserved = new ReservedSet(reservedPrefixes(texts))
  }
}

export function prefixOfText(text: string): Prefix {
  const prefix = parsePrefix(text)
  if (prefix === undefined) throw new Error(`no CIDR: ${text}`)
  return prefix
}

export function addressOf(text: string): Address {
  const address = parseAddress(text)
  if (address === undefined) throw new Error(`no address: ${text}`)
  return address
}

export function reservationOf(value: unknown): HostReservation | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { startOfBlock = 0, endOfBlock = 0, handle = '' } = value as Partial<HostReservation>
  return { startOfBlock, endOfBlock, handle }
}
