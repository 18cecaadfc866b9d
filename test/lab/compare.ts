/** A kernel's table against the predicted one, route by route, in the words of `ip -j route`. */

import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'
import { canonical } from '../conformance/compare.js'
import type { JsonRoute } from './daemons.js'

export interface Difference {
  readonly dst: string
  readonly text: string
}

export function differences(real: readonly JsonRoute[], predicted: readonly ExplainedRoute[]): readonly Difference[] {
  const wanted = predicted.map(({ route }) => keyOf({ ...route }))
  const seen = real.map(keyOf)
  const about = (key: string, text: string): Difference => ({
    dst: (JSON.parse(key) as { readonly dst: string }).dst,
    text: `${text} ${key}`,
  })
  return [
    ...seen.filter((key) => !wanted.includes(key)).map((key) => about(key, 'the kernel has')),
    ...wanted.filter((key) => !seen.includes(key)).map((key) => about(key, 'predicted')),
  ]
}

/**
 * A router on the same link sends its link-local address along with its IPv6 next hop, and BIRD prefers it. It comes
 * from the router's MAC address, which no manifest tells, so the prediction names the router's other address there.
 */
export function withoutLinkLocal(
  routes: readonly JsonRoute[],
  owners: ReadonlyMap<string, string>,
): readonly JsonRoute[] {
  const named = <T extends JsonRoute>(hop: T): T => {
    const owner = owners.get(String(hop['gateway']))
    return owner === undefined ? hop : { ...hop, gateway: owner }
  }
  return routes.map((route) => {
    const { nexthops } = route
    return named(Array.isArray(nexthops) ? { ...route, nexthops: nexthops.map(named) } : route)
  })
}

/** Flags that say how a link is doing are no part of the route. */
function keyOf(route: JsonRoute): string {
  const { flags, ...rest } = route
  const kept = (Array.isArray(flags) ? flags : []).filter((flag) => flag === 'onlink')
  return canonical({ ...rest, ...(kept.length > 0 ? { flags: kept } : {}) })
}
