/**
 * Racks that may change places as they stand, with the routers in them. Where AS numbers, names and addresses alone tell
 * two racks apart, and the sessions that leave them lead to the very same speakers, the two can be swapped without
 * anything else changing: what is solved for a prefix of the one holds for the like prefix of the other. Unlike places
 * (`places.ts`) this asks nothing of next hops and AS numbers, and leaves every rack its own roles.
 */

import { formatPrefix, type Prefix } from '../../address/prefix.js'
import type { Router } from '../../cluster/underlay.js'
import type { BgpContext } from '../config/context.js'
import { routerIDOfSpeaker } from '../config/speaker-config.js'
import type { Adjacency, Edge, Wire } from './adjacency.js'
import { nodeFacts } from './base-colours.js'
import type { RoleNetwork } from './network.js'
import { overlap } from './places.js'
import { overlayView } from './view.js'

export interface RackSwap {
  /** The role that has this one's part when the two racks have changed places. */
  roleFor(role: number): number
  /** The kind of session that has this one's part, from one role to another. */
  wireFor(from: number, to: number, wire: Wire): Wire
}

export interface RackSwaps {
  /** Rack of a role; -1 of one that is in no rack that could be swapped. */
  rackOf(role: number): number
  /** Equal for roles that have one part in racks which look alike. */
  partOf(role: number): string
  /** Undefined where something else would change. */
  between(rack: number, other: number): RackSwap | undefined
}

/** Undefined where no two racks can be swapped. */
export function rackSwaps(network: RoleNetwork, adjacency: Adjacency): RackSwaps | undefined {
  if (network.places !== undefined || !isPlain(network)) return undefined
  const rackOf = racksOfRoles(network)
  if (rackOf === undefined) return undefined
  const parts = partsOf(network, rackOf)
  const memo = new Map<string, RackSwap | undefined>()
  const users = asUsers(network, rackOf)
  return {
    rackOf: (role) => rackOf[role] ?? -1,
    partOf: (role) => parts[role] ?? '',
    between: (rack, other) => {
      const key = `${rack} ${other}`
      if (!memo.has(key)) memo.set(key, swapOf(network, adjacency, { rackOf, parts, users }, rack, other))
      return memo.get(key)
    },
  }
}

/** Nobody wrote a route or a filter that names an address of a rack or an AS number. */
function isPlain({ context, family, filters }: RoleNetwork): boolean {
  const { underlay, bgpPeers } = context.cluster
  if (underlay.attachments.some(({ staticRoutes, subnet6 }) => staticRoutes.length > 0 || subnet6 !== undefined)) {
    return false
  }
  if (underlay.routers.some(({ staticRoutes }) => staticRoutes.length > 0)) return false
  if (bgpPeers.some(({ reachableBy }) => reachableBy !== undefined) || overlap(context, family)) return false
  for (const filter of filters.values()) {
    for (const { asPathPrefix, operations } of [...filter.import[family], ...filter.export[family]]) {
      if (asPathPrefix.length > 0 || operations.some(({ kind }) => kind === 'prependASPath')) return false
    }
  }
  const ids = context.speakers.flatMap((speaker) => routerIDOfSpeaker(context, speaker) ?? [])
  return new Set(ids).size === ids.length
}

/** A role is in the rack whose segment all its nodes hang on, a router in the only rack that it serves. */
function racksOfRoles({ context, family, members }: RoleNetwork): Int32Array | undefined {
  const { nodes, underlay } = context.cluster
  const segmentOf = new Int32Array(nodes.length).fill(-1)
  for (const { index } of nodes) {
    const endpoint = context.endpoints[family][index]
    const subnet = underlay.attachments[index]?.subnet
    const prefix = underlay.subnets[subnet ?? -1]?.prefix
    if (endpoint === undefined) continue
    if (prefix === undefined || formatPrefix(prefix) !== formatPrefix(endpoint.network)) return undefined
    segmentOf[index] = subnet ?? -1
  }
  const withNodes = new Set(segmentOf)
  const rackOf = (speaker: number): number => {
    if (speaker < nodes.length) return segmentOf[speaker] ?? -1
    const served = routerAt(context, speaker)?.interfaces.filter(({ subnet }) => withNodes.has(subnet)) ?? []
    return served.length === 1 ? (served[0]?.subnet ?? -1) : -1
  }
  return Int32Array.from(members, (list) => {
    const racks = new Set(list.map(rackOf))
    return racks.size === 1 ? ([...racks][0] ?? -1) : -1
  })
}

function routerAt({ cluster }: BgpContext, speaker: number): Router | undefined {
  return cluster.underlay.routers[speaker - cluster.nodes.length]
}

/** Texts of roles: their own, and what roles there are in the rack. A rack with two roles of one text is like no other. */
function partsOf({ context, family, members, mesh }: RoleNetwork, rackOf: Int32Array): readonly string[] {
  const { nodes, underlay } = context.cluster
  const facts = nodeFacts(context, family)
  const own = members.map((list, role) => {
    const rack = rackOf[role] ?? -1
    const first = list[0] ?? -1
    const prefix = underlay.subnets[rack]?.prefix
    if (prefix === undefined) return `role ${role}`
    const node = nodes[first]
    const router = routerAt(context, first)
    const said = node === undefined ? router && routerFacts(router, rack, prefix) : facts(node, prefix)
    return JSON.stringify([list.length, mesh.classOf[first], said])
  })
  const inRack = new Map<number, string[]>()
  for (const [role, rack] of rackOf.entries()) {
    const held = inRack.get(rack)
    if (held === undefined) inRack.set(rack, [own[role] ?? ''])
    else held.push(own[role] ?? '')
  }
  const texts = new Map<number, string>()
  for (const [rack, list] of inRack) {
    const plain = rack >= 0 && new Set(list).size === list.length
    texts.set(rack, plain ? list.sort().join(' ') : `rack ${rack}`)
  }
  return own.map((text, role) => ((rackOf[role] ?? -1) < 0 ? text : `${text} of ${texts.get(rackOf[role] ?? -1)}`))
}

/** What a router is but for its names, its AS number and its addresses outside the rack. */
function routerFacts({ interfaces, down, bgp }: Router, rack: number, prefix: Prefix): readonly unknown[] {
  const ports = interfaces.map(({ name, subnet, address: { address, network }, cut }) => [
    name,
    subnet === rack ? 'rack' : subnet,
    subnet === rack
      ? `+${BigInt(address.value) - BigInt(prefix.base)} ${formatPrefix(network) === formatPrefix(prefix)}`
      : formatPrefix(network),
    cut,
  ])
  return [ports, down, bgp?.addPaths, bgp?.clusterID]
}

/** In which racks each AS number is; -1 stands for everywhere else. */
function asUsers({ ends, colours, roleOf }: RoleNetwork, rackOf: Int32Array): ReadonlyMap<number, ReadonlySet<number>> {
  const users = new Map<number, Set<number>>()
  for (let speaker = 0; speaker + 1 < ends.first.length; speaker++) {
    const rack = rackOf[roleOf[speaker] ?? -1] ?? -1
    for (let end = ends.first[speaker] ?? 0; end < (ends.first[speaker + 1] ?? 0); end++) {
      const { localAS } = colours[ends.colour[end] ?? -1] ?? { localAS: 0 }
      const held = users.get(localAS)
      if (held === undefined) users.set(localAS, new Set([rack]))
      else held.add(rack)
    }
  }
  return users
}

interface Known {
  readonly rackOf: Int32Array
  readonly parts: readonly string[]
  readonly users: ReadonlyMap<number, ReadonlySet<number>>
}

function swapOf(
  network: RoleNetwork,
  adjacency: Adjacency,
  { rackOf, parts, users }: Known,
  rack: number,
  other: number,
): RackSwap | undefined {
  const roles = new Map<number, number>()
  const [mine, theirs] = [rack, other].map((place) => [...rackOf.keys()].filter((role) => rackOf[role] === place))
  for (const role of mine ?? []) {
    const twin = theirs?.find((candidate) => parts[candidate] === parts[role])
    if (twin === undefined) return undefined
    roles.set(role, twin).set(twin, role)
  }
  if (mine?.length !== theirs?.length || roles.size === 0) return undefined
  const roleFor = (role: number): number => roles.get(role) ?? role
  const numbers = new Map<number, number>()
  const wires = new Map<string, Wire>()
  const view = overlayView(network, new Map())
  const edgesOf = (role: number): readonly Edge[] => [...adjacency.edges(view, role).values()].flat()
  const keyOf = ({ sender, receiver, count }: Edge, to: number): string =>
    `${network.colours[sender]?.kind} ${network.colours[receiver]?.kind} ${count} ${to}`
  for (const role of roles.keys()) {
    const [edges, twins] = [edgesOf(role), new Map<string, Edge>()]
    const twinEdges = edgesOf(roleFor(role))
    for (const edge of twinEdges) twins.set(keyOf(edge, edge.to), edge)
    if (edges.length !== twinEdges.length || twins.size !== edges.length) return undefined
    for (const edge of edges) {
      const twin = twins.get(keyOf(edge, roleFor(edge.to)))
      if (twin === undefined || !renames(network, numbers, edge, twin)) return undefined
      wires.set(wireKey(role, edge.to, edge), twin)
      wires.set(wireKey(edge.to, role, reverse(edge)), reverse(twin))
    }
  }
  // An AS number that becomes another one must be known nowhere else.
  for (const [from, to] of numbers) {
    if (from !== to && [...(users.get(from) ?? [])].some((place) => place !== rack && place !== other)) return undefined
  }
  return { roleFor, wireFor: (from, to, wire) => wires.get(wireKey(from, to, wire)) ?? wire }
}

function reverse({ sender, receiver }: Wire): Wire {
  return { sender: receiver, receiver: sender }
}

function wireKey(from: number, to: number, { sender, receiver }: Wire): string {
  return `${from} ${to} ${sender} ${receiver}`
}

/** Notes which AS numbers become which; false where one would become two, or two one. */
function renames({ colours }: RoleNetwork, numbers: Map<number, number>, edge: Edge, twin: Edge): boolean {
  for (const [from, to] of [
    [edge.sender, twin.sender],
    [edge.receiver, twin.receiver],
  ]) {
    const [one, other] = [colours[from ?? -1], colours[to ?? -1]]
    if (one === undefined || other === undefined) return false
    for (const [a, b] of [
      [one.localAS, other.localAS],
      [one.remoteAS, other.remoteAS],
    ] as const) {
      // Swapping twice changes nothing.
      if ((numbers.get(a) ?? b) !== b || (numbers.get(b) ?? a) !== a) return false
      numbers.set(a, b).set(b, a)
    }
  }
  return true
}
