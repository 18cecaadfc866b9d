/** For which CIDRs of the calculation graph Felix may write something else than before. */

import { type Address, sameAddress } from '../../address/address.js'
import type { Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { type FelixNode, type FelixSight, felixSight } from '../../bgp/felix/cluster-routes.js'
import type { ClusterRoute } from '../../bgp/felix/route-manager.js'
import { entryOf } from '../../cluster/inventory.js'

/** A node as its Felix sees the others, and how it writes routes down: equal texts write alike. */
export interface FelixSide {
  readonly felix: FelixNode
  readonly style: string
}

/** Prefixes in any order, some of which may be alike after all. */
export type FelixChanges = (before: FelixSide, after: FelixSide) => readonly Prefix[]

/**
 * What nodes see alike is compared once for all that do, and what they see as far once for all subnets. Blocks of the
 * node itself, and what more than one node has to do with, count as changed.
 */
export function felixChanges(before: BgpContext, after: BgpContext): FelixChanges {
  const alignedOf = alignedOnce()
  const farOf = new Map<string, ReadonlySet<number>>()
  const known = new Map<string, readonly Prefix[]>()
  return (was, is) => {
    const [old, now] = [felixSight(before, was.felix), felixSight(after, is.felix)]
    const { name } = was.felix.node
    const lists = alignedOf(old, now)
    const view: View = { lists, old, now, who: name, alike: was.style === is.style }
    const key = [old.key, was.style, now.key, is.style].join(' | ')
    const farKey = [old.farKey, was.style, now.farKey, is.style].join(' | ')
    const far = entryOf(farOf, farKey, () => farChanges(view))
    const changed = entryOf(known, key, () => changesSeen(view, far))
    const own = lists.ofNode.get(name) ?? []
    return own.length + lists.many.length === 0 ? changed : [...changed, ...own, ...lists.many]
  }
}

/** Both lists of entries as one of pairs. */
interface Aligned {
  readonly prefixes: readonly Prefix[]
  /** Places of a pair's entry before and after; -1 where it is not there. */
  readonly old: readonly number[]
  readonly now: readonly number[]
  /** Pairs by those places. */
  readonly ofOld: Int32Array
  readonly ofNow: Int32Array
  /** What each node stands alone for, before or after. */
  readonly ofNode: ReadonlyMap<string, readonly Prefix[]>
  /** Entries that no one node stands alone for, before or after. */
  readonly many: readonly Prefix[]
}

/** Lists are put together once for each two. */
function alignedOnce(): (old: FelixSight, now: FelixSight) => Aligned {
  const known = new Map<FelixSight['entries'], Map<FelixSight['entries'], Aligned>>()
  return (old, now) => {
    const byOther = entryOf(known, old.entries, () => new Map<FelixSight['entries'], Aligned>())
    return entryOf(byOther, now.entries, () => aligned(old, now))
  }
}

function aligned(before: FelixSight, after: FelixSight): Aligned {
  const [prefixes, old, now]: [Prefix[], number[], number[]] = [[], [], []]
  const [ofOld, ofNow] = [new Int32Array(before.entries.length), new Int32Array(after.entries.length)]
  const pairs = new PrefixTable<number>()
  const ofNode = new Map<string, Prefix[]>()
  const many: Prefix[] = []
  const tell = (prefix: Prefix, node: string | undefined): void => {
    if (node === undefined) many.push(prefix)
    else entryOf(ofNode, node, () => []).push(prefix)
  }
  for (const [at, { prefix }] of before.entries.entries()) {
    ofOld[at] = at
    pairs.set(prefix, at)
    prefixes.push(prefix)
    old.push(at)
    now.push(-1)
    tell(prefix, before.nodes[at])
  }
  for (const [at, { prefix }] of after.entries.entries()) {
    const pair = pairs.get(prefix) ?? prefixes.length
    const fresh = pair === prefixes.length
    if (fresh) {
      prefixes.push(prefix)
      old.push(-1)
    }
    now[pair] = at
    ofNow[at] = pair
    const node = after.nodes[at]
    if (fresh || node !== before.nodes[old[pair] ?? -1]) tell(prefix, node)
  }
  return { prefixes, old, now, ofOld, ofNow, ofNode, many }
}

/** Both sights of one node. */
interface View {
  readonly lists: Aligned
  readonly old: FelixSight
  readonly now: FelixSight
  /** The node that looks, to which its own blocks are not remote. */
  readonly who: string
  /** Routes are written down before and after alike. */
  readonly alike: boolean
}

/** Pairs that differ for whoever sees them as far; those of the node that looks count as such. */
function farChanges(view: View): ReadonlySet<number> {
  const { lists, old, now } = view
  const changed = new Set<number>()
  for (const pair of lists.prefixes.keys()) if (isChanged(view, pair, old.far, now.far)) changed.add(pair)
  return changed
}

function changesSeen(view: View, far: ReadonlySet<number>): readonly Prefix[] {
  const { lists, old, now } = view
  const near = new Set([
    ...old.near().map((at) => lists.ofOld[at] ?? -1),
    ...now.near().map((at) => lists.ofNow[at] ?? -1),
  ])
  const changed = [
    ...[...far].filter((pair) => !near.has(pair)),
    ...[...near].filter((pair) => isChanged(view, pair, old.remote, now.remote)),
  ]
  return changed.flatMap((pair) => lists.prefixes[pair] ?? [])
}

type RouteAt = (place: number) => ClusterRoute | undefined

function isChanged({ lists, old, now, who, alike }: View, pair: number, before: RouteAt, after: RouteAt): boolean {
  const [left, right] = [lists.old[pair] ?? -1, lists.now[pair] ?? -1]
  const [wasOf, isOf] = [old.nodes[left], now.nodes[right]]
  if (wasOf === who || isOf === who) return true
  // What more than one node has to do with is looked at for each node anyway.
  const [was, is] = [wasOf === undefined ? undefined : before(left), isOf === undefined ? undefined : after(right)]
  if (was === undefined || is === undefined) return was !== is
  return !alike || !sameWay(was, is)
}

/** Whatever pool and node it is for. */
function sameWay(a: ClusterRoute, b: ClusterRoute): boolean {
  return a.kind === b.kind && sameGateway('via' in a ? a.via : undefined, 'via' in b ? b.via : undefined)
}

function sameGateway(a: Address | undefined, b: Address | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a === b || sameAddress(a, b)
}
