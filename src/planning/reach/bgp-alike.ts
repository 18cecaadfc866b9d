/**
 * Nodes that BGP cannot tell apart: they have one role, and their explicit sessions, end by end, lead to the very same
 * speakers (or to each other). Swapping two of them leaves every session of the cluster as it is, so that their tables
 * are equal but for the two themselves.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { NeedsPlain } from '../../bgp/roles/needs-plain.js'
import { type RoleNetwork, roleNetwork } from '../../bgp/roles/network.js'

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
    const network = roleNetwork(context, family, true)
    return context.cluster.nodes.map(({ index }) => `${network.roleOf[index]} ${peersText(network, index)}`)
  } catch (error) {
    if (error instanceof NeedsPlain) return undefined
    throw error
  }
}

/** Two sums over the session ends; a node that peers with its like counts as one of its own peers. */
function peersText({ ends, roleOf }: RoleNetwork, node: number): string {
  let [a, b] = [0, 0]
  const add = (colour: number, back: number, peer: number): void => {
    const edge = mixed(mixed(colour, back), peer)
    a = (a + mixed(edge, 0x51ed270b)) | 0
    b = (b + mixed(edge, 0x2545f491)) | 0
  }
  const likes = new Map<string, readonly [number, number]>()
  const last = ends.first[node + 1] ?? 0
  for (let end = ends.first[node] ?? 0; end < last; end++) {
    const [peer, colour, back] = [
      ends.peer[end] ?? -1,
      ends.colour[end] ?? -1,
      ends.colour[ends.reverse[end] ?? -1] ?? -1,
    ]
    add(colour, back, peer)
    if (roleOf[peer] === roleOf[node]) likes.set(`${colour} ${back}`, [colour, back])
  }
  for (const [colour, back] of likes.values()) add(colour, back, node)
  return `${a} ${b}`
}

/** Murmur3's finaliser over two numbers. */
function mixed(x: number, y: number): number {
  let hash = Math.imul(x ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(y + 0x7f4a7c15, 0xc2b2ae35)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
