/**
 * Every prefix that some speaker has a route of its own for, with the speakers that stand out for it. Pods inside a block
 * of their own node are left out: there are many, they are alike, and `local-pods.ts` speaks for them.
 */

import { type Address, type Family, formatAddress } from '../../address/address.js'
import { bitsOf, hostPrefix, type Prefix } from '../../address/prefix.js'
import { PrefixTable } from '../../address/prefix-table.js'
import type { BgpContext } from '../config/context.js'
import { aggregatesOf } from '../config/node-blocks.js'
import { excludesServices } from '../config/service-routes.js'
import { speakerConfig } from '../config/speaker-config.js'
import { type FelixTarget, lentAddresses } from '../plain/felix-routes.js'
import { interfacesOf } from '../plain/interfaces.js'
import { isLearnt, podAddresses } from '../plain/own-routes.js'
import { type PrefixKey, prefixKey } from './prefix-key.js'
import type { Speakers } from './speakers.js'

/** A speaker that stands out for a prefix; equal tags on speakers of one role mean equal routes and rules. */
export interface Mark {
  readonly speaker: number
  tags: string
}

export interface PrefixInfo {
  readonly prefix: Prefix
  readonly key: PrefixKey
  /** Place in the index's own order; undefined for a pod that is not in it. */
  readonly number?: number
  readonly marks: Mark[]
  /** Roles whose members all have a route of their own for it, marks aside; their routes differ only as roles do. */
  roles?: ReadonlySet<number>
  /** The prefix of a Service that every node announces alike. */
  service?: true
  /** Felix writes a route to it on other nodes. */
  felix?: FelixTarget
}

export interface PrefixIndex {
  readonly all: ReadonlyMap<PrefixKey, PrefixInfo>
  /** The prefixes with `marks` alone, for longest match. */
  readonly marked: PrefixTable<PrefixInfo>
  /** Those that whole roles have. */
  readonly common: PrefixTable<PrefixInfo>
  /** Pods of a node that are not in `all`. */
  localPods(speaker: number): readonly Address[]
}

type Draft = Map<PrefixKey, PrefixInfo>

export interface RoleMembers {
  /** First member of each role. */
  readonly first: readonly number[]
  /** Rack of each speaker, where racks share roles. */
  readonly rackOf?: Int32Array
}

export function prefixIndex(
  context: BgpContext,
  family: Family,
  felix: boolean,
  roles: RoleMembers,
  speakers: Speakers,
): PrefixIndex {
  const all: Draft = new Map()
  const blocks = markBlocks(context, all, family)
  markInterfaces(context, all, family, roles.rackOf)
  markServices(context, all, family)
  markReachable(context, all, family)
  if (felix) markFelix(context, all, family)
  const pods = markPods(context, all, family, blocks)
  markHolders(all, blocks)
  addCommon(context, all, family, roles, speakers)
  const [marked, common] = [new PrefixTable<PrefixInfo>(), new PrefixTable<PrefixInfo>()]
  for (const info of all.values()) {
    if (info.roles === undefined) marked.set(info.prefix, info)
    else common.set(info.prefix, info)
  }
  return { all, marked, common, localPods: (speaker) => pods.get(speaker) ?? [] }
}

function infoOf(all: Draft, prefix: Prefix): PrefixInfo {
  const key = prefixKey(prefix)
  const held = all.get(key)
  if (held !== undefined) return held
  const fresh: PrefixInfo = { prefix, key, number: all.size, marks: [] }
  all.set(key, fresh)
  return fresh
}

function mark(all: Draft, prefix: Prefix, speaker: number, tag: string): void {
  const { marks } = infoOf(all, prefix)
  const held = marks.find((entry) => entry.speaker === speaker)
  if (held === undefined) marks.push({ speaker, tags: tag })
  else held.tags = withTag(held.tags, tag)
}

/** Tags in their order with one more. */
function withTag(tags: string, tag: string): string {
  if (tags === tag) return tags
  const known = tags.split(' ')
  return known.includes(tag) ? tags : [...known, tag].sort().join(' ')
}

/** A block of a node with what its aggregate says. */
interface OwnBlock {
  readonly speaker: number
  readonly rules: boolean
}

type Blocks = PrefixTable<OwnBlock[]>

function markBlocks(context: BgpContext, all: Draft, family: Family): Blocks {
  const table: Blocks = new PrefixTable()
  for (const node of context.cluster.nodes) {
    for (const { prefix, rules } of aggregatesOf(context.blocks.get(node.name) ?? [], family)) {
      mark(all, prefix, node.index, rules ? 'block' : 'oldBlock')
      const held = table.get(prefix)
      if (held === undefined) table.set(prefix, [{ speaker: node.index, rules }])
      else held.push({ speaker: node.index, rules })
    }
  }
  return table
}

/** Host networks, of a node address with a host mask and of tunnels; networks of racks that share roles. Routers are roles of one, see `addCommon`. */
function markInterfaces(context: BgpContext, all: Draft, family: Family, rackOf: Int32Array | undefined): void {
  const racks = new Set<PrefixInfo>()
  for (const node of context.cluster.nodes) {
    const speaker = context.speakers[node.index]
    if (speaker === undefined) continue
    const network = (rackOf?.[node.index] ?? -1) < 0 ? undefined : context.endpoints[family][node.index]?.network
    if (network !== undefined) markRack(all, network, node.index, racks)
    for (const { name, network } of interfacesOf(context, speaker, family)) {
      if (network.length === bitsOf(family)) mark(all, network, node.index, `interface:${name}`)
    }
  }
}

/** Tags of a node in the prefix of its own rack, where racks are places. */
export const OWN_RACK = 'interface:its own'

/** As `mark`, without looking through a rack's marks for each of its nodes. */
function markRack(all: Draft, network: Prefix, speaker: number, racks: Set<PrefixInfo>): void {
  const info = infoOf(all, network)
  if (info.marks.length === 0) racks.add(info)
  if (racks.has(info)) info.marks.push({ speaker, tags: OWN_RACK })
  else mark(all, network, speaker, OWN_RACK)
}

function markServices(context: BgpContext, all: Draft, family: Family): void {
  for (const [name, prefixes] of context.services.byNode) {
    const node = context.cluster.nodeByName.get(name)
    if (node === undefined || excludesServices(context.cluster, node)) continue
    for (const prefix of prefixes) if (prefix.family === family) mark(all, prefix, node.index, 'service')
  }
}

function markReachable(context: BgpContext, all: Draft, family: Family): void {
  const { bgpPeers, release, nodes } = context.cluster
  if (!release.reachableBy || !bgpPeers.some(({ reachableBy }) => reachableBy !== undefined)) return
  for (const node of nodes) {
    const speaker = context.speakers[node.index]
    const statics = speaker === undefined ? [] : speakerConfig(context, speaker, family).statics
    for (const { prefix, kind, via } of statics) {
      if (kind === 'reachableBy') mark(all, prefix, node.index, `reachableBy:${via ? formatAddress(via) : ''}`)
    }
  }
}

function markFelix(context: BgpContext, all: Draft, family: Family): void {
  const { cluster, ipam } = context
  const index = (name: string | undefined): number | undefined =>
    name === undefined ? undefined : cluster.nodeByName.get(name)?.index
  for (const block of ipam.blocks) {
    if (block.prefix.family !== family) continue
    const owner = index(block.affinity?.type === 'host' ? block.affinity.host : undefined)
    if (owner !== undefined) {
      infoOf(all, block.prefix).felix = { block }
      mark(all, block.prefix, owner, 'owner')
    }
    for (const { prefix, user } of lentAddresses(block)) {
      const node = index(user)
      if (node === undefined) continue
      const info = infoOf(all, prefix)
      info.felix ??= { block, user }
      mark(all, prefix, node, 'user')
      if (owner !== undefined) mark(all, prefix, owner, 'lender')
    }
  }
}

/** Pods outside their node's own blocks are marked; the others are returned by node. */
function markPods(
  context: BgpContext,
  all: Draft,
  family: Family,
  blocks: Blocks,
): ReadonlyMap<number, readonly Address[]> {
  const local = new Map<number, Address[]>()
  const nested = hasNested(blocks)
  for (const [name, addresses] of podAddresses(context)) {
    const node = context.cluster.nodeByName.get(name)
    if (node === undefined) continue
    const own: Address[] = []
    for (const address of addresses) {
      if (address.family !== family) continue
      const prefix = hostPrefix(address)
      const holders = nested ? undefined : blocks.match(address)?.value
      const atHome = holders?.length === 1 && holders[0]?.speaker === node.index && holders[0].rules
      if (atHome && !all.has(prefixKey(prefix))) own.push(address)
      else mark(all, prefix, node.index, 'pod')
    }
    if (own.length > 0) local.set(node.index, own)
  }
  return local
}

function hasNested(blocks: Blocks): boolean {
  for (const { prefix } of blocks) {
    if (prefix.length > 0 && blocks.covering({ ...prefix, length: prefix.length - 1 }) !== undefined) return true
  }
  return false
}

/** Speakers in whose own blocks a prefix lies, whose export filter therefore treats it in its own way. */
function markHolders(all: Draft, blocks: Blocks): void {
  if (blocks.size === 0) return
  for (const { prefix } of [...all.values()]) {
    for (let length = prefix.length - 1; length >= 0; ) {
      const found = blocks.covering({ ...prefix, length })
      if (found === undefined) break
      for (const { speaker, rules } of found.value) mark(all, prefix, speaker, rules ? 'inside' : 'insideOld')
      length = found.prefix.length - 1
    }
  }
}

/** Networks, described routes and Services, which all members of a role have alike; a router's routes. */
function addCommon(
  context: BgpContext,
  all: Draft,
  family: Family,
  { first, rackOf }: RoleMembers,
  speakers: Speakers,
): void {
  const { cluster, services } = context
  const add = (prefix: Prefix, role: number): void => {
    const info = infoOf(all, prefix)
    info.roles = new Set([...(info.roles ?? []), role])
  }
  const announcing = new Set<number>()
  for (const [role, index] of first.entries()) {
    const node = cluster.nodes[index]
    if (node === undefined) {
      for (const { prefix } of speakers.at(index).plain.routes) add(prefix, role)
      continue
    }
    if (!excludesServices(cluster, node)) announcing.add(role)
    const network = context.endpoints[family][index]?.network
    const shared = (rackOf?.[index] ?? -1) < 0
    if (shared && network !== undefined && network.length < bitsOf(family)) add(network, role)
    const attachment = cluster.underlay.attachments[index]
    for (const route of [
      ...(attachment?.staticRoutes ?? []),
      ...(attachment?.defaultRoute ? [attachment.defaultRoute] : []),
    ]) {
      if (route.to.family === family && isLearnt(route.protocol)) add(route.to, role)
    }
  }
  for (const prefix of [...services.ranges, ...services.everywhere]) {
    if (prefix.family !== family) continue
    const info = infoOf(all, prefix)
    if (info.roles === undefined && info.marks.length === 0) info.service = true
    info.roles = info.roles === undefined ? announcing : new Set([...info.roles, ...announcing])
  }
}
