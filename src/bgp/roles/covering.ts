/**
 * What next hops resolve to. The prefixes that hold next hops are solved first: they may themselves come by BGP, so it is done again
 * with what was found until nothing changes.
 */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { bitsOf } from '../../address/prefix.js'
import { encapsulationOf } from '../../cluster/pool.js'
import type { BgpContext } from '../config/context.js'
import type { ResolvedHop } from '../decision/candidate.js'
import { resolveNextHop } from '../decision/resolve.js'
import { selectBest } from '../decision/select.js'
import type { TableRoute } from '../plain/state.js'
import { NeedsPlain } from './needs-plain.js'
import type { RoleNetwork } from './network.js'
import type { PrefixIndex, PrefixInfo } from './prefix-index.js'
import type { RoleSpeaker } from './speakers.js'

/** Some of a speaker's routes for a prefix. */
export type RoutesOf = (speaker: number, info: PrefixInfo) => readonly TableRoute[]

export interface NextHops {
  lookUp(speaker: RoleSpeaker, address: Address): ResolvedHop
}

/** Next hops looked up in the speakers' own routes and in what they are known to have learnt. */
export function nextHops(index: PrefixIndex, own: RoutesOf, learnt: RoutesOf): NextHops {
  const memo = new Map<number, Map<number | bigint, ResolvedHop>>()
  const resolved = (speaker: RoleSpeaker, address: Address): ResolvedHop => {
    for (let length: number = bitsOf(address.family); length >= 0; ) {
      const info = longestWithin(index, address, length)
      if (info === undefined) break
      const best = selectBest([...own(speaker.index, info), ...learnt(speaker.index, info)])
      if (best !== undefined) {
        const { resolution } = best.hop
        const addresses =
          resolution.kind === 'device'
            ? speaker.plain.interfaces.filter(({ name }) => name === resolution.dev).map((entry) => entry.address)
            : []
        return resolveNextHop(address, { prefix: info.prefix, route: best, recursive: best.recursive }, addresses)
      }
      length = info.prefix.length - 1
    }
    return resolveNextHop(address, undefined, [])
  }
  return {
    lookUp: (speaker, address) => {
      const bySpeaker = memo.get(speaker.index) ?? new Map<number | bigint, ResolvedHop>()
      memo.set(speaker.index, bySpeaker)
      const held = bySpeaker.get(address.value)
      if (held !== undefined) return held
      const fresh = resolved(speaker, address)
      bySpeaker.set(address.value, fresh)
      return fresh
    },
  }
}

/** The longest prefix that holds the address and is no longer than that. */
export function longestWithin(index: PrefixIndex, address: Address, length: number): PrefixInfo | undefined {
  const common = index.common.matchWithin(address, length)?.value
  const marked = index.marked.matchWithin(address, length)?.value
  if (common === undefined || marked === undefined) return common ?? marked
  return marked.prefix.length > common.prefix.length ? marked : common
}

/** Prefixes that hold an address which can be a next hop. Throws NeedsPlain where a block or a pod's address does. */
export function coveringPrefixes(
  { context, family, speakers, members }: RoleNetwork,
  index: PrefixIndex,
): readonly PrefixInfo[] {
  const found = new Set<PrefixInfo>()
  const add = (address: Address): void => {
    for (let length: number = bitsOf(family); length >= 0; ) {
      const entry = index.common.matchWithin(address, length)
      if (entry === undefined) break
      found.add(entry.value)
      length = entry.prefix.length - 1
    }
    const own = index.marked.match(address)?.value
    if (own === undefined || found.has(own)) return
    // A node address with a host mask has a route of its own; anything else that single nodes have is not followed up.
    if (own.marks.some(({ tags }) => !tags.startsWith('interface:'))) {
      throw new NeedsPlain(`${formatAddress(address)} lies in a route of single nodes`)
    }
    found.add(own)
  }
  for (const endpoint of context.endpoints[family]) if (endpoint !== undefined) add(endpoint.address)
  for (const { interfaces } of context.cluster.underlay.routers) {
    for (const { address } of interfaces) if (address.address.family === family) add(address.address)
  }
  for (const [first] of members) {
    for (const { resolution } of first === undefined ? [] : speakers.at(first).plain.routes) {
      if (resolution.kind === 'gateway') add(resolution.gateway)
    }
  }
  for (const address of tunnelNextHops(context, family)) {
    for (const table of [index.common, index.marked]) {
      for (let entry = table.match(address); entry !== undefined; ) {
        found.add(entry.value)
        entry = entry.prefix.length === 0 ? undefined : table.matchWithin(address, entry.prefix.length - 1)
      }
    }
  }
  return [...found].sort((a, b) => b.prefix.length - a.prefix.length || compareBases(a, b))
}

/** VXLAN tunnel addresses, where routes of Felix through them may be passed on with these as next hops. */
function tunnelNextHops({ cluster, ipam, filters }: BgpContext, family: Family): readonly Address[] {
  const vxlan = cluster.pools.some((pool) => pool.prefix.family === family && encapsulationOf(pool) === 'vxlan')
  if (!vxlan || (cluster.release.tunnelInterfacesRejected && filters.size === 0)) return []
  return [...ipam.tunnels.values()].flatMap((kinds) => kinds[family === 4 ? 'vxlan' : 'vxlanV6'] ?? [])
}

function compareBases(a: PrefixInfo, b: PrefixInfo): number {
  return a.prefix.base < b.prefix.base ? -1 : a.prefix.base > b.prefix.base ? 1 : 0
}
