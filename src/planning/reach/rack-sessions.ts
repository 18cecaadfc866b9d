/** What the sessions of a class of nodes are, told in a way that racks can have in common. */

import type { Family } from '../../address/address.js'
import type { BgpContext } from '../../bgp/config/context.js'
import { excludesServices } from '../../bgp/config/service-routes.js'
import { mixed } from '../../bgp/roles/mixed-hash.js'
import { NeedsPlain } from '../../bgp/roles/needs-plain.js'
import { type RoleNetwork, roleNetwork } from '../../bgp/roles/network.js'

/** What the routes to a node's addresses depend on, without naming its rack; undefined where that cannot be said. */
export type Likeness = (node: number) => string | undefined

/** Above so many kinds of mesh members, pairs of them are not looked at. */
const MOST_MESH_CLASSES = 300

/**
 * Text by class, equal where the sessions inside the rack are alike and those that leave it lead to the same speakers.
 * Undefined where next hops are changed on the way, so that it matters who of several is the best.
 */
export function rackSessions(
  context: BgpContext,
  classes: readonly (readonly number[])[],
  rackOf: Int32Array,
): ((cls: number) => string) | undefined {
  if (context.cluster.backend !== 'bird') return () => ''
  const families = ([4, 6] as const).filter((family) => context.endpoints[family].some((known) => known !== undefined))
  const texts = families.map((family) => familySessions(context, family, classes, rackOf))
  if (texts.includes(undefined)) return undefined
  return (cls) => texts.map((text) => text?.[cls] ?? '').join(' / ')
}

function familySessions(
  context: BgpContext,
  family: Family,
  classes: readonly (readonly number[])[],
  rackOf: Int32Array,
): readonly string[] | undefined {
  const network = networkOrNone(context, family)
  if (network === undefined) return undefined
  const mesh = meshTexts(network)
  if (!network.colours.every(({ keepsNextHops }) => keepsNextHops)) return undefined
  const classOf = new Int32Array(context.speakers.length).fill(-1)
  for (const [cls, members] of classes.entries()) for (const member of members) classOf[member] = cls
  const clusters = clusterTexts(context, classes, rackOf)
  const own = classes.map(([first], cls) => `${nodeText(context, first ?? -1)} ${clusters[cls]} ${mesh(first ?? -1)}`)
  return refined(network, classes, classOf, rackOf, own)
}

function networkOrNone(context: BgpContext, family: Family): RoleNetwork | undefined {
  try {
    return roleNetwork(context, family, true)
  } catch (error) {
    if (error instanceof NeedsPlain) return undefined
    throw error
  }
}

function nodeText({ cluster }: BgpContext, index: number): string {
  const node = cluster.nodes[index]
  if (node === undefined) return ''
  const advertised = cluster.bgp.perNode.get(node.name)?.prefixAdvertisements
  return JSON.stringify([
    node.asNumber ?? 0,
    excludesServices(cluster, node),
    advertised?.map(({ prefix, communities }) => [prefix.family, String(prefix.base), prefix.length, communities]) ??
      [],
    cluster.underlay.attachments[index]?.routerID ?? '',
  ])
}

/** A cluster id that only nodes of one rack have goes by how many these are. */
function clusterTexts(
  { cluster }: BgpContext,
  classes: readonly (readonly number[])[],
  rackOf: Int32Array,
): readonly string[] {
  const racks = new Map<string, Set<number>>()
  const sizes = new Map<string, number>()
  for (const [cls, members] of classes.entries()) {
    for (const member of members) {
      const id = cluster.nodes[member]?.routeReflectorClusterID
      if (!id) continue
      racks.set(id, (racks.get(id) ?? new Set()).add(rackOf[cls] ?? -1))
      sizes.set(id, (sizes.get(id) ?? 0) + 1)
    }
  }
  return classes.map(([first]) => {
    const id = cluster.nodes[first ?? -1]?.routeReflectorClusterID
    if (!id) return ''
    return racks.get(id)?.size === 1 ? `its own, ${sizes.get(id)}` : id
  })
}

/** Mesh members go by nothing where all of them have sessions of one kind with all others, else by their class. */
function meshTexts({ mesh, colours }: RoleNetwork): (speaker: number) => string {
  const kinds = new Set<string>()
  const { classes } = mesh
  const few = classes.length <= MOST_MESH_CLASSES
  for (let from = 0; few && from < classes.length; from++) {
    for (let to = from; to < classes.length; to++) {
      if (from === to && (classes[from]?.length ?? 0) < 2) continue
      const ends = mesh.colours(from, to)
      for (const end of ends ?? [-1]) kinds.add(colours[end]?.like ?? 'none')
    }
  }
  const alike = few && kinds.size <= 1 && !kinds.has('none')
  return (speaker) => {
    const cls = mesh.classOf[speaker] ?? -1
    return cls < 0 ? 'no mesh' : alike ? 'mesh' : `mesh ${cls}`
  }
}

/** Colours of classes: their own text, and by every session its kind and the colour of a peer in the rack, or who a peer outside is. */
function refined(
  { ends, colours }: RoleNetwork,
  classes: readonly (readonly number[])[],
  classOf: Int32Array,
  rackOf: Int32Array,
  own: readonly string[],
): readonly string[] {
  const likes = new Map<string, number>()
  const kinds = Int32Array.from(colours, ({ like }) => {
    const held = likes.get(like)
    if (held === undefined) likes.set(like, likes.size)
    return held ?? likes.size - 1
  })
  const kindOf = (end: number): number => kinds[ends.colour[end] ?? -1] ?? -1
  let current = own
  for (let count = new Set(own).size; ; ) {
    const numbers = new Map<string, number>()
    for (const text of current) if (!numbers.has(text)) numbers.set(text, numbers.size)
    const next = classes.map(([first], cls) => {
      let [a, b] = [0, 0]
      const speaker = first ?? -1
      for (let end = ends.first[speaker] ?? 0; end < (ends.first[speaker + 1] ?? 0); end++) {
        const peer = ends.peer[end] ?? -1
        const other = classOf[peer] ?? -1
        const inside = other >= 0 && rackOf[other] === rackOf[cls]
        const far = inside ? mixed(1, numbers.get(current[other] ?? '') ?? -1) : mixed(2, peer)
        const edge = mixed(mixed(kindOf(end), kindOf(ends.reverse[end] ?? -1)), far)
        a = (a + mixed(edge, 0x51ed270b)) | 0
        b = (b + mixed(edge, 0x2545f491)) | 0
      }
      return `${numbers.get(current[cls] ?? '')} ${a} ${b}`
    })
    const fresh = new Set(next).size
    if (fresh === count) return next.map((text, cls) => `${own[cls]} ${text}`)
    count = fresh
    current = next
  }
}
