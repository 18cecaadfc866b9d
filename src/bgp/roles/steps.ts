/** Single steps of BGP between two speakers, done by the same functions as in the plain engine. */

import type { Address } from '../../address/address.js'
import type { ResolvedHop } from '../decision/candidate.js'
import { felixRouteTo } from '../plain/felix-routes.js'
import type { OwnRoute } from '../plain/input.js'
import { receiveRoute } from '../plain/receive.js'
import { delivered, sendRoute } from '../plain/send.js'
import { ownRoute } from '../plain/start.js'
import type { TableRoute } from '../plain/state.js'
import type { BgpAttributes } from '../policy/route.js'
import type { RoleNetwork } from './network.js'
import type { PrefixInfo } from './prefix-index.js'
import type { RoleSpeaker } from './speakers.js'

/** What a speaker's table says of a next hop. */
export type LookUp = (speaker: RoleSpeaker, address: Address) => ResolvedHop

export interface Steps {
  /** Routes of its own that a speaker has for the prefix. */
  own(speaker: number, info: PrefixInfo): readonly TableRoute[]
  /** The attributes with which a route would leave by a session whoever the peer is; undefined where it is kept back. */
  offer(speaker: number, end: number, route: TableRoute, info: PrefixInfo): BgpAttributes | undefined
  /** As `offer`, and not if the next hop is the peer itself. */
  send(speaker: number, end: number, route: TableRoute, info: PrefixInfo): BgpAttributes | undefined
  /** The route as the receiver takes it; undefined where it drops it. */
  receive(speaker: number, end: number, wire: BgpAttributes, info: PrefixInfo): TableRoute | undefined
  /** True for a route that came by this session. */
  cameBy(speaker: number, end: number, route: TableRoute): boolean
}

export function stepsOf({ context, speakers, filters }: RoleNetwork, lookUp: LookUp): Steps {
  let lastID = 0
  const offer: Steps['offer'] = (index, end, route, { prefix }) => {
    const speaker = speakers.at(index)
    const place = speakers.placeOf(speaker, end)
    const session = speaker.sessions[place]
    if (session === undefined || route.session === place) return undefined
    const verdict = sendRoute(speaker.plain, filters, session, prefix, route)
    return verdict.sent ? verdict.attributes : undefined
  }
  return {
    own: (index, info) => {
      const speaker = speakers.at(index)
      const held = speaker.own.get(info.key) ?? []
      const all = info.felix === undefined ? held : withFelix(speaker, info, held)
      return all.map((route) => ownRoute(route, ++lastID))
    },
    offer,
    send: (index, end, route, info) => {
      const wire = offer(index, end, route, info)
      const speaker = speakers.at(index)
      const session = speaker.sessions[speakers.placeOf(speaker, end)]
      return wire === undefined || session === undefined ? undefined : delivered(speaker.plain, session, wire)
    },
    receive: (index, end, wire, info) => {
      const speaker = speakers.at(index)
      const place = speakers.placeOf(speaker, end)
      const session = speaker.sessions[place]
      if (session === undefined) return undefined
      const verdict = receiveRoute(speaker.plain, filters, session, info.prefix, wire, (nextHop) =>
        lookUp(speaker, nextHop),
      )
      if (!verdict.taken) return undefined
      return {
        id: ++lastID,
        source: 'bgp',
        preference: verdict.preference,
        hop: verdict.hop,
        attributes: verdict.attributes,
        neighbor: speaker.neighbors[place],
        session: place,
        remotePath: 0,
        wire,
        recursive: verdict.recursive,
        krtMetric: undefined,
      }
    },
    cameBy: (index, end, route) => {
      const speaker = speakers.at(index)
      return route.session >= 0 && route.session === speakers.placeOf(speaker, end)
    },
  }

  /** The kernel's table has one route for a prefix that BIRD learns: that with the lowest metric, the first of equals. */
  function withFelix(speaker: RoleSpeaker, info: PrefixInfo, held: readonly OwnRoute[]): readonly OwnRoute[] {
    const node = context.speakers[speaker.index]
    if (info.felix === undefined || node === undefined || speaker.felixPools.length === 0) return held
    const felix = felixRouteTo(context, node, info.prefix)
    if (felix === undefined) return held
    const other = held.find(({ source }) => source === 'kernel')
    if (other === undefined) return [...held, felix]
    if ((other.krtMetric ?? 0) <= (felix.krtMetric ?? 0)) return held
    return held.map((route) => (route === other ? felix : route))
  }
}
