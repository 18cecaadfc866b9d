/**
 * Felix's routes to blocks of other nodes as numbers. Whose block it is and whether the node that looks is in the owner's
 * subnet decides, so that they are made once for all nodes that manage the same pools and write in the same style.
 */

import type { Prefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import { perContext } from '../bgp/config/per-context.js'
import { clusterRoutes, type FelixSight, felixNode, felixSight, routeFor } from '../bgp/felix/cluster-routes.js'
import { blockEntries, soleNode } from '../bgp/felix/route-entries.js'
import type { ClusterRoute } from '../bgp/felix/route-manager.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { ClusterNode } from '../cluster/node.js'
import type { RouteStyle } from './cluster-route-spec.js'
import { styleOf, styleText, taggedClusterRoutes } from './felix-routes.js'
import { NO_ROUTE, type SharedRoutes, UNKNOWN } from './shared-routes.js'
import type { TaggedRoute } from './underlay-routes.js'

/** Felix's routes on one node. */
export interface FelixNumbers {
  /** Those to the node's own blocks, and whatever no one node stands alone for. */
  readonly own: readonly TaggedRoute[]
  /** The number of the route to a block by its place, NO_ROUTE for what is in `own`. Undefined: `own` has everything. */
  readonly to?: (place: number) => number
}

export interface NumberedFelix {
  /** Destinations by their places. */
  readonly prefixes: readonly Prefix[]
  /** Good until the next node is asked for. */
  on(node: ClusterNode): FelixNumbers
  /** Numbers are remembered for so many kinds of nodes. */
  readonly kinds: number
}

/** Numbers by place, from the owner's subnet and from others. */
interface Kind {
  readonly near: Int32Array
  readonly far: Int32Array
}

/** How a node stands to a block: far from it, near it, or with a route to it that is its own. */
const [FAR, NEAR, OWN] = [0, 1, 2]

export function numberedFelix(context: BgpContext, shared: SharedRoutes): NumberedFelix {
  const { cluster, ipam } = context
  const entries = blockEntries(context)
  const { ofNode, ofMany } = placesOf(context)
  const sides = new Uint8Array(entries.length)
  /** Places that are not far, to be set back for the next node. */
  let apart: readonly number[] = []
  const kinds = new Map<FelixSettings, Map<string, Kind>>()
  let count = 0

  const kindFor = ({ farKey }: FelixSight, style: RouteStyle): Kind => {
    const bySettings = kinds.get(style.felix) ?? new Map<string, Kind>()
    kinds.set(style.felix, bySettings)
    const key = `${farKey} ${styleText(style)}`
    const held = bySettings.get(key)
    if (held !== undefined) return held
    count++
    const unknown = (): Int32Array => new Int32Array(entries.length).fill(UNKNOWN)
    const fresh = { near: unknown(), far: unknown() }
    bySettings.set(key, fresh)
    return fresh
  }

  const written = (style: RouteStyle, route: ClusterRoute | undefined): number => {
    const [tagged] = route === undefined ? [] : taggedClusterRoutes(context, style, [route])
    return shared.add(tagged?.explained.route)
  }

  return {
    prefixes: entries.map(({ prefix }) => prefix),
    get kinds() {
      return count
    },
    on: (node) => {
      const felix = felixNode(cluster, ipam, node)
      const style = styleOf(cluster, node)
      if (felix.pools.length === 0 || felix.viewer.workloadIPs) {
        return { own: taggedClusterRoutes(context, style, clusterRoutes(context, felix)) }
      }
      const sight = felixSight(context, felix)
      const { near, far } = kindFor(sight, style)
      const own = [...ofMany, ...(ofNode.get(node.name) ?? [])]
      for (const place of apart) sides[place] = FAR
      apart = [...sight.near(), ...own]
      for (const place of apart) sides[place] = NEAR
      for (const place of own) sides[place] = OWN
      return {
        own: taggedClusterRoutes(
          context,
          style,
          own.flatMap((place) => {
            const entry = entries[place]
            return (entry && routeFor(context, felix, entry)) ?? []
          }),
        ),
        to: (place) => {
          const side = sides[place]
          if (side === OWN) return NO_ROUTE
          const known = side === NEAR ? near : far
          const number = known[place] ?? UNKNOWN
          if (number !== UNKNOWN) return number
          const fresh = written(style, sight.remote(place))
          known[place] = fresh
          return fresh
        },
      }
    },
  }
}

interface Places {
  readonly ofNode: ReadonlyMap<string, readonly number[]>
  /** Of entries that no one node stands alone for. */
  readonly ofMany: readonly number[]
}

const placesOf = perContext((context): Places => {
  const ofNode = new Map<string, number[]>()
  const ofMany: number[] = []
  for (const [place, entry] of blockEntries(context).entries()) {
    const node = soleNode(entry)
    const held = node === undefined ? ofMany : ofNode.get(node)
    if (held !== undefined) held.push(place)
    else ofNode.set(node ?? '', [place])
  }
  return { ofNode, ofMany }
})
