/**
 * The main table of a node or router asked for single addresses: what the whole table would answer, without making it.
 * A large cluster's table takes long to make, and a packet asks it once.
 */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { RoleLookup } from '../bgp/tables.js'
import { birdWriter } from './bird-routes.js'
import { felixRouteHolding, nodePodRoutes } from './felix-routes.js'
import type { DataplaneInput } from './input.js'
import { birdFamilies, podsByNode } from './kernel-table.js'
import type { Fib } from './trace/plane.js'
import { nodeUnderlayRoutes, routerUnderlayRoutes, type TaggedRoute } from './underlay-routes.js'

/** Undefined where the tables are made whole anyway. */
export function singleRoutes(input: DataplaneInput, index: number): Fib | undefined {
  const { context } = input
  const { cluster } = context
  const node = cluster.nodes[index]
  if (node === undefined) return undefined
  const lookups = lookupsOf(input, birdFamilies(cluster, node))
  if (lookups === undefined) return undefined
  const underlay = nodeUnderlayRoutes(cluster, node)
  const pods = nodePodRoutes(cluster, node, podsByNode(context).get(node.name) ?? [])
  const felix = felixRouteHolding(context, node)
  const bird = birdRouteHolding(lookups, index)
  // In the order of writers: of equal metrics the first stays.
  return fibOf([...underlay, ...pods], (address) => [felix(address), bird(address)])
}

/** The same of an Underlay router. */
export function singleRouterRoutes(input: DataplaneInput, index: number): Fib | undefined {
  const { nodes, underlay } = input.context.cluster
  const router = underlay.routers[index]
  if (router === undefined) return undefined
  const lookups = lookupsOf(input, router.bgp === undefined ? [] : [4, 6])
  if (lookups === undefined) return undefined
  const bird = birdRouteHolding(lookups, nodes.length + index)
  return fibOf(routerUnderlayRoutes(router), (address) => [bird(address)])
}

function lookupsOf(input: DataplaneInput, families: readonly Family[]): ReadonlyMap<Family, RoleLookup> | undefined {
  const lookups = new Map<Family, RoleLookup>()
  for (const family of families) {
    const lookup = input.bgp().byRoles?.(family)
    if (lookup === undefined) return undefined
    lookups.set(family, lookup)
  }
  return lookups
}

/** `written` gives the longest routes of other writers than the fixed ones. */
function fibOf(
  routes: readonly TaggedRoute[],
  written: (address: Address) => readonly (TaggedRoute | undefined)[],
): Fib {
  const fixed = new PrefixTable<TaggedRoute[]>()
  for (const route of routes) {
    const held = fixed.get(route.prefix)
    if (held === undefined) fixed.set(route.prefix, [route])
    else held.push(route)
  }
  const answers = new Map<Address['value'], Answer | undefined>()
  const found = (address: Address): Answer | undefined => {
    let best: TaggedRoute | undefined
    for (const route of [...(fixed.match(address)?.value ?? []), ...written(address)]) {
      if (route !== undefined && (best === undefined || isBetter(route, best))) best = route
    }
    return best && { prefix: best.prefix, value: best.explained.route }
  }
  return {
    match: (address) => {
      const held = answers.get(address.value)
      if (held !== undefined || answers.has(address.value)) return held
      if (answers.size >= MOST_ANSWERS) answers.clear()
      const fresh = found(address)
      answers.set(address.value, fresh)
      return fresh
    },
  }
}

type Answer = NonNullable<ReturnType<Fib['match']>>

/** Answers that a node or router remembers; a number and a big integer are never equal, so that both families have room. */
const MOST_ANSWERS = 5000

/** The longest route to an address that a speaker's BIRD writes; it has one for each prefix. */
function birdRouteHolding(
  lookups: ReadonlyMap<Family, RoleLookup>,
  speaker: number,
): (address: Address) => TaggedRoute | undefined {
  const write = birdWriter()
  return (address) => {
    for (const entry of lookups.get(address.family)?.covering(speaker, address) ?? []) {
      const route = write(entry)
      if (route !== undefined) return route
    }
    return undefined
  }
}

/** Longer, or as long and of a lower metric. */
function isBetter(route: TaggedRoute, best: TaggedRoute): boolean {
  const [length, held] = [lengthOf(route.prefix), lengthOf(best.prefix)]
  if (length !== held) return length > held
  return (route.explained.route.metric ?? 0) < (best.explained.route.metric ?? 0)
}

function lengthOf({ length }: Prefix): number {
  return length
}
