/**
 * Colour refinement by hashing: two speakers keep one colour while the multisets of their neighbours' colours, each with
 * the colours of the two session ends, are equal. The mesh needs no edges: every member sees all others but those
 * that it shares a BGPPeer with, and its class says which sessions those are. Where racks are places, the colours of those
 * in the same rack, and in the same cluster of reflectors, count as well.
 */

import type { Ends } from './ends.js'
import { mixed } from './mixed-hash.js'
import type { Places } from './places.js'

/** Colours refined until nothing changes, numbered from 0 in the order in which speakers first have them. */
export function refine(colours: Int32Array, ends: Ends, places?: Places): Int32Array {
  let current = renumbered(colours)
  for (;;) {
    const next = step(current.colours, ends, places)
    if (next.count === current.count) return next.colours
    current = next
  }
}

interface Colouring {
  readonly colours: Int32Array
  readonly count: number
}

function renumbered(colours: Int32Array): Colouring {
  const known = new Map<number, number>()
  const next = new Int32Array(colours.length)
  for (const [speaker, colour] of colours.entries()) {
    const held = known.get(colour)
    if (held === undefined) known.set(colour, known.size)
    next[speaker] = held ?? known.size - 1
  }
  return { colours: next, count: known.size }
}

/** One round. Two 32-bit sums stand for a multiset: equal multisets have equal sums, and unequal ones all but never. */
function step(colours: Int32Array, ends: Ends, places: Places | undefined): Colouring {
  const [racks, clusters] = [placeColours(places?.racks, colours), placeColours(places?.clusters, colours)]
  const known = new Map<string, number>()
  const next = new Int32Array(colours.length)
  for (const [speaker, colour] of colours.entries()) {
    let [a, b] = [0, 0]
    const last = ends.first[speaker + 1] ?? 0
    for (let end = ends.first[speaker] ?? 0; end < last; end++) {
      const reverse = ends.reverse[end] ?? -1
      const edge = mixed(mixed(ends.colour[end] ?? 0, ends.colour[reverse] ?? -1), colours[ends.peer[end] ?? 0] ?? 0)
      a = (a + mixed(edge, 0x51ed270b)) | 0
      b = (b + mixed(edge, 0x2545f491)) | 0
    }
    const rack = racks[places?.rackOf[speaker] ?? -1] ?? ''
    const key = `${colour} ${a} ${b} ${rack} ${clusters[places?.clusterOf[speaker] ?? -1] ?? ''}`
    const held = known.get(key)
    if (held === undefined) known.set(key, known.size)
    next[speaker] = held ?? known.size - 1
  }
  return { colours: next, count: known.size }
}

/** Who is in each place, as a multiset of colours. */
function placeColours(places: readonly (readonly number[])[] | undefined, colours: Int32Array): readonly string[] {
  return (places ?? []).map((members) => {
    let [a, b] = [0, 0]
    for (const member of members) {
      a = (a + mixed(colours[member] ?? -1, 0x51ed270b)) | 0
      b = (b + mixed(colours[member] ?? -1, 0x2545f491)) | 0
    }
    return `${a},${b}`
  })
}
