/**
 * Can a speaker's packets get to an address, before any BGP route exists: the kernel's connected network and static
 * routes on the node, then routers hop by hop. A node with a mask that is too wide asks for far addresses by ARP on
 * its own segment and fails (lab finding A14); one without any route cannot even try (case 02d).
 */

import type { Address, Family } from '../../address/address.js'
import { sameAddress } from '../../address/address.js'
import { containsAddress, type Prefix } from '../../address/prefix.js'
import type { NodeAttachment, StaticRoute } from '../../cluster/underlay.js'
import { type BgpContext, ownersOf } from '../config/context.js'
import { perContext } from '../config/per-context.js'
import type { Speaker } from '../session.js'
import { type RouterTables, routerTables } from './underlay-routes.js'

/** `hops` counts routers on the way. `at` is the router at which the packet ended; absent where the source itself failed. */
export type Reach =
  | { readonly ok: true; readonly hops: number }
  | { readonly ok: false; readonly why: 'noRoute'; readonly hops: number; readonly at?: string }
  | {
      readonly ok: false
      readonly why: 'notOnLink'
      readonly subnet: string
      readonly hops: number
      readonly at?: string
    }
  | { readonly ok: false; readonly why: 'gateway'; readonly gateway: Address; readonly hops: number }
  | { readonly ok: false; readonly why: 'filtered'; readonly subnet: string; readonly hops: number }
  | { readonly ok: false; readonly why: 'refused'; readonly hops: number; readonly at?: string }

const MAX_HOPS = 30

export function underlayReach(context: BgpContext, from: Speaker, to: Address): Reach {
  const tables = tablesOf(context)
  let at: Speaker = from
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    if (hops > 0 && ownersOf(context, to).includes(at)) return { ok: true, hops: hops - 1 }
    const step = nextStep(context, tables, at, to)
    const router = hops === 0 ? {} : { at: at.name }
    switch (step.kind) {
      case 'anywhere':
        return { ok: true, hops }
      case 'none':
        return { ok: false, why: 'noRoute', hops, ...router }
      case 'refused':
        return { ok: false, why: 'refused', hops, ...router }
      case 'deliver':
        return { ...delivery(context, step.segment, to, hops), ...router }
      case 'forward': {
        const dropped = droppedOn(context, step.segment)
        if (dropped !== undefined) return { ok: false, why: 'filtered', subnet: dropped, hops }
        const next = ownersOf(context, step.gateway).find((owner) =>
          onSegment(context, owner, step.segment, step.gateway),
        )
        if (next !== undefined) {
          at = next
          break
        }
        // A gateway that the Underlay names but does not describe is taken to reach every subnet.
        if (isDescribedGateway(context, step.segment, step.gateway)) return { ok: true, hops: hops + 1 }
        return { ok: false, why: 'gateway', gateway: step.gateway, hops }
      }
    }
  }
  return { ok: false, why: 'noRoute', hops: MAX_HOPS }
}

type Step =
  | { readonly kind: 'anywhere' }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'deliver'; readonly segment: number }
  | { readonly kind: 'forward'; readonly segment: number; readonly gateway: Address }

function nextStep(context: BgpContext, tables: RouterTables, at: Speaker, to: Address): Step {
  return at.kind === 'node' ? nodeStep(context, at, to) : routerStep(context, tables, at, to)
}

function nodeStep(context: BgpContext, node: Speaker, to: Address): Step {
  const endpoint = context.endpoints[to.family][node.index]
  const attachment = context.cluster.underlay.attachments[node.index]
  if (attachment?.detached) return { kind: 'none' }
  const segment = segmentOfNode(context, node.index, to.family)
  if (segment === undefined || endpoint === undefined) return { kind: 'anywhere' }
  const route = bestRoute(endpoint.network, routesOf(attachment), to)
  if (route === undefined) return { kind: 'none' }
  if (route === 'connected') return { kind: 'deliver', segment }
  if (route.type !== 'unicast') return { kind: 'refused' }
  return route.via === undefined ? { kind: 'deliver', segment } : { kind: 'forward', segment, gateway: route.via }
}

function routesOf(attachment: NodeAttachment | undefined): readonly StaticRoute[] {
  if (attachment === undefined) return []
  const { defaultRoute, defaultRoute6, staticRoutes } = attachment
  return [...staticRoutes, ...(defaultRoute ? [defaultRoute] : []), ...(defaultRoute6 ? [defaultRoute6] : [])]
}

/** Longest prefix, then lowest metric; the connected network has metric 0 and wins a tie. */
function bestRoute(
  connected: Prefix,
  routes: readonly StaticRoute[],
  to: Address,
): 'connected' | StaticRoute | undefined {
  let best: StaticRoute | undefined
  for (const route of routes) {
    if (!containsAddress(route.to, to)) continue
    const better =
      best === undefined ||
      route.to.length > best.to.length ||
      (route.to.length === best.to.length && route.metric < best.metric)
    if (better) best = route
  }
  const own = containsAddress(connected, to)
  return own && (best === undefined || best.to.length <= connected.length) ? 'connected' : best
}

function routerStep(context: BgpContext, tables: RouterTables, at: Speaker, to: Address): Step {
  const index = at.index - context.cluster.nodes.length
  const router = context.cluster.underlay.routers[index]
  const route = tables[index]?.match(to)?.value
  if (router === undefined || route === undefined) return { kind: 'none' }
  if (route.kind === 'refused') return { kind: 'refused' }
  if (route.kind === 'subnet') return { kind: 'deliver', segment: route.subnet }
  const port = router.interfaces.find(({ address }) => containsAddress(address.network, route.gateway))
  return port === undefined ? { kind: 'none' } : { kind: 'forward', segment: port.subnet, gateway: route.gateway }
}

function delivery(context: BgpContext, segment: number, to: Address, hops: number): Reach {
  const subnet = context.cluster.underlay.subnets[segment]?.name ?? ''
  const dropped = droppedOn(context, segment)
  if (dropped !== undefined) return { ok: false, why: 'filtered', subnet: dropped, hops }
  const present =
    ownersOf(context, to).some((owner) => onSegment(context, owner, segment, to)) ||
    context.cluster.underlay.hosts.some((host) => sameAddress(host.address.address, to))
  return present ? { ok: true, hops } : { ok: false, why: 'notOnLink', subnet, hops }
}

/** Name of the subnet when its fabric drops BGP. */
function droppedOn(context: BgpContext, segment: number): string | undefined {
  const subnet = context.cluster.underlay.subnets[segment]
  return subnet?.drops.some((drop) => drop.toLowerCase() === 'bgp' || drop.toLowerCase() === 'tcp')
    ? subnet.name
    : undefined
}

function onSegment(context: BgpContext, owner: Speaker, segment: number, address: Address): boolean {
  if (owner.kind === 'node') {
    if (context.cluster.underlay.attachments[owner.index]?.detached) return false
    return segmentOfNode(context, owner.index, address.family) === segment
  }
  const router = context.cluster.underlay.routers[owner.index - context.cluster.nodes.length]
  return (
    router?.interfaces.some(
      (port) => !port.cut && port.subnet === segment && sameAddress(port.address.address, address),
    ) ?? false
  )
}

function isDescribedGateway(context: BgpContext, segment: number, gateway: Address): boolean {
  const declared = context.cluster.underlay.subnets[segment]?.gateway
  return declared !== undefined && sameAddress(declared, gateway)
}

/**
 * The segment that a node's address of this family lies on. Undefined: no subnet of the family is described, and then
 * nothing is known that could be in the way.
 */
export function segmentOfNode(context: BgpContext, node: number, family: Family): number | undefined {
  const { subnets, attachments } = context.cluster.underlay
  const attachment = attachments[node]
  for (const attached of [attachment?.subnet, attachment?.subnet6]) {
    if (attached !== undefined && subnets[attached]?.prefix.family === family) return attached
  }
  const endpoint = context.endpoints[family][node]
  if (endpoint === undefined) return undefined
  const found = subnets.find((subnet) => containsAddress(subnet.prefix, endpoint.address))
  return found?.index
}

const tablesOf = perContext((context) => routerTables(context.cluster.underlay))
