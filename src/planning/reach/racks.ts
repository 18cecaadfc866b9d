/**
 * Racks that may change places. Two racks whose nodes, segment and sessions differ in nothing but names and addresses can
 * be swapped as a whole without anything else changing: what becomes of packets between two of them becomes of packets
 * between any two, and inside one of inside any. So a cluster of a hundred racks is asked about two of them.
 */

import { containsAddress, lastAddress, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import type { Plane } from '../../dataplane/trace/plane.js'
import type { ReachEnds } from './ends.js'
import { factsOf } from './facts.js'
import { type Likeness, rackSessions } from './rack-sessions.js'
import type { Targets } from './targets.js'

export interface Racks {
  /** By class: equal for those that have the same part in racks which may change places. */
  readonly shapeOf: Int32Array
  /** By class; -1 of a class in no rack. */
  readonly rackOf: Int32Array
}

/** What a class of nodes that may be swapped stands for in its rack. `classes` have all their members in one segment. */
export function racksOf(
  plane: Plane,
  ends: ReachEnds,
  targets: Targets,
  context: BgpContext,
  classes: readonly (readonly number[])[],
  likeness: Likeness,
): Racks | undefined {
  const { cluster } = plane.source
  const { underlay } = cluster
  if (!isPlain(plane)) return undefined
  const rackOf = Int32Array.from(classes, ([first]) => underlay.attachments[first ?? -1]?.subnet ?? -1)
  const sessions = rackSessions(context, classes, rackOf)
  if (sessions === undefined) return undefined
  const segments = segmentTexts(plane)
  const facts = factsOf(plane, ends, targets, true)
  const texts = classes.map(([first], cls) => {
    const rack = rackOf[cls] ?? -1
    const like = first === undefined || rack < 0 ? undefined : likeness(first)
    return like === undefined ? `class ${cls}` : `${facts(first ?? 0)} ${segments[rack]} ${sessions(cls)} ${like}`
  })
  return { shapeOf: shapesOf(classes, rackOf, texts), rackOf }
}

/** Equal for classes with one text, in racks whose classes have the same texts and sizes. */
function shapesOf(classes: readonly (readonly number[])[], rackOf: Int32Array, texts: readonly string[]): Int32Array {
  const parts = new Map<number, string[]>()
  for (const [cls, members] of classes.entries()) {
    const part = `${members.length} of ${texts[cls]}`
    const held = parts.get(rackOf[cls] ?? -1)
    if (held === undefined) parts.set(rackOf[cls] ?? -1, [part])
    else held.push(part)
  }
  const numberOf = numbering()
  const racks = new Map<number, number>()
  for (const [rack, list] of parts) {
    // Which of two classes with one text is which cannot be told: such a rack is like no other.
    if (rack >= 0 && new Set(list).size === list.length) racks.set(rack, numberOf(list.sort().join('; ')))
  }
  return Int32Array.from(classes, (_, cls) => {
    const like = racks.get(rackOf[cls] ?? -1)
    return numberOf(like === undefined ? `class ${cls}` : `${like}: ${texts[cls]}`)
  })
}

function numbering(): (text: string) => number {
  const numbers = new Map<string, number>()
  return (text) => {
    const held = numbers.get(text)
    if (held !== undefined) return held
    numbers.set(text, numbers.size)
    return numbers.size - 1
  }
}

/** Nobody wrote a route by hand, no router speaks BGP, and segments do not overlap. */
function isPlain({ source: { cluster } }: Plane): boolean {
  const { underlay } = cluster
  if (underlay.routers.some(({ bgp, staticRoutes }) => bgp !== undefined || staticRoutes.length > 0)) return false
  if (underlay.attachments.some(({ staticRoutes, subnet6 }) => staticRoutes.length > 0 || subnet6 !== undefined)) {
    return false
  }
  return !overlap(underlay.subnets.map(({ prefix }) => prefix))
}

function overlap(prefixes: readonly Prefix[]): boolean {
  for (const family of [4, 6] as const) {
    const sorted = prefixes
      .filter((prefix) => prefix.family === family)
      .sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.length - b.length))
    for (const [i, prefix] of sorted.entries()) {
      const next = sorted[i + 1]
      if (next !== undefined && next.base <= lastAddress(prefix).value) return true
    }
  }
  return false
}

/** What segments are but for their names and addresses: who forwards there, and from which place in the prefix. */
function segmentTexts({ source: { cluster } }: Plane): readonly string[] {
  const { subnets, routers, hosts } = cluster.underlay
  const forwarders = subnets.map((): unknown[] => [])
  for (const { index, interfaces, down } of routers) {
    for (const { subnet, address, cut } of interfaces) {
      const base = subnets[subnet]?.prefix.base ?? 0
      forwarders[subnet]?.push([
        index,
        String(BigInt(address.address.value) - BigInt(base)),
        address.network.length,
        cut,
        down,
      ])
    }
  }
  return subnets.map(({ index, prefix, gateway, mtu, antiSpoofing, drops }) => {
    const lived = hosts.some(({ address }) => containsAddress(prefix, address.address))
    const from = gateway && String(BigInt(gateway.value) - BigInt(prefix.base))
    return JSON.stringify([
      prefix.family,
      prefix.length,
      from,
      mtu,
      antiSpoofing,
      drops,
      forwarders[index],
      lived ? index : -1,
    ])
  })
}
