/** Frames of single origins: worked out for one, and written off for those that may change places with it. */

import { speakersAlike } from './alike.js'
import { type Frame, frameFinder } from './frames.js'
import type { RoleNetwork } from './network.js'
import { groupsOf } from './view.js'

export interface OriginFrame {
  readonly key: string
  /** -1 where nobody but the origin stands out. */
  readonly number: number
  /** The classes of those that stand out when this origin does. */
  groupsFor(origin: number): ReadonlyMap<string, readonly number[]>
  /** As in the view of `groupsFor`. */
  classFor(origin: number, speaker: number): number
}

export interface OriginFrames {
  /** Undefined where too much stands out. */
  of(origin: number, tags: string): OriginFrame | undefined
  around(groups: ReadonlyMap<string, readonly number[]>): Frame | undefined
}

export function originFrames(network: RoleNetwork): OriginFrames {
  const find = frameFinder(network)
  const held = new Map<string, OriginFrame | undefined>()
  let alike: Int32Array | undefined
  return {
    around: find,
    of: (origin, tags) => {
      alike ??= speakersAlike(network)
      const key = `${alike[origin]} ${tags}`
      if (held.has(key)) return held.get(key)
      const frame = find(groupsOf(network, [{ speaker: origin, tags }]))
      const fresh = frame && originFrame(network, frame, origin, frame.groups.size > 1 ? held.size : -1)
      held.set(key, fresh)
      return fresh
    },
  }
}

function originFrame(network: RoleNetwork, { key, groups }: Frame, first: number, number: number): OriginFrame {
  const classes = new Map<number, number>()
  for (const [i, members] of [...groups.values()].entries()) {
    for (const member of members) classes.set(member, network.members.length + i)
  }
  /** The one who has this speaker's part when the first origin stands out. */
  const partOf = (origin: number, speaker: number): number =>
    speaker === origin ? first : speaker === first ? origin : speaker
  return {
    key,
    number,
    groupsFor: (origin) =>
      origin === first
        ? groups
        : new Map(Array.from(groups, ([name, members]) => [name, members.map((speaker) => partOf(origin, speaker))])),
    classFor: (origin, speaker) => {
      const part = partOf(origin, speaker)
      return classes.get(part) ?? network.roleOf[part] ?? 0
    },
  }
}
