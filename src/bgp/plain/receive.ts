/** What a speaker makes of a route that a peer sent (BIRD bgp_decode_attrs, bgp_set_next_hop). */

import { type Address, sameAddress } from '../../address/address.js'
import { containsAddress, firstAddress, lastAddress, type Prefix } from '../../address/prefix.js'
import type { ResolvedHop } from '../decision/candidate.js'
import type { FiltersByName } from '../policy/bgp-filter.js'
import { importRoute } from '../policy/import-policy.js'
import { type BgpAttributes, DEFAULT_LOCAL_PREF } from '../policy/route.js'
import type { PlainSession, PlainSpeaker } from './input.js'
import { interfaceOf, loops } from './send.js'

export type Refusal = 'ownAS' | 'ownOriginator' | 'clusterLoop' | 'ownNextHop' | 'importFilter'

export type ReceiveVerdict =
  | { readonly taken: false; readonly because: Refusal }
  | {
      readonly taken: true
      readonly attributes: BgpAttributes
      readonly preference: number
      readonly hop: ResolvedHop
      readonly recursive: boolean
    }

/** `resolve` looks a next hop up in the speaker's table; sessions on one link do not need it. */
export function receiveRoute(
  speaker: PlainSpeaker,
  filters: FiltersByName,
  session: PlainSession,
  prefix: Prefix,
  wire: BgpAttributes,
  resolve: (nextHop: Address) => ResolvedHop,
): ReceiveVerdict {
  const { options } = session
  const own = wire.asPath.reduce((count, asNumber) => count + Number(asNumber === options.localAS), 0)
  if (own > options.allowLocalAS) return { taken: false, because: 'ownAS' }
  if (wire.originatorID === speaker.routerID) return { taken: false, because: 'ownOriginator' }
  if (loops(session, wire.clusterList)) return { taken: false, because: 'clusterLoop' }
  const hop =
    session.link === undefined ? resolve(wire.nextHop) : directHop(speaker, session, session.link, wire.nextHop)
  if (hop === undefined) return { taken: false, because: 'ownNextHop' }
  const verdict = importRoute(speaker.config, filters, options, {
    prefix,
    source: 'bgp',
    interfaceName: interfaceOf(hop.resolution) ?? '',
    attributes: wire.localPref === undefined ? { ...wire, localPref: DEFAULT_LOCAL_PREF } : wire,
  })
  if (!verdict.accepted) return { taken: false, because: 'importFilter' }
  const { attributes, preference } = verdict
  return { taken: true, attributes, preference, hop, recursive: session.link === undefined }
}

/**
 * On one link the next hop itself is the gateway if it is on a connected network, and the peer stands in where it is
 * not. Undefined: it is an address of this speaker, and the route is dropped.
 */
function directHop(
  { interfaces }: PlainSpeaker,
  { options }: PlainSession,
  link: string,
  nextHop: Address,
): ResolvedHop | undefined {
  if (interfaces.some(({ address }) => sameAddress(address, nextHop))) return undefined
  const port = interfaces.find(({ network }) => isHostOf(network, nextHop))
  const [gateway, dev] = port === undefined ? [options.peerAddress, link] : [nextHop, port.name]
  return { resolution: { kind: 'gateway', gateway, dev }, igpMetric: 0 }
}

/** In IPv4 the first and last address of a network are no neighbours (BIRD if_connected). */
function isHostOf(network: Prefix, address: Address): boolean {
  if (!containsAddress(network, address)) return false
  if (network.family === 6 || network.length >= 31) return true
  return !sameAddress(address, firstAddress(network)) && !sameAddress(address, lastAddress(network))
}
