/**
 * A node's main table asked for single addresses: what the whole table would answer, without making it. A large
 * cluster's table takes long to make, and a packet asks it once.
 */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { RoleLookup } from '../bgp/tables.js'
import { birdRoutes } from './bird-routes.js'
import { felixRouteHolding, nodePodRoutes } from './felix-routes.js'
import type { DataplaneInput } from './input.js'
import { birdFamilies, podsByNode } from './kernel-table.js'
import type { Fib } from './trace/plane.js'
import { nodeUnderlayRoutes, type TaggedRoute } from './underlay-routes.js'

/** Undefined where the tables are made whole anyway. */
export function singleRoutes(input: DataplaneInput, index: number): Fib | undefined {
  const { context } = input
  const { cluster } = context
  const node = cluster.nodes[index]
  if (node === undefined) return undefined
  const lookups = new Map<Family, RoleLookup>()
  for (const family of birdFamilies(cluster, node)) {
    const lookup = input.bgp().byRoles?.(family)
    if (lookup === undefined) return undefined
    lookups.set(family, lookup)
  }
  const fixed = new PrefixTable<TaggedRoute[]>()
  const underlay = nodeUnderlayRoutes(cluster, node)
  for (const route of [...underlay, ...nodePodRoutes(cluster, node, podsByNode(context).get(node.name) ?? [])]) {
    const held = fixed.get(route.prefix)
    if (held === undefined) fixed.set(route.prefix, [route])
    else held.push(route)
  }
  const felix = felixRouteHolding(context, node)
  const answers = new Map<Address['value'], Answer | undefined>()
  const found = (address: Address): Answer | undefined => {
    // In the order of writers: of equal metrics the first stays.
    const written = [felix(address), birdRouteHolding(lookups.get(address.family), index, address)]
    let best: TaggedRoute | undefined
    for (const route of [...(fixed.match(address)?.value ?? []), ...written]) {
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

/** Answers that a node remembers; a number and a big integer are never equal, so that both families have room. */
const MOST_ANSWERS = 5000

/** The longest route that BIRD writes; it has one for each prefix. */
function birdRouteHolding(lookup: RoleLookup | undefined, index: number, address: Address): TaggedRoute | undefined {
  for (const entry of lookup?.covering(index, address) ?? []) {
    const [route] = birdRoutes({ entries: [entry] })
    if (route !== undefined) return route
  }
  return undefined
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
