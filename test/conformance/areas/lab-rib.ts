/**
 * The BGP tables of every recorded cluster at its settled start, or as its resources describe it: every path of every
 * node and router, and which is best.
 */

import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import type { Path, Resolution } from '../../../src/bgp/path.js'
import { plainInput } from '../../../src/bgp/plain/build-input.js'
import { plainTablesOf } from '../../../src/bgp/plain/tables.js'
import type { BgpTables } from '../../../src/bgp/tables.js'
import type { Area, AreaResult } from '../area.js'
import { canonical } from '../compare.js'
import { type LabCase, labCases, type RecordedPath } from '../lab.js'

/** Orders of messages that are tried where the tables say that the order decides. */
const ORDERS = 300
const LATE = [{}, { late: 'addPaths' }, { late: 'bestOnly' }] as const

export const labRibArea: Area = {
  name: 'lab-rib',
  run(folder): AreaResult {
    const failed: { case: string; why: string }[] = []
    const cases = labCases(folder)
    for (const item of cases) {
      const found = judge(item)
      if (found.length > 0) failed.push({ case: item.name, why: found.slice(0, 6).join('; ') })
    }
    return { cases: cases.length, passed: cases.length - failed.length, failed, skipped: [] }
  },
}

/** Felix did not run in the lab, so that BIRD had none of its cluster routes to learn. */
function judge(item: LabCase): string[] {
  try {
    const input = plainInput(item.bgp(), 4, { felix: false })
    const tables = plainTablesOf(input)
    const { kind } = tables.convergence(4)
    if (kind !== 'stable') return [`the computation ended ${kind}`]
    const found = differencesByPrefix(item, tables)
    for (let seed = 1; seed <= ORDERS && [...found.keys()].some((prefix) => isOpen(item, tables, prefix)); seed++) {
      const other = differencesByPrefix(item, plainTablesOf(input, { seed, ...LATE[seed % LATE.length] }))
      for (const prefix of [...found.keys()]) {
        if (isOpen(item, tables, prefix) && !other.has(prefix)) found.delete(prefix)
      }
    }
    return [...found.values()].flat()
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** True where the tables say that several states are possible for the prefix. */
function isOpen(item: LabCase, tables: BgpTables, prefix: string): boolean {
  return item
    .bgp()
    .speakers.some(({ index }) =>
      tables.table(index, 4).entries.some((entry) => entry.dependsOnArrival && formatPrefix(entry.prefix) === prefix),
    )
}

function differencesByPrefix(item: LabCase, tables: BgpTables): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const [name, recorded] of Object.entries(item.described.nodes)) {
    const speaker = item.bgp().speakerByName.get(name)
    const entries = speaker === undefined ? [] : tables.table(speaker.index, 4).entries
    const cut = new Set(
      tables.severed(4).flatMap((session) => (session.speaker.name === name ? [session.birdName] : [])),
    )
    const predicted = new Map(entries.map(({ prefix, paths }) => [formatPrefix(prefix), paths]))
    const recordedByPrefix = groupBy(recorded.rib, (path) => path.prefix)
    for (const prefix of new Set([...predicted.keys(), ...recordedByPrefix.keys()])) {
      const wrong = compare(recordedByPrefix.get(prefix) ?? [], predicted.get(prefix) ?? [], cut)
      if (wrong.length > 0)
        found.set(prefix, [...(found.get(prefix) ?? []), ...wrong.map((text) => `${name}: ${text}`)])
    }
  }
  return found
}

/**
 * Everything but `best`, which is compared apart: among equal routes of one neighbour the first to arrive is in use.
 * Over a session that cuts itself off only what was sent in its first moments arrived.
 */
function compare(recorded: readonly RecordedPath[], paths: readonly Path[], cut: ReadonlySet<string>): string[] {
  const predicted = groupBy(
    paths.filter((path) => path.source === 'bgp'),
    keyOfPath,
  )
  const found: string[] = []
  for (const wanted of recorded) {
    const key = keyOfRecord(wanted)
    const list = predicted.get(key) ?? []
    const exact = list.findIndex((path) => path.verdict.best === wanted.best)
    const at = exact >= 0 ? exact : list.findIndex((path) => path.verdict.dependsOnArrival === true)
    if (list.length === 0) found.push(`lacks ${key}`)
    else if (at < 0) found.push(`${key}: recorded best ${wanted.best}`)
    list.splice(Math.max(at, 0), 1)
  }
  for (const [key, list] of predicted)
    for (const path of list) if (!cut.has(path.birdName)) found.push(`too much ${key}`)
  return found
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of list) {
    const held = groups.get(keyOf(item))
    if (held === undefined) groups.set(keyOf(item), [item])
    else held.push(item)
  }
  return groups
}

function keyOfRecord(path: RecordedPath): string {
  return canonical({
    prefix: path.prefix,
    birdName: path.birdName,
    preference: path.preference,
    igpMetric: path.igpMetric ?? undefined,
    dest: path.dest,
    gateway: path.gateway,
    dev: path.dev,
    origin: path.origin,
    asPath: path.asPath,
    nextHop: path.nextHop,
    localPref: path.localPref,
    originatorID: path.originatorID,
    clusterList: path.clusterList ?? [],
  })
}

function keyOfPath(path: Path): string {
  return canonical({
    prefix: formatPrefix(path.prefix),
    birdName: path.birdName,
    preference: path.preference,
    igpMetric: path.igpMetric,
    ...destination(path.resolution),
    origin: path.origin,
    asPath: path.asPath,
    nextHop: path.nextHop && formatAddress(path.nextHop),
    localPref: path.localPref,
    originatorID: path.originatorID,
    clusterList: path.clusterList,
  })
}

function destination(resolution: Resolution): Readonly<Record<string, string>> {
  switch (resolution.kind) {
    case 'gateway':
      return { dest: 'via', gateway: formatAddress(resolution.gateway), dev: resolution.dev }
    case 'device':
      return { dest: 'device', dev: resolution.dev }
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return { dest: resolution.kind }
  }
}
