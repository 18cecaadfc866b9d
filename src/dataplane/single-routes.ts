/**
 * A node's main table asked for single addresses: what the whole table would answer, without making it. A large
 * cluster's table takes long to make, and a packet asks it once.
 */

import type { Address, Family } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import { PrefixTable } from '../address/prefix-table.js'
import type { RoleLookup } from '../bgp/tables.js'
import { birdRoutes } from './bird-routes.js'
import { felixRoutesHolding, nodePodRoutes } from './felix-routes.js'
import type { DataplaneInput } from './input.js'
import { podsByNode } from './kernel-table.js'
import type { Fib } from './trace/plane.js'
import { nodeUnderlayRoutes, type TaggedRoute } from './underlay-routes.js'

/** Undefined where the tables are made whole anyway. */
export function singleRoutes(input: DataplaneInput, index: number): Fib | undefined {
  const { context } = input
  const { cluster } = context
  const node = cluster.nodes[index]
  if (node === undefined) return undefined
  const lookups = new Map<Family, RoleLookup>()
  for (const family of [4, 6] as const) {
    if (cluster.backend !== 'bird' || node.bgpAddress[family] === undefined) continue
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
  const felix = felixRoutesHolding(context, node)
  return {
    match: (address) => {
      // In the order of writers: of equal metrics the first stays.
      const own = fixed.match(address)?.value ?? []
      const written = [...felix(address), ...birdRoutes({ entries: entriesFor(lookups, index, address) })]
      let best: TaggedRoute | undefined
      for (const route of [...own, ...written]) {
        if (best === undefined || isBetter(route, best)) best = route
      }
      return best && { prefix: best.prefix, value: best.explained.route }
    },
  }
}

function entriesFor(lookups: ReadonlyMap<Family, RoleLookup>, index: number, address: Address) {
  return lookups.get(address.family)?.covering(index, address) ?? []
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
