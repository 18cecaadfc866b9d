/** Which of the engines answers: they give the same tables, and differ in what the answer costs. */

import type { Family } from '../address/address.js'
import type { BgpContext } from './config/context.js'
import { leafTables } from './leaves/tables.js'
import type { OwnRouteOptions } from './plain/own-routes.js'
import { plainTables } from './plain/tables.js'
import { roleTables } from './roles/tables.js'
import type { BgpTable, BgpTables } from './tables.js'

/** Below this many routes in all tables together the plain engine works all of them out at once in well under a second. */
const SMALL = 40_000

/** Tables that are worked out one by one before it is taken that all are wanted. */
const ONE_BY_ONE = 12

/** By roles; where they do not tell enough, by the plain engine, on leaves apart where the network is large. */
export function bgpTables(context: BgpContext, options: OwnRouteOptions = { felix: true }): BgpTables {
  return roleTables(context, withoutRoles(context, options), options)
}

function withoutRoles(context: BgpContext, options: OwnRouteOptions): BgpTables {
  const routes = context.cluster.nodes.length * context.ipam.affinities.length
  const plain = plainTables(context, options)
  if (routes <= SMALL) return plain
  let leaves: BgpTables | undefined | 'none'
  const first = (): BgpTables | undefined => {
    leaves ??= leafTables(context, options) ?? 'none'
    return leaves === 'none' ? undefined : leaves
  }
  const asked = new Set<number>()
  const table = (speaker: number, family: Family): BgpTable => {
    asked.add(speaker)
    const all = asked.size > ONE_BY_ONE && plain.convergence(family).kind !== 'tooLarge'
    return (all ? plain : (first() ?? plain)).table(speaker, family)
  }
  return {
    table,
    convergence: (family) => (first() ?? plain).convergence(family),
    undetermined: (family) => (first() ?? plain).undetermined(family),
    severed: (family) => (first() ?? plain).severed(family),
  }
}
