/**
 * Networks with several resting states. Where a session carries only the best route, which of them is reached can
 * depend on which message arrives first, and stays so (RFC 4264 calls it a wedgie; lab case r007). Where every session adds
 * paths there is one state alone, since then nothing that is sent depends on what is best.
 */

import type { Prefix } from '../../address/prefix.js'
import type { PlainInput } from './input.js'
import { keyOfAttributes } from './intern.js'
import { type MessageOrder, type Propagation, type PropagationOptions, propagate } from './propagate.js'

/** Other orders of messages that are tried. */
const ORDERS: readonly MessageOrder[] = [
  {},
  { late: 'bestOnly' },
  { newestFirst: true },
  { newestFirst: true, late: 'addPaths' },
  { seed: 1, late: 'addPaths' },
]

/** Beyond this many routes the other orders are not tried. */
const MOST_ROUTES = 200_000

/** Places of the prefixes whose routes differ between orders of messages, ascending. */
export function arrivalDependent(
  input: PlainInput,
  reached: Propagation,
  options: PropagationOptions,
): ReadonlySet<number> {
  const differing = new Set<number>()
  if (!input.speakers.some(({ sessions }) => sessions.some((session) => !session.addPaths))) return differing
  const first = statesByPrefix(reached, MOST_ROUTES)
  if (first === undefined || reached.outcome.kind !== 'stable') return differing
  for (const order of ORDERS) {
    const other = statesByPrefix(propagate(input, { ...options, order }), MOST_ROUTES)
    for (const [id, state] of first.entries()) if (state !== other?.[id]) differing.add(id)
  }
  return differing
}

/** Everything that the tables say of each prefix, as text; undefined when there is too much. */
function statesByPrefix({ engine }: Propagation, most: number): readonly string[] | undefined {
  const states: string[][] = engine.prefixes.map((_: Prefix) => [])
  let routes = 0
  for (const { index, nets } of engine.speakers) {
    for (const [id, net] of nets) {
      routes += net.routes.length
      if (routes > most) return undefined
      const lines = net.routes.map((route) => {
        const attributes = route.attributes === undefined ? route.source : keyOfAttributes(route.attributes)
        return `${index} ${route.session} ${attributes} ${route === net.best}`
      })
      states[id]?.push(...lines)
    }
  }
  return states.map((lines) => lines.sort().join('\n'))
}
