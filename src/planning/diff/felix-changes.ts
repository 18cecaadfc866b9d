/** For which CIDRs of the calculation graph Felix may write something else than before. */

import { type Address, sameAddress } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { type FelixNode, type FelixSight, felixSight } from '../../bgp/felix/cluster-routes.js'
import type { ClusterRoute } from '../../bgp/felix/route-manager.js'

/** A node as its Felix sees the others, and how it writes routes down: equal texts write alike. */
export interface FelixSide {
  readonly felix: FelixNode
  readonly style: string
}

/** Prefixes in any order, some of which may be alike after all. */
export type FelixChanges = (before: FelixSide, after: FelixSide) => readonly Prefix[]

/**
 * What nodes see alike is compared once for all that do. Blocks of the node itself, and what more than one node has to
 * do with, count as changed.
 */
export function felixChanges(before: BgpContext, after: BgpContext): FelixChanges {
  const places = placesOf()
  const known = new Map<string, Seen>()
  return (was, is) => {
    const [old, now] = [felixSight(before, was.felix), felixSight(after, is.felix)]
    const key = [old.key, was.style, now.key, is.style].join(' | ')
    const seen =
      known.get(key) ??
      changesSeen(places(old, now), old, now, { alike: was.style === is.style, who: was.felix.node.name })
    known.set(key, seen)
    const own = [...(seen.ofNode.get(was.felix.node.name) ?? []), ...(seen.ofNode.get(is.felix.node.name) ?? [])]
    return own.length + seen.many.length === 0 ? seen.changed : [...seen.changed, ...own, ...seen.many]
  }
}

/** An entry in both lists, by place; -1 where it is not there. */
interface Pair {
  readonly prefix: Prefix
  readonly old: number
  now: number
}

interface Aligned {
  readonly pairs: readonly Pair[]
  readonly ofNode: ReadonlyMap<string, readonly Prefix[]>
  /** Entries that no one node stands alone for. */
  readonly many: readonly Prefix[]
}

interface Seen extends Pick<Aligned, 'ofNode' | 'many'> {
  readonly changed: readonly Prefix[]
}

/** Pairs of entries, put together once for each two lists. */
function placesOf(): (old: FelixSight, now: FelixSight) => Aligned {
  const known = new Map<FelixSight['entries'], Map<FelixSight['entries'], Aligned>>()
  return (old, now) => {
    const byOther = known.get(old.entries) ?? new Map<FelixSight['entries'], Aligned>()
    known.set(old.entries, byOther)
    const fresh = byOther.get(now.entries) ?? aligned(old, now)
    byOther.set(now.entries, fresh)
    return fresh
  }
}

function aligned(old: FelixSight, now: FelixSight): Aligned {
  const table = new PrefixTable<Pair>()
  const ofNode = new Map<string, Prefix[]>()
  const many: Prefix[] = []
  const tell = (prefix: Prefix, node: string | undefined): void => {
    if (node === undefined) many.push(prefix)
    else listIn(ofNode, node).push(prefix)
  }
  for (const [at, { prefix }] of old.entries.entries()) {
    table.set(prefix, { prefix, old: at, now: -1 })
    tell(prefix, old.nodes[at])
  }
  for (const [at, { prefix }] of now.entries.entries()) {
    const held = table.get(prefix)
    if (held === undefined) table.set(prefix, { prefix, old: -1, now: at })
    else held.now = at
    const node = now.nodes[at]
    if (held === undefined || node !== old.nodes[held.old]) tell(prefix, node)
  }
  return { pairs: Array.from(table, ({ value }) => value), ofNode, many }
}

function listIn(lists: Map<string, Prefix[]>, key: string): Prefix[] {
  const held = lists.get(key)
  if (held !== undefined) return held
  const fresh: Prefix[] = []
  lists.set(key, fresh)
  return fresh
}

interface Viewer {
  /** Routes are written down before and after alike. */
  readonly alike: boolean
  /** The node that looks, for which its own blocks are not remote: they count as changed for whoever sees the same. */
  readonly who: string
}

function changesSeen({ pairs, ofNode, many }: Aligned, old: FelixSight, now: FelixSight, { alike, who }: Viewer): Seen {
  const changed: Prefix[] = [...(ofNode.get(who) ?? [])]
  for (const { prefix, old: left, now: right } of pairs) {
    if (old.nodes[left] === who || now.nodes[right] === who) continue
    // What is not a single node's on one side is looked at for each node anyway.
    const [was, is] = [remoteAt(old, left), remoteAt(now, right)]
    if (was === 'many' || is === 'many' || (was === undefined && is === undefined)) continue
    if (!alike || was === undefined || is === undefined || !sameWay(was, is)) changed.push(prefix)
  }
  return { changed, ofNode, many }
}

function remoteAt({ nodes, remote }: FelixSight, place: number): ClusterRoute | 'many' | undefined {
  if (place < 0) return undefined
  return nodes[place] === undefined ? 'many' : remote(place)
}

/** Whatever pool and node it is for. */
function sameWay(a: ClusterRoute, b: ClusterRoute): boolean {
  return a.kind === b.kind && sameGateway('via' in a ? a.via : undefined, 'via' in b ? b.via : undefined)
}

function sameGateway(a: Address | undefined, b: Address | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a === b || sameAddress(a, b)
}
