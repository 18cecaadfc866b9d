/** `diff`: what changes in the network between two inputs, and which resource it comes from. */

import type { Session } from '../bgp/session.js'
import type { Cluster } from '../cluster/cluster.js'
import type { ExplainedRoute } from '../dataplane/kernel-route.js'
import { type Finding, formatFieldPath } from '../findings/finding.js'
import type {
  CapacityDifference,
  Cause,
  ChangeKind,
  ClusterDiff,
  FieldChange,
  Figure,
  PoolChange,
  ReachChange,
  ResourceChange,
  RouteChange,
  RouteDifference,
  SessionChange,
  SessionDifference,
} from '../planning/diff/cluster-diff.js'
import { type Answer, envelope } from './answer.js'
import { type Block, table, text } from './blocks.js'
import { nameOf } from './check.js'
import { diffDocument } from './diff-document.js'
import { ipRouteText } from './ip-route-text.js'
import { counted, nameList } from './name-list.js'
import { number } from './sessions.js'
import { wordLossReason } from './wording/loss-reason.js'
import { wordSessionReason } from './wording/session-reason.js'

export function diffAnswer(before: Cluster, after: Cluster, diff: ClusterDiff): Answer {
  return {
    document: {
      ...envelope('DiffReport', after),
      before: { calico: before.release.name, nodes: before.nodes.length, pools: before.pools.length },
      ...diffDocument(diff),
    },
    blocks: [text(summaryLines(before, after, diff)), ...resourceBlocks(diff.resources), ...differenceBlocks(diff)],
    found: !diff.empty,
  }
}

function summaryLines(before: Cluster, after: Cluster, { release, nodes, empty, resources }: ClusterDiff): string[] {
  const sizes =
    before.nodes.length === after.nodes.length
      ? counted(after.nodes.length, 'node')
      : `${number(before.nodes.length)} nodes before, ${number(after.nodes.length)} after`
  const lines = [
    release === undefined
      ? `${sizes}, Calico ${after.release.name}`
      : `${sizes}, Calico ${release.before} before, ${release.after} after`,
  ]
  if (nodes.added.length > 0) lines.push(`${counted(nodes.added.length, 'new node')}: ${nameList(nodes.added)}`)
  if (nodes.removed.length > 0) lines.push(`${counted(nodes.removed.length, 'node')} gone: ${nameList(nodes.removed)}`)
  if (empty) lines.push(resources.length === 0 ? 'Nothing differs.' : 'The network does the same.')
  return lines
}

/** What the network does otherwise, part by part; parts without a difference are left out. */
export function differenceBlocks(diff: ClusterDiff): readonly Block[] {
  return [
    ...reachBlocks(diff),
    ...sessionBlocks(diff.sessions),
    ...routeBlocks(diff.routes),
    ...capacityBlocks(diff.capacity),
    ...findingBlocks(diff.findings),
  ]
}

const MOST_ROWS = 50

const MARKS: Readonly<Record<ChangeKind, string>> = { added: '+', removed: '-', changed: '~' }

/** As many rows as a reader takes; the rest is in `-o json`. */
function longTable<T>(
  columns: Parameters<typeof table>[0],
  rows: readonly T[],
  cells: (row: T) => readonly (string | number)[],
  title: string,
): readonly Block[] {
  const shown = rows.slice(0, MOST_ROWS)
  const rest = rows.length - shown.length
  return [
    table(columns, shown.map(cells), title),
    ...(rest > 0 ? [text([`and ${number(rest)} more, in -o json`])] : []),
  ]
}

export function resourceBlocks(resources: readonly ResourceChange[]): readonly Block[] {
  if (resources.length === 0) return []
  const rows = resources.flatMap((change): readonly { change: ResourceChange; field?: FieldChange }[] =>
    change.fields.length === 0 ? [{ change }] : change.fields.map((field) => ({ change, field })),
  )
  return longTable(
    ['', 'RESOURCE', 'FIELD', 'BEFORE', 'AFTER'],
    rows,
    ({ change, field }) => [
      MARKS[change.change],
      nameOf(change),
      field === undefined ? '' : formatFieldPath(field.path),
      field === undefined ? '' : shortValue(field.before),
      field === undefined ? '' : shortValue(field.after),
    ],
    'Resources',
  )
}

const MOST_CHARACTERS = 60

function shortValue(value: unknown): string {
  if (value === undefined) return '-'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 3)}...` : text
}

function reachBlocks({ reach }: ClusterDiff): readonly Block[] {
  if (reach.groups.length === 0) return []
  const { before, after, lost, restored } = reach
  const title = `Reachability: ${number(lost)} ordered pairs of nodes lost, ${number(restored)} restored (${number(before.delivered)} of ${number(before.total)} delivered before, ${number(after.delivered)} of ${number(after.total)} after)`
  return longTable(
    ['', { name: 'PAIRS', align: 'right' }, 'FROM', 'TO', 'WHY'],
    reach.groups,
    (group) => [REACH[group.change], number(group.pairs), nameList(group.from), nameList(group.to), whyOf(group)],
    title,
  )
}

const REACH: Readonly<Record<ReachChange['change'], string>> = {
  lost: 'LOST',
  restored: 'restored',
  otherwise: 'otherwise',
}

function whyOf({ change, before, after, example }: ReachChange): string {
  const { reason } = change === 'restored' ? before : after
  if (reason === undefined) return ''
  const said = `${example.from} to ${example.to}: ${wordLossReason(reason)}`
  return change === 'restored' ? `before, ${said}` : said
}

function sessionBlocks({ before, after, added, removed, changed, groups }: SessionDifference): readonly Block[] {
  if (groups.length === 0) return []
  const title = `Sessions: ${number(removed)} gone, ${number(added)} new, ${number(changed)} otherwise (${number(before.established)} of ${number(before.total)} established before, ${number(after.established)} of ${number(after.total)} after)`
  return longTable(
    ['', { name: 'COUNT', align: 'right' }, 'KIND', 'BETWEEN', 'AND', 'WHAT', 'BECAUSE OF'],
    groups,
    (group) => [
      MARKS[group.change],
      number(group.count),
      KINDS[group.kind],
      nameList(group.between[0]),
      otherEndText(group),
      sessionText(group),
      causesText(group.causes),
    ],
    title,
  )
}

function otherEndText({ between: [one, other] }: SessionChange): string {
  return one.length > 2 && one.join() === other.join() ? 'each other' : nameList(other)
}

const KINDS: Readonly<Record<SessionChange['kind'], string>> = {
  mesh: 'mesh',
  node: 'node specific',
  global: 'global',
  localWorkload: 'local workload',
  router: 'router',
}

function sessionText({ change, fields, example: { before, after } }: SessionChange): string {
  const only = change === 'removed' ? before : after
  if (change !== 'changed') return only === undefined ? '' : stateText(only)
  return fields
    .map((field) =>
      field === 'state'
        ? `${before === undefined ? '' : stateText(before)} -> ${after === undefined ? '' : stateText(after)}`
        : `${field} ${shortValue(before?.[field])} -> ${shortValue(after?.[field])}`,
    )
    .join('; ')
}

function stateText({ state, reason }: Session): string {
  return state === 'Established' ? state : `${state}: ${wordSessionReason(reason)}`
}

function routeBlocks({ added, removed, changed, nodes, groups }: RouteDifference): readonly Block[] {
  if (groups.length === 0) return []
  const title = `Kernel routes on ${counted(nodes, 'node')}: ${number(removed)} gone, ${number(added)} new, ${number(changed)} otherwise`
  return longTable(
    ['', 'NODES', { name: 'ROUTES EACH', align: 'right' }, 'DESTINATIONS', 'ROUTE', 'BECAUSE OF'],
    groups,
    (group) => [
      MARKS[group.change],
      group.nodes.length === 1 ? (group.nodes[0] ?? '') : `${number(group.nodes.length)}: ${nameList(group.nodes, 2)}`,
      range(group.perNode),
      destinationText(group),
      routeText(group),
      causesText(group.causes),
    ],
    title,
  )
}

function range({ min, max }: RouteChange['perNode']): string {
  return min === max ? number(min) : `${number(min)} to ${number(max)}`
}

function destinationText({ destinations, sameEverywhere, perNode, table: name }: RouteChange): string {
  const list = nameList(destinations, 2)
  const some = sameEverywhere || perNode.max >= destinations.length ? list : `${range(perNode)} of ${list}`
  return name === 'main' ? some : `${some} in table ${name}`
}

function routeText({ example: { before, after } }: RouteChange): string {
  if (before !== undefined && after !== undefined) return `${formText(before)} -> ${formText(after)}`
  const only = after ?? before
  return only === undefined ? '' : formText(only)
}

/** The words of `ip route` behind the destination; those before it when the route is no unicast one. */
function formText({ route }: ExplainedRoute): string {
  return ipRouteText(route)
    .split(' ')
    .filter((word) => word !== route.dst)
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function causesText(causes: readonly Cause[]): string {
  return causes
    .map((cause) => `${nameOf(cause)}${cause.fields.length === 0 ? '' : ` ${nameList(cause.fields, 2)}`}`)
    .join('; ')
}

function capacityBlocks({ pools, blocks, pods, unplaced, placed }: CapacityDifference): readonly Block[] {
  const lines = [
    ...changeLine('blocks', [
      [blocks.added, 'claimed'],
      [blocks.removed, 'given back'],
      [blocks.moved, 'with another owner'],
    ]),
    ...changeLine('pods', [
      [pods.added, 'new'],
      [pods.removed, 'gone'],
      [pods.readdressed, 'with another address or node'],
    ]),
    ...(unplaced.length === 0 ? [] : [`${counted(unplaced.length, 'pod')} without an address: ${nameList(unplaced)}`]),
    ...(placed.length === 0 ? [] : [`${counted(placed.length, 'pod')} with an address now: ${nameList(placed)}`]),
  ]
  if (pools.length + lines.length === 0) return []
  return [
    ...(lines.length === 0 ? [] : [text(lines, 'Capacity')]),
    ...(pools.length === 0
      ? []
      : longTable(['', 'POOL', 'WHAT', 'BEFORE', 'AFTER'], pools.flatMap(poolRows), (row) => row, 'Pools')),
  ]
}

function changeLine(what: string, parts: readonly (readonly [number, string])[]): readonly string[] {
  const said = parts.filter(([count]) => count > 0).map(([count, word]) => `${number(count)} ${word}`)
  return said.length === 0 ? [] : [`${what}: ${said.join(', ')}`]
}

const FIGURES: Readonly<Record<Figure['what'], string>> = {
  totalBlocks: 'blocks in all',
  affineBlocks: 'blocks with an owner',
  freeBlocks: 'free blocks',
  pods: 'pod addresses',
  tunnels: 'tunnel addresses',
  borrowed: 'borrowed addresses',
  freeAddresses: 'free addresses',
}

function poolRows({ change, name, settings, figures }: PoolChange): readonly (readonly string[])[] {
  return [
    ...settings.map(({ field, before, after }) => [MARKS[change], name, field, before ?? '-', after ?? '-']),
    ...figures.map(({ what, before, after }) => [MARKS[change], name, FIGURES[what], number(before), number(after)]),
  ]
}

function findingBlocks({ added, gone }: ClusterDiff['findings']): readonly Block[] {
  const rows = [...added.map((finding) => ({ mark: '+', finding })), ...gone.map((finding) => ({ mark: '-', finding }))]
  if (rows.length === 0) return []
  return longTable(
    ['', 'SEVERITY', 'CODE', 'RESOURCE', 'WHAT'],
    rows,
    ({ mark, finding }) => [mark, finding.severity, finding.code, resourceText(finding), finding.message],
    `Findings: ${number(added.length)} new, ${number(gone.length)} gone`,
  )
}

function resourceText({ resource }: Finding): string {
  return resource === undefined ? '' : nameOf(resource)
}
