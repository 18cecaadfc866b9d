/** `BgpTables` worked out by roles: a table costs its own routes, and a prefix class is solved once for all tables. */

import type { Family } from '../../address/address.js'
import { bitsOf, comparePrefixes, hostPrefix, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'
import type { OwnRouteOptions } from '../plain/own-routes.js'
import { pathsOf } from '../plain/paths.js'
import type { BgpEntry, BgpTable, BgpTables, RoleLookup } from '../tables.js'
import type { Placed } from './classes.js'
import { type RoleEngine, roleEngine } from './engine.js'
import { roleLookup } from './lookup.js'
import { NeedsPlain } from './needs-plain.js'
import type { PrefixInfo } from './prefix-index.js'
import { type PrefixKey, prefixKey } from './prefix-key.js'

export interface RoleOptions extends OwnRouteOptions {
  /** Told why roles do not tell enough. */
  readonly onDecline?: (reason: string) => void
}

/** Tables by roles; a family for which roles do not tell enough is answered by `otherwise`. */
export function roleTables(
  context: BgpContext,
  otherwise: BgpTables,
  options: RoleOptions = { felix: true },
): BgpTables {
  const tried = <T>(work: () => T): T | undefined => answered(work, options.onDecline)
  const engines = new Map<Family, RoleEngine | 'plain'>()
  const solved = new Set<Family>()
  const engineOf = (family: Family): RoleEngine | 'plain' => {
    const held = engines.get(family)
    if (held !== undefined) return held
    const fresh = tried(() => roleEngine(context, family, options.felix)) ?? 'plain'
    engines.set(family, fresh)
    return fresh
  }
  const table = (speaker: number, family: Family): BgpTable => {
    const engine = engineOf(family)
    const found = engine === 'plain' ? undefined : tried(() => tableOf(context, engine, speaker, family, otherwise))
    if (found !== undefined) return found
    engines.set(family, 'plain')
    return otherwise.table(speaker, family)
  }
  // Whether everything comes to rest is known when every prefix is solved.
  const isSolved = (family: Family): boolean => {
    const engine = engineOf(family)
    if (engine === 'plain') return false
    const done = solved.has(family) || tried(() => solveAll(engine)) !== undefined
    if (done) solved.add(family)
    else engines.set(family, 'plain')
    return done
  }
  const lookups = new Map<Family, RoleLookup>()
  return {
    table,
    byRoles: (family) => {
      const engine = isSolved(family) ? engineOf(family) : 'plain'
      if (engine === 'plain') return undefined
      const held = lookups.get(family) ?? lookupIn(context, engine, family, otherwise)
      lookups.set(family, held)
      return held
    },
    convergence: (family) => (isSolved(family) ? { kind: 'stable' } : otherwise.convergence(family)),
    undetermined: (family) => {
      const engine = isSolved(family) ? engineOf(family) : 'plain'
      if (engine === 'plain') return otherwise.undetermined(family)
      const found = engine.prefixes.filter((info) => engine.placed(info).solution.dependsOnArrival)
      return found.map(({ prefix }) => prefix).sort(comparePrefixes)
    },
    severed: (family) => (isSolved(family) ? [] : otherwise.severed(family)),
  }
}

function solveAll(engine: RoleEngine): true {
  for (const info of engine.prefixes) engine.placed(info)
  return true
}

function answered<T>(work: () => T, onDecline: RoleOptions['onDecline']): T | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof NeedsPlain)) throw error
    onDecline?.(error.message)
    return undefined
  }
}

function tableOf(
  context: BgpContext,
  engine: RoleEngine,
  index: number,
  family: Family,
  otherwise: BgpTables,
): BgpTable {
  engine.trim()
  const of: Speaking = { engine, speaker: index, plainly: (prefix) => otherwise.table(index, family).entry(prefix) }
  const speaker = context.speakers[index]
  const entries: BgpEntry[] = []
  if (speaker !== undefined) {
    const [listed, whole] = [new Set<PrefixKey>(), bitsOf(family)]
    const places = engine.places()
    for (const [i, info] of engine.prefixes.entries()) {
      const place = places[i] ?? engine.placed(info)
      if (!holds(engine, index, info, place)) continue
      if (info.prefix.length === whole) listed.add(info.key)
      entries.push(new RoleEntry(of, info, place))
    }
    for (const address of engine.index.localPods(index)) {
      const prefix = hostPrefix(address)
      const info: PrefixInfo = { prefix, key: prefixKey(prefix), marks: [{ speaker: index, tags: 'inside pod' }] }
      const place = engine.placed(info)
      if (listed.has(info.key) || !holds(engine, index, info, place)) continue
      entries.push(new RoleEntry(of, info, place))
    }
  }
  entries.sort((a, b) => comparePrefixes(a.prefix, b.prefix))
  let byPrefix: ReadonlyMap<PrefixKey, BgpEntry> | undefined
  return {
    speaker: speaker ?? { index: -1, kind: 'node', name: '' },
    family,
    entries,
    entry: (prefix: Prefix) => {
      byPrefix ??= new Map(entries.map((entry) => [prefixKey(entry.prefix), entry]))
      return prefix.family === family ? byPrefix.get(prefixKey(prefix)) : undefined
    },
  }
}

function lookupIn(context: BgpContext, engine: RoleEngine, family: Family, otherwise: BgpTables): RoleLookup {
  return roleLookup(engine, (speaker, info) => {
    if (context.speakers[speaker] === undefined) return undefined
    const place = engine.placed(info)
    if (!holds(engine, speaker, info, place)) return undefined
    const plainly = (prefix: Prefix): BgpEntry | undefined => otherwise.table(speaker, family).entry(prefix)
    return new RoleEntry({ engine, speaker, plainly }, info, place)
  })
}

/** A class that a route passed before may have members that do not hear their own route again. */
function holds(engine: RoleEngine, speaker: number, info: PrefixInfo, { solution, classOf }: Placed): boolean {
  const cls = classOf(speaker)
  if (!solution.has(cls)) return false
  return solution.isSure(cls) || engine.kernelNet(speaker, info).routes.length > 0
}

/** Whose entries they are. */
interface Speaking {
  readonly engine: RoleEngine
  readonly speaker: number
  /** What the plain engine has. */
  plainly(prefix: Prefix): BgpEntry | undefined
}

/** An entry whose parts are worked out when they are read; a large table has very many, and few of them are read. */
class RoleEntry implements BgpEntry {
  readonly dependsOnArrival?: true
  readonly #of: Speaking
  readonly #info: PrefixInfo
  readonly #place: Placed
  #paths: BgpEntry['paths'] | undefined
  #kernel: BgpEntry['kernel'] | undefined

  constructor(of: Speaking, info: PrefixInfo, place: Placed) {
    this.#of = of
    this.#info = info
    this.#place = place
    if (place.solution.dependsOnArrival) this.dependsOnArrival = true
  }

  get prefix(): Prefix {
    return this.#info.prefix
  }

  get paths(): BgpEntry['paths'] {
    const { engine, speaker } = this.#of
    const { network, net } = engine
    this.#paths ??= pathsOf(network.speakers.at(speaker).plain, this.prefix, net(speaker, this.#info))
    return this.#paths
  }

  /** Roles keep one state; the plain engine finds the others. */
  get alternatives(): BgpEntry['alternatives'] {
    return this.dependsOnArrival ? this.#of.plainly(this.prefix)?.alternatives : undefined
  }

  get kernel(): BgpEntry['kernel'] {
    const { engine, speaker } = this.#of
    this.#kernel ??= engine.kernel(speaker, this.#info, this.#place) ?? NOTHING
    return this.#kernel
  }
}

const NOTHING: BgpEntry['kernel'] = { programmed: false, because: 'ownProtocol' }
