/**
 * What an element does with a packet to each target, as a number: equal numbers mean the same device, next hop, MTU and
 * kind of route, where a next hop that is the target's own node counts as just that.
 */

import { formatAddress, parseAddress } from '../../address/address.js'
import type { KernelRoute, NextHop } from '../../dataplane/kernel-route.js'
import type { ElementRef, Plane } from '../../dataplane/trace/plane.js'
import type { Targets } from './targets.js'

export interface ActionReader {
  /** By target. */
  row(element: ElementRef): Int32Array
  /**
   * Nodes that some row read so far sends packets through that may be for other nodes, each with its part in that: equal
   * for nodes that are next hops of the very same multipath routes and of no route alone. They may change places, since
   * every such route stays what it is.
   */
  transit(): ReadonlyMap<number, string>
}

interface Gateway {
  readonly text: string
  /** Index of the node whose address it is; -1 of no node. */
  readonly node: number
}

/** The next hops of a multipath route as one. */
interface Together {
  readonly text: string
  readonly gateways: readonly Gateway[]
  readonly together: true
}

interface Understood {
  readonly text: string
  readonly gateways: readonly Gateway[]
  /** Several next hops of one kind, nodes all of them. */
  readonly together?: true
  /** The number, where it is the same for every target. */
  readonly number?: number
}

export function actionReader(plane: Plane, targets: Targets): ActionReader {
  const numbers = new Map<string, number>()
  // By node, the multipath routes that it is one of the next hops of, and whether it is one alone.
  const parts = new Map<number, Set<string>>()
  const isPart = (node: number, route: string): void => {
    const held = parts.get(node)
    if (held === undefined) parts.set(node, new Set([route]))
    else held.add(route)
  }
  const gateways = new Map<string, Gateway>()
  const numberOf = (text: string): number => {
    const held = numbers.get(text)
    if (held !== undefined) return held
    numbers.set(text, numbers.size)
    return numbers.size - 1
  }
  const multipath = new Map<readonly NextHop[], Together | undefined>()
  const together = (hops: readonly NextHop[]): Together | undefined => {
    if (multipath.has(hops)) return multipath.get(hops)
    const found = togetherOf(
      hops,
      hops.map((hop) => gateway(hop.gateway)),
    )
    multipath.set(hops, found)
    for (const { node } of found?.gateways ?? []) isPart(node, found?.text ?? '')
    return found
  }
  const gateway = (text: string | undefined): Gateway => {
    if (text === undefined) return NO_GATEWAY
    const held = gateways.get(text)
    if (held !== undefined) return held
    const address = parseAddress(text)
    const owner = address === undefined ? undefined : plane.ownerOf(address)
    const fresh = { text, node: owner?.kind === 'node' ? owner.index : -1 }
    gateways.set(text, fresh)
    return fresh
  }
  const understand = (element: ElementRef, route: KernelRoute): Understood => {
    const uplinks = plane.segments(element).map(({ dev }) => dev)
    const like = route.nexthops && together(route.nexthops)
    if (like !== undefined) {
      const mtu = route.metrics?.[0]?.mtu ?? ''
      return { ...like, text: `${route.type ?? ''} ${mtu} ${route.prefsrc === undefined ? '' : 'src'} ${like.text}` }
    }
    const hops = route.nexthops ?? [route]
    const found = hops.map((hop) => gateway(hop.gateway))
    const devices = hops.map(({ dev }) => deviceText(dev, uplinks)).join(' ')
    const text = `${route.type ?? ''} ${devices} ${route.metrics?.[0]?.mtu ?? ''} ${route.prefsrc === undefined ? '' : 'src'}`
    return found.some(({ node }) => node >= 0)
      ? { text, gateways: found }
      : { text, gateways: found, number: numberOf(`${text} ${found.map((hop) => hop.text).join(' ')}`) }
  }
  const place = (target: number, text: string): string => {
    const node = targets.nodeOf[target] ?? -1
    for (let i = targets.start[node] ?? 0; i < (targets.start[node + 1] ?? 0); i++) {
      const address = targets.addresses[i]
      if (address !== undefined && formatAddress(address) === text) return String(i - (targets.start[node] ?? 0))
    }
    return '?'
  }
  const actionOf = ({ text, gateways: hops, together: alike }: Understood, target: number): number => {
    const node = targets.nodeOf[target] ?? -1
    if (alike) {
      const own = hops.find((hop) => hop.node === node)
      return numberOf(own === undefined ? text : `${text} its ${place(target, own.text)}`)
    }
    const named = hops.map((hop) => {
      if (hop.node < 0) return hop.text
      if (hop.node === node) return `its ${place(target, hop.text)}`
      isPart(hop.node, `node ${hop.node}`)
      return `node ${hop.node} ${hop.text}`
    })
    return numberOf(`${text} ${named.join(' ')}`)
  }
  return {
    transit: () => new Map(Array.from(parts, ([node, routes]) => [node, [...routes].sort().join('; ')])),
    row: (element) => {
      const row = new Int32Array(targets.addresses.length)
      const fib = plane.fib(element)
      const wireguard = plane.wireguardFib(element)
      const known = new Map<KernelRoute, Understood>()
      for (const [target, address] of targets.addresses.entries()) {
        const encrypted = wireguard?.match(address)?.value
        const route = encrypted !== undefined && encrypted.type !== 'throw' ? encrypted : fib.match(address)?.value
        if (route === undefined) {
          row[target] = -1
          continue
        }
        let understood = known.get(route)
        if (understood === undefined) {
          understood = understand(element, route)
          known.set(route, understood)
        }
        row[target] = understood.number ?? actionOf(understood, target)
      }
      return row
    },
  }
}

/** Undefined where a next hop is no node, or something but the gateway tells two of them apart. */
function togetherOf(hops: readonly NextHop[], gateways: readonly Gateway[]): Together | undefined {
  const [first] = hops
  if (first === undefined || hops.length < 2 || new Set(gateways.map(({ node }) => node)).size < hops.length) return
  const like = (hop: NextHop): string => JSON.stringify({ ...hop, gateway: undefined })
  const kind = like(first)
  if (gateways.some(({ node }) => node < 0) || hops.some((hop) => like(hop) !== kind)) return undefined
  const names = gateways.map(({ text }) => text).sort()
  return { text: `${kind} ${names.join(' ')}`, gateways, together: true }
}

const NO_GATEWAY: Gateway = { text: '', node: -1 }

/** A pod's own device has a name of its own, which makes no difference. */
function deviceText(dev: string | undefined, uplinks: readonly string[]): string {
  if (dev === undefined || uplinks.includes(dev) || !dev.startsWith('cali')) return dev ?? ''
  return 'pod'
}
