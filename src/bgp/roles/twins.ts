/**
 * Two speakers of one role that nobody tells apart may change places: what is true of a prefix of the one is true of the
 * like prefix of the other, with their addresses and router ids exchanged. So a table is worked out for one origin of
 * each role and written off for the others.
 */

import { type Address, sameAddress } from '../../address/address.js'
import { TUNNEL_KINDS } from '../../cluster/node.js'
import type { TableRoute } from '../plain/state.js'
import type { BgpAttributes } from '../policy/route.js'
import type { Adjacency } from './adjacency.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import { routerIDAt } from './speakers.js'

/** Routes of a speaker for a prefix of `origin`, which like prefixes of others share; no origin: all have them alike. */
export interface Template {
  readonly origin: number | undefined
  readonly info: PrefixInfo
  readonly routes: readonly TableRoute[]
  /** False where a route depends on more of the origin than its name. */
  readonly lends: boolean
  /** The same of the best route and those that only ids and addresses hold back. */
  readonly bestLend: boolean
}

export interface Twins {
  /**
   * The template's routes as the speaker has them for the like prefix of another origin; undefined where that has to be
   * worked out. Sessions with the origins are found again where they are `named`, else left open (-1).
   */
  renamed(template: Template, speaker: number, origin: number, named: boolean): readonly TableRoute[] | undefined
  /** Nodes in whose stead another one's name may be written where this address stands. */
  holdersOf(address: Address): readonly number[]
}

/** What of a speaker may show in others' routes. */
interface Identity {
  readonly routerID: number
  readonly addresses: readonly (Address | undefined)[]
}

export function twinsOf(network: RoleNetwork, adjacency: Adjacency): Twins {
  const { context, family, speakers } = network
  const identities = new Map<number, Identity>()
  const identityOf = (index: number): Identity => {
    const held = identities.get(index)
    if (held !== undefined) return held
    const node = context.cluster.nodes[index]
    const tunnels = node && context.ipam.tunnels.get(node.name)
    const fresh = {
      routerID: routerIDAt(context, index),
      addresses: [
        context.endpoints[family][index]?.address,
        ...TUNNEL_KINDS.flatMap((kind) => [tunnels?.[kind], node?.tunnelAddress[kind]]),
      ],
    }
    identities.set(index, fresh)
    return fresh
  }
  let holders: ReadonlyMap<Address['value'], readonly number[]> | undefined
  const allHolders = (): ReadonlyMap<Address['value'], readonly number[]> => {
    const found = new Map<Address['value'], number[]>()
    for (const { index } of context.cluster.nodes) {
      for (const address of identityOf(index).addresses) {
        if (address?.family !== family) continue
        const held = found.get(address.value)
        if (held === undefined) found.set(address.value, [index])
        else if (!held.includes(index)) held.push(index)
      }
    }
    return found
  }
  return {
    holdersOf: ({ value }) => {
      holders ??= allHolders()
      return holders.get(value) ?? []
    },
    renamed: ({ origin, routes, lends }, speaker, other, named) => {
      if (origin === undefined || origin === other) return routes
      if (!lends || speaker === origin || speaker === other) return undefined
      const [from, to] = [identityOf(origin), identityOf(other)]
      if (from.addresses.some((address, i) => (address === undefined) !== (to.addresses[i] === undefined))) {
        return undefined
      }
      const found: TableRoute[] = []
      for (const route of routes) {
        const twin = swapped(route, from, to)
        const peer = peerOf(speaker, route)
        if (twin === undefined) return undefined
        if (peer !== origin && peer !== other) {
          found.push(twin)
          continue
        }
        const session = named ? placeWith(speaker, route, peer === origin ? other : origin) : -1
        if (session === undefined) return undefined
        found.push({ ...twin, session })
      }
      return found
    },
  }

  function peerOf(speaker: number, { session }: TableRoute): number | undefined {
    return session < 0 ? undefined : speakers.at(speaker).sessions[session]?.peer
  }

  function placeWith(index: number, route: TableRoute, peer: number): number | undefined {
    const speaker = speakers.at(index)
    const end = adjacency.endLike(index, speaker.ends[route.session] ?? 0, peer)
    return end === undefined ? undefined : speakers.placeOf(speaker, end)
  }
}

/** Undefined where the route tells of its origin in words. */
function swapped(route: TableRoute, from: Identity, to: Identity): TableRoute | undefined {
  const { attributes, neighbor, hop } = route
  const { resolution } = hop
  if (resolution.kind === 'unreachable' && resolution.because === 'viaBgpRoute') return undefined
  const gateway = resolution.kind === 'gateway' ? swappedAddress(resolution.gateway, from, to) : undefined
  const address = neighbor && swappedAddress(neighbor.address, from, to)
  return {
    id: route.id,
    source: route.source,
    preference: route.preference,
    hop:
      resolution.kind !== 'gateway' || gateway === undefined || gateway === resolution.gateway
        ? hop
        : { resolution: { kind: 'gateway', gateway, dev: resolution.dev }, igpMetric: hop.igpMetric },
    attributes: attributes && swappedAttributes(attributes, from, to),
    neighbor:
      neighbor === undefined || address === undefined || address === neighbor.address
        ? neighbor
        : {
            internal: neighbor.internal,
            remoteAS: neighbor.remoteAS,
            remoteID: swappedID(neighbor.remoteID, from, to),
            address,
          },
    session: route.session,
    remotePath: 0,
    wire: route.wire,
    recursive: route.recursive,
    krtMetric: route.krtMetric,
  }
}

function swappedAttributes(attributes: BgpAttributes, from: Identity, to: Identity): BgpAttributes {
  const nextHop = swappedAddress(attributes.nextHop, from, to)
  const originatorID = attributes.originatorID === undefined ? undefined : swappedID(attributes.originatorID, from, to)
  if (nextHop === attributes.nextHop && originatorID === attributes.originatorID) return attributes
  const { localPref, asPath, origin, med, clusterList, communities, linkLocal } = attributes
  const swapped = { nextHop, localPref, asPath, origin, med, originatorID, clusterList, communities }
  return linkLocal === undefined ? swapped : { ...swapped, linkLocal }
}

function swappedID(id: number, from: Identity, to: Identity): number {
  if (id === from.routerID) return to.routerID
  return id === to.routerID ? from.routerID : id
}

function swappedAddress(address: Address, from: Identity, to: Identity): Address {
  for (let i = 0; i < from.addresses.length; i++) {
    const [one, other] = [from.addresses[i], to.addresses[i]]
    if (one === undefined || other === undefined) continue
    if (sameAddress(address, one)) return other
    if (sameAddress(address, other)) return one
  }
  return address
}
