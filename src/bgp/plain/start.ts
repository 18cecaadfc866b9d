/** The engine before the first message: own routes in every table, sessions in groups that are sent the same. */

import type { Address } from '../../address/address.js'
import { containsAddress, type Prefix } from '../../address/prefix.js'
import type { Neighbor } from '../decision/candidate.js'
import { PREFERENCE } from '../policy/route.js'
import type { OwnRoute, PlainInput, PlainSession, PlainSpeaker } from './input.js'
import { attributeTable } from './intern.js'
import type { AddressValue, Engine, ExportGroup, Net, SpeakerState, TableRoute } from './state.js'

export function startEngine(input: PlainInput, mute: ReadonlySet<number> = new Set()): Engine {
  const { prefixes, places } = prefixTable(input)
  const nextHops = nextHopAddresses(input)
  const covering = prefixes.map((prefix) => nextHops.some((address) => containsAddress(prefix, address)))
  const byLength = prefixes
    .flatMap((prefix, id) => (covering[id] ? { prefix, id } : []))
    .sort((a, b) => b.prefix.length - a.prefix.length || a.id - b.id)
  const memo = new Map<AddressValue, readonly number[]>()
  let id = 0
  const nextID = (): number => ++id
  return {
    prefixes,
    speakers: input.speakers.map((speaker, index) => speakerState(speaker, index, places, nextID)),
    filters: input.filters,
    mute,
    queue: [],
    epoch: 0,
    covering: (address) => {
      const held = memo.get(address.value)
      if (held !== undefined) return held
      const found = byLength.filter(({ prefix }) => containsAddress(prefix, address)).map((entry) => entry.id)
      memo.set(address.value, found)
      return found
    },
    covers: (prefix) => covering[prefix] === true,
    intern: attributeTable(),
    nextID,
  }
}

interface PrefixTable {
  readonly prefixes: readonly Prefix[]
  readonly places: ReadonlyMap<string, number>
}

function prefixTable(input: PlainInput): PrefixTable {
  const prefixes: Prefix[] = []
  const places = new Map<string, number>()
  for (const { routes } of input.speakers) {
    for (const { prefix } of routes) {
      const key = keyOf(prefix)
      if (!places.has(key)) places.set(key, prefixes.push(prefix) - 1)
    }
  }
  return { prefixes, places }
}

function keyOf(prefix: Prefix): string {
  return `${prefix.base}/${prefix.length}`
}

/** Every address that may stand in a NEXT_HOP: where sessions come from, and gateways of own routes. */
function nextHopAddresses(input: PlainInput): readonly Address[] {
  const found = new Map<AddressValue, Address>()
  for (const { sessions, routes } of input.speakers) {
    for (const { source } of sessions) found.set(source.value, source)
    for (const { resolution } of routes) {
      if (resolution.kind === 'gateway') found.set(resolution.gateway.value, resolution.gateway)
    }
  }
  return [...found.values()]
}

function speakerState(
  speaker: PlainSpeaker,
  index: number,
  places: ReadonlyMap<string, number>,
  nextID: () => number,
): SpeakerState {
  const nets = new Map<number, Net>()
  for (const route of speaker.routes) {
    const id = places.get(keyOf(route.prefix)) ?? 0
    const held = nets.get(id)
    const entry = ownRoute(route, nextID())
    if (held === undefined) nets.set(id, { routes: [entry], best: undefined, runs: 0 })
    else held.routes = [...held.routes, entry]
  }
  return {
    index,
    speaker,
    nets,
    neighbors: speaker.sessions.map(neighborOf),
    groups: exportGroups(speaker),
    hops: new Map(),
    waiting: new Set(),
  }
}

/** An own route as it stands in the table. */
export function ownRoute({ source, resolution, krtMetric }: OwnRoute, id: number): TableRoute {
  return {
    id,
    source,
    preference: PREFERENCE[source],
    hop: { resolution, igpMetric: 0 },
    attributes: undefined,
    neighbor: undefined,
    session: -1,
    remotePath: 0,
    wire: undefined,
    recursive: false,
    krtMetric,
  }
}

function neighborOf({ options, remoteID }: PlainSession): Neighbor {
  return {
    internal: options.type === 'ibgp',
    remoteAS: options.remoteAS,
    remoteID,
    address: options.peerAddress,
  }
}

function exportGroups(speaker: PlainSpeaker): readonly ExportGroup[] {
  const groups = new Map<
    string,
    { readonly sample: PlainSession; readonly places: number[]; readonly sent: ExportGroup['sent'] }
  >()
  for (const [place, session] of speaker.sessions.entries()) {
    const key = groupKey(speaker, session)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { sample: session, places: [place], sent: new Map() })
    else group.places.push(place)
  }
  return [...groups.values()]
}

/** Everything that `sendRoute` looks at in a session. */
function groupKey({ config }: PlainSpeaker, { options, source, link, addPaths }: PlainSession): string {
  const advertise = config.advertise?.get(options.peerIP) ?? []
  return JSON.stringify([
    options.type,
    options.localAS,
    options.rrClient,
    options.rrClusterID,
    options.nextHopSelf,
    options.nextHopKeep,
    options.exportFilters,
    String(source.value),
    link,
    addPaths,
    advertise,
  ])
}
