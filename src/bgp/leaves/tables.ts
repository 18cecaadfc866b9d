/**
 * BGP tables of one speaker at a time: the plain engine on the speakers that pass routes on, the one that is asked about,
 * and every other one as a source only. A leaf's table has no effect on anybody else's (`transit.ts`), so leaving it
 * out changes nothing in the one that is asked for. Work grows with the routes of that one table and of the
 * transit speakers, not with nodes times routes; no session between two leaves is ever made.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../config/context.js'
import { plainInput } from '../plain/build-input.js'
import type { OwnRouteOptions } from '../plain/own-routes.js'
import { plainTablesOf } from '../plain/tables.js'
import type { BgpTables } from '../tables.js'
import { transitSpeakers } from './transit.js'

/** Solutions kept beside that of the transit speakers; each holds a whole table and what led to it. */
const KEPT = 2

/** Undefined where a family has speakers that cannot be told apart as leaves. */
export function leafTables(context: BgpContext, options: OwnRouteOptions = { felix: true }): BgpTables | undefined {
  const transit = { 4: transitSpeakers(context, 4), 6: transitSpeakers(context, 6) }
  const { 4: transit4, 6: transit6 } = transit
  if (transit4 === undefined || transit6 === undefined) return undefined
  const solved = { 4: solverOf(context, 4, options, transit4), 6: solverOf(context, 6, options, transit6) }
  return {
    table: (speaker, family) => solved[family](speaker).table(speaker, family),
    convergence: (family) => solved[family](undefined).convergence(family),
    undetermined: (family) => solved[family](undefined).undetermined(family),
    severed: (family) => solved[family](undefined).severed(family),
  }
}

function solverOf(
  context: BgpContext,
  family: Family,
  options: OwnRouteOptions,
  transit: ReadonlySet<number>,
): (speaker: number | undefined) => BgpTables {
  const kept = new Map<number, BgpTables>()
  let core: BgpTables | undefined
  return (speaker) => {
    if (speaker === undefined || transit.has(speaker)) {
      core ??= plainTablesOf(plainInput(context, family, options, transit))
      return core
    }
    const held =
      kept.get(speaker) ?? plainTablesOf(plainInput(context, family, options, new Set([...transit, speaker])))
    // The one asked for last goes to the end, the one asked for longest ago goes out.
    kept.delete(speaker)
    kept.set(speaker, held)
    const oldest = kept.keys().next()
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value)
    return held
  }
}
