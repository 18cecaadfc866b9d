/** `rib`: the BGP table of a node with the rule that decided each path's fate. */

import { formatAddress } from '../address/address.js'
import { formatPrefix, type Prefix, samePrefix } from '../address/prefix.js'
import type { Path } from '../bgp/path.js'
import type { BgpEntry, BgpTable } from '../bgp/tables.js'
import type { Cluster } from '../cluster/cluster.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { LazyList } from './stream.js'
import { wordAlternatives, wordKernelExport, wordVerdict } from './wording/path-reason.js'

export interface RibQuestion {
  readonly nodes: readonly { readonly node: string; readonly tables: () => readonly BgpTable[] }[]
  /** Only this prefix. */
  readonly prefix?: Prefix
}

export function ribAnswer(cluster: Cluster, question: RibQuestion): Answer {
  return {
    document: {
      ...envelope('RibReport', cluster),
      nodes: new LazyList(() => documents(question)),
    },
    blocks: question.nodes.flatMap(({ node, tables }) => nodeBlocks(node, tables(), question)),
    found: false,
  }
}

function* documents(question: RibQuestion): Iterable<unknown> {
  for (const { node, tables } of question.nodes) {
    const prefixes = tables().flatMap((table) => chosen(table, question))
    yield {
      node,
      prefixes: prefixes.map(entryDocument),
    }
  }
}

/** `alternatives` only where the order of messages decides: the other states in which the prefix may rest. */
function entryDocument(entry: BgpEntry): Readonly<Record<string, unknown>> {
  const { prefix, paths, dependsOnArrival, alternatives } = entry
  return {
    prefix: formatPrefix(prefix),
    paths: paths.map(pathDocument),
    ...(dependsOnArrival
      ? {
          dependsOnArrival,
          alternatives: (alternatives ?? []).map((other) => ({ paths: other.paths.map(pathDocument) })),
        }
      : {}),
  }
}

function chosen(table: BgpTable, { prefix }: RibQuestion): readonly BgpEntry[] {
  return prefix === undefined ? table.entries : table.entries.filter((entry) => samePrefix(entry.prefix, prefix))
}

function pathDocument(path: Path): Readonly<Record<string, unknown>> {
  const { resolution } = path
  return {
    from: path.from === undefined ? null : formatAddress(path.from),
    birdName: path.birdName,
    nextHop: path.nextHop === undefined ? null : formatAddress(path.nextHop),
    gateway: resolution.kind === 'gateway' ? formatAddress(resolution.gateway) : null,
    dev: resolution.kind === 'gateway' || resolution.kind === 'device' ? resolution.dev : null,
    reachable: resolution.kind !== 'unreachable',
    localPref: path.localPref ?? null,
    asPath: path.asPath,
    origin: path.origin,
    med: path.med ?? null,
    originatorID: path.originatorID ?? null,
    clusterList: path.clusterList,
    communities: path.communities,
    preference: path.preference,
    igpMetric: path.igpMetric,
    best: path.verdict.best,
    reason: wordVerdict(path),
  }
}

function nodeBlocks(node: string, tables: readonly BgpTable[], question: RibQuestion): readonly Block[] {
  const entries = tables.flatMap((table) => chosen(table, question))
  if (entries.length === 0) {
    const what = question.prefix === undefined ? 'nothing' : `no path for ${formatPrefix(question.prefix)}`
    return [text([`BGP of ${node} holds ${what}.`])]
  }
  const rows = entries.flatMap((entry) => entry.paths.map((path, i) => pathRow(entry, path, i)))
  const kernel = entries.map((entry) => `${formatPrefix(entry.prefix)}: ${wordKernelExport(entry.kernel)}`)
  const columns = [
    '',
    'PREFIX',
    'SESSION',
    'NEXT HOP',
    'BY',
    { name: 'LOCAL PREF', align: 'right' as const },
    'AS PATH',
    { name: 'ORIGINATOR', wide: true },
    { name: 'CLUSTER LIST', wide: true },
    'WHY',
  ]
  return [
    table(columns, rows, `BGP table of ${node} (* in use)`),
    ...undetermined(entries),
    ...(question.prefix === undefined ? [] : [text(kernel)]),
  ]
}

/** One line for each prefix that may rest in other states than the one that is shown. */
function undetermined(entries: readonly BgpEntry[]): readonly Block[] {
  const lines = entries.flatMap((entry) => (entry.dependsOnArrival ? wordAlternatives(entry) : []))
  return lines.length === 0 ? [] : [text(lines)]
}

function pathRow(entry: BgpEntry, path: Path, index: number): readonly (string | number)[] {
  return [
    path.verdict.best ? '*' : '',
    index === 0 ? formatPrefix(entry.prefix) : '',
    path.birdName,
    path.nextHop === undefined ? '' : formatAddress(path.nextHop),
    resolutionText(path),
    path.localPref ?? '',
    path.asPath.join(' '),
    path.originatorID ?? '',
    path.clusterList.join(' '),
    wordVerdict(path),
  ]
}

function resolutionText({ resolution }: Path): string {
  switch (resolution.kind) {
    case 'gateway':
      return `${formatAddress(resolution.gateway)} on ${resolution.dev}`
    case 'device':
      return resolution.dev
    case 'blackhole':
    case 'unreachable':
    case 'prohibit':
      return resolution.kind
  }
}
