/**
 * Carries one packet from element to element until it arrives or is lost: longest-prefix match in each kernel table,
 * tunnels in and out, the segment's filters, the neighbour's answer.
 */

import { type Address, formatAddress, parseAddress } from '../../address/address.js'
import { containsAddress } from '../../address/prefix.js'
import type { KernelRoute } from '../kernel-route.js'
import { checkWayBack, masquerade, translate } from './node-nat.js'
import type { Encapsulation, LossReason, Packet, TracedPath } from './packet.js'
import type { ElementRef, Plane } from './plane.js'
import { checkSize, lookup, nodeAddress, type Start, tunnelOf, type Walk } from './walk.js'

/** Bytes that each tunnel adds to an IPv4 packet: outer IP; outer IP, UDP, VXLAN and Ethernet; WireGuard's headers. */
const OVERHEAD: Readonly<Record<Encapsulation['type'], number>> = { ipip: 20, vxlan: 50, wireguard: 60 }

/** What a segment's `drops` calls each kind of packet. */
const OUTER_PROTOCOLS: Readonly<Record<Encapsulation['type'], readonly string[]>> = {
  ipip: ['ipip'],
  vxlan: ['vxlan', 'udp'],
  wireguard: ['wireguard', 'udp'],
}

/** A packet's time to live on Linux. */
const MOST_HOPS = 64

type Step =
  | { readonly next: ElementRef }
  | { readonly delivered: true }
  | { readonly lost: LossReason }
  /** A multipath route: the kernel's hash decides between walks that each went one way. */
  | {
      readonly branches: readonly { readonly walk: Walk; readonly step: Step }[]
      readonly at: string
      readonly route: string
    }

/** Walks the packet from its start. A packet with DF set (every TCP and ICMP one here) is lost where it does not fit. */
export function forwardPacket(plane: Plane, start: Start, packet: Packet): TracedPath {
  const walk: Walk = { plane, packet, hops: [], visited: new Set(), pathMtu: Number.POSITIVE_INFINITY, caveats: [] }
  if (start.pod !== undefined) {
    const lost = checkSize(walk, start.pod, 'eth0', plane.source.podMtu?.(start.element.index), packet.size)
    walk.hops.push({ at: start.pod, kind: 'pod', note: 'leavesPod', dev: 'eth0' })
    const podGateway = plane.fib(start.element).match({ family: 4, value: POD_GATEWAY })
    if (packet.source.family === 4 && podGateway === undefined) {
      return finish(walk, { code: 'podsCannotSend', at: start.element.name })
    }
    if (lost !== undefined) return finish(walk, lost)
  }
  return run(walk, { next: start.element }, start, 0)
}

function run(walk: Walk, first: Step, start: Start, hopsBefore: number): TracedPath {
  let step = first
  for (let hop = hopsBefore; hop < MOST_HOPS; hop++) {
    if ('delivered' in step) return finish(walk)
    if ('lost' in step) return finish(walk, step.lost)
    if ('branches' in step) {
      return judge(
        step.branches.map((branch) => run(branch.walk, branch.step, start, hop)),
        step.at,
        step.route,
      )
    }
    step = visit(walk, step.next, start)
  }
  return finish(walk, { code: 'loop', at: walk.hops.at(-1)?.at ?? '' })
}

/** All ways deliver or none does: then it does not matter which one the hash takes. */
function judge(paths: readonly TracedPath[], at: string, route: string): TracedPath {
  const [first] = paths
  const lost = paths.find(({ delivered }) => !delivered)
  const arrived = paths.find(({ delivered }) => delivered)
  if (lost?.reason !== undefined && arrived !== undefined) {
    return { ...lost, reason: { code: 'someNextHops', at, route, otherwise: lost.reason } }
  }
  return first ?? { delivered: false, pathMtu: 0, hops: [] }
}

/** 169.254.1.1, every pod's gateway: proxy ARP answers for it only where the node has a route to it (lab finding A12). */
const POD_GATEWAY = 0xa9fe0101

function finish(walk: Walk, reason?: LossReason): TracedPath {
  return {
    delivered: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(walk.snat === undefined ? {} : { snat: walk.snat }),
    ...(walk.dnat === undefined ? {} : { dnat: toldDnat(walk.dnat) }),
    ...(walk.caveats.length === 0 ? {} : { caveats: walk.caveats }),
    pathMtu: walk.pathMtu === Number.POSITIVE_INFINITY ? 0 : walk.pathMtu,
    hops: walk.hops,
  }
}

function toldDnat({ from, to, at, service }: NonNullable<Walk['dnat']>): NonNullable<TracedPath['dnat']> {
  return { from, to, at, service }
}

function visit(walk: Walk, element: ElementRef, start: Start): Step {
  const { plane } = walk
  const mark = `${element.kind} ${element.index} ${walk.outer === undefined ? '' : formatAddress(walk.outer.outerDestination)}`
  if (walk.visited.has(mark)) return { lost: { code: 'loop', at: element.name } }
  walk.visited.add(mark)
  if (walk.outer !== undefined && plane.owns(element, walk.outer.outerDestination)) {
    const tunnel = walk.outer
    if (element.kind !== 'node') return { lost: { code: 'tunnelNotExpected', at: element.name, type: tunnel.type } }
    walk.hops.push({
      at: element.name,
      kind: 'node',
      note: 'decapsulates',
      encapsulation: tunnel,
      dev: tunnelDevice(tunnel),
    })
    delete walk.outer
    walk.arrival = tunnelDevice(tunnel)
  }
  checkWayBack(walk, element)
  const refused = translate(walk, element, start)
  if (refused !== undefined) return { lost: refused }
  const destination = walk.outer?.outerDestination ?? walk.packet.destination
  if (plane.owns(element, destination)) return arrive(walk, element)
  return route(walk, element, destination, start)
}

function arrive(walk: Walk, element: ElementRef): Step {
  walk.hops.push({
    at: element.name,
    kind: element.kind,
    note: element.kind === 'node' ? 'arrivesAtNode' : 'arrivesAtHost',
  })
  return { delivered: true }
}

function route(walk: Walk, element: ElementRef, destination: Address, start: Start): Step {
  const found = lookup(walk, element, destination)
  if (found === undefined) {
    return { lost: { code: 'noRoute', at: element.name, atKind: element.kind, destination } }
  }
  switch (found.type) {
    case 'blackhole':
      return { lost: { code: 'blackhole', at: element.name, route: found.dst, destination } }
    case 'unreachable':
    case 'throw':
      return { lost: { code: 'unreachable', at: element.name, route: found.dst, destination } }
    case 'prohibit':
      return { lost: { code: 'prohibited', at: element.name, route: found.dst } }
    case undefined:
      break
  }
  if (found.nexthops !== undefined && found.nexthops.length > 1) {
    const branches = found.nexthops.map((hop) => {
      const branch: Walk = {
        ...walk,
        hops: [...walk.hops],
        visited: new Set(walk.visited),
        caveats: [...walk.caveats],
      }
      return { walk: branch, step: take(branch, element, found, hop, destination, start) }
    })
    return { branches, at: element.name, route: found.dst }
  }
  return take(walk, element, found, found, destination, start)
}

/** Takes one next hop of a route. */
function take(
  walk: Walk,
  element: ElementRef,
  found: KernelRoute,
  hop: Pick<KernelRoute, 'gateway' | 'dev'>,
  destination: Address,
  start: Start,
): Step {
  const dev = hop.dev ?? ''
  masquerade(walk, element, start, dev)
  if (element.kind === 'node' && !isUplink(walk.plane, element, dev)) {
    const tunnel = tunnelOf(dev)
    return tunnel === undefined
      ? toPod(walk, element, found, destination)
      : encapsulate(walk, element, found, tunnel, destination)
  }
  return ontoSegment(walk, element, found, dev, parse(hop.gateway) ?? destination)
}

function parse(text: string | undefined): Address | undefined {
  return text === undefined ? undefined : parseAddress(text)
}

function isUplink(plane: Plane, element: ElementRef, dev: string): boolean {
  return plane.segments(element).some((segment) => segment.dev === dev)
}

function tunnelDevice(tunnel: Encapsulation): string {
  return { ipip: 'tunl0', vxlan: 'vxlan.calico', wireguard: 'wireguard.cali' }[tunnel.type]
}

function toPod(walk: Walk, element: ElementRef, found: KernelRoute, destination: Address): Step {
  const pod = walk.plane.podAt(destination)
  if (pod === undefined || pod.node !== element.name) {
    return { lost: { code: 'nobodyThere', at: element.name, destination } }
  }
  walk.hops.push({
    at: element.name,
    kind: 'node',
    note: 'forwards',
    route: found,
    ...(found.dev ? { dev: found.dev } : {}),
  })
  const lost = checkSize(
    walk,
    element.name,
    found.dev ?? '',
    walk.plane.source.podMtu?.(element.index),
    walk.packet.size,
  )
  if (lost !== undefined) return { lost }
  walk.hops.push({ at: `${pod.pod.namespace}/${pod.pod.name}`, kind: 'pod', note: 'arrivesAtPod' })
  return { delivered: true }
}

function encapsulate(
  walk: Walk,
  element: ElementRef,
  found: KernelRoute,
  type: Encapsulation['type'],
  destination: Address,
): Step {
  const outerDestination = tunnelEnd(walk, found, type, destination)
  const outerSource = nodeAddress(walk.plane, element, outerDestination?.family ?? 4)
  if (outerDestination === undefined || outerSource === undefined) {
    return { lost: { code: 'noRoute', at: element.name, atKind: 'node', destination } }
  }
  const tunnel: Encapsulation = { type, outerSource, outerDestination, overhead: OVERHEAD[type] }
  const mtu = found.metrics?.[0]?.mtu ?? walk.plane.device(element, found.dev ?? '')?.mtu
  walk.hops.push({
    at: element.name,
    kind: 'node',
    note: 'encapsulates',
    route: found,
    encapsulation: tunnel,
    ...(found.dev === undefined ? {} : { dev: found.dev }),
  })
  const lost = checkSize(walk, element.name, found.dev ?? '', mtu, walk.packet.size)
  if (lost !== undefined) return { lost }
  walk.outer = tunnel
  return route(walk, element, outerDestination, { element })
}

/** IPIP goes to the gateway itself; VXLAN and WireGuard to the node behind the VTEP or the allowed address. */
function tunnelEnd(
  walk: Walk,
  found: KernelRoute,
  type: Encapsulation['type'],
  destination: Address,
): Address | undefined {
  const gateway = parse(found.gateway)
  if (type === 'ipip') return gateway
  const owner = gateway === undefined ? endpointNode(walk.plane, destination) : walk.plane.ownerOf(gateway)
  return owner?.kind === 'node' ? nodeAddress(walk.plane, owner, destination.family) : undefined
}

function endpointNode(plane: Plane, destination: Address): ElementRef | undefined {
  const pod = plane.podAt(destination)
  const name = pod?.node ?? blockOwner(plane, destination)
  const node = name === undefined ? undefined : plane.source.cluster.nodeByName.get(name)
  return node === undefined ? plane.ownerOf(destination) : { kind: 'node', index: node.index, name: node.name }
}

function blockOwner(plane: Plane, address: Address): string | undefined {
  return plane.source.ipam.blocks.find(({ prefix }) => containsAddress(prefix, address))?.affinity?.host
}

function ontoSegment(walk: Walk, element: ElementRef, found: KernelRoute, dev: string, nextHop: Address): Step {
  const { plane } = walk
  const segment = plane.segments(element).find((entry) => entry.dev === dev)
  const subnet = segment === undefined ? undefined : plane.subnet(segment.subnet)
  if (subnet === undefined) return { lost: { code: 'notAttached', at: element.name, dev } }
  walk.hops.push({
    at: element.name,
    kind: element.kind,
    note: 'forwards',
    route: found,
    dev,
    ...(walk.outer === undefined ? {} : { encapsulation: walk.outer }),
  })
  const carried = walk.outer === undefined ? [walk.packet.protocol] : OUTER_PROTOCOLS[walk.outer.type]
  const dropped = carried.find((protocol) => subnet.drops.includes(protocol))
  if (dropped !== undefined) return { lost: { code: 'filtered', subnet: subnet.name, protocol: dropped } }
  const source = walk.outer?.outerSource ?? walk.packet.source
  if (subnet.antiSpoofing && element.kind !== 'router' && !plane.owns(element, source)) {
    return { lost: { code: 'antiSpoofing', subnet: subnet.name, source, at: element.name } }
  }
  const overhead = walk.outer?.overhead ?? 0
  const size = walk.packet.size + overhead
  const device = plane.device(element, dev)?.mtu
  const refused =
    checkSize(walk, element.name, dev, device, size, overhead) ??
    checkSize(walk, element.name, dev, subnet.mtu, size, overhead)
  if (refused !== undefined) {
    const silent = device !== undefined && size <= device && refused.code === 'tooBig'
    return { lost: silent ? { ...refused, silent: true } : refused }
  }
  const next = plane.neighbor(subnet.index, nextHop)
  return next === undefined
    ? { lost: { code: 'noNeighbor', at: element.name, nextHop, subnet: subnet.name } }
    : onArrival(walk, next, subnet.index)
}

function onArrival(walk: Walk, next: ElementRef, subnet: number): Step {
  const dev = walk.plane.segments(next).find((segment) => segment.subnet === subnet)?.dev
  if (dev === undefined) delete walk.arrival
  else walk.arrival = dev
  return { next }
}
