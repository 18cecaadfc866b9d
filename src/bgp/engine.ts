/** Which of the two engines answers: they give the same tables, and differ in what the answer costs. */

import type { Family } from '../address/address.js'
import type { BgpContext } from './config/context.js'
import { leafTables } from './leaves/tables.js'
import type { OwnRouteOptions } from './plain/own-routes.js'
import { plainTables } from './plain/tables.js'
import type { BgpTable, BgpTables } from './tables.js'

/** Below this many routes in all tables together the plain engine works all of them out at once in well under a second. */
const SMALL = 40_000

/** Tables that are worked out one by one before it is taken that all are wanted. */
const ONE_BY_ONE = 12

export function bgpTables(context: BgpContext, options: OwnRouteOptions = { felix: true }): BgpTables {
  const routes = context.cluster.nodes.length * context.ipam.affinities.length
  const leaves = routes > SMALL ? leafTables(context, options) : undefined
  const plain = plainTables(context, options)
  return leaves === undefined ? plain : oneByOne(leaves, plain)
}

/** One table at a time until many are asked for, then all at once if that is possible at all. */
function oneByOne(leaves: BgpTables, plain: BgpTables): BgpTables {
  const asked = new Set<number>()
  const table = (speaker: number, family: Family): BgpTable => {
    asked.add(speaker)
    const all = asked.size > ONE_BY_ONE && plain.convergence(family).kind !== 'tooLarge'
    return (all ? plain : leaves).table(speaker, family)
  }
  return { table, convergence: (family) => leaves.convergence(family), severed: (family) => leaves.severed(family) }
}
