/**
 * Felix's routes to blocks of other nodes as numbers. Whose block it is and whether the node that looks is in the owner's
 * subnet decides, so that they are made once for all nodes that manage the same pools and write in the same style.
 */

import type { Address } from '../address/address.js'
import type { Prefix } from '../address/prefix.js'
import type { BgpContext } from '../bgp/config/context.js'
import { perContext } from '../bgp/config/per-context.js'
import { clusterRoutes, type FelixNode, felixNode, kindOf, routeFor } from '../bgp/felix/cluster-routes.js'
import type { L3Entry } from '../bgp/felix/l3-entries.js'
import { isNear, nodeAddress } from '../bgp/felix/l3-route.js'
import { blocksApart } from '../bgp/felix/route-entries.js'
import type { FelixSettings } from '../cluster/felix-settings.js'
import type { ClusterNode } from '../cluster/node.js'
import type { RouteStyle } from './cluster-route-spec.js'
import { styleOf, styleText, taggedClusterRoutes } from './felix-routes.js'
import { NO_ROUTE, type SharedRoutes, UNKNOWN } from './shared-routes.js'
import type { TaggedRoute } from './underlay-routes.js'

/** Felix's routes on one node. */
export interface FelixNumbers {
  /** Those to the node's own blocks, and whatever is not to a block of one node alone. */
  readonly own: readonly TaggedRoute[]
  /** The number of the route to a block by its place, NO_ROUTE for the node's own. Undefined: `own` has everything. */
  readonly to?: (block: number) => number
}

export interface NumberedFelix {
  /** Destinations of the blocks by their places. */
  readonly prefixes: readonly Prefix[]
  /** Good until the next node is asked for. */
  on(node: ClusterNode): FelixNumbers
  /** Numbers are remembered for so many kinds of nodes. */
  readonly kinds: number
}

/** Numbers by block, from the owner's subnet and from others. */
interface Kind {
  readonly near: Int32Array
  readonly far: Int32Array
}

/** How a node stands to the owner of a block: in another subnet, in the same, the owner itself. */
const [FAR, NEAR, SELF] = [0, 1, 2]

export function numberedFelix(context: BgpContext, shared: SharedRoutes): NumberedFelix {
  const { cluster, ipam } = context
  const { sole, others } = blocksApart(context)
  const { owners, ownerOf, blocksOf } = ownersOf(context)
  const isCross = Uint8Array.from(sole, ({ entry }) => Number(entry.crossSubnet))
  const sides = new Uint8Array(owners.length)
  const kinds = new Map<FelixSettings, Map<string, Kind>>()
  let count = 0

  const kindFor = (felix: FelixNode, style: RouteStyle): Kind => {
    const bySettings = kinds.get(style.felix) ?? new Map<string, Kind>()
    kinds.set(style.felix, bySettings)
    const key = `${kindOf(context, felix)} ${styleText(style)}`
    const held = bySettings.get(key)
    if (held !== undefined) return held
    count++
    const fresh = { near: new Int32Array(sole.length).fill(UNKNOWN), far: new Int32Array(sole.length).fill(UNKNOWN) }
    bySettings.set(key, fresh)
    return fresh
  }

  const written = (felix: FelixNode, style: RouteStyle, entry: L3Entry | undefined): number => {
    const route = entry && routeFor(context, felix, entry)
    const [tagged] = route === undefined ? [] : taggedClusterRoutes(context, style, [route])
    return shared.add(tagged?.explained.route)
  }

  return {
    prefixes: sole.map(({ entry }) => entry.prefix),
    get kinds() {
      return count
    },
    on: (node) => {
      const felix = felixNode(cluster, ipam, node)
      const style = styleOf(cluster, node)
      if (felix.pools.length === 0 || felix.viewer.workloadIPs) {
        return { own: taggedClusterRoutes(context, style, clusterRoutes(context, felix)) }
      }
      let at = 0
      for (const { name, address } of owners) {
        sides[at++] = name === node.name ? SELF : isNear(felix.viewer, address) ? NEAR : FAR
      }
      const { near, far } = kindFor(felix, style)
      const own = [...others, ...(blocksOf.get(node.name) ?? [])]
      return {
        own: taggedClusterRoutes(
          context,
          style,
          own.flatMap((entry) => routeFor(context, felix, entry) ?? []),
        ),
        to: (block) => {
          const side = sides[ownerOf[block] ?? 0]
          if (side === SELF) return NO_ROUTE
          const known = side === NEAR && isCross[block] === 1 ? near : far
          const number = known[block] ?? UNKNOWN
          if (number !== UNKNOWN) return number
          const fresh = written(felix, style, sole[block]?.entry)
          known[block] = fresh
          return fresh
        },
      }
    },
  }
}

interface Owners {
  /** A node's blocks of one family have the same address to go by. */
  readonly owners: readonly { readonly name: string; readonly address: Address | undefined }[]
  /** By block. */
  readonly ownerOf: Int32Array
  readonly blocksOf: ReadonlyMap<string, readonly L3Entry[]>
}

const ownersOf = perContext((context): Owners => {
  const { sole } = blocksApart(context)
  const owners: { name: string; address: Address | undefined }[] = []
  const known = new Map<string, number>()
  const blocksOf = new Map<string, L3Entry[]>()
  const ownerOf = Int32Array.from(sole, ({ entry, node }) => {
    const blocks = blocksOf.get(node)
    if (blocks === undefined) blocksOf.set(node, [entry])
    else blocks.push(entry)
    const { family } = entry.prefix
    const key = `${family} ${node}`
    const held = known.get(key) ?? owners.length
    if (held === owners.length) owners.push({ name: node, address: nodeAddress(context.cluster, node, family) })
    known.set(key, held)
    return held
  })
  return { owners, ownerOf, blocksOf }
})
