/**
 * The network as a packet meets it: nodes, routers and outside hosts, each with its forwarding table, and the layer-2
 * segments between them. Built from kernel tables, made when first asked for and kept.
 */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { containsAddress, type Prefix, parsePrefixOrHost } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Cluster } from '../../cluster/cluster.js'
import type { Subnet } from '../../cluster/underlay.js'
import type { IpamView, PlacedPod } from '../../ipam/view.js'
import type { KernelRoute } from '../kernel-route.js'
import { type Services, servicesOf } from './services.js'

export interface ElementRef {
  readonly kind: 'node' | 'router' | 'host'
  readonly index: number
  readonly name: string
}

/** A tunnel or network device of a node as far as a packet cares. */
export interface DeviceFacts {
  readonly name: string
  readonly mtu: number
  /** Source of packets that the host itself sends through it. */
  readonly address?: Address
}

/** A route of a node's main table. */
export interface FibEntry {
  readonly prefix: Prefix
  readonly route: KernelRoute
}

/** What the trace needs to know; the dataplane room's tables and devices behind functions. */
export interface PlaneSource {
  readonly cluster: Cluster
  readonly ipam: IpamView
  readonly nodeRoutes: (node: number) => readonly KernelRoute[]
  /** The same with their destinations as prefixes, where these are at hand. */
  readonly nodeEntries?: (node: number) => readonly FibEntry[]
  /** The table asked for single addresses, where it need not be made whole. */
  readonly nodeFib?: (node: number) => Fib | undefined
  readonly routerFib?: (router: number) => Fib | undefined
  /** WireGuard's own table, asked before main; empty when there is none. */
  readonly wireguardRoutes: (node: number) => readonly KernelRoute[]
  readonly routerRoutes: (router: number) => readonly KernelRoute[]
  readonly devices: (node: number) => readonly DeviceFacts[]
  /** The source that natOutgoing gives a pod's packet; `primary` is the address of the device that it leaves by. */
  readonly natSource: (
    node: number,
    packet: { readonly source: Address; readonly destination: Address },
    dev: string,
    primary: Address | undefined,
  ) => Address | undefined
  /** MTU of the pods' interfaces on a node, at both ends of each; undefined: no limit is known. */
  readonly podMtu?: (node: number) => number
}

/** A table that answers for one address at a time. */
export interface Fib {
  match(address: Address): { readonly prefix: Prefix; readonly value: KernelRoute } | undefined
}

export interface Plane {
  readonly source: PlaneSource
  readonly fib: (element: ElementRef) => Fib
  readonly wireguardFib: (element: ElementRef) => Fib | undefined
  /** The element that answers for an address on a segment. */
  readonly neighbor: (subnet: number, address: Address) => ElementRef | undefined
  /** The element that has the address as its own, wherever it is. */
  readonly ownerOf: (address: Address) => ElementRef | undefined
  readonly owns: (element: ElementRef, address: Address) => boolean
  readonly podAt: (address: Address) => PlacedPod | undefined
  readonly services: () => Services
  /** Segments of an element, with the interface that hangs on each. */
  readonly segments: (element: ElementRef) => readonly { readonly subnet: number; readonly dev: string }[]
  readonly subnet: (index: number) => Subnet | undefined
  readonly device: (element: ElementRef, name: string) => DeviceFacts | undefined
}

/** By address; the integer itself is the key. */
class AddressMap<T> {
  readonly #held: { readonly [F in Family]: Map<number | bigint, T> } = { 4: new Map(), 6: new Map() }

  get({ family, value }: Address): T | undefined {
    return this.#held[family].get(value)
  }

  set({ family, value }: Address, item: T): void {
    this.#held[family].set(value, item)
  }

  /** The first that is added stays. */
  add(address: Address, item: T): void {
    if (this.get(address) === undefined) this.set(address, item)
  }
}

export function createPlane(source: PlaneSource): Plane {
  const { cluster, ipam } = source
  const { underlay } = cluster
  const owners = new AddressMap<ElementRef>()
  const onSegment = underlay.subnets.map(() => new AddressMap<ElementRef>())
  const segments: Record<ElementRef['kind'], { subnet: number; dev: string }[][]> = { node: [], router: [], host: [] }
  const own = (element: ElementRef, address: Address, subnet: number | undefined): void => {
    owners.add(address, element)
    if (subnet !== undefined) onSegment[subnet]?.add(address, element)
  }
  for (const node of cluster.nodes) {
    const element: ElementRef = { kind: 'node', index: node.index, name: node.name }
    const attachment = underlay.attachments[node.index]
    // A dead or cut-off node hears nothing and says nothing.
    const subnet = attachment?.detached === true ? undefined : attachment?.subnet
    segments.node.push(attachment && subnet !== undefined ? [{ subnet, dev: attachment.interface }] : [])
    const onLink = (address: Address): number | undefined =>
      attachment?.detached ? undefined : onLinkSubnet(underlay.subnets, subnet, address)
    for (const family of [4, 6] as const) {
      const address = node.bgpAddress[family]?.address
      if (address) own(element, address, onLink(address))
    }
    for (const { address } of node.addresses) own(element, address, onLink(address))
    for (const address of Object.values(ipam.tunnels.get(node.name) ?? {})) own(element, address, undefined)
  }
  for (const router of underlay.routers) {
    const element: ElementRef = { kind: 'router', index: router.index, name: router.name }
    const wired = router.interfaces.filter(({ cut }) => cut !== true)
    segments.router.push(wired.map(({ subnet, name }) => ({ subnet, dev: name })))
    for (const { subnet, address, cut } of router.interfaces) {
      own(element, address.address, cut === true ? undefined : subnet)
    }
  }
  for (const [index, host] of underlay.hosts.entries()) {
    const element: ElementRef = { kind: 'host', index, name: host.name }
    const subnet = underlay.subnets.find(({ prefix }) => containsAddress(prefix, host.address.address))?.index
    segments.host.push(subnet === undefined ? [] : [{ subnet, dev: 'eth0' }])
    own(element, host.address.address, subnet)
  }
  const pods = new AddressMap<PlacedPod>()
  for (const pod of ipam.pods) for (const address of pod.addresses) pods.set(address, pod)
  let services: Services | undefined

  const fibs = new Map<string, Fib>()
  const wireguard = new Map<number, Fib | undefined>()
  return {
    source,
    fib: (element) => {
      const key = `${element.kind} ${element.index}`
      let fib = fibs.get(key)
      if (fib === undefined) {
        const single = singleFib(source, element)
        const entries =
          element.kind === 'node' && single === undefined ? source.nodeEntries?.(element.index) : undefined
        fib = single ?? (entries === undefined ? toFib(routesOf(source, element)) : fibOf(entries))
        fibs.set(key, fib)
      }
      return fib
    },
    wireguardFib: (element) => {
      if (element.kind !== 'node') return undefined
      if (!wireguard.has(element.index)) {
        const routes = source.wireguardRoutes(element.index)
        wireguard.set(element.index, routes.length === 0 ? undefined : toFib(routes))
      }
      return wireguard.get(element.index)
    },
    neighbor: (subnet, address) => onSegment[subnet]?.get(address),
    ownerOf: (address) => owners.get(address),
    owns: (element, address) => {
      const owner = owners.get(address)
      return owner?.kind === element.kind && owner.index === element.index
    },
    podAt: (address) => pods.get(address),
    services: () => {
      services ??= servicesOf(cluster, ipam)
      return services
    },
    segments: (element) => segments[element.kind][element.index] ?? [],
    subnet: (index) => underlay.subnets[index],
    device: (element, name) =>
      element.kind === 'node' ? source.devices(element.index).find((device) => device.name === name) : undefined,
  }
}

/** A node's IPv6 address is on the same segment as its IPv4 one, whatever prefix the segment was described with. */
function onLinkSubnet(subnets: readonly Subnet[], attached: number | undefined, address: Address): number | undefined {
  const described = attached === undefined ? undefined : subnets[attached]
  if (described === undefined) return subnets.find(({ prefix }) => containsAddress(prefix, address))?.index
  return described.index
}

function singleFib(source: PlaneSource, { kind, index }: ElementRef): Fib | undefined {
  switch (kind) {
    case 'node':
      return source.nodeFib?.(index)
    case 'router':
      return source.routerFib?.(index)
    case 'host':
      return undefined
  }
}

function routesOf(source: PlaneSource, element: ElementRef): readonly KernelRoute[] {
  switch (element.kind) {
    case 'node':
      return source.nodeRoutes(element.index)
    case 'router':
      return source.routerRoutes(element.index)
    case 'host':
      return hostRoutes(source, element.index)
  }
}

/** An outside host knows its own network and its gateway. */
function hostRoutes(source: PlaneSource, index: number): readonly KernelRoute[] {
  const host = source.cluster.underlay.hosts[index]
  if (host === undefined) return []
  const { network } = host.address
  const connected: KernelRoute = { dst: textOf(network), dev: 'eth0', protocol: 'kernel', scope: 'link', flags: [] }
  if (host.gateway === undefined) return [connected]
  return [{ dst: 'default', gateway: formatAddress(host.gateway), dev: 'eth0', flags: [] }, connected]
}

function textOf(prefix: Prefix): string {
  return `${formatAddress({ family: prefix.family, value: prefix.base } as Address)}/${prefix.length}`
}

/** Of several routes for one prefix the lowest metric forwards. */
function toFib(routes: readonly KernelRoute[]): Fib {
  return fibOf(routes.flatMap((route) => destinations(route).map((prefix) => ({ prefix, route }))))
}

function fibOf(entries: readonly FibEntry[]): Fib {
  const fib = new PrefixTable<KernelRoute>()
  for (const { prefix, route } of entries) {
    const held = fib.get(prefix)
    if (held === undefined || (route.metric ?? 0) < (held.metric ?? 0)) fib.set(prefix, route)
  }
  return fib
}

/** `default` is both families' zero prefix unless the gateway says which. */
function destinations(route: KernelRoute): readonly Prefix[] {
  if (route.dst !== 'default') {
    const prefix = parsePrefixOrHost(route.dst)
    return prefix === undefined ? [] : [prefix]
  }
  const v6 = route.gateway?.includes(':') === true || route.pref !== undefined
  return [v6 ? { family: 6, base: 0n, length: 0 } : { family: 4, base: 0, length: 0 }]
}
