/** Which of the two engines answers: they give the same tables, and differ in what the answer costs. */

import type { BgpContext } from './config/context.js'
import { leafTables } from './leaves/tables.js'
import type { OwnRouteOptions } from './plain/own-routes.js'
import { plainTables } from './plain/tables.js'
import type { BgpTables } from './tables.js'

/** Below this many routes in all tables together the plain engine works all of them out at once in well under a second. */
const SMALL = 40_000

export function bgpTables(context: BgpContext, options: OwnRouteOptions = { felix: true }): BgpTables {
  const routes = context.cluster.nodes.length * context.ipam.affinities.length
  return (routes > SMALL ? leafTables(context, options) : undefined) ?? plainTables(context, options)
}
