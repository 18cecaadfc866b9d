/** What BIRD offers to a session before and after the export filter (proto/bgp/attrs.c bgp_import_control). */

import { type Address, type Family, formatAddress, sameAddress } from '../../address/address.js'
import { containsAddress, type Prefix } from '../../address/prefix.js'
import type { Resolution } from '../path.js'
import type { FiltersByName } from '../policy/bgp-filter.js'
import { type ExportVerdict, exportRoute } from '../policy/export-policy.js'
import { type BgpAttributes, DEFAULT_LOCAL_PREF, type FilterRoute, ORIGIN } from '../policy/route.js'
import { routerExportRoute } from '../policy/router-policy.js'
import { parseRouterID } from '../router-id.js'
import type { PlainSession, PlainSpeaker } from './input.js'
import type { TableRoute } from './state.js'

/** Why BIRD itself keeps a route from a session. */
export type Withheld = 'sameSession' | 'clusterLoop' | 'community' | 'splitHorizon' | 'nextHopIsPeer'

export type SendVerdict =
  | { readonly sent: false; readonly withheld: Withheld }
  | { readonly sent: false; readonly policy: ExportVerdict }
  | { readonly sent: true; readonly policy: ExportVerdict; readonly attributes: BgpAttributes }

const NO_EXPORT = '65535:65281'
const NO_ADVERTISE = '65535:65282'
const NO_EXPORT_SUBCONFED = '65535:65283'

/** `origin` is the session that the route came by, undefined for an own route. */
export function sendRoute(
  speaker: PlainSpeaker,
  filters: FiltersByName,
  session: PlainSession,
  prefix: Prefix,
  route: TableRoute,
): SendVerdict {
  const origin = speaker.sessions[route.session]
  const offered = origin === undefined ? originated(session, route) : readvertised(session, origin, route)
  if (typeof offered === 'string') return { sent: false, withheld: offered }
  const filterRoute: FilterRoute = {
    prefix,
    source: route.source,
    interfaceName: interfaceOf(route.hop.resolution) ?? '',
    attributes: offered,
    ...(route.krtMetric === undefined ? {} : { krtMetric: route.krtMetric }),
  }
  const { config } = speaker
  const policy =
    config.exportPolicy === undefined
      ? routerExportRoute(config, session.options, filterRoute)
      : exportRoute(config, config.exportPolicy, filters, session.options, filterRoute)
  if (!policy.accepted) return { sent: false, policy }
  return { sent: true, policy, attributes: onTheWire(session, policy.attributes) }
}

/** A route whose next hop is the peer itself is not sent ("Invalid NEXT_HOP", bgp_get_bucket). */
export function namesThePeer(session: PlainSession, attributes: BgpAttributes): boolean {
  return sameAddress(attributes.nextHop, session.options.peerAddress)
}

/**
 * What reaches the peer of a route offered to it; undefined where nothing does. In IPv6 a router sends along its own
 * link-local address or the one that it got with the next hop; where it got none and the next hop lies on the same link,
 * it names itself instead (BIRD bgp_create_update, `missing lladdr self`).
 */
export function delivered(
  { interfaces }: PlainSpeaker,
  session: PlainSession,
  attributes: BgpAttributes,
): BgpAttributes | undefined {
  if (namesThePeer(session, attributes)) return undefined
  if (!mayRewrite(session, attributes)) return attributes
  const { nextHop } = attributes
  const { link, source } = session
  if (link === undefined) return { ...attributes, linkLocal: false }
  if (sameAddress(nextHop, source)) return { ...attributes, linkLocal: true }
  const onLink = interfaces.some(({ name, network }) => name === link && containsAddress(network, nextHop))
  if (!onLink) return { ...attributes, linkLocal: false }
  return attributes.linkLocal === true ? attributes : { ...attributes, nextHop: source, linkLocal: true }
}

/** False where a route certainly reaches the peer as it is. */
export function mayRewrite({ link }: PlainSession, { nextHop, linkLocal }: BgpAttributes): boolean {
  return nextHop.family === 6 && (link !== undefined || linkLocal === true)
}

/** The interface of a resolved route (`ifname`, and what BIRD compares with a direct session's link). */
export function interfaceOf(resolution: Resolution): string | undefined {
  return resolution.kind === 'gateway' || resolution.kind === 'device' ? resolution.dev : undefined
}

/** bgp_create_attrs: a gateway stays the next hop towards internal peers, and towards a link that it lies on. */
function originated(session: PlainSession, route: TableRoute): BgpAttributes {
  const { options, source } = session
  const { resolution } = route.hop
  const internal = options.type === 'ibgp'
  const keeps =
    resolution.kind === 'gateway' &&
    !options.nextHopSelf &&
    !isLinkLocal(resolution.gateway) &&
    (internal || options.nextHopKeep || (session.link !== undefined && session.link === resolution.dev))
  return {
    nextHop: keeps && resolution.kind === 'gateway' ? resolution.gateway : source,
    localPref: DEFAULT_LOCAL_PREF,
    asPath: internal ? [] : [options.localAS],
    origin: ORIGIN.igp,
    med: undefined,
    originatorID: undefined,
    clusterList: [],
    communities: [],
  }
}

function readvertised(session: PlainSession, origin: PlainSession, route: TableRoute): BgpAttributes | Withheld {
  const { attributes } = route
  if (attributes === undefined || origin === session) return 'sameSession'
  const { options } = session
  const internal = options.type === 'ibgp'
  if (loops(session, attributes.clusterList)) return 'clusterLoop'
  const { communities } = attributes
  if (communities.includes(NO_ADVERTISE)) return 'community'
  if (!internal && (communities.includes(NO_EXPORT) || communities.includes(NO_EXPORT_SUBCONFED))) return 'community'
  const bothInternal = internal && origin.options.type === 'ibgp' && options.localAS === origin.options.localAS
  if (bothInternal && !options.rrClient && !origin.options.rrClient) return 'splitHorizon'
  const again = bothInternal ? reflected(session, origin, attributes) : attributes
  // Written out, since copying with a spread is several times slower and this is done for every route of every session.
  const keeps = keepsNextHop(session, route)
  return {
    nextHop: keeps ? attributes.nextHop : session.source,
    localPref: attributes.localPref,
    asPath: internal ? attributes.asPath : [options.localAS, ...attributes.asPath],
    origin: attributes.origin,
    med: !internal && attributes.med !== undefined ? 0 : attributes.med,
    originatorID: again.originatorID,
    clusterList: again.clusterList,
    communities: attributes.communities,
    ...(keeps && attributes.linkLocal === true ? LINK_LOCAL : undefined),
  }
}

const LINK_LOCAL = { linkLocal: true } as const

/** bgp_update_attrs: kept for internal peers, on request, and towards a link that the route's gateway lies on. */
function keepsNextHop({ options, link }: PlainSession, route: TableRoute): boolean {
  if (options.nextHopSelf) return false
  return (
    options.nextHopKeep || options.type === 'ibgp' || (link !== undefined && link === interfaceOf(route.hop.resolution))
  )
}

type Reflection = Pick<BgpAttributes, 'originatorID' | 'clusterList'>

/**
 * RFC 4456 as BIRD does it: the originator's router id, and the cluster id of the client's side. Between two clients of
 * different clusters the receiver's id takes the place of the other (bgp_update_attrs prepends to the old list twice).
 */
function reflected(session: PlainSession, origin: PlainSession, attributes: BgpAttributes): Reflection {
  const clusterID = clusterOf(origin.options.rrClient && !session.options.rrClient ? origin : session)
  const { clusterList } = attributes
  return {
    originatorID: attributes.originatorID ?? origin.remoteID,
    clusterList: clusterList.includes(clusterID) ? clusterList : [...clusterList, clusterID].sort((a, b) => a - b),
  }
}

/**
 * A client's cluster id is in the list already (bgp_cluster_list_loopy). Other sessions do not look (lab finding A4).
 */
export function loops(session: PlainSession, clusterList: readonly number[]): boolean {
  return session.options.rrClient && clusterList.length > 0 && clusterList.includes(clusterOf(session))
}

function clusterOf({ options }: PlainSession): number {
  return parseRouterID(options.rrClusterID ?? '') ?? 0
}

/** External peers are not told the local preference nor anything of reflection. */
function onTheWire({ options }: PlainSession, attributes: BgpAttributes): BgpAttributes {
  if (options.type === 'ibgp') return attributes
  const { nextHop, asPath, origin, med, communities, linkLocal } = attributes
  const localPref = undefined
  return {
    nextHop,
    localPref,
    asPath,
    origin,
    med,
    originatorID: undefined,
    clusterList: [],
    communities,
    ...(linkLocal === true ? LINK_LOCAL : undefined),
  }
}

function isLinkLocal(address: Address): boolean {
  const scopes: { readonly [F in Family]: RegExp } = { 4: /^169\.254\./, 6: /^fe[89ab][0-9a-f]:/ }
  return scopes[address.family].test(formatAddress(address))
}
