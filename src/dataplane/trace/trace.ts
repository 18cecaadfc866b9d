/** A flow there and back: one-way reachability is the common failure, so both ways are always walked. */

import { type Address, type Family, formatAddress, parseAddress } from '../../address/address.js'
import { forwardPacket, type Start } from './forward.js'
import type { LossReason, Protocol, TracedPath } from './packet.js'
import type { Plane } from './plane.js'

export type FlowEnd =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'address'; readonly address: Address }

export interface Flow {
  readonly from: FlowEnd
  readonly to: FlowEnd
  readonly protocol: Protocol
  /** IP packet length, bytes. */
  readonly size: number
  readonly family: Family
}

export type TraceVerdict = 'delivered' | 'lost' | 'one-way'

export interface Trace {
  readonly flow: Flow
  readonly source?: Address
  readonly destination?: Address
  readonly forward: TracedPath
  readonly return: TracedPath
  readonly verdict: TraceVerdict
}

/** An end of a flow, found in the plane: where its packets start and which address it has. */
interface Located {
  readonly start: Start
  readonly address: Address
}

/** Walks the flow and its answer. Ends that do not exist give a lost path with the reason `noAddress`. */
export function traceFlow(plane: Plane, flow: Flow): Trace {
  const from = locate(plane, flow.from, flow.family)
  const to = locate(plane, flow.to, flow.family)
  const destination = to?.address ?? (flow.to.kind === 'address' ? flow.to.address : undefined)
  if (from === undefined) return unknownEnd(flow, flow.from)
  if (destination === undefined) return unknownEnd(flow, flow.to)
  const source = from.start.pod === undefined ? hostSource(plane, from, destination) : from.address
  const { protocol, size } = flow
  const forward = forwardPacket(plane, from.start, { source, destination, protocol, size })
  if (!forward.delivered || to === undefined) {
    return { flow, source, destination, forward, return: notWalked, verdict: 'lost' }
  }
  const answerTo = forward.snat?.to ?? source
  const answer = { source: to.address, destination: answerTo, protocol, size }
  const back = forwardPacket(plane, { ...to.start, answers: true }, answer)
  return { flow, source, destination, forward, return: back, verdict: back.delivered ? 'delivered' : 'one-way' }
}

const notWalked: TracedPath = { delivered: false, pathMtu: 0, hops: [] }

function unknownEnd(flow: Flow, end: FlowEnd): Trace {
  const reason: LossReason = { code: 'noAddress', what: endText(end) }
  return { flow, forward: { delivered: false, reason, pathMtu: 0, hops: [] }, return: notWalked, verdict: 'lost' }
}

/** `default/web-0`, `rke-node1`, `192.168.1.10`: as it was asked for. */
export function endText(end: FlowEnd): string {
  switch (end.kind) {
    case 'pod':
      return `${end.namespace}/${end.name}`
    case 'node':
    case 'host':
      return end.name
    case 'address':
      return formatAddress(end.address)
  }
}

function locate(plane: Plane, end: FlowEnd, family: Family): Located | undefined {
  const { cluster, ipam } = plane.source
  switch (end.kind) {
    case 'pod': {
      const placed = ipam.pods.find(({ pod }) => pod.namespace === end.namespace && pod.name === end.name)
      const address = placed?.addresses.find((entry) => entry.family === family)
      return placed && address && podAt(plane, address, endText(end), placed.node)
    }
    case 'node': {
      const node = cluster.nodeByName.get(end.name)
      const address =
        node?.bgpAddress[family]?.address ?? node?.addresses.find((entry) => entry.address.family === family)?.address
      return node && address && { start: { element: { kind: 'node', index: node.index, name: node.name } }, address }
    }
    case 'host': {
      const index = cluster.underlay.hosts.findIndex(({ name }) => name === end.name)
      const host = cluster.underlay.hosts[index]
      return host && { start: { element: { kind: 'host', index, name: host.name } }, address: host.address.address }
    }
    case 'address': {
      const placed = plane.podAt(end.address)
      if (placed) return podAt(plane, end.address, `${placed.pod.namespace}/${placed.pod.name}`, placed.node)
      const element = plane.ownerOf(end.address)
      return element && { start: { element }, address: end.address }
    }
  }
}

function podAt(plane: Plane, address: Address, pod: string, nodeName: string): Located | undefined {
  const node = plane.source.cluster.nodeByName.get(nodeName)
  return node && { start: { element: { kind: 'node', index: node.index, name: node.name }, pod }, address }
}

/** The kernel's choice of source: the route's `src`, the address of its device, else the node's own address. */
function hostSource(plane: Plane, from: Located, destination: Address): Address {
  const { element } = from.start
  if (plane.owns(element, destination)) return from.address
  const route = plane.fib(element).match(destination)?.value
  const preferred = route?.prefsrc === undefined ? undefined : parseAddress(route.prefsrc)
  if (preferred) return preferred
  const device = route?.dev === undefined ? undefined : plane.device(element, route.dev)?.address
  return device !== undefined && device.family === destination.family ? device : from.address
}
