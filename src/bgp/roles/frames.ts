/**
 * What of a network a prefix sets apart. Its origin stands out, and so do those in the origin's rack, the reflectors of
 * that rack, and whoever else sees more of these than others of their role do. The classes are found from the marked
 * speakers outwards, so that it costs what stands out and not the network.
 */

import type { RoleNetwork } from './network.js'
import { type Sights, sightsIn } from './sights.js'

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
  readonly sights: Sights
  /** A short name for a long one. */
  short(name: string): string
}

/** Finds frames of one network; undefined where too much is set apart. */
export function frameFinder(
  network: RoleNetwork,
): (marked: ReadonlyMap<string, readonly number[]>) => Frame | undefined {
  const names = new Map<string, string>()
  const sights = sightsIn(network)
  const short = (name: string): string => {
    const held = names.get(name)
    if (held !== undefined) return held
    const fresh = `group ${names.size}`
    names.set(name, fresh)
    return fresh
  }
  return (marked) => frameOf(network, marked, sights, short)
}

function frameOf(
  network: RoleNetwork,
  marked: ReadonlyMap<string, readonly number[]>,
  sights: Sights,
  short: (name: string) => string,
): Frame | undefined {
  const split: Split = {
    network,
    sights,
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
  const parts = new Map<string | number, Map<number, number[]>>()
  split.sights.each(members, (speaker, sight) => {
    const cls = groupOf.get(speaker) ?? network.roleOf[speaker] ?? 0
    const bySight = parts.get(cls) ?? new Map<number, number[]>()
    parts.set(cls, bySight)
    const list = bySight.get(sight)
    if (list === undefined) bySight.set(sight, [speaker])
    else list.push(speaker)
  })
  const named = Array.from(parts, ([cls, bySight]) => [typeof cls === 'number' ? `role ${cls}` : cls, bySight] as const)
  for (const [cls, bySight] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sights = [...bySight].sort(([a], [b]) => a - b)
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

type Part = readonly [number, readonly number[]]

function largest(parts: readonly Part[]): Part | undefined {
  return parts.reduce<Part | undefined>(
    (most, part) => (most === undefined || part[1].length > most[1].length ? part : most),
    undefined,
  )
}
