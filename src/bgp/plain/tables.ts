/** `BgpTables` worked out by the plain engine. */

import type { Family } from '../../address/address.js'
import { comparePrefixes, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'
import { meshMembers } from '../config/mesh.js'
import type { Speaker } from '../session.js'
import type { BgpEntry, BgpTable, BgpTables, Convergence, SeveredSession } from '../tables.js'
import { plainInput } from './build-input.js'
import { plainEntry } from './entry.js'
import type { PlainInput } from './input.js'
import { arrivalDependent } from './orders.js'
import type { OwnRouteOptions } from './own-routes.js'
import { DEFAULT_ROUTE_LIMIT, type MessageOrder, type Propagation, propagate } from './propagate.js'
import { type RestingState, restingStates } from './resting-states.js'
import { type SeveredEnd, severedEnds } from './severed.js'
import { endKey } from './state.js'

/** Tables of a cluster. A family is worked out whole when its first table is asked for. */
export function plainTables(context: BgpContext, options: OwnRouteOptions = { felix: true }): BgpTables {
  return tablesFrom((family) => (isTooLarge(context, family) ? undefined : plainInput(context, family, options)))
}

/** Beyond this many session ends of the mesh, or routes, the input is not even made. */
const MOST_MESH_ENDS = 400_000

/** Every node of a connected network has at least one route to every block. */
function isTooLarge(context: BgpContext, family: Family): boolean {
  const { cluster, ipam } = context
  const members = meshMembers(context, family).length
  const connected = members > 0 || cluster.bgpPeers.length > 0
  const blocks = ipam.affinities.filter(({ prefix }) => prefix.family === family).length
  return members * (members - 1) > MOST_MESH_ENDS || (connected && cluster.nodes.length * blocks > DEFAULT_ROUTE_LIMIT)
}

/**
 * Tables of given input, of the family that it is for; the other one is empty. With an order of messages their
 * dependence on it is not looked for.
 */
export function plainTablesOf(input: PlainInput, order?: MessageOrder): BgpTables {
  return tablesFrom((family) => (family === input.family ? input : { ...input, family, speakers: [] }), order)
}

interface Solved {
  readonly input: PlainInput
  readonly run: Propagation
  readonly severed: readonly SeveredEnd[]
  readonly ambiguous: ReadonlySet<number>
  /** Every resting state of an ambiguous prefix. */
  statesOf(prefix: Prefix): readonly RestingState[]
}

function tablesFrom(inputOf: (family: Family) => PlainInput | undefined, order?: MessageOrder): BgpTables {
  const solved = new Map<Family, Solved>()
  const solve = (family: Family): Solved => {
    const held = solved.get(family)
    if (held !== undefined) return held
    const input = inputOf(family)
    const fresh = input === undefined ? nothing(family) : solution(input, order)
    solved.set(family, fresh)
    return fresh
  }
  return {
    table: (speaker, family) => tableOf(solve(family), speaker, family),
    convergence: (family) => convergenceOf(solve(family).run),
    undetermined: (family) => {
      const { ambiguous, run } = solve(family)
      return [...ambiguous].flatMap((id) => run.engine.prefixes[id] ?? []).sort(comparePrefixes)
    },
    severed: (family) => severedOf(solve(family)),
  }
}

/** The answer of an engine that does not begin. */
function nothing(family: Family): Solved {
  const input: PlainInput = { family, speakers: [], filters: new Map() }
  const outcome = { kind: 'tooLarge', limit: DEFAULT_ROUTE_LIMIT } as const
  return { input, run: { ...propagate(input), outcome }, severed: [], ambiguous: new Set(), statesOf: () => [] }
}

/** How often tables are worked out again because of sessions found severed. */
const MOST_ROUNDS = 4

/** Once more without the messages of severed sessions, until no further one is found. */
function solution(input: PlainInput, order: MessageOrder | undefined): Solved {
  const severed: SeveredEnd[] = []
  const mute = new Set<number>(input.mute)
  const options = { mute, ...(order === undefined ? {} : { order }) }
  let run = propagate(input, options)
  for (let round = 0; round < MOST_ROUNDS && run.outcome.kind === 'stable'; round++) {
    const found = severedEnds(input, run.engine).filter((end) => !mute.has(endKey(end.speaker, end.place)))
    if (found.length === 0) break
    for (const end of found) mute.add(endKey(end.speaker, end.place))
    severed.push(...found)
    run = propagate(input, options)
  }
  const ambiguous = order === undefined ? arrivalDependent(input, run, options) : new Set<number>()
  const states = new Map<string, readonly RestingState[]>()
  const statesOf = (prefix: Prefix): readonly RestingState[] => {
    const held = states.get(keyOf(prefix)) ?? restingStates(input, prefix, options)
    states.set(keyOf(prefix), held)
    return held
  }
  return { input, run, severed, ambiguous, statesOf }
}

function severedOf({ input, severed }: Solved): readonly SeveredSession[] {
  return severed.flatMap(({ speaker, place, by }) => {
    const own = input.speakers[speaker]
    const session = own?.sessions[place]
    const peer = session && input.speakers[session.peer]
    if (own === undefined || session === undefined || peer === undefined) return []
    return { speaker: own.config.speaker, birdName: session.options.birdName, peer: peer.config.speaker, by }
  })
}

const NOBODY: Speaker = { index: -1, kind: 'node', name: '' }

function tableOf({ input, run, ambiguous, statesOf }: Solved, index: number, family: Family): BgpTable {
  const state = run.engine.speakers[index]
  const speaker = input.speakers[index]
  const entries: BgpEntry[] = []
  for (const [id, net] of state?.nets ?? []) {
    const prefix = run.engine.prefixes[id]
    if (speaker === undefined || prefix === undefined || net.routes.length === 0) continue
    entries.push(plainEntry(speaker, index, prefix, net, ambiguous.has(id) ? () => statesOf(prefix) : undefined))
  }
  entries.sort((a, b) => comparePrefixes(a.prefix, b.prefix))
  const byPrefix = new Map(entries.map((entry) => [keyOf(entry.prefix), entry]))
  return {
    speaker: speaker?.config.speaker ?? NOBODY,
    family,
    entries,
    entry: (prefix) => byPrefix.get(keyOf(prefix)),
  }
}

function keyOf(prefix: Prefix): string {
  return `${prefix.family} ${prefix.base}/${prefix.length}`
}

function convergenceOf({ engine, outcome }: Propagation): Convergence {
  switch (outcome.kind) {
    case 'stable':
      return outcome
    case 'tooLarge':
      return { kind: 'tooLarge', routeLimit: outcome.limit }
    case 'unstable':
      return { kind: 'unstable', prefixes: outcome.prefixes.flatMap((id) => engine.prefixes[id] ?? []) }
  }
}
