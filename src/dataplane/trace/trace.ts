/** A flow there and back: one-way reachability is the common failure, so both ways are always walked. */

import { type Address, type Family, formatAddress, parseAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import { forwardPacket } from './forward.js'
import type { LossReason, Protocol, TracedPath } from './packet.js'
import type { Plane } from './plane.js'
import { type Endpoint, externalAddresses, type Frontend } from './services.js'
import type { Start } from './walk.js'

export type FlowEnd =
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'host'; readonly name: string }
  | { readonly kind: 'address'; readonly address: Address }
  /** As a destination only: its cluster address, or an external one where it has none. */
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  /** As a destination only: a Service by the port that every node listens on. */
  | { readonly kind: 'nodePort'; readonly node: string; readonly port: number }

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

/**
 * Walks the flow and its answer. Ends that do not exist give a lost path with the reason `noAddress`. A flow to a Service
 * is walked to each of its endpoints; the worst of them is told.
 */
export function traceFlow(plane: Plane, flow: Flow): Trace {
  const from = locate(plane, flow.from, flow.family)
  const to = locate(plane, flow.to, flow.family)
  const destination = to?.address ?? destinationOf(plane, flow.to, flow.family)
  if (from === undefined) return unknownEnd(flow, flow.from)
  if (destination === undefined) return unknownEnd(flow, flow.to)
  const source = from.start.pod === undefined ? hostSource(plane, from, destination) : from.address
  const walk: FlowWalk = { plane, flow, from, source, destination }
  const frontend = frontendOf(plane, flow.to, destination)
  return frontend === undefined ? walkOnce(walk, to) : walkToService(walk, frontend)
}

interface FlowWalk {
  readonly plane: Plane
  readonly flow: Flow
  readonly from: Located
  readonly source: Address
  readonly destination: Address
}

function walkOnce({ plane, flow, from, source, destination }: FlowWalk, to: Located | undefined): Trace {
  const { protocol, size } = flow
  const forward = forwardPacket(plane, from.start, { source, destination, protocol, size })
  if (!forward.delivered || to === undefined) {
    return { flow, source, destination, forward: explained(plane, forward), return: notWalked, verdict: 'lost' }
  }
  const answerTo = forward.snat?.to ?? source
  const answer = { source: to.address, destination: answerTo, protocol, size }
  const back = forwardPacket(plane, { ...to.start, answers: true }, answer)
  return { flow, source, destination, forward, return: back, verdict: back.delivered ? 'delivered' : 'one-way' }
}

/** A router without a route to an address that nothing in the input has: whether there is a way beyond it is not known. */
function explained({ source, podAt, ownerOf }: Plane, path: TracedPath): TracedPath {
  const { reason } = path
  if (reason?.code !== 'noRoute' || reason.atKind !== 'router') return path
  const { destination } = reason
  const known =
    podAt(destination) ??
    ownerOf(destination) ??
    source.cluster.pools.find(({ prefix }) => containsAddress(prefix, destination)) ??
    source.cluster.bgp.serviceClusterIPs.find((prefix) => containsAddress(prefix, destination))
  return known === undefined ? { ...path, reason: { code: 'leavesCluster', at: reason.at, destination } } : path
}

/** Endpoints that are tried one by one; of more, evenly spread ones. */
const MOST_ENDPOINTS = 64

const RANK: Readonly<Record<TraceVerdict, number>> = { delivered: 0, 'one-way': 1, lost: 2 }

function walkToService(walk: FlowWalk, frontend: Frontend): Trace {
  const endpoints = frontend.endpoints[walk.destination.family]
  const step = Math.max(1, endpoints.length / MOST_ENDPOINTS)
  const tried = endpoints.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
  const traces = (tried.length === 0 ? [undefined] : tried).map((endpoint) => walkToEndpoint(walk, frontend, endpoint))
  const [worst] = [...traces].sort((a, b) => RANK[b.verdict] - RANK[a.verdict])
  if (worst === undefined) return unknownEnd(walk.flow, walk.flow.to)
  return traces.some(({ verdict }) => verdict === 'delivered') ? onlySome(worst, frontend) : worst
}

/** Some connections work and some do not: the trace shows one that does not. */
function onlySome(trace: Trace, { service }: Frontend): Trace {
  const { verdict, forward } = trace
  const endpoint = forward.dnat === undefined ? '' : formatAddress(forward.dnat.to)
  const told = (path: TracedPath): TracedPath =>
    path.reason === undefined
      ? path
      : { ...path, reason: { code: 'someEndpoints', service, endpoint, otherwise: path.reason } }
  switch (verdict) {
    case 'delivered':
      return trace
    case 'lost':
      return { ...trace, forward: told(forward) }
    case 'one-way':
      return { ...trace, return: told(trace.return) }
  }
}

function walkToEndpoint(walk: FlowWalk, frontend: Frontend, endpoint: Endpoint | undefined): Trace {
  const { plane, flow, from, source, destination } = walk
  const { protocol, size } = flow
  const ends = { flow, source, destination }
  const start: Start = { ...from.start, service: { frontend, endpoint } }
  const forward = forwardPacket(plane, start, { source, destination, protocol, size })
  const { dnat } = forward
  const to = dnat && locate(plane, { kind: 'address', address: dnat.to }, flow.family)
  if (!forward.delivered || dnat === undefined || to === undefined) {
    return { ...ends, forward: explained(plane, forward), return: notWalked, verdict: 'lost' }
  }
  const translator = plane.source.cluster.nodeByName.get(dnat.at)
  const backTo = forward.snat?.to ?? source
  const atOnce = to.start.element.name === dnat.at && forward.snat === undefined
  const answer = { source: atOnce ? dnat.from : to.address, destination: backTo, protocol, size }
  const first = forwardPacket(plane, { ...to.start, answers: true }, answer)
  const clientIsThere = from.start.element.kind === 'node' && from.start.element.name === dnat.at
  if (!first.delivered || atOnce || clientIsThere || forward.snat === undefined || translator === undefined) {
    return { ...ends, forward, return: first, verdict: first.delivered ? 'delivered' : 'one-way' }
  }
  const element = { kind: 'node', index: translator.index, name: translator.name } as const
  const rest = forwardPacket(
    plane,
    { element, answers: true },
    { source: dnat.from, destination: source, protocol, size },
  )
  const back = joined(first, rest, element.name)
  return { ...ends, forward, return: back, verdict: back.delivered ? 'delivered' : 'one-way' }
}

/** The answer as far as the node that had translated, and from there on with the Service's address as its source. */
function joined(first: TracedPath, rest: TracedPath, at: string): TracedPath {
  const caveats = [...(first.caveats ?? []), ...(rest.caveats ?? [])]
  const bounds = [first.pathMtu, rest.pathMtu].filter((mtu) => mtu > 0)
  return {
    ...rest,
    pathMtu: bounds.length === 0 ? 0 : Math.min(...bounds),
    hops: [...first.hops.slice(0, -1), { at, kind: 'node', note: 'translatesBack' }, ...rest.hops],
    ...(caveats.length === 0 ? {} : { caveats }),
  }
}

/** The Service that a flow is for, whichever way it was named. */
function frontendOf(plane: Plane, end: FlowEnd, destination: Address): Frontend | undefined {
  switch (end.kind) {
    case 'nodePort':
      return plane.services().nodePort(end.port)
    case 'service':
    case 'address':
      return plane.podAt(destination) === undefined && plane.ownerOf(destination) === undefined
        ? plane.services().at(destination)
        : undefined
    case 'pod':
    case 'node':
    case 'host':
      return undefined
  }
}

function destinationOf(plane: Plane, end: FlowEnd, family: Family): Address | undefined {
  if (end.kind === 'address') return end.address
  if (end.kind !== 'service') return undefined
  const named = plane.services().named(end.namespace, end.name)
  const addresses = named && [...named.service.clusterIPs, ...externalAddresses(named.service, plane.source.ipam)]
  return addresses?.find((address) => address.family === family)
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
    case 'service':
      return `service/${end.namespace}/${end.name}`
    case 'nodePort':
      return `${end.node}:${end.port}`
  }
}

function locate(plane: Plane, end: FlowEnd, family: Family): Located | undefined {
  const { cluster, ipam } = plane.source
  switch (end.kind) {
    case 'pod': {
      const placed = ipam.pods.find(({ pod }) => pod.namespace === end.namespace && pod.name === end.name)
      const address = placed?.addresses.find((entry) => entry.family === family)
      if (placed === undefined) return onHostNetwork(plane, end, family)
      return address && podAt(plane, address, endText(end), placed.node)
    }
    case 'service':
      return undefined
    case 'nodePort':
      return plane.services().nodePort(end.port) && locate(plane, { kind: 'node', name: end.node }, family)
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

/** A pod in the host's network is the node itself. */
function onHostNetwork(
  plane: Plane,
  { namespace, name }: Extract<FlowEnd, { kind: 'pod' }>,
  family: Family,
): Located | undefined {
  const pod = plane.source.cluster.pods.find((entry) => entry.namespace === namespace && entry.name === name)
  if (pod?.node === undefined || !pod.hostNetwork) return undefined
  return locate(plane, { kind: 'node', name: pod.node }, family)
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
