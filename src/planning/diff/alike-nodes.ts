/**
 * Nodes whose kernel tables differ in the same way between two clusters, so that the tables of one need to be made and
 * compared for all of them. Two nodes are alike when in both clusters they have the same settings and network, the
 * same neighbours over sessions with the same options and states, and as many blocks that stayed, came and went.
 */

import type { Family } from '../../address/address.js'
import { bitsOf, formatPrefix } from '../../address/prefix.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { explicitSessions } from '../../bgp/config/explicit-sessions.js'
import { isMeshMember } from '../../bgp/config/mesh.js'
import { perContext } from '../../bgp/config/per-context.js'
import { serviceStatics } from '../../bgp/config/service-routes.js'
import type { Speaker } from '../../bgp/session.js'
import { meshClasses } from '../../bgp/sessions/mesh-classes.js'
import { peerClasses } from '../../bgp/sessions/peer-classes.js'
import { sessionOf } from '../../bgp/sessions/sessions.js'
import { segmentOfNode } from '../../bgp/sessions/underlay-reach.js'
import { felixOn } from '../../cluster/cluster.js'
import type { FelixSettings } from '../../cluster/felix-settings.js'
import type { ClusterNode } from '../../cluster/node.js'
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
    return textOf([
      felix(felixOn(cluster, node.name)),
      attachment && { ...attachment, node: '', routerID: '' },
      node.os,
      node.wireguardPublicKey !== undefined,
      Object.keys(context.ipam.tunnels.get(node.name) ?? {}),
      cluster.down?.nodes.has(node.name) ?? false,
      cluster.down?.birds.has(node.name) ?? false,
      ([4, 6] as const).map((family) => [mesh[family].get(node.index) ?? -1, ...peering(context, node, family)]),
    ])
  }
})

/** Settings that are equal have one text, however many objects hold them. */
function felixReader(): (settings: FelixSettings) => string {
  const held = new Map<FelixSettings, string>()
  return (settings) => {
    const known = held.get(settings)
    if (known !== undefined) return known
    const fresh = textOf(settings)
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
function peersOf(context: BgpContext, { index }: Speaker, family: Family): unknown {
  const { classOf, classes } = peerClasses(context, family)
  const number = classOf[index] ?? -1
  const known = classes[number]
  if (known?.peerings.every(({ to }) => to !== number)) return `class ${number}`
  return explicitSessions(context, index, family).map((options) => {
    const { sourceAddress, ...rest } = options
    const speaker = context.speakers[index]
    return [rest, sourceAddress !== undefined, speaker && sessionOf(context, speaker, options).state]
  })
}

/** What is the node's own, and whether it stayed. */
function ownText(before: BgpContext, after: BgpContext, name: string, pods: PodTally): string {
  const [was, is] = [blocksOf(before, name), blocksOf(after, name)]
  const counts = new Map<string, number>()
  const add = (text: string): void => void counts.set(text, (counts.get(text) ?? 0) + 1)
  for (const [block, pool] of was) add(`${pool} ${is.has(block) ? 'kept' : 'removed'}`)
  for (const [block, pool] of is) if (!was.has(block)) add(`${pool} added`)
  const tally = pods.of(name)
  return textOf([
    [...counts].sort(),
    [tally.kept > 0, tally.added > 0, tally.removed > 0],
    pods.borrowed(name),
    addressesOf(before, name) === addressesOf(after, name),
    textOf(before.ipam.tunnels.get(name)) === textOf(after.ipam.tunnels.get(name)),
  ])
}

/** Blocks of a node as text, each with the pool that it is out of. */
function blocksOf({ blocks, cluster }: BgpContext, node: string): ReadonlyMap<string, string> {
  return new Map(
    (blocks.get(node) ?? []).map(({ prefix, state }) => [
      formatPrefix(prefix),
      `${poolOf(cluster.pools, prefix)?.name ?? ''} ${state}`,
    ]),
  )
}

function addressesOf({ cluster }: BgpContext, node: string): string {
  const held = cluster.nodeByName.get(node)
  return textOf([held?.bgpAddress, held?.addresses])
}
