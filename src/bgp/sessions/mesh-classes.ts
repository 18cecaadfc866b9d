/**
 * The mesh by classes: members that nothing tells apart form one, and one pair of members stands for all pairs of their
 * two classes. A mesh of thousands of nodes in a few racks has a few dozen pairs of classes.
 */

import type { Family } from '../../address/address.js'
import { bitsOf, formatPrefix, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { StaticRoute } from '../../cluster/underlay.js'
import type { BgpContext } from '../config/context.js'
import { meshMembers, meshSession } from '../config/mesh.js'
import { once } from '../config/once.js'
import { perContext } from '../config/per-context.js'
import { routerIDOfNode } from '../config/speaker-config.js'
import { daemonOf } from './daemon.js'
import { negotiate, type Outcome } from './negotiation.js'
import { segmentOfNode } from './underlay-reach.js'

/** A pair of members that stands for `pairs` pairs. */
export interface MeshPair {
  readonly from: number
  readonly to: number
  readonly pairs: number
  /** Members in the class of each. */
  readonly sizes: readonly [number, number]
  readonly outcomes: readonly [Outcome, Outcome]
}

/** Every pair of classes. Sessions of BGPPeers between members are left out of account here. */
export function meshPairs(context: BgpContext, family: Family): readonly MeshPair[] {
  return pairsOf(context)[family]()
}

const pairsOf = perContext((context) => ({ 4: once(() => pairs(context, 4)), 6: once(() => pairs(context, 6)) }))

/** Members of the mesh that nothing tells apart, one list for each class; members in ascending order. */
export function meshClasses(context: BgpContext, family: Family): readonly (readonly number[])[] {
  return classesOf(context)[family]()
}

const classesOf = perContext((context) => ({
  4: once(() => memberClasses(context, meshMembers(context, 4), 4)),
  6: once(() => memberClasses(context, meshMembers(context, 6), 6)),
}))

/** The same class for every node with an address of the family, in the mesh or not; -1 for one without. */
export function nodeClasses(context: BgpContext, family: Family): Int32Array {
  return nodeClassesOf(context)[family]()
}

const nodeClassesOf = perContext((context) => {
  const of = (family: Family): Int32Array => {
    const numbers = new Int32Array(context.cluster.nodes.length).fill(-1)
    const all = context.cluster.nodes.map(({ index }) => index)
    for (const [number, members] of memberClasses(context, all, family).entries()) {
      for (const member of members) numbers[member] = number
    }
    return numbers
  }
  return { 4: once(() => of(4)), 6: once(() => of(6)) }
})

function pairs(context: BgpContext, family: Family): readonly MeshPair[] {
  const classes = meshClasses(context, family).map((members) => ({
    first: members[0] ?? -1,
    second: members[1],
    size: members.length,
  }))
  const found: MeshPair[] = []
  for (const [i, one] of classes.entries()) {
    for (const other of classes.slice(i)) {
      const to = one === other ? one.second : other.first
      if (to === undefined) continue
      const count = one === other ? (one.size * (one.size - 1)) / 2 : one.size * other.size
      const outcomes = meshOutcomes(context, one.first, to, family)
      found.push({ from: one.first, to, pairs: count, sizes: [one.size, other.size], outcomes })
    }
  }
  return found
}

/** What becomes of the two mesh protocols of a pair if nothing else is configured between the nodes, `one`'s end first. */
export function meshOutcomes(
  context: BgpContext,
  one: number,
  other: number,
  family: Family,
): readonly [Outcome, Outcome] {
  const [a, b] = [meshSession(context, one, other, family), meshSession(context, other, one, family)]
  const [from, to] = [context.speakers[one], context.speakers[other]]
  if (a === undefined || b === undefined || from === undefined || to === undefined) return [NO_SESSION, NO_SESSION]
  for (const speaker of [from, to]) {
    const { refused } = daemonOf(context, speaker, family)
    if (refused === undefined) continue
    const outcome: Outcome = { state: 'Down', reason: { code: 'configurationRefused', detail: refused } }
    return [outcome, outcome]
  }
  return negotiate(context, from, to, { a, b, aDials: !a.passive, bDials: !b.passive })
}

const NO_SESSION: Outcome = { state: 'Down', reason: { code: 'noSuchPeer' } }

/**
 * Members with the same AS number, port, segment, mask and routes, whose addresses lie in the same of all the prefixes
 * that anybody has a connected network or a route for, and which are cut off or down alike. A member whose router id another one has too is a class alone.
 */
function memberClasses(context: BgpContext, members: readonly number[], family: Family): readonly number[][] {
  const prefixes = relevantPrefixes(context, members, family)
  const routerIDs = new Map<string, number>()
  for (const member of members) {
    const id = routerID(context, member)
    routerIDs.set(id, (routerIDs.get(id) ?? 0) + 1)
  }
  const classes = new Map<string, number[]>()
  for (const member of members) {
    const endpoint = context.endpoints[family][member]
    const attachment = context.cluster.underlay.attachments[member]
    const speaker = context.speakers[member]
    if (endpoint === undefined || speaker === undefined) continue
    const id = routerID(context, member)
    const lies: string[] = []
    for (let length: number = bitsOf(family); length >= 0; ) {
      const found = prefixes.matchWithin(endpoint.address, length)
      if (found === undefined) break
      lies.push(formatPrefix(found.prefix))
      length = found.prefix.length - 1
    }
    const host = endpoint.network.length === bitsOf(family)
    const daemon = daemonOf(context, speaker, family)
    const key = JSON.stringify([
      endpoint.ownAS ?? null,
      endpoint.port ?? null,
      segmentOfNode(context, member, family) ?? null,
      host ? 'host' : formatPrefix(endpoint.network),
      routeText(attachment?.defaultRoute),
      routeText(attachment?.defaultRoute6),
      attachment?.staticRoutes.map(routeText) ?? [],
      lies,
      (routerIDs.get(id) ?? 0) > 1 ? member : null,
      attachment?.detached ?? false,
      daemon.refused !== undefined,
      daemon.down ?? false,
    ])
    const held = classes.get(key)
    if (held === undefined) classes.set(key, [member])
    else held.push(member)
  }
  return [...classes.values()]
}

function relevantPrefixes(context: BgpContext, members: readonly number[], family: Family): PrefixTable<true> {
  const table = new PrefixTable<true>()
  const add = (prefix: Prefix): void => {
    if (prefix.family === family) table.set(prefix, true)
  }
  for (const member of members) {
    const network = context.endpoints[family][member]?.network
    // A host mask holds nobody but the node itself.
    if (network !== undefined && network.length < bitsOf(family)) add(network)
    for (const route of context.cluster.underlay.attachments[member]?.staticRoutes ?? []) add(route.to)
  }
  for (const router of context.cluster.underlay.routers) for (const route of router.staticRoutes) add(route.to)
  return table
}

function routeText(route: StaticRoute | undefined): string {
  if (route === undefined) return ''
  return `${formatPrefix(route.to)} ${route.type} ${route.via ? String(route.via.value) : ''} ${route.metric}`
}

function routerID(context: BgpContext, member: number): string {
  const node = context.cluster.nodes[member]
  return (node && routerIDOfNode(context, node)) ?? ''
}
