/** What is left of the Underlay while elements of it are down. */

import { type Down, linkKey } from './down.js'
import type { NodeAttachment, Router, RouterInterface, Underlay } from './underlay.js'

/**
 * Marks what is out of order: a node that is dead or whose links are cut is detached, a router that is down has all its
 * interfaces cut, a cut link is one of them. Routes of others towards them stay, because nobody tells a kernel.
 */
export function withoutDown(underlay: Underlay, down: Down): Underlay {
  const subnetName = (index: number): string => underlay.subnets[index]?.name ?? ''
  const isCut = (device: string, subnet: number): boolean => down.links.has(linkKey(device, subnetName(subnet)))
  const attachment = (held: NodeAttachment): NodeAttachment => {
    const links = [held.subnet, held.subnet6].flatMap((subnet) => subnet ?? [])
    const cut = links.length > 0 && links.every((subnet) => isCut(held.node, subnet))
    return cut || down.nodes.has(held.node) ? { ...held, detached: true } : held
  }
  const router = (held: Router): Router => {
    const dead = down.routers.has(held.name)
    const interfaces = held.interfaces.map((port): RouterInterface => {
      return dead || isCut(held.name, port.subnet) ? { ...port, cut: true } : port
    })
    return { ...held, interfaces, ...(dead ? { down: true } : {}) }
  }
  return { ...underlay, attachments: underlay.attachments.map(attachment), routers: underlay.routers.map(router) }
}
