/**
 * The BGP tables of every recorded cluster at its settled start, or as its resources describe it: every path of every
 * node and router, and which is best.
 */

import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { leafTables } from '../../../src/bgp/leaves/tables.js'
import type { Path, Resolution } from '../../../src/bgp/path.js'
import { plainTables } from '../../../src/bgp/plain/tables.js'
import type { BgpTable, BgpTables } from '../../../src/bgp/tables.js'
import { canonical } from '../compare.js'
import type { LabCase, RecordedPath } from '../lab.js'
import { labArea } from '../lab-area.js'
import { judgeInSomeOrder } from '../lab-orders.js'

export const labRibArea = labArea('lab-rib', (item) => [
  ...judgeInSomeOrder(item, (tables) => differencesByPrefix(item, tables)),
  ...otherEngine(item),
])

/** Where the engine without leaves applies, it has to say the same as the plain one. */
function otherEngine(item: LabCase): string[] {
  const leaves = leafTables(item.bgp(), { felix: false })
  if (leaves === undefined) return []
  const plain = plainTables(item.bgp(), { felix: false })
  const text = (value: unknown): string => JSON.stringify(value)
  return item
    .bgp()
    .speakers.filter(({ index }) => text(told(leaves.table(index, 4))) !== text(told(plain.table(index, 4))))
    .map(({ name }) => `${name}: the two engines differ`)
}

function told({ entries }: BgpTable): unknown {
  return entries.map(({ prefix, paths, kernel }) => ({ prefix, paths, kernel }))
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
