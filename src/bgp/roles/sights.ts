/** What speakers see of a few others: sessions by kind, and how many are in their rack and in their cluster. */

import { mixed } from './mixed-hash.js'
import type { RoleNetwork } from './network.js'

export interface Sights {
  /** Tells of everybody who sees some of the members. Equal sights are equal numbers. */
  each(members: readonly number[], tell: (speaker: number, sight: number) => void): void
}

/** What a number is mixed with by the kind of thing that is seen. */
const [SESSION, RACK, CLUSTER] = [1, 2, 3]

/** Sums of hashes, so that the order in which things are seen makes no difference; 53 bits of two sums. */
export function sightsIn({ ends, places, size }: RoleNetwork): Sights {
  const [first, second] = [new Int32Array(size), new Int32Array(size)]
  const isSeeing = new Uint8Array(size)
  const seeing: number[] = []
  const add = (speaker: number, thing: number): void => {
    if (isSeeing[speaker] === 0) {
      isSeeing[speaker] = 1
      first[speaker] = 0
      second[speaker] = 0
      seeing.push(speaker)
    }
    first[speaker] = ((first[speaker] ?? 0) + mixed(thing, 0x51ed270b)) | 0
    second[speaker] = ((second[speaker] ?? 0) + mixed(thing, 0x2545f491)) | 0
  }
  const addSessions = (member: number): void => {
    const last = ends.first[member + 1] ?? 0
    for (let end = ends.first[member] ?? 0; end < last; end++) {
      const kind = mixed(ends.colour[end] ?? -1, ends.colour[ends.reverse[end] ?? -1] ?? -1)
      add(ends.peer[end] ?? -1, mixed(SESSION, kind))
    }
  }
  const addPlaces = (members: readonly number[], what: number, placeOf: Int32Array, all: Speakers): void => {
    const counts = new Map<number, number>()
    for (const speaker of members) {
      const place = placeOf[speaker] ?? -1
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    for (const [place, count] of counts) {
      const thing = mixed(what, count)
      for (const speaker of all[place] ?? []) add(speaker, thing)
    }
  }
  return {
    each: (members, tell) => {
      for (const member of members) addSessions(member)
      if (places !== undefined) {
        addPlaces(members, RACK, places.rackOf, places.racks)
        addPlaces(members, CLUSTER, places.clusterOf, places.clusters)
      }
      for (const speaker of seeing) {
        isSeeing[speaker] = 0
        tell(speaker, (first[speaker] ?? 0) * 2 ** 21 + ((second[speaker] ?? 0) & 0x1fffff))
      }
      seeing.length = 0
    },
  }
}

/** Speakers by place. */
type Speakers = readonly (readonly number[])[]
