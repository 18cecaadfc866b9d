/** What the routers of the Underlay know about subnets: their own, their static routes, and what they tell each other. */

import { type Address, sameAddress } from '../../address/address.js'
import { formatPrefix, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { Router, Underlay } from '../../cluster/underlay.js'

/** Where a router sends a packet: onto one of its subnets, to another router, or nowhere. */
export type RouterRoute =
  | { readonly kind: 'subnet'; readonly subnet: number }
  | { readonly kind: 'via'; readonly gateway: Address }
  | { readonly kind: 'refused' }

export type RouterTables = readonly PrefixTable<RouterRoute>[]

interface Heard {
  readonly prefix: Prefix
  readonly via: Address
}

/**
 * One table for each router. Routers tell their BGP neighbours among the routers what `advertise` says, and pass on
 * what they heard unless both sessions are inside one AS without reflection. Routes of Calico nodes play no part:
 * they are prefixes of pods, and a peer's address is never a pod's.
 */
export function routerTables(underlay: Underlay): RouterTables {
  const heard = exchange(underlay)
  return underlay.routers.map((router, i) => {
    const table = new PrefixTable<RouterRoute>()
    for (const { prefix, via } of heard[i]?.values() ?? []) table.set(prefix, { kind: 'via', gateway: via })
    for (const route of router.staticRoutes) {
      if (route.type === 'unicast' && route.via) table.set(route.to, { kind: 'via', gateway: route.via })
      else if (route.type !== 'unicast') table.set(route.to, { kind: 'refused' })
    }
    for (const port of router.interfaces)
      if (!port.cut) table.set(port.address.network, { kind: 'subnet', subnet: port.subnet })
    return table
  })
}

interface Link {
  readonly from: number
  readonly to: number
  /** Address of `from` on the shared subnet. */
  readonly via: Address
  readonly internal: boolean
  readonly reflects: boolean
  readonly advertise: readonly string[]
}

function exchange(underlay: Underlay): readonly Map<string, Heard & { readonly internal: boolean }>[] {
  const heard = underlay.routers.map(() => new Map<string, Heard & { readonly internal: boolean }>())
  const links = underlay.routers.flatMap((router, from) => linksOf(underlay, router, from))
  for (let changed = true; changed; ) {
    changed = false
    for (const link of links) {
      const [sender, receiver] = [underlay.routers[link.from], heard[link.to]]
      const target = underlay.routers[link.to]
      if (sender === undefined || receiver === undefined || target === undefined) continue
      const told: Prefix[] = []
      if (link.advertise.includes('connected')) told.push(...sender.interfaces.map((port) => port.address.network))
      if (link.advertise.includes('static')) told.push(...sender.staticRoutes.map((route) => route.to))
      if (link.advertise.includes('bgp')) {
        for (const route of heard[link.from]?.values() ?? []) {
          if (!(route.internal && link.internal && !link.reflects)) told.push(route.prefix)
        }
      }
      for (const prefix of told) {
        const key = formatPrefix(prefix)
        const own = target.interfaces.some((port) => formatPrefix(port.address.network) === key)
        if (own || receiver.has(key)) continue
        receiver.set(key, { prefix, via: link.via, internal: link.internal })
        changed = true
      }
    }
  }
  return heard
}

/** Directed links towards routers that peer back with the right AS numbers and share a subnet. */
function linksOf(underlay: Underlay, router: Router, from: number): readonly Link[] {
  const { bgp } = router
  if (bgp === undefined || router.down) return []
  return bgp.neighbors.flatMap((neighbor): Link[] => {
    const to = underlay.routers.findIndex((other) => other !== router && ownsAddress(other, neighbor.address))
    const other = underlay.routers[to]
    const port = other?.interfaces.find(({ address }) => sameAddress(address.address, neighbor.address))
    const own = router.interfaces.find(({ subnet }) => subnet === port?.subnet)
    if (other?.bgp?.asNumber !== neighbor.asNumber || own === undefined) return []
    if (other.down || port?.cut || own.cut) return []
    const back = other.bgp.neighbors.find((candidate) => sameAddress(candidate.address, own.address.address))
    if (back?.asNumber !== bgp.asNumber) return []
    return [
      {
        from,
        to,
        via: own.address.address,
        internal: neighbor.asNumber === bgp.asNumber,
        reflects: neighbor.routeReflectorClient,
        advertise: neighbor.advertise,
      },
    ]
  })
}

function ownsAddress(router: Router, address: Address): boolean {
  return router.interfaces.some((port) => sameAddress(port.address.address, address))
}
