/** Where a node changes the addresses of a packet: Services, natOutgoing and tunnels; and what rp_filter would say. */

import { type Address, sameAddress } from '../../address/address.js'
import type { LossReason } from './packet.js'
import type { ElementRef } from './plane.js'
import { chooseEndpoint, translatesHere } from './service-nat.js'
import { lookup, nodeAddress, type Start, tunnelOf, type Walk } from './walk.js'

/** kube-proxy on a node: the Service's address becomes an endpoint's. Why that cannot be, or nothing. */
export function translate(walk: Walk, element: ElementRef, start: Start): LossReason | undefined {
  const { plane, packet } = walk
  if (start.service === undefined || walk.dnat !== undefined || walk.outer !== undefined) return undefined
  const { frontend, endpoint } = start.service
  if (!translatesHere(plane, element, frontend, packet.destination)) return undefined
  const client = { inside: start.element.kind === 'node' && start.element.index === element.index, pod: start.pod }
  const choice = chooseEndpoint(plane, element.name, frontend, { packet, ...client }, endpoint)
  if ('code' in choice) return choice
  walk.dnat = {
    from: packet.destination,
    to: choice.endpoint.address,
    at: element.name,
    service: frontend.service,
    masquerade: choice.masquerade,
  }
  walk.packet = { ...packet, destination: choice.endpoint.address }
  walk.hops.push({ at: element.name, kind: 'node', note: 'translates' })
  return undefined
}

/**
 * The source changes on the way out of the node that sends or translates: the first packet of a connection decides, and
 * an answer keeps the source that it was asked at.
 */
export function masquerade(walk: Walk, element: ElementRef, start: Start, dev: string): void {
  if (element.kind !== 'node' || walk.outer !== undefined || walk.snat !== undefined || start.answers === true) return
  const to = newSource(walk, element, start, dev)
  if (to === undefined || sameAddress(to, walk.packet.source)) return
  walk.snat = { from: walk.packet.source, to }
  walk.packet = { ...walk.packet, source: to }
  walk.hops.push({ at: element.name, kind: 'node', note: 'masquerades', dev })
}

function newSource(walk: Walk, element: ElementRef, start: Start, dev: string): Address | undefined {
  const { plane, packet } = walk
  const { family } = packet.source
  const device = plane.device(element, dev)?.address
  const primary = device?.family === family ? device : nodeAddress(plane, element, family)
  if (walk.dnat?.masquerade === true && walk.dnat.at === element.name) return primary
  if (element.name !== start.element.name || start.element.kind !== 'node') return undefined
  // What the host itself sends by a tunnel has the tunnel's address (felix/rules/static.go StaticNATPostroutingChains).
  if (start.pod === undefined) return tunnelOf(dev) === undefined ? undefined : device
  return dev.startsWith('cali') ? undefined : plane.source.natSource(element.index, packet, dev, primary)
}

/** What strict reverse path filtering (rp_filter 1) would say of a packet that came to a node from elsewhere. */
export function checkWayBack(walk: Walk, element: ElementRef): void {
  const { arrival: dev, packet, outer } = walk
  if (element.kind !== 'node' || dev === undefined || outer !== undefined) return
  const back = lookup(walk, element, packet.source)
  const devices = back?.nexthops?.map((hop) => hop.dev) ?? [back?.dev]
  if (devices.includes(dev)) return
  const [first] = devices
  walk.caveats.push({
    code: 'strictRpFilter',
    at: element.name,
    dev,
    source: packet.source,
    ...(first === undefined ? {} : { back: first }),
  })
}
