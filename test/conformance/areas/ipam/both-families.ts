/** Requests that ask for both families in one call, as AutoAssign and EnsureBlock do: IPv4 first, IPv6 only after it. */

import { formatAddress } from '../../../../src/address/address.js'
import { formatPrefix, type Prefix } from '../../../../src/address/prefix.js'
import type { PoolUse } from '../../../../src/cluster/pool.js'
import type { NodeLabels } from '../../../../src/ipam/assignable-pool.js'
import { type AutoAssignResult, autoAssign } from '../../../../src/ipam/auto-assign.js'
import { ensureBlock } from '../../../../src/ipam/ensure-block.js'
import { isFailure } from '../../../../src/ipam/failure.js'
import type { IpamState } from '../../../../src/ipam/ipam-state.js'
import { prefixOfText, reservationOf } from './input.js'

type Values = Readonly<Record<string, unknown>>

export type FamilyAnswer = {
  readonly ips: readonly string[]
  readonly msgs: readonly string[]
  readonly block?: Prefix
} | null

interface Outcome {
  readonly error?: string | undefined
  readonly values: Values
}

export function assignBoth(state: IpamState, args: Values): Outcome {
  const values: Record<string, FamilyAnswer> = { v4: null, v6: null }
  for (const family of [4, 6] as const) {
    const count = Number(args[`num${family}`] ?? 0)
    if (count === 0) continue
    const result = autoAssign(state, {
      host: String(args.host),
      family,
      count,
      use: args.use as PoolUse | undefined,
      pools: pools(args[`pools${family}`]),
      namespaceLabels: args.namespaceLabels as NodeLabels | undefined,
      owner: typeof args.handle === 'string' ? { handle: args.handle } : {},
      maxBlocksPerHost: Number(args.maxBlocksPerHost ?? 0),
      reservation: reservationOf(args[`hostReserved${family}`]),
      windows: args.os === 'windows',
      maxPerHandle: Number(args.maxAllocToHandlePerIPVersion ?? 0),
    })
    values[`v${family}`] = answerOf(result)
    if (result.failure) return { error: result.failure.message, values }
  }
  return { values }
}

export function ensureBoth(state: IpamState, args: Values): Outcome {
  const values: Record<string, FamilyAnswer> = { v4: null, v6: null }
  for (const family of [4, 6] as const) {
    const reservation = reservationOf(args[`hostReserved${family}`])
    if (reservation === undefined) continue
    const result = ensureBlock(state, {
      host: String(args.host),
      family,
      pools: pools(args[`pools${family}`]),
      reservation,
    })
    if (isFailure(result)) return { error: result.message, values }
    values[`v${family}`] = { ips: [formatPrefix(result)], msgs: [], block: result }
  }
  return { values }
}

function answerOf({ assignment }: AutoAssignResult): FamilyAnswer {
  return assignment ? { ips: assignment.addresses.map(formatAddress), msgs: assignment.messages } : null
}

function pools(value: unknown): Prefix[] {
  return ((value ?? []) as readonly string[]).map(prefixOfText)
}
