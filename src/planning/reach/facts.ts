/** What packets meet at a node besides its tables. */

import { type Address, formatAddress } from '../../address/address.js'
import { bitsOf, containsAddress, formatPrefix, type Prefix } from '../../address/prefix.js'
import { felixAddress } from '../../bgp/felix/node-facts.js'
import { felixOn } from '../../cluster/cluster.js'
import type { FelixSettings } from '../../cluster/felix-settings.js'
import type { NodeAttachment } from '../../cluster/underlay.js'
import type { ElementRef, Plane } from '../../dataplane/trace/plane.js'
import type { ReachEnds } from './ends.js'
import { ownAddresses, type Targets } from './targets.js'

/**
 * Text that is equal for nodes which packets meet alike; nodes that share an address with anybody are like nobody else.
 * With `inRack` the segment, its prefix and addresses in it go by their place in the node's own rack.
 */
export function factsOf(plane: Plane, ends: ReachEnds, targets: Targets, inRack: boolean): (node: number) => string {
  const { cluster } = plane.source
  const settings = new Map<FelixSettings, number>()
  return (index) => {
    const node = cluster.nodes[index]
    if (node === undefined) return ''
    const felix = felixOn(cluster, node.name)
    const number = settings.get(felix) ?? settings.size
    settings.set(felix, number)
    const element: ElementRef = { kind: 'node', index, name: node.name }
    const odd =
      ownAddresses(node).some((address) => !plane.owns(element, address)) ||
      ends[index]?.some(({ source }) => source === 'odd')
    const attachment = cluster.underlay.attachments[index]
    const rack = inRack ? attachment?.subnet : undefined
    const prefix = rack === undefined ? undefined : cluster.underlay.subnets[rack]?.prefix
    return JSON.stringify([
      odd ? index : -1,
      attachment?.detached ?? false,
      plane.segments(element).map(({ subnet, dev }) => [subnet === rack ? 'its own' : subnet, dev]),
      plane.source.devices(index).map(({ name, mtu, address }) => [name, mtu, address?.family ?? 0]),
      number,
      targets.label(node),
      [node.wireguardPublicKey !== undefined, node.wireguardPublicKeyV6 !== undefined],
      ([4, 6] as const).map((family) => networkText(felixAddress(node, family)?.network, prefix)),
      ([4, 6] as const).map((family) => networkText(node.bgpAddress[family]?.network, prefix)),
      routesText(attachment, prefix),
    ])
  }
}

/** A host network is only the node itself, and the same for all in this way. */
function networkText(network: Prefix | undefined, rack: Prefix | undefined): string {
  if (network === undefined) return ''
  if (network.length === bitsOf(network.family)) return 'host'
  const text = formatPrefix(network)
  return rack !== undefined && formatPrefix(rack) === text ? 'its own' : text
}

function routesText(attachment: NodeAttachment | undefined, rack: Prefix | undefined): readonly string[] {
  const routes = [attachment?.defaultRoute, attachment?.defaultRoute6, ...(attachment?.staticRoutes ?? [])]
  return routes.map((route) => {
    if (route === undefined) return ''
    const via = route.via === undefined ? '' : addressText(route.via, rack)
    return `${formatPrefix(route.to)} ${route.type} ${via} ${route.dev} ${route.protocol} ${route.metric}`
  })
}

function addressText(address: Address, rack: Prefix | undefined): string {
  return rack !== undefined && containsAddress(rack, address)
    ? `+${BigInt(address.value) - BigInt(rack.base)}`
    : formatAddress(address)
}
