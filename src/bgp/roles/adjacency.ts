/** Who has a session with whom, by classes: the flat arrays of explicit ends and the mesh as one. */

import { NO_SESSION } from './ends.js'
import type { RoleNetwork } from './network.js'
import { meshEndTo } from './speakers.js'
import type { View } from './view.js'

/** A kind of session: the colours of the sender's and the receiver's end. */
export interface Wire {
  readonly sender: number
  readonly receiver: number
}

/** Sessions of one kind from a class to another; every member of the first has `count` of them. */
export interface Edge extends Wire {
  readonly to: number
  readonly count: number
}

/** A session with a neighbour: the ends on both sides, as `Speakers.placeOf` takes them. */
export interface Contact {
  readonly peer: number
  readonly own: number
  readonly peers: number
}

export interface Adjacency {
  /** Colours of the ends of a speaker. */
  colours(speaker: number): readonly number[]
  /** Up to `most` ends of a speaker in one colour. */
  samples(speaker: number, colour: number, most: number): readonly number[]
  /** Edges of a class by the colour of their sending ends. */
  edges(view: View, cls: number): ReadonlyMap<number, readonly Edge[]>
  /** Neighbours of a speaker in a class by sessions of one kind, the speaker being the receiver. */
  contacts(view: View, speaker: number, cls: number, wire: Wire): Iterable<Contact>
  /** The speaker's end of the session with another peer that is like the one given; undefined where there is none. */
  endLike(speaker: number, end: number, peer: number): number | undefined
}

export function adjacencyOf(network: RoleNetwork): Adjacency {
  const { ends, mesh, roleOf, members } = network
  const facts = new Map<number, Facts>()
  const factsAt = (speaker: number): Facts => {
    const held = facts.get(speaker)
    if (held !== undefined) return held
    const fresh = factsOf(network, speaker)
    facts.set(speaker, fresh)
    return fresh
  }
  const meshRoles = members.flatMap((list, role) => (isMember(network, list[0] ?? -1) ? [role] : []))
  const meshColours = new Map<number, readonly number[]>()
  const meshColoursOf = (meshClass: number): readonly number[] => {
    const held = meshColours.get(meshClass)
    if (held !== undefined) return held
    const found = new Set<number>()
    for (let to = 0; to < mesh.classes.length; to++) {
      const colours = mesh.colours(meshClass, to)
      if (colours !== undefined) found.add(colours[0])
    }
    const list = [...found]
    meshColours.set(meshClass, list)
    return list
  }
  const meshNeighbor = (speaker: number, peer: number): boolean =>
    speaker !== peer && isMember(network, peer) && !factsAt(speaker).peers.has(peer)

  function* meshContacts(view: View, speaker: number, cls: number, wire: Wire): Iterable<Contact> {
    const own = mesh.classOf[speaker] ?? -1
    if (own < 0) return
    for (const peer of view.members(cls)) {
      if (!meshNeighbor(speaker, peer)) continue
      const colours = mesh.colours(own, mesh.classOf[peer] ?? -1)
      if (colours?.[0] !== wire.receiver || colours[1] !== wire.sender) {
        // All members of a class are of one mesh class, or this one does not hold members alone.
        if (view.roleOf(cls) >= 0) return
        continue
      }
      yield { peer, own: meshEndTo(peer), peers: meshEndTo(speaker) }
    }
  }

  function* explicitContacts(view: View, speaker: number, cls: number, wire: Wire): Iterable<Contact> {
    const { byKind, peers } = factsAt(speaker)
    const fits = (end: number): boolean =>
      ends.colour[end] === wire.receiver && ends.colour[ends.reverse[end] ?? -1] === wire.sender
    const role = view.roleOf(cls)
    if (role < 0 && view.marked.length > 0) {
      for (const peer of view.members(cls)) {
        for (const end of peers.get(peer) ?? []) {
          if (fits(end)) yield { peer, own: end, peers: ends.reverse[end] ?? -1 }
        }
      }
      return
    }
    const list = role >= 0 ? (byKind.get(`${wire.receiver} ${wire.sender} ${role}`) ?? []) : factsAt(speaker).all
    for (const end of list) {
      const peer = ends.peer[end] ?? -1
      if (view.classOf(peer) === cls && (role >= 0 || fits(end)))
        yield { peer, own: end, peers: ends.reverse[end] ?? -1 }
    }
  }

  return {
    colours: (speaker) => {
      const meshClass = mesh.classOf[speaker] ?? -1
      const { colours } = factsAt(speaker)
      return meshClass < 0 ? colours : [...new Set([...colours, ...meshColoursOf(meshClass)])]
    },
    samples: (speaker, colour, most) => {
      const found: number[] = []
      for (const end of factsAt(speaker).all) {
        if (ends.colour[end] !== colour) continue
        if (found.push(end) === most) return found
      }
      const own = mesh.classOf[speaker] ?? -1
      if (own < 0) return found
      for (const [to, list] of mesh.classes.entries()) {
        if (mesh.colours(own, to)?.[0] !== colour) continue
        for (const peer of list) {
          if (meshNeighbor(speaker, peer) && found.push(meshEndTo(peer)) === most) return found
        }
      }
      return found
    },
    edges: (view, cls) => {
      const speaker = view.first(cls)
      const found = new Map<number, Map<number, Counted>>()
      const add = (sender: number, receiver: number, to: number, count: number): void => {
        const bySender = found.get(sender) ?? new Map<number, Counted>()
        found.set(sender, bySender)
        const key = receiver * view.count + to
        const held = bySender.get(key)
        if (held === undefined) bySender.set(key, { sender, receiver, to, count })
        else held.count += count
      }
      const { all, peers } = factsAt(speaker)
      for (const end of all) {
        add(ends.colour[end] ?? -1, ends.colour[ends.reverse[end] ?? -1] ?? -1, view.classOf(ends.peer[end] ?? -1), 1)
      }
      const own = mesh.classOf[speaker] ?? -1
      if (own >= 0) {
        const addMesh = (to: number, meshClass: number): void => {
          const colours = mesh.colours(own, meshClass)
          if (colours === undefined) return
          let count = view.size(to) - (view.classOf(speaker) === to ? 1 : 0)
          for (const peer of peers.keys()) if (view.classOf(peer) === to && isMember(network, peer)) count--
          if (count > 0) add(colours[0], colours[1], to, count)
        }
        const overlaid = view.roleOf(0) === 0
        for (const role of overlaid ? meshRoles : [])
          if (view.size(role) > 0) addMesh(role, mesh.classOf[members[role]?.[0] ?? -1] ?? -1)
        for (let to = overlaid ? members.length : 0; to < view.count; to++) {
          const meshClass = mesh.classOf[view.first(to)] ?? -1
          if (meshClass >= 0) addMesh(to, meshClass)
        }
      }
      return new Map(Array.from(found, ([sender, edges]) => [sender, [...edges.values()]]))
    },
    endLike: (speaker, end, peer) => {
      if (end < 0) return meshNeighbor(speaker, peer) ? meshEndTo(peer) : undefined
      const [colour, far] = [ends.colour[end], ends.colour[ends.reverse[end] ?? -1]]
      return factsAt(speaker)
        .peers.get(peer)
        ?.find(
          (other) =>
            ends.colour[other] === colour &&
            ends.colour[ends.reverse[other] ?? -1] === far &&
            ends.nth[other] === ends.nth[end],
        )
    },
    *contacts(view, speaker, cls, wire) {
      yield* explicitContacts(view, speaker, cls, wire)
      yield* meshContacts(view, speaker, cls, wire)
    },
  }

  function factsOf({ size }: RoleNetwork, speaker: number): Facts {
    const all: number[] = []
    const peers = new Map<number, number[]>()
    const byKind = new Map<string, number[]>()
    const last = speaker < size ? (ends.first[speaker + 1] ?? 0) : 0
    for (let end = ends.first[speaker] ?? 0; end < last; end++) {
      const peer = ends.peer[end] ?? -1
      const list = peers.get(peer)
      const running = ends.colour[end] !== NO_SESSION
      if (list === undefined) peers.set(peer, running ? [end] : [])
      else if (running) list.push(end)
      if (!running) continue
      all.push(end)
      const kind = `${ends.colour[end]} ${ends.colour[ends.reverse[end] ?? -1]} ${roleOf[peer]}`
      const group = byKind.get(kind)
      if (group === undefined) byKind.set(kind, [end])
      else group.push(end)
    }
    return { all, peers, byKind, colours: [...new Set(all.map((end) => ends.colour[end] ?? 0))] }
  }
}

/** An edge while its sessions are being counted. */
interface Counted extends Edge {
  count: number
}

interface Facts {
  /** Ends with a session. */
  readonly all: readonly number[]
  /** Ends by peer; a peer without a session is a mesh member that a BGPPeer stands for too. */
  readonly peers: ReadonlyMap<number, readonly number[]>
  /** By the colours of the own and the other end and the peer's role. */
  readonly byKind: ReadonlyMap<string, readonly number[]>
  readonly colours: readonly number[]
}

function isMember({ mesh }: RoleNetwork, speaker: number): boolean {
  return (mesh.classOf[speaker] ?? -1) >= 0
}
