/**
 * Nodes whose kernel tables differ in the same way between two clusters, so that the tables of one need to be made and
 * compared for all of them. Two nodes are alike when in both clusters they have the same settings and network, the
 * same neighbours over sessions with the same options and states, and as many blocks that stayed, came and went.
 */

import { createHash } from 'node:crypto'
import type { Family } from '../../address/address.js'
import { bitsOf, formatPrefix, samePrefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import { isMeshMember } from '../../bgp/config/mesh.js'
import type { NodeBlock } from '../../bgp/config/node-blocks.js'
import { perContext } from '../../bgp/config/per-context.js'
import { serviceStatics } from '../../bgp/config/service-routes.js'
import type { Speaker } from '../../bgp/session.js'
import { meshClasses } from '../../bgp/sessions/mesh-classes.js'
import { peerClasses } from '../../bgp/sessions/peer-classes.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import { segmentOfNode } from '../../bgp/sessions/underlay-reach.js'
import { felixOn } from '../../cluster/cluster.js'
import type { FelixSettings } from '../../cluster/felix-settings.js'
import { type ClusterNode, TUNNEL_KINDS } from '../../cluster/node.js'
import type { NodeAttachment, StaticRoute } from '../../cluster/underlay.js'
import { poolOf } from '../capacity/books.js'
import type { PodTally } from './pod-tally.js'
import { textOf } from './session-fields.js'

/** Up to this many routes in all tables together every node is looked at by itself. */
export const SMALL = 20_000

/** Names of the nodes of both clusters, those that are alike together; classes and members in the order of names. */
export function alikeNodes(
  before: BgpContext,
  after: BgpContext,
  pods: PodTally,
  small: number = SMALL,
): readonly (readonly string[])[] {
  const both = before.cluster.nodes.filter(({ name }) => after.cluster.nodeByName.has(name))
  if (isSmall(before, after, small)) return both.map(({ name }) => [name])
  const [was, is] = [describe(before), describe(after)]
  const found = new Map<string, string[]>()
  for (const node of both) {
    const counterpart = after.cluster.nodeByName.get(node.name)
    if (counterpart === undefined) continue
    const key = `${was(node)}\n${is(counterpart)}\n${ownText(before, after, node.name, pods)}`
    const held = found.get(key)
    if (held === undefined) found.set(key, [node.name])
    else held.push(node.name)
  }
  return [...found.values()]
}

export function isSmall(before: BgpContext, after: BgpContext, small: number = SMALL): boolean {
  const prefixes = Math.max(before.ipam.affinities.length, after.ipam.affinities.length)
  return Math.max(before.cluster.nodes.length, after.cluster.nodes.length) * prefixes <= small
}

const describe = perContext((context): ((node: ClusterNode) => string) => {
  const { cluster } = context
  const felix = felixReader()
  const mesh = { 4: classNumbers(context, 4), 6: classNumbers(context, 6) }
  // Each cluster of a rehearsal is compared twice: with the one before it and with the one behind it.
  const told = new Map<number, string>()
  return (node) => {
    const known = told.get(node.index)
    if (known !== undefined) return known
    const text = describeNode(node)
    told.set(node.index, text)
    return text
  }

  function describeNode(node: ClusterNode): string {
    const attachment = cluster.underlay.attachments[node.index]
    // Without `textOf`, which takes long for so many: no number of any size is in it.
    return JSON.stringify([
      felix(felixOn(cluster, node.name)),
      attachment === undefined ? '' : attachmentText(attachment),
      node.os,
      node.wireguardPublicKey !== undefined,
      Object.keys(context.ipam.tunnels.get(node.name) ?? {}),
      cluster.down?.nodes.has(node.name) ?? false,
      cluster.down?.birds.has(node.name) ?? false,
      ([4, 6] as const).map((family) => [mesh[family].get(node.index) ?? -1, ...peering(context, node, family)]),
    ])
  }
})

/** How a node hangs on the network, whatever it is called. Made without `textOf`, which takes long for so many. */
function attachmentText(attachment: NodeAttachment): string {
  const { subnet, subnet6, interface: dev, mtu, defaultRoute, defaultRoute6, staticRoutes, detached } = attachment
  const routes = [defaultRoute, defaultRoute6, ...staticRoutes].map((route) => (route ? routeText(route) : ''))
  return `${subnet} ${subnet6} ${dev} ${mtu} ${detached} ${routes.join(',')}`
}

function routeText({ to, type, via, dev, protocol, metric }: StaticRoute): string {
  return `${to.family} ${to.base}/${to.length} ${type} ${via?.value} ${dev} ${protocol} ${metric}`
}

/** Settings that are equal have one text, however many objects hold them; a short one, as every node's text holds it. */
function felixReader(): (settings: FelixSettings) => string {
  const held = new Map<FelixSettings, string>()
  return (settings) => {
    const known = held.get(settings)
    if (known !== undefined) return known
    const fresh = createHash('sha256').update(textOf(settings)).digest('base64')
    held.set(settings, fresh)
    return fresh
  }
}

function classNumbers(context: BgpContext, family: Family): ReadonlyMap<number, number> {
  const numbers = new Map<number, number>()
  for (const [number, members] of meshClasses(context, family).entries()) {
    for (const node of members) numbers.set(node, number)
  }
  return numbers
}

function peering(context: BgpContext, node: ClusterNode, family: Family): readonly unknown[] {
  const endpoint = context.endpoints[family][node.index]
  const speaker = context.speakers[node.index]
  if (endpoint === undefined || speaker === undefined) return []
  return [
    endpoint.network.length === bitsOf(family) ? 'host' : formatPrefix(endpoint.network),
    endpoint.asNumber,
    endpoint.ownAS ?? 0,
    endpoint.port ?? 0,
    endpoint.clusterID ?? '',
    segmentOfNode(context, node.index, family) ?? -1,
    isMeshMember(context, node.index, family),
    peersOf(context, speaker, family),
    serviceStatics(context.cluster, context.services, node, family).map(formatPrefix),
  ]
}

/** The sessions of BGPPeers; nodes of one class have them with the same neighbours, unless they have them with each other. */
function peersOf(context: BgpContext, { index }: Speaker, family: Family): string {
  const { classOf, classes } = peerClasses(context, family)
  const number = classOf[index] ?? -1
  const known = classes[number]
  if (known?.peerings.every(({ to }) => to !== number)) return `class ${number}`
  const sessions = explicitSessions(context, index, family).map((options) => {
    const { sourceAddress, ...rest } = options
    const speaker = context.speakers[index]
    return [rest, sourceAddress !== undefined, speaker && sessionOf(context, speaker, options).state]
  })
  return textOf(sessions)
}

/** What is the node's own, and whether it stayed. */
function ownText(before: BgpContext, after: BgpContext, name: string, pods: PodTally): string {
  const tally = pods.of(name)
  return [
    blocksText(before, after, name),
    tally.kept > 0,
    tally.replaced > 0,
    tally.added > 0,
    tally.removed > 0,
    pods.borrowed(name),
    addressesOf(before, name) === addressesOf(after, name),
    tunnelsOf(before, name) === tunnelsOf(after, name),
  ].join('; ')
}

/** How many of its blocks, out of which pool, stayed, came and went. */
function blocksText(before: BgpContext, after: BgpContext, name: string): string {
  const [was, is] = [before.blocks.get(name) ?? [], after.blocks.get(name) ?? []]
  const counts = new Map<string, number>()
  const add = ({ cluster }: BgpContext, { prefix, state }: NodeBlock, fate: string): void => {
    const text = `${poolOf(cluster.pools, prefix)?.name ?? ''} ${state} ${fate}`
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const isIn = (blocks: readonly NodeBlock[], block: NodeBlock): boolean =>
    blocks.some(({ prefix }) => samePrefix(prefix, block.prefix))
  for (const block of was) add(before, block, isIn(is, block) ? 'kept' : 'removed')
  for (const block of is) if (!isIn(was, block)) add(after, block, 'added')
  return Array.from(counts, ([text, count]) => `${text} ${count}`)
    .sort()
    .join(',')
}

function tunnelsOf({ ipam }: BgpContext, name: string): string {
  const held = ipam.tunnels.get(name)
  return TUNNEL_KINDS.map((kind) => held?.[kind]?.value ?? '').join(' ')
}

function addressesOf({ cluster }: BgpContext, node: string): string {
  const held = cluster.nodeByName.get(node)
  if (held === undefined) return ''
  const own = ([4, 6] as const).map((family) => {
    const address = held.bgpAddress[family]
    return address === undefined ? '' : `${address.address.value}/${address.network.length}`
  })
  const known = held.addresses.map(({ type, address }) => `${type} ${address.family} ${address.value}`)
  return [...own, ...known].join(' ')
}
