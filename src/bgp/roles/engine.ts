/** The role engine of one family: roles, prefixes and next hops put together. */

import type { Family } from '../../address/address.js'
import { comparePrefixes, formatPrefix, hostPrefix, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'
import { inKernel } from '../plain/severed.js'
import type { Net, TableRoute } from '../plain/state.js'
import type { KernelExport } from '../tables.js'
import { type Adjacency, adjacencyOf, type Contact } from './adjacency.js'
import { type Classes, classesOf, type Placed } from './classes.js'
import { coveringPrefixes, longestWithin, type NextHops, nextHops, type RoutesOf } from './covering.js'
import { instancesOf } from './instances.js'
import type { KernelShape } from './kernel-shapes.js'
import { NeedsPlain } from './needs-plain.js'
import { netsOf } from './nets.js'
import { type RoleNetwork, roleNetwork } from './network.js'
import { policyCells } from './policy-cell.js'
import { type PrefixIndex, type PrefixInfo, prefixIndex } from './prefix-index.js'
import { prefixKey } from './prefix-key.js'
import { rackSwaps } from './rack-swaps.js'
import { type Steps, stepsOf } from './steps.js'
import { overlayView } from './view.js'

export interface RoleEngine {
  readonly network: RoleNetwork
  readonly adjacency: Adjacency
  readonly index: PrefixIndex
  readonly steps: Steps
  /** Every prefix, pods at home only where they are known beyond their node. */
  readonly prefixes: readonly PrefixInfo[]
  /** Equal for prefixes that no policy tells apart. */
  cellOf(info: PrefixInfo): string
  placed(info: PrefixInfo): Placed
  /** The places of all prefixes, in their order. */
  places(): readonly Placed[]
  /** A speaker's routes for the prefix, and the best of them. */
  net(speaker: number, info: PrefixInfo): Net
  /** The same without the sessions that the routes came by, which the kernel does not ask for. */
  kernelNet(speaker: number, info: PrefixInfo): Net
  /** What the speaker's BIRD hands to the kernel; undefined where it has no route. */
  kernel(speaker: number, info: PrefixInfo, place: Placed): KernelExport | undefined
  /** What `kernel` is for all like prefixes, where that can be said at once. */
  shape(speaker: number, info: PrefixInfo, place: Placed): KernelShape | undefined
  /** Gives memory back; what was handed out before stays as it is. */
  trim(): void
}

/** Throws NeedsPlain where roles do not tell enough; later calls of the engine may, too. */
export function roleEngine(context: BgpContext, family: Family, felix: boolean): RoleEngine {
  const network = roleNetwork(context, family, felix)
  const first = network.members.map((members) => members[0] ?? -1)
  const racks = network.places === undefined ? {} : { rackOf: network.places.rackOf }
  const index = prefixIndex(context, family, felix, { first, ...racks }, network.speakers)
  const adjacency = adjacencyOf(network)
  const cells = policyCells(context, family)
  const cellOf = (info: PrefixInfo): string => cells(info.prefix)
  const covering = coveringPrefixes(network, index)
  const settled = settle(network, adjacency, index, covering, cellOf)
  const { steps, classes } = settled
  const nets = netsOf({ network, adjacency, steps, placed: classes.placed })
  refuseSevered(network, adjacency, index, nets.net)
  const prefixes = [...index.all.values(), ...knownPods(network, index, classes, cells)].sort((a, b) =>
    comparePrefixes(a.prefix, b.prefix),
  )
  let all: readonly Placed[] | undefined
  const places = (): readonly Placed[] => {
    all ??= prefixes.map(classes.placed)
    return all
  }
  return { network, adjacency, index, steps, prefixes, cellOf, placed: classes.placed, places, ...nets }
}

interface Settled {
  readonly steps: Steps
  readonly classes: Classes
}

/** How often the prefixes that hold next hops are solved again before it is given up. */
const MOST_ROUNDS = 8

function settle(
  network: RoleNetwork,
  adjacency: Adjacency,
  index: PrefixIndex,
  covering: readonly PrefixInfo[],
  cellOf: (info: PrefixInfo) => string,
): Settled {
  const isCovering = new Set(covering.map(({ key }) => key))
  const swaps = rackSwaps(network, adjacency)
  let known: RoutesOf = () => []
  let before = ''
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const learnt = known
    let hops: NextHops | undefined
    const steps = stepsOf(network, (speaker, address) => {
      if (hops === undefined) throw new NeedsPlain('no next hops yet')
      return hops.lookUp(speaker, address)
    })
    const classes = classesOf({ network, adjacency, steps }, cellOf, swaps)
    hops = nextHops(index, steps.own, (speaker, info) =>
      isCovering.has(info.key) ? learnt(speaker, info) : refuse(info),
    )
    const texts = [...new Set(covering.map((info) => classes.placed(info).solution))]
      .map((solution) => solution.text())
      .join('\n\n')
    if (texts === before || !hasLearnt(covering, classes)) return { steps, classes }
    before = texts
    const memo = new Map<string, readonly TableRoute[]>()
    known = (speaker, info) => {
      const key = `${speaker} ${info.key}`
      const held = memo.get(key)
      if (held !== undefined) return held
      const fresh = bgpRoutes(routesAt(steps, adjacency, classes.placed(info), info, speaker))
      memo.set(key, fresh)
      return fresh
    }
  }
  throw new NeedsPlain('next hops do not settle')
}

function refuse({ prefix }: PrefixInfo): never {
  throw new NeedsPlain(`${formatPrefix(prefix)} holds a next hop`)
}

function hasLearnt(covering: readonly PrefixInfo[], classes: Classes): boolean {
  return covering.some((info) => classes.placed(info).solution.isLearnt)
}

function bgpRoutes(routes: readonly TableRoute[]): readonly TableRoute[] {
  return routes.filter(({ source }) => source === 'bgp')
}

function routesAt(
  steps: Steps,
  adjacency: Adjacency,
  { view, solution }: Placed,
  info: PrefixInfo,
  speaker: number,
): readonly TableRoute[] {
  return instancesOf(steps, adjacency, view(), info, solution).at(speaker)
}

/** Sessions that cut themselves off are for the plain engine: what is said over them depends on them. */
function refuseSevered(
  network: RoleNetwork,
  adjacency: Adjacency,
  index: PrefixIndex,
  net: (speaker: number, info: PrefixInfo) => Net,
): void {
  const { members, speakers } = network
  const view = overlayView(network, new Map())
  for (const [role, [first]] of members.entries()) {
    if (first === undefined) continue
    const speaker = speakers.at(first)
    if (speaker.plain.config.kernelPolicy === undefined) continue
    for (const edges of adjacency.edges(view, role).values()) {
      for (const { sender, receiver, to } of edges) {
        for (const own of contactsInAndOut(
          network,
          adjacency.contacts(view, first, to, { sender: receiver, receiver: sender }),
          first,
        )) {
          const session = speaker.sessions[speakers.placeOf(speaker, own)]
          if (session === undefined) continue
          for (let length = session.options.peerAddress.family === 4 ? 32 : 128; length >= 0; ) {
            const found = longestWithin(index, session.options.peerAddress, length)
            if (found === undefined) break
            const verdict = inKernel(speaker.plain, found.prefix, net(first, found))
            if (verdict === 'refused') throw new NeedsPlain('a session cuts itself off')
            if (verdict === 'forwarded') break
            length = found.prefix.length - 1
          }
        }
      }
    }
  }
}

/** One session with a peer in the speaker's rack and one with a peer elsewhere; one of any where racks are told apart. */
function contactsInAndOut({ places }: RoleNetwork, contacts: Iterable<Contact>, speaker: number): readonly number[] {
  const found = new Map<boolean, number>()
  for (const { peer, own } of contacts) {
    const near = places !== undefined && places.rackOf[peer] === places.rackOf[speaker]
    if (!found.has(near)) found.set(near, own)
    if (places === undefined || found.size === 2) break
  }
  return [...found.values()]
}

/** Pods inside their own node's block that others hear of nevertheless: one of each role and policy cell tells for all. */
function knownPods(
  network: RoleNetwork,
  index: PrefixIndex,
  classes: Classes,
  cellOf: (prefix: Prefix) => string,
): readonly PrefixInfo[] {
  const found: PrefixInfo[] = []
  const known = new Map<string, boolean>()
  for (const { index: node } of network.context.cluster.nodes) {
    for (const address of index.localPods(node)) {
      const prefix = hostPrefix(address)
      const info: PrefixInfo = { prefix, key: prefixKey(prefix), marks: [{ speaker: node, tags: 'inside pod' }] }
      const kind = `${network.roleOf[node]} ${cellOf(prefix)}`
      const heard = known.get(kind) ?? isHeard(classes.placed(info), node)
      known.set(kind, heard)
      if (heard) found.push(info)
    }
  }
  return found
}

function isHeard({ solution, classOf }: Placed, node: number): boolean {
  const home = classOf(node)
  for (let cls = 0; cls < solution.view.count; cls++) if (cls !== home && solution.has(cls)) return true
  return false
}
