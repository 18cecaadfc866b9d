/** Speakers in classes relative to one prefix: roles, with those that stand out for the prefix taken out of theirs. */

import type { Ends } from './ends.js'
import type { RoleNetwork } from './network.js'
import type { Mark } from './prefix-index.js'
import { refine } from './refine.js'

export interface View {
  /** Classes are numbered from 0; some may be empty. */
  readonly count: number
  classOf(speaker: number): number
  size(cls: number): number
  /** A member that stands for the class; -1 of an empty one. */
  first(cls: number): number
  members(cls: number): Iterable<number>
  /** Role of which the class is what the marks left over; -1 for marked ones and where the view has classes of its own. */
  roleOf(cls: number): number
  /** Marked speakers; empty where the view has classes of its own. */
  readonly marked: readonly number[]
}

/** Marks of one role with the same tags, by a text that orders them. */
export function groupsOf(network: RoleNetwork, marks: readonly Mark[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>()
  for (const { speaker, tags } of marks) {
    const key = `${network.roleOf[speaker]} ${tags}`
    const held = groups.get(key)
    if (held === undefined) groups.set(key, [speaker])
    else held.push(speaker)
  }
  if (groups.size < 2) return groups
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Roles without their marked members, then one class for each group of marks. */
export function overlayView(network: RoleNetwork, groups: ReadonlyMap<string, readonly number[]>): View {
  const { roleOf, members } = network
  const lists = [...groups.values()]
  const taken = new Map<number, number>()
  const gone = new Map<number, number>()
  for (const [i, list] of lists.entries()) {
    for (const speaker of list) {
      const role = roleOf[speaker] ?? 0
      taken.set(speaker, members.length + i)
      gone.set(role, (gone.get(role) ?? 0) + 1)
    }
  }
  return {
    count: members.length + lists.length,
    classOf: (speaker) => taken.get(speaker) ?? roleOf[speaker] ?? 0,
    size: (cls) =>
      cls < members.length
        ? (members[cls]?.length ?? 0) - (gone.get(cls) ?? 0)
        : (lists[cls - members.length]?.length ?? 0),
    first: (cls) => {
      const list = cls < members.length ? members[cls] : lists[cls - members.length]
      return (cls < members.length ? list?.find((speaker) => !taken.has(speaker)) : list?.[0]) ?? -1
    },
    *members(cls) {
      if (cls >= members.length) yield* lists[cls - members.length] ?? []
      else for (const speaker of members[cls] ?? []) if (!taken.has(speaker)) yield speaker
    },
    roleOf: (cls) => (cls < members.length ? cls : -1),
    marked: [...taken.keys()],
  }
}

/** Classes refined from the roles with every group of marks, and each of the `singles`, in a colour of its own. */
export function refinedView(
  network: RoleNetwork,
  groups: ReadonlyMap<string, readonly number[]>,
  singles: ReadonlySet<number>,
): View {
  const colours = network.roleOf.slice()
  let next = network.members.length
  for (const list of groups.values()) {
    for (const speaker of list) colours[speaker] = next
    next++
  }
  for (const speaker of singles) colours[speaker] = next++
  const classes = refine(colours, network.ends, network.places)
  const members: number[][] = []
  for (const [speaker, cls] of classes.entries()) {
    const list = members[cls]
    if (list === undefined) members[cls] = [speaker]
    else list.push(speaker)
  }
  return {
    count: members.length,
    classOf: (speaker) => classes[speaker] ?? 0,
    size: (cls) => members[cls]?.length ?? 0,
    first: (cls) => members[cls]?.[0] ?? -1,
    members: (cls) => members[cls] ?? [],
    roleOf: () => -1,
    marked: [],
  }
}

/**
 * True when taking the groups out leaves every other class whole: each of its members has the same sessions with each
 * group. Only the marked speakers' own sessions are looked at.
 */
export function splitsNothing(
  network: RoleNetwork,
  groups: ReadonlyMap<string, readonly number[]>,
  view: View,
): boolean {
  const { ends } = network
  const seen = new Map<number, string[]>()
  for (const [group, list] of [...groups.values()].entries()) {
    for (const speaker of list) {
      const last = ends.first[speaker + 1] ?? 0
      for (let end = ends.first[speaker] ?? 0; end < last; end++) {
        const peer = ends.peer[end] ?? 0
        const edge = `${group} ${ends.colour[end]} ${colourOf(ends, ends.reverse[end] ?? -1)}`
        const held = seen.get(peer)
        if (held === undefined) seen.set(peer, [edge])
        else held.push(edge)
      }
    }
  }
  const byClass = new Map<number, { count: number; readonly edges: string }>()
  for (const [peer, list] of seen) {
    const cls = view.classOf(peer)
    const edges = list.length === 1 ? (list[0] ?? '') : list.sort().join(',')
    const held = byClass.get(cls)
    if (held === undefined) byClass.set(cls, { count: 1, edges })
    else if (held.edges !== edges) return false
    else held.count++
  }
  for (const [cls, { count }] of byClass) if (count !== view.size(cls)) return false
  return true
}

function colourOf(ends: Ends, end: number): number {
  return end < 0 ? -1 : (ends.colour[end] ?? -1)
}
