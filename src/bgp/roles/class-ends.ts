/** Ends of sessions between whole classes of nodes: worked out for one pair, and written down for all. */

import type { ClassPeering, PeerClasses } from '../sessions/peer-classes.js'
import { NeedsPlain } from './needs-plain.js'

/** The ends of every node of a class, the one with itself left out: by peer, ascending. */
export interface ClassEnds {
  readonly peers: Int32Array
  readonly colours: Int32Array
  /** Whether the nodes are among their own peers. */
  readonly inside: boolean
}

/** `colourOf` gives the colour of a peering that is up. */
export function classEnds({ classes }: PeerClasses, colourOf: (peering: ClassPeering) => number): readonly ClassEnds[] {
  return classes.map(({ peerings }, number) => {
    const up = peerings.filter(({ established }) => established)
    const count = up.reduce((sum, { to }) => sum + (classes[to]?.members.length ?? 0), 0)
    const order = up.flatMap((peering) => {
      const colour = colourOf(peering)
      return (classes[peering.to]?.members ?? []).map((peer) => ({ peer, colour }))
    })
    order.sort((a, b) => a.peer - b.peer)
    const [peers, colours] = [new Int32Array(count), new Int32Array(count)]
    for (const [i, { peer, colour }] of order.entries()) {
      peers[i] = peer
      colours[i] = colour
    }
    return { peers, colours, inside: up.some(({ to }) => to === number) }
  })
}

/** How many ends each node of a class has. */
export function countOf({ peers, inside }: ClassEnds): number {
  return peers.length - Number(inside)
}

/** The flat arrays of `Ends`. */
interface Arrays {
  readonly first: Int32Array
  readonly peer: Int32Array
  readonly colour: Int32Array
  readonly reverse: Int32Array
}

/**
 * Writes the ends of the nodes of classes. Peers ascend at every node, so nodes taken in ascending order meet the ends
 * of each of their peers one after the other. Throws NeedsPlain where a session has but one end.
 */
export function writeClasses(
  { first, peer, colour, reverse }: Arrays,
  classOf: (speaker: number) => number,
  inClasses: readonly ClassEnds[],
): void {
  const next = first.slice()
  for (let speaker = 0; speaker + 1 < first.length; speaker++) {
    const found = inClasses[classOf(speaker)]
    if (found === undefined) continue
    let end = first[speaker] ?? 0
    for (const [i, other] of found.peers.entries()) {
      if (other === speaker) continue
      const answer = next[other] ?? 0
      next[other] = answer + 1
      peer[end] = other
      colour[end] = found.colours[i] ?? 0
      reverse[end] = answer
      end++
    }
  }
  for (let speaker = 0; speaker + 1 < first.length; speaker++) {
    if (inClasses[classOf(speaker)] === undefined) continue
    for (let end = first[speaker] ?? 0; end < (first[speaker + 1] ?? 0); end++) {
      if (peer[reverse[end] ?? -1] !== speaker) throw new NeedsPlain('a session without another end')
    }
  }
}
