/**
 * Racks and clusters as places. Where nothing but names and addresses tells racks apart, their nodes share roles, and a
 * rack is no more than who is in it with whom: next hops in it are at hand, others lie behind the gateway. The same goes
 * for the cluster ids of reflectors that one rack has for itself. A hundred racks then cost what two do.
 *
 * Only where every next hop stays that of the origin. Elsewhere which of several routes is the best decides what others
 * are told, and with it the rack that it came from.
 */

import { type Family, formatAddress } from '../../address/address.js'
import { containsAddress, formatPrefix, lastAddress, type Prefix } from '../../address/prefix.js'
import type { StaticRoute } from '../../cluster/underlay.js'
import type { BgpContext } from '../config/context.js'
import { colourTable, type EndColour, type Ends, NO_SESSION } from './ends.js'
import type { Mesh } from './mesh.js'

export interface Places {
  /** Rack of each speaker; -1 of those that are in none. */
  readonly rackOf: Int32Array
  readonly racks: readonly (readonly number[])[]
  /** Cluster of each reflector whose cluster id nobody outside its rack has; -1 of others. */
  readonly clusterOf: Int32Array
  readonly clusters: readonly (readonly number[])[]
}

export interface Sessions {
  readonly mesh: Mesh
  readonly ends: Ends
  readonly colours: readonly EndColour[]
}

/** The sessions as racks have them in common; undefined where racks must be told apart. */
export interface Merged extends Sessions {
  readonly places: Places
}

/** Pairs of kinds of mesh members that are looked at before it is given up. */
const MOST_MESH_CLASSES = 300

export function mergedRacks(context: BgpContext, family: Family, sessions: Sessions): Merged | undefined {
  const { cluster, endpoints } = context
  const { underlay, nodes } = cluster
  const hands = underlay.attachments.some(({ staticRoutes }) => staticRoutes.length > 0)
  if (hands || underlay.routers.some(({ bgp, staticRoutes }) => bgp !== undefined || staticRoutes.length > 0)) return
  if (underlay.attachments.some(({ subnet6 }) => subnet6 !== undefined) || sessions.ends.bestOnly) return
  if (new Set(endpoints[family].flatMap((known) => known?.asNumber ?? [])).size > 1) return
  if (!sessions.colours.every(({ keepsNextHops }) => keepsNextHops)) return
  if (cluster.bgpPeers.some(({ reachableBy }) => reachableBy !== undefined) || overlap(context, family)) return
  const rackOf = new Int32Array(context.speakers.length).fill(-1)
  for (const { index } of nodes) {
    const endpoint = endpoints[family][index]
    const subnet = underlay.attachments[index]?.subnet
    const prefix = underlay.subnets[subnet ?? -1]?.prefix
    if (endpoint === undefined) continue
    if (prefix === undefined || formatPrefix(prefix) !== formatPrefix(endpoint.network)) return
    rackOf[index] = subnet ?? -1
  }
  const racks = membersOf(rackOf, underlay.subnets.length)
  if (racks.filter((members) => members.length > 0).length < 2) return
  const mesh = mergedMesh(sessions)
  if (mesh === undefined) return
  const places = { rackOf, racks, ...clustersOf(context, rackOf) }
  return { ...recoloured(sessions, places, mesh), places }
}

function membersOf(placeOf: Int32Array, count: number): readonly (readonly number[])[] {
  const found = Array.from({ length: count }, (): number[] => [])
  for (const [speaker, place] of placeOf.entries()) if (place >= 0) found[place]?.push(speaker)
  return found
}

/** Segments that hold each other's addresses are not told apart by who is in them. */
export function overlap({ cluster }: BgpContext, family: Family): boolean {
  const sorted = cluster.underlay.subnets
    .map(({ prefix }) => prefix)
    .filter((prefix) => prefix.family === family)
    .sort((a, b) => (a.base < b.base ? -1 : a.base > b.base ? 1 : a.length - b.length))
  return sorted.some((prefix, i) => {
    const next = sorted[i + 1]
    return next !== undefined && next.base <= lastAddress(prefix).value
  })
}

function clustersOf({ cluster, speakers }: BgpContext, rackOf: Int32Array): Pick<Places, 'clusterOf' | 'clusters'> {
  const byID = new Map<string, number[]>()
  for (const { index, routeReflectorClusterID: id } of cluster.nodes) {
    if (!id) continue
    const held = byID.get(id)
    if (held === undefined) byID.set(id, [index])
    else held.push(index)
  }
  const clusterOf = new Int32Array(speakers.length).fill(-1)
  const clusters = [...byID.values()].filter((list) => new Set(list.map((node) => rackOf[node])).size === 1)
  for (const [number, list] of clusters.entries()) for (const node of list) clusterOf[node] = number
  return { clusterOf, clusters }
}

/** One class of members, all pairs of which have sessions of one kind; undefined where there are several kinds. */
function mergedMesh({ mesh }: Sessions): Mesh | undefined {
  const { classes, classOf } = mesh
  if (classes.length < 2) return mesh
  if (classes.length > MOST_MESH_CLASSES) return undefined
  let only: readonly [number, number] | undefined
  for (let from = 0; from < classes.length; from++) {
    for (let to = from; to < classes.length; to++) {
      if (from === to && (classes[from]?.length ?? 0) < 2) continue
      const found = mesh.colours(from, to)
      if (found === undefined || found[0] !== found[1] || (only !== undefined && found[0] !== only[0])) return undefined
      only = found
    }
  }
  return {
    classOf: classOf.map((cls) => Math.min(cls, 0)),
    classes: [classes.flat().sort((a, b) => a - b)],
    colours: () => only,
  }
}

/** Ends in colours that name no cluster id of a single rack, and that say whether the peer is in the same place. */
function recoloured({ mesh, ends, colours }: Sessions, places: Places, merged: Mesh): Sessions {
  const table = colourTable()
  const { rackOf, clusterOf } = places
  const numberOf = (old: number, speaker: number, peer: number): number => {
    const colour = colours[old]
    if (old === NO_SESSION || colour === undefined) return old
    const id = (clusterOf[speaker] ?? -1) >= 0 ? '' : colour.clusterID
    const near = peer >= 0 && rackOf[speaker] === rackOf[peer]
    const same = (clusterOf[speaker] ?? -1) >= 0 && clusterOf[speaker] === clusterOf[peer]
    return table.number(`${colour.like} ${id} ${near} ${same}`, colour)
  }
  const colour = ends.colour.slice()
  for (let speaker = 0; speaker + 1 < ends.first.length; speaker++) {
    for (let end = ends.first[speaker] ?? 0; end < (ends.first[speaker + 1] ?? 0); end++) {
      colour[end] = numberOf(ends.colour[end] ?? 0, speaker, ends.peer[end] ?? -1)
    }
  }
  const [first] = mesh.classes.find(({ length }) => length > 0) ?? []
  const meshColours = (from: number, to: number): readonly [number, number] | undefined => {
    const found = merged.colours(from, to)
    return found && [numberOf(found[0], first ?? -1, -1), numberOf(found[1], first ?? -1, -1)]
  }
  const known = meshColours(0, 0)
  return {
    mesh: { classOf: merged.classOf, classes: merged.classes, colours: () => known },
    ends: { ...ends, colour },
    colours: table.colours,
  }
}

/** A network as its own members see it. */
export function networkInRack(rack: Prefix | undefined, network: Prefix): string {
  const text = formatPrefix(network)
  return rack !== undefined && formatPrefix(rack) === text ? 'its own' : text
}

/** A route with its gateway by the place in the rack. */
export function routeInRack(rack: Prefix | undefined, route: StaticRoute | undefined): string {
  if (route === undefined) return ''
  const { to, type, via, dev, protocol, metric } = route
  const gateway =
    via === undefined
      ? ''
      : rack !== undefined && containsAddress(rack, via)
        ? `+${BigInt(via.value) - BigInt(rack.base)}`
        : formatAddress(via)
  return `${formatPrefix(to)} ${type} ${gateway} ${dev} ${protocol} ${metric}`
}

/** Reflectors that drop what the speaker has reflected, itself among them. */
export function clusterMates(places: Places | undefined, speaker: number): readonly number[] {
  return places?.clusters[places.clusterOf[speaker] ?? -1] ?? [speaker]
}
