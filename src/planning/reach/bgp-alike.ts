/**
 * Nodes that BGP cannot tell apart: they have one role, and their explicit sessions, end by end, lead to the very same
 * speakers (or to each other). Swapping two of them leaves every session of the cluster as it is, so that their tables
 * are equal but for the two themselves.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { speakersAlike } from '../../bgp/roles/alike.js'
import { NeedsPlain } from '../../bgp/roles/needs-plain.js'
import { roleNetwork } from '../../bgp/roles/network.js'

/** A text that is equal for nodes that BGP cannot tell apart, by node; undefined where their tables must be compared. */
export type Alike = (node: number) => string | undefined

export function bgpAlike(context: BgpContext): Alike {
  if (context.cluster.backend !== 'bird') return () => ''
  const families = ([4, 6] as const).filter((family) => context.endpoints[family].some((known) => known !== undefined))
  const keys = families.map((family) => familyAlike(context, family))
  if (keys.includes(undefined)) return () => undefined
  return (node) => keys.map((key) => key?.[node] ?? '').join(' / ')
}

function familyAlike(context: BgpContext, family: Family): readonly string[] | undefined {
  try {
    const groups = speakersAlike(roleNetwork(context, family, true))
    return context.cluster.nodes.map(({ index }) => String(groups[index]))
  } catch (error) {
    if (error instanceof NeedsPlain) return undefined
    throw error
  }
}
