/**
 * Speakers that may change places: they have one role, and their explicit sessions, end by end, lead to the very same
 * speakers (or to each other). Swapping two of them leaves every session of the network as it is, so that what others
 * announce is the same for both, and what the two announce is the same for everybody else.
 */

import { mixed } from './mixed-hash.js'
import type { RoleNetwork } from './network.js'

/** Equal numbers for speakers that may change places. */
export function speakersAlike(network: RoleNetwork): Int32Array {
  const groups = new Int32Array(network.size)
  const known = new Map<string, number>()
  for (let speaker = 0; speaker < network.size; speaker++) {
    const key = `${network.roleOf[speaker]} ${network.places?.rackOf[speaker]} ${peersText(network, speaker)}`
    const held = known.get(key)
    if (held === undefined) known.set(key, known.size)
    groups[speaker] = held ?? known.size - 1
  }
  return groups
}

/** Two sums over the session ends; a speaker that peers with its like counts as one of its own peers. */
function peersText({ ends, roleOf }: RoleNetwork, speaker: number): string {
  let [a, b] = [0, 0]
  const add = (colour: number, back: number, peer: number): void => {
    const edge = mixed(mixed(colour, back), peer)
    a = (a + mixed(edge, 0x51ed270b)) | 0
    b = (b + mixed(edge, 0x2545f491)) | 0
  }
  const likes = new Map<string, readonly [number, number]>()
  const last = ends.first[speaker + 1] ?? 0
  for (let end = ends.first[speaker] ?? 0; end < last; end++) {
    const [peer, colour, back] = [
      ends.peer[end] ?? -1,
      ends.colour[end] ?? -1,
      ends.colour[ends.reverse[end] ?? -1] ?? -1,
    ]
    add(colour, back, peer)
    if (roleOf[peer] === roleOf[speaker]) likes.set(`${colour} ${back}`, [colour, back])
  }
  for (const [colour, back] of likes.values()) add(colour, back, speaker)
  return `${a} ${b}`
}
