/** Which pod addresses stayed with their pod on their node, went to another pod there, came to the node or left it. */

import { formatAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { perContext } from '../../bgp/config/per-context.js'
import type { Pod } from '../../cluster/workload.js'

export interface PodCounts {
  /** By the same pod as before. */
  readonly kept: number
  /** By another pod of the node. */
  readonly replaced: number
  readonly added: number
  readonly removed: number
}

export interface PodTally {
  of(node: string): PodCounts
  /** How many addresses outside of its own blocks the node's pods have, before and after. */
  borrowed(node: string): string
}

const NONE: PodCounts = { kept: 0, replaced: 0, added: 0, removed: 0 }

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

type Pods = ReadonlyMap<string, Pick<Pod, 'namespace' | 'name'>>

function compare(old: Pods | undefined, now: Pods | undefined): PodCounts {
  if (old === undefined && now === undefined) return NONE
  if (old === now) return { ...NONE, kept: old?.size ?? 0 }
  let [kept, replaced] = [0, 0]
  for (const [address, pod] of old ?? []) {
    const other = now?.get(address)
    if (other?.name === pod.name && other.namespace === pod.namespace) kept++
    else if (other !== undefined) replaced++
  }
  const both = kept + replaced
  return { kept, replaced, added: (now?.size ?? 0) - both, removed: (old?.size ?? 0) - both }
}

interface Held {
  readonly addresses: Map<string, Pick<Pod, 'namespace' | 'name'>>
  borrowed: number
}

const addressesByNode = perContext((context): ReadonlyMap<string, Held> => {
  const found = new Map<string, Held>()
  for (const { node, addresses, pod } of context.ipam.pods) {
    const held = found.get(node) ?? { addresses: new Map(), borrowed: 0 }
    found.set(node, held)
    const blocks = context.blocks.get(node) ?? []
    for (const address of addresses) {
      held.addresses.set(formatAddress(address), pod)
      if (!blocks.some(({ prefix }) => containsAddress(prefix, address))) held.borrowed++
    }
  }
  return found
})
