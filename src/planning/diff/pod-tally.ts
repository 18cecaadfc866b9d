/** Which pod addresses stayed on their node, came there or left it. */

import { formatAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { perContext } from '../../bgp/config/per-context.js'

export interface PodCounts {
  readonly kept: number
  readonly added: number
  readonly removed: number
}

export interface PodTally {
  of(node: string): PodCounts
  /** How many addresses outside of its own blocks the node's pods have, before and after. */
  borrowed(node: string): string
}

const NONE: PodCounts = { kept: 0, added: 0, removed: 0 }

/** Linear in the pods of both clusters; at once where neither has other addresses than the other. */
export function podTally(before: BgpContext, after: BgpContext): PodTally {
  const [was, is] = [addressesByNode(before), addressesByNode(after)]
  const memo = new Map<string, PodCounts>()
  return {
    of: (node) => {
      const known = memo.get(node)
      if (known !== undefined) return known
      const [old, now] = [was.get(node)?.addresses, is.get(node)?.addresses]
      const fresh = compare(old, now)
      memo.set(node, fresh)
      return fresh
    },
    borrowed: (node) => `${was.get(node)?.borrowed ?? 0} ${is.get(node)?.borrowed ?? 0}`,
  }
}

function compare(old: ReadonlySet<string> | undefined, now: ReadonlySet<string> | undefined): PodCounts {
  if (old === undefined && now === undefined) return NONE
  if (old === now) return { kept: old?.size ?? 0, added: 0, removed: 0 }
  let kept = 0
  for (const address of old ?? []) if (now?.has(address) === true) kept++
  return { kept, added: (now?.size ?? 0) - kept, removed: (old?.size ?? 0) - kept }
}

interface Held {
  readonly addresses: Set<string>
  borrowed: number
}

const addressesByNode = perContext((context): ReadonlyMap<string, Held> => {
  const found = new Map<string, Held>()
  for (const { node, addresses } of context.ipam.pods) {
    const held = found.get(node) ?? { addresses: new Set(), borrowed: 0 }
    found.set(node, held)
    const blocks = context.blocks.get(node) ?? []
    for (const address of addresses) {
      held.addresses.add(formatAddress(address))
      if (!blocks.some(({ prefix }) => containsAddress(prefix, address))) held.borrowed++
    }
  }
  return found
})
