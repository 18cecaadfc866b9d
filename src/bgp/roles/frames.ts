/**
 * What of a network a prefix sets apart. Its origin stands out, and so do those in the origin's rack, the reflectors of
 * that rack, and whoever else sees more of these than others of their role do. The classes are found from the marked
 * speakers outwards, so that it costs what stands out and not the network.
 */

import type { RoleNetwork } from './network.js'

export interface Frame {
  /** The speakers that stand out, in classes, by names that tell what they are in a like frame. */
  readonly groups: ReadonlyMap<string, readonly number[]>
  /** Equal for frames of one structure. */
  readonly key: string
}

/** Beyond so many speakers that stand out the classes are refined over the whole network. */
const MOST_APART = 100_000

interface Split {
  readonly network: RoleNetwork
  readonly groupOf: Map<number, string>
  readonly groups: Map<string, number[]>
  /** Members of each role that no group has taken. */
  readonly left: Map<number, number>
  readonly queue: string[]
  readonly waiting: Set<string>
  readonly seen: string[]
  /** A short name for a long one. */
  short(name: string): string
}

/** Finds frames of one network; undefined where too much is set apart. */
export function frameFinder(
  network: RoleNetwork,
): (marked: ReadonlyMap<string, readonly number[]>) => Frame | undefined {
  const names = new Map<string, string>()
  const short = (name: string): string => {
    const held = names.get(name)
    if (held !== undefined) return held
    const fresh = `group ${names.size}`
    names.set(name, fresh)
    return fresh
  }
  return (marked) => frameOf(network, marked, short)
}

function frameOf(
  network: RoleNetwork,
  marked: ReadonlyMap<string, readonly number[]>,
  short: (name: string) => string,
): Frame | undefined {
  const split: Split = {
    network,
    short,
    groupOf: new Map(),
    groups: new Map(),
    left: new Map(),
    queue: [],
    waiting: new Set(),
    seen: [],
  }
  for (const [name, members] of marked) found(split, short(name), members)
  for (let name = split.queue.shift(); name !== undefined; name = split.queue.shift()) {
    split.waiting.delete(name)
    if (split.groupOf.size > MOST_APART) return undefined
    tellOthers(split, name)
  }
  const groups = [...split.groups].sort(([a], [b]) => (a < b ? -1 : 1))
  const sizes = groups.map(([name, members]) => `${name}x${members.length}`)
  return { groups: new Map(groups), key: `${sizes.join(';')} ${split.seen.join(';')}` }
}

/** Takes speakers out of the class that they are in. */
function found(split: Split, name: string, members: readonly number[]): void {
  const { network, groupOf, groups, left } = split
  for (const member of members) {
    const before = groupOf.get(member)
    if (before === undefined) {
      const role = network.roleOf[member] ?? 0
      left.set(role, (left.get(role) ?? network.members[role]?.length ?? 0) - 1)
    } else {
      const list = groups.get(before)
      if (list !== undefined)
        groups.set(
          before,
          list.filter((other) => other !== member),
        )
    }
    groupOf.set(member, name)
  }
  groups.set(name, [...members])
  if (!split.waiting.has(name)) split.queue.push(name)
  split.waiting.add(name)
}

/** Splits every class whose members see unlike much of a group. */
function tellOthers(split: Split, name: string): void {
  const { groups, groupOf, left, network } = split
  const members = groups.get(name) ?? []
  const parts = new Map<string, Map<string, number[]>>()
  for (const [speaker, sight] of sightsOf(network, members)) {
    const cls = groupOf.get(speaker) ?? `role ${network.roleOf[speaker]}`
    const bySight = parts.get(cls) ?? new Map<string, number[]>()
    parts.set(cls, bySight)
    const list = bySight.get(sight)
    if (list === undefined) bySight.set(sight, [speaker])
    else list.push(speaker)
  }
  for (const [cls, bySight] of [...parts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sights = [...bySight].sort(([a], [b]) => (a < b ? -1 : 1))
    split.seen.push(`${name}>${cls}:${sights.map(([sight, list]) => `${sight}x${list.length}`).join('|')}`)
    const held = groups.get(cls)
    const first = sights[0]?.[1][0] ?? -1
    const size =
      held?.length ?? left.get(network.roleOf[first] ?? 0) ?? network.members[network.roleOf[first] ?? 0]?.length ?? 0
    const told = sights.reduce((sum, [, list]) => sum + list.length, 0)
    // Where nobody is left over, the largest part stays what it was.
    const stays = told < size ? undefined : largest(sights)
    for (const part of sights) {
      if (part === stays) continue
      found(split, split.short(`${cls} by ${name}: ${part[0]}`), part[1])
    }
  }
}

type Part = readonly [string, readonly number[]]

function largest(parts: readonly Part[]): Part | undefined {
  return parts.reduce<Part | undefined>(
    (most, part) => (most === undefined || part[1].length > most[1].length ? part : most),
    undefined,
  )
}

/** What each speaker sees of the members: sessions by kind, and how many are in its rack and its cluster. */
function sightsOf({ ends, places }: RoleNetwork, members: readonly number[]): ReadonlyMap<number, string> {
  const sights = new Map<number, string[]>()
  const add = (speaker: number, text: string): void => {
    const held = sights.get(speaker)
    if (held === undefined) sights.set(speaker, [text])
    else held.push(text)
  }
  for (const speaker of members) {
    for (let end = ends.first[speaker] ?? 0; end < (ends.first[speaker + 1] ?? 0); end++) {
      add(ends.peer[end] ?? -1, `${ends.colour[end]},${ends.colour[ends.reverse[end] ?? -1]}`)
    }
  }
  for (const [what, placeOf, places_] of [
    ['rack', places?.rackOf, places?.racks],
    ['cluster', places?.clusterOf, places?.clusters],
  ] as const) {
    const counts = new Map<number, number>()
    for (const speaker of members) {
      const place = placeOf?.[speaker] ?? -1
      if (place >= 0) counts.set(place, (counts.get(place) ?? 0) + 1)
    }
    for (const [place, count] of counts) {
      for (const speaker of places_?.[place] ?? []) add(speaker, `${what} ${count}`)
    }
  }
  return new Map(Array.from(sights, ([speaker, list]) => [speaker, counted(list)]))
}

/** A multiset as text. */
function counted(list: readonly string[]): string {
  if (list.length === 1) return list[0] ?? ''
  const counts = new Map<string, number>()
  for (const text of list) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, count]) => `${count}*${text}`)
    .join('+')
}
