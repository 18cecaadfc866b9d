/** What kube-proxy decides at a node (kubernetes pkg/proxy/iptables/proxier.go): whether it translates, to what, and whether the source changes too. */

import { type Address, sameAddress } from '../../address/address.js'
import type { LossReason, Packet } from './packet.js'
import type { ElementRef, Plane } from './plane.js'
import type { Endpoint, Frontend } from './services.js'

/** A NodePort is translated where the address is the node's own, any other address on whichever node the packet is at. */
export function translatesHere(plane: Plane, element: ElementRef, { kind }: Frontend, destination: Address): boolean {
  if (element.kind !== 'node') return false
  return kind === 'nodePort' ? plane.owns(element, destination) : !plane.owns(element, destination)
}

export interface Client {
  readonly packet: Packet
  /** The packet was sent by this very node or one of its pods. */
  readonly inside: boolean
  /** The pod that sent it, if one did. */
  readonly pod: string | undefined
}

export interface Choice {
  readonly endpoint: Endpoint
  /** The packet leaves the node with the node's address. */
  readonly masquerade: boolean
}

/** `wanted` is taken when kube-proxy could take it, else another one. */
export function chooseEndpoint(
  plane: Plane,
  node: string,
  frontend: Frontend,
  client: Client,
  wanted: Endpoint | undefined,
): Choice | LossReason {
  const { source, destination } = client.packet
  const all = frontend.endpoints[destination.family]
  if (all.length === 0) return { code: 'noEndpoints', at: node, service: frontend.service }
  const pod = plane.podAt(source) !== undefined
  const isLocal = frontend.localOnly && (frontend.kind === 'clusterIP' || !(client.inside || pod))
  const candidates = isLocal ? all.filter((endpoint) => endpoint.node === node) : all
  const endpoint = candidates.find((candidate) => candidate === wanted) ?? candidates[0]
  if (endpoint === undefined) return { code: 'noLocalEndpoint', at: node, service: frontend.service }
  return { endpoint, masquerade: masquerades(plane, frontend, client, isLocal, endpoint) }
}

function masquerades(
  plane: Plane,
  frontend: Frontend,
  client: Client,
  isLocal: boolean,
  { address }: Endpoint,
): boolean {
  const { source } = client.packet
  if (sameAddress(address, source)) return true
  if (frontend.kind === 'clusterIP') return !plane.services().isInside(source)
  return !isLocal
}
