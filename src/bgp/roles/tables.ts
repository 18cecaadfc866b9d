/** `BgpTables` worked out by roles: a table costs its own routes, and a prefix class is solved once for all tables. */

import type { Family } from '../../address/address.js'
import { comparePrefixes, hostPrefix, type Prefix } from '../../address/prefix.js'
import type { BgpContext } from '../config/context.js'
import type { PlainSpeaker } from '../plain/input.js'
import { kernelExport } from '../plain/kernel-export.js'
import type { OwnRouteOptions } from '../plain/own-routes.js'
import { pathsOf } from '../plain/paths.js'
import type { BgpEntry, BgpTable, BgpTables } from '../tables.js'
import { type RoleEngine, roleEngine } from './engine.js'
import { NeedsPlain } from './needs-plain.js'
import type { PrefixInfo } from './prefix-index.js'
import { type PrefixKey, prefixKey } from './prefix-key.js'
import { type Solution, wayOf } from './solution.js'

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
    const found = engine === 'plain' ? undefined : tried(() => tableOf(context, engine, speaker, family))
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
  return {
    table,
    convergence: (family) => (isSolved(family) ? { kind: 'stable' } : otherwise.convergence(family)),
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

function tableOf(context: BgpContext, engine: RoleEngine, index: number, family: Family): BgpTable {
  engine.trim()
  const speaker = context.speakers[index]
  const entries: BgpEntry[] = []
  if (speaker !== undefined) {
    const listed = new Set<PrefixKey>()
    for (const info of engine.prefixes) {
      if (!holds(engine, index, info)) continue
      listed.add(info.key)
      entries.push(entryOf(engine, index, info))
    }
    for (const address of engine.index.localPods(index)) {
      const prefix = hostPrefix(address)
      const info: PrefixInfo = { prefix, key: prefixKey(prefix), marks: [{ speaker: index, tags: 'inside pod' }] }
      if (!listed.has(info.key) && holds(engine, index, info)) entries.push(entryOf(engine, index, info))
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

/** A class that a route passed before may have members that do not hear their own route again. */
function holds(engine: RoleEngine, speaker: number, info: PrefixInfo): boolean {
  const { solution, classOf } = engine.placed(info)
  const cls = classOf(speaker)
  const routes = solution.routes[cls] ?? []
  if (routes.length === 0) return false
  return isSure(solution, cls) || engine.kernelNet(speaker, info).routes.length > 0
}

/** By solution and class, whether every member has a route. */
const sure = new WeakMap<Solution, boolean[]>()

function isSure(solution: Solution, cls: number): boolean {
  const known = sure.get(solution) ?? []
  sure.set(solution, known)
  const held = known[cls]
  if (held !== undefined) return held
  const found = (solution.routes[cls] ?? []).some(
    ({ parent }) => parent === undefined || ![...wayOf(parent)].includes(cls),
  )
  known[cls] = found
  return found
}

/** An entry whose parts are worked out when they are read. */
function entryOf(engine: RoleEngine, speaker: number, info: PrefixInfo): BgpEntry {
  const { prefix } = info
  let [paths, kernel]: [BgpEntry['paths'] | undefined, BgpEntry['kernel'] | undefined] = [undefined, undefined]
  const plain = (): PlainSpeaker => engine.network.speakers.at(speaker).plain
  return {
    prefix,
    ...(engine.placed(info).solution.dependsOnArrival ? { dependsOnArrival: true as const } : {}),
    get paths() {
      paths ??= pathsOf(plain(), prefix, engine.net(speaker, info))
      return paths
    },
    get kernel() {
      kernel ??= kernelExport(plain(), prefix, engine.kernelNet(speaker, info))
      return kernel
    },
  }
}
