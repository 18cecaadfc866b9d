/** The plane with a pod at each address that stands for a node without pods. */

import { type Address, formatAddress } from '../../address/address.js'
import { hostPrefix } from '../../address/prefix.js'
import type { KernelRoute } from '../../dataplane/kernel-route.js'
import type { ElementRef, Fib, Plane } from '../../dataplane/trace/plane.js'
import type { PlacedPod } from '../../ipam/view.js'
import type { ReachEnd, ReachEnds } from './ends.js'

/** A device that no real pod has; its name says nothing to the kernel. */
const DEVICE = 'cali'

export function withImaginedPods(plane: Plane, ends: ReachEnds): Plane {
  const imagined = ends.map((list) => list.filter(({ source }) => source === 'imagined'))
  const pods = new Map<string, PlacedPod>()
  for (const end of imagined.flat()) {
    const node = plane.source.cluster.nodes[end.node]?.name ?? ''
    pods.set(formatAddress(end.address), { pod: podAt(end.address, node), node, addresses: [end.address] })
  }
  if (pods.size === 0) return plane
  const fibs = new Map<number, Fib>()
  const fib = (element: ElementRef): Fib => {
    const own = element.kind === 'node' ? (imagined[element.index] ?? []) : []
    if (own.length === 0) return plane.fib(element)
    const held = fibs.get(element.index)
    if (held !== undefined) return held
    const fresh = withRoutes(plane.fib(element), own)
    fibs.set(element.index, fresh)
    return fresh
  }
  return { ...plane, fib, podAt: (address) => plane.podAt(address) ?? pods.get(formatAddress(address)) }
}

function podAt(address: Address, node: string): PlacedPod['pod'] {
  return {
    namespace: '',
    name: `a pod at ${formatAddress(address)}`,
    labels: {},
    annotations: {},
    node,
    addresses: [address],
    hostNetwork: false,
    finished: false,
  }
}

/** The pods' own routes are the longest that there can be. */
function withRoutes(fib: Fib, ends: readonly ReachEnd[]): Fib {
  const own = new Map<string, KernelRoute>()
  for (const { address } of ends) {
    const text = formatAddress(address)
    own.set(text, { dst: text, dev: DEVICE, scope: 'link', flags: [] })
  }
  return {
    match: (address) => {
      const value = own.get(formatAddress(address))
      return value === undefined ? fib.match(address) : { prefix: hostPrefix(address), value }
    },
  }
}
