/** BIRD's routes as numbers, from its tables as numbers (`bgp/roles/compact.ts`). */

import type { Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { CompactTables } from '../bgp/tables.js'
import type { ClusterNode } from '../cluster/node.js'
import { birdRoute } from './bird-routes.js'
import type { DataplaneInput } from './input.js'
import { NO_ROUTE, type SharedRoutes } from './shared-routes.js'

/** The tables of both families, one after the other. */
export interface BirdRows {
  readonly prefixes: readonly Prefix[]
  /** What BIRD on the node says of each prefix: equal numbers at one place mean equal exports. */
  on(node: ClusterNode): Int32Array
  /** What a number at a place means to the kernel. */
  meaning(place: number, number: number): ReturnType<CompactTables['meaning']>
}

/** Undefined where roles do not tell enough. */
export function birdRows({ context, bgp }: DataplaneInput): BirdRows | undefined {
  const { cluster } = context
  if (cluster.backend !== 'bird') return { prefixes: [], on: () => new Int32Array(0), meaning: () => undefined }
  const families = ([4, 6] as const).filter((family) => cluster.nodes.some(({ bgpAddress }) => bgpAddress[family]))
  const parts: (readonly [Family, CompactTables])[] = []
  for (const family of families) {
    const numbers = bgp().byRoles?.(family)?.numbers()
    if (numbers === undefined) return undefined
    parts.push([family, numbers])
  }
  const prefixes = parts.flatMap(([, { prefixes: own }]) => own)
  const row = new Int32Array(prefixes.length)
  const first = parts[0]?.[1].prefixes.length ?? 0
  return {
    prefixes,
    on: ({ index, bgpAddress }) => {
      let at = 0
      for (const [family, tables] of parts) {
        const part = row.subarray(at, at + tables.prefixes.length)
        if (bgpAddress[family] === undefined) part.fill(NO_ROUTE)
        else tables.row(index, part)
        at += part.length
      }
      return row
    },
    meaning: (place, number) => parts[place < first ? 0 : 1]?.[1].meaning(number),
  }
}

/** The number of the route at a place of a row. */
export function numberedBird(rows: BirdRows, shared: SharedRoutes): (place: number, number: number) => number {
  const { prefixes } = rows
  // One node's table is mostly that of the node before it.
  const last = new Int32Array(prefixes.length).fill(NO_ROUTE)
  const lastNumber = new Int32Array(prefixes.length).fill(NO_ROUTE)
  const known = new Map<number, number>()
  const learn = (place: number, number: number): number => {
    const key = number * prefixes.length + place
    const held = known.get(key)
    if (held !== undefined) return held
    const [prefix, meaning] = [prefixes[place], rows.meaning(place, number)]
    const fresh = shared.add(prefix && meaning && birdRoute(prefix, meaning))
    known.set(key, fresh)
    return fresh
  }
  return (place, number) => {
    if (number < 0) return NO_ROUTE
    if (last[place] === number) return lastNumber[place] ?? NO_ROUTE
    const found = learn(place, number)
    last[place] = number
    lastNumber[place] = found
    return found
  }
}
