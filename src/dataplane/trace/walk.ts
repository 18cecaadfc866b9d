/** A packet under way, and what every part of the way looks up. */

import type { Address } from '../../address/address.js'
import type { KernelRoute } from '../kernel-route.js'
import type { Encapsulation, Hop, LossReason, Packet, PathCaveat, TracedPath } from './packet.js'
import type { ElementRef, Plane } from './plane.js'
import type { Endpoint, Frontend } from './services.js'

export interface Walk {
  readonly plane: Plane
  packet: Packet
  outer?: Encapsulation
  readonly hops: Hop[]
  readonly visited: Set<string>
  pathMtu: number
  snat?: { from: Address; to: Address }
  dnat?: NonNullable<TracedPath['dnat']> & { readonly masquerade: boolean }
  /** Device by which the packet came to where it is. */
  arrival?: string
  readonly caveats: PathCaveat[]
}

export interface Start {
  readonly element: ElementRef
  /** Name of the pod that sends; undefined when the element itself does. */
  readonly pod?: string
  /** The packet answers another one. */
  readonly answers?: true
  /** The packet is for a Service, of whose endpoints this one is to be taken where it is one to choose from. */
  readonly service?: { readonly frontend: Frontend; readonly endpoint: Endpoint | undefined }
}

export function lookup(walk: Walk, element: ElementRef, destination: Address): KernelRoute | undefined {
  const wireguard = walk.outer === undefined ? walk.plane.wireguardFib(element)?.match(destination)?.value : undefined
  if (wireguard !== undefined && wireguard.type !== 'throw') return wireguard
  return walk.plane.fib(element).match(destination)?.value
}

export function tunnelOf(dev: string): Encapsulation['type'] | undefined {
  if (dev.startsWith('tunl')) return 'ipip'
  if (dev.startsWith('vxlan')) return 'vxlan'
  return dev.startsWith('wireguard') || dev.startsWith('wg-') ? 'wireguard' : undefined
}

/** The node's own address of the family, IPv4 where it has no other: the outer header's. */
export function nodeAddress(plane: Plane, element: ElementRef, family: 4 | 6): Address | undefined {
  const node = plane.source.cluster.nodes[element.index]
  return node?.bgpAddress[family]?.address ?? node?.bgpAddress[4]?.address
}

/**
 * Whether the packet fits through a device: one with DF set (every TCP and ICMP one here) does not get through where it
 * is too long, a UDP one is cut into pieces. `size` includes `overhead`, what a tunnel has added.
 */
export function checkSize(
  walk: Walk,
  at: string,
  dev: string,
  mtu: number | undefined,
  size: number,
  overhead = 0,
): Extract<LossReason, { code: 'tooBig' }> | undefined {
  if (mtu === undefined) return undefined
  walk.pathMtu = Math.min(walk.pathMtu, mtu - overhead)
  if (size <= mtu) return undefined
  if (walk.packet.protocol !== 'udp') return { code: 'tooBig', at, dev, mtu, size }
  if (!walk.caveats.some(({ code }) => code === 'fragmented')) {
    walk.caveats.push({ code: 'fragmented', at, dev, mtu, size })
  }
  return undefined
}
