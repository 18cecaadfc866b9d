/** One cluster in the lab: set up, left to come to rest, and compared with what is predicted of it. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Family } from '../../src/address/address.js'
import { formatDestination, formatPrefix } from '../../src/address/prefix.js'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { bgpTables } from '../../src/bgp/engine.js'
import { plainInput } from '../../src/bgp/plain/build-input.js'
import type { OwnInterface } from '../../src/bgp/plain/input.js'
import { interfacesOf } from '../../src/bgp/plain/interfaces.js'
import type { MessageOrder } from '../../src/bgp/plain/propagate.js'
import { plainTablesOf } from '../../src/bgp/plain/tables.js'
import type { Session, Speaker } from '../../src/bgp/session.js'
import { sessionsOf } from '../../src/bgp/sessions/sessions.js'
import type { BgpTables } from '../../src/bgp/tables.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'
import { nodeTables, routerTable } from '../../src/dataplane/kernel-table.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import { type PingedCase, pingDifferences } from '../conformance/areas/lab-reach.js'
import { canonical } from '../conformance/compare.js'
import type { RecordedNode, RecordedPing } from '../conformance/lab.js'
import { birdConfig } from './bird-config.js'
import { type Difference, differences, withoutLinkLocal } from './compare.js'
import { tableDifferences } from './compare-rib.js'
import {
  type Binaries,
  kernelRoutes,
  routesShown,
  sessionsShown,
  startBird,
  stopBirds,
  waitForBirds,
} from './daemons.js'
import type { LabCluster } from './lab-cluster.js'
import { createNamespaces, linkLocalOwners, removeNamespaces } from './namespaces.js'
import { createPods, gapsOf, type LabPod, startAgents, stopAgents } from './pods.js'
import { recordedNode } from './recorded.js'

/** Longest wait in seconds for sessions and routes to come to rest, and how often in a row nothing may have changed. */
const LONGEST_WAIT = 90
const REST = 3

export type Verdict =
  | {
      readonly kind: 'compared'
      readonly routes: number
      readonly sessions: number
      /** Entries of which several states are possible, and those that were in another one than the one shown. */
      readonly open: number
      readonly otherwise: number
      readonly differences: readonly string[]
    }
  /** Not a thing that can be compared: BIRD would refuse it, or it never comes to rest. */
  | { readonly kind: 'skipped'; readonly why: string }

interface Running {
  readonly context: BgpContext
  readonly family: Family
  readonly directory: string
  /** Speakers with a BIRD. */
  readonly speakers: readonly Speaker[]
}

export interface LabOptions {
  /** Seconds to look around before it is torn down. */
  readonly hold: number
  /** Pods probe each other. The bundle that runs, which is also the pods' agent. */
  readonly program?: string
  /** Nothing is compared: each cluster is written into this folder in the form of the recorded cases. */
  readonly record?: string
  /** Started with -R, as calico-node does, where every session is to come up. */
  readonly recovering: boolean
}

export async function judge(
  binaries: Binaries,
  { calico, name, resources }: LabCluster,
  family: Family,
  { hold, recovering, program, record }: LabOptions,
): Promise<Verdict> {
  const cluster = buildCluster(
    resources.map((resource) => ({ resource })),
    { calico },
  )
  const context = createBgpContext(cluster, ipamView(cluster))
  const input = plainInput(context, family, { felix: false })
  const tables = plainTablesOf(input)
  const cut = tables.severed(family)
  if (record === undefined && cut.length > 0)
    return { kind: 'skipped', why: `${cut.length} sessions are predicted to cut themselves off` }
  const outcome = tables.convergence(family)
  if (outcome.kind !== 'stable') return { kind: 'skipped', why: `the prediction is ${outcome.kind}` }
  const directory = mkdtempSync(join(tmpdir(), 'calico-plan-lab-'))
  const configured = context.speakers.flatMap((speaker) => {
    const config = birdConfig(context, speaker, family)
    return config === undefined ? [] : [{ speaker, config }]
  })
  const running: Running = { context, family, directory, speakers: configured.map(({ speaker }) => speaker) }
  const names = running.speakers.map(({ name }) => name)
  removeNamespaces()
  try {
    const routesOf = (node: number) => nodeTables({ context, bgp: () => tables }, node).get('main') ?? []
    createNamespaces(cluster, family, routesOf, (node) => tunnelsOf(context, node, family))
    const pods = program === undefined || family === 6 ? [] : createPods(context, routesOf)
    const allUp = running.speakers.every((speaker) =>
      sessionsOf(context, speaker, family).every(({ state }) => state === 'Established'),
    )
    for (const { speaker, config } of configured) {
      startBird(
        binaries,
        directory,
        speaker.name,
        config,
        (record !== undefined || (recovering && allUp)) && speaker.kind === 'node',
      )
    }
    const dead = await waitForBirds(directory, names)
    if (dead.length > 0) return { kind: 'skipped', why: `BIRD refuses the configuration of ${dead.join(', ')}` }
    await rest(running)
    if (hold > 0) await seconds(hold)
    const orders: Orders = { usual: tables, other: memo((seed) => plainTablesOf(input, orderOf(seed))) }
    if (record !== undefined) {
      await writeCase(running, record, name, calico, resources, pods, program)
      return { kind: 'skipped', why: 'recorded' }
    }
    const roles = rolesDiffer(context, family, tables)
    const pinged = program === undefined ? [] : await pings(running, orders, program, pods)
    return { kind: 'compared', ...(await lasting(() => compareAll(running, orders, [...roles, ...pinged]))) }
  } finally {
    stopBirds(directory, names)
    removeNamespaces()
    rmSync(directory, { recursive: true })
  }
}

async function writeCase(
  { context, directory, speakers }: Running,
  folder: string,
  name: string,
  calico: string,
  resources: LabCluster['resources'],
  pods: readonly LabPod[],
  program: string | undefined,
): Promise<void> {
  const place = join(folder, 'lab', name.replaceAll(/[^A-Za-z0-9]+/g, '-'))
  const alive = new Set(speakers.map((speaker) => speaker.name))
  const nodes: [string, RecordedNode][] = []
  for (const speaker of context.speakers) {
    nodes.push([speaker.name, await recordedNode(directory, speaker.name, alive.has(speaker.name))])
  }
  const pings = program === undefined ? [] : await probes(directory, program, pods)
  const snapshots = [{ label: 'initial', t: 20, nodes: Object.fromEntries(nodes), pings }]
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'input.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: resources }))
  writeFileSync(join(place, 'expect.json'), JSON.stringify({ name, calico, events: [], eventLog: [], snapshots }))
}

/** Which pods reach which, against what the trace says. */
async function pings(
  { context, directory }: Running,
  { usual, other }: Orders,
  program: string,
  pods: readonly LabPod[],
): Promise<readonly string[]> {
  const seen = await probes(directory, program, pods)
  const item: PingedCase = { bgp: () => context, described: { label: 'settled', t: 0, nodes: {}, pings: seen } }
  let wrong = pingDifferences(item, usual)
  for (let seed = 1; seed <= MOST_ORDERS && wrong.size > 0 && usual.undetermined(4).length > 0; seed++) {
    const now = pingDifferences(item, other(seed))
    wrong = new Map([...wrong].filter(([pair]) => now.has(pair)))
  }
  return [...wrong.values()].flat()
}

async function probes(directory: string, program: string, pods: readonly LabPod[]): Promise<readonly RecordedPing[]> {
  const agents = startAgents(program, directory, pods)
  await seconds(7)
  await stopAgents(agents)
  return gapsOf(directory, pods).map(({ from, to, gaps }) => ({
    from: from.address,
    fromNode: from.node,
    to: to.address,
    toNode: to.node,
    ok: !gaps.some(({ open }) => open),
  }))
}

/** A session that retries and a kernel table that is being written look different from moment to moment. */
async function lasting<T extends { readonly differences: readonly string[] }>(compare: () => Promise<T>): Promise<T> {
  let seen = await compare()
  for (let again = 0; again < 4 && seen.differences.length > 0; again++) {
    await seconds(4)
    const now = await compare()
    const lasts = new Set(now.differences.map(withoutSeen))
    seen = { ...seen, differences: seen.differences.filter((text) => lasts.has(withoutSeen(text))) }
  }
  return seen
}

const SEEN = ', seen '

function withoutSeen(text: string): string {
  return text.split(SEEN)[0] ?? ''
}

/** All but the uplink. */
function tunnelsOf(context: BgpContext, node: number, family: Family): readonly OwnInterface[] {
  const speaker = context.speakers[node]
  const uplink = context.cluster.underlay.attachments[node]?.interface ?? 'eth0'
  return speaker === undefined ? [] : interfacesOf(context, speaker, family).filter(({ name }) => name !== uplink)
}

/** The tables under the usual order of messages, and under others. */
interface Orders {
  readonly usual: BgpTables
  other(seed: number): BgpTables
}

/** Other orders that are tried to explain a difference. */
const MOST_ORDERS = 150
const LATE = [{}, { late: 'addPaths' }, { late: 'bestOnly' }] as const

function orderOf(seed: number): MessageOrder {
  return { seed, ...LATE[seed % LATE.length] }
}

function memo(make: (seed: number) => BgpTables): (seed: number) => BgpTables {
  const made = new Map<number, BgpTables>()
  return (seed) => {
    const held = made.get(seed) ?? make(seed)
    made.set(seed, held)
    return held
  }
}

async function seconds(count: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, count * 1000))
}

/** Until nothing has changed for a while, and no session that is to come up is still colliding with itself. */
async function rest({ context, family, directory, speakers }: Running): Promise<void> {
  const wanted = speakers.flatMap((speaker) =>
    sessionsOf(context, speaker, family).filter(({ state }) => state === 'Established'),
  ).length
  let [seen, since] = ['', 0]
  await seconds(3)
  for (let waited = 3; waited < LONGEST_WAIT && since < REST; waited += 2) {
    await seconds(2)
    let up = 0
    for (const { name } of speakers) {
      const states = [...(await sessionsShown(directory, name)).values()]
      up += states.filter(({ state }) => state === 'Established').length
    }
    if (up < wanted) continue
    const tables: string[] = []
    for (const { name } of speakers) {
      const routes = await routesShown(directory, name)
      tables.push(JSON.stringify(routes.map((route) => [route, [...route.attributes]])))
    }
    const now = tables.join('\n')
    since = now === seen ? since + 1 : 0
    seen = now
  }
}

async function compareAll(
  { context, family, directory, speakers }: Running,
  orders: Orders,
  first: readonly string[],
): Promise<Omit<Verdict & { readonly kind: 'compared' }, 'kind'>> {
  const found: string[] = [...first]
  const owners = linkLocalOwners(context.cluster)
  let [routes, sessions, openEntries, otherwise] = [0, 0, 0, 0]
  for (const speaker of speakers) {
    const shown = await sessionsShown(directory, speaker.name)
    const predictedSessions = sessionsOf(context, speaker, family)
    sessions += predictedSessions.length
    found.push(...sessionDifferences(speaker, predictedSessions, shown))
    const real = await routesShown(directory, speaker.name)
    const kernel = withoutLinkLocal(kernelRoutes(speaker.name, family), owners)
    routes += real.length + kernel.length
    const open = openPrefixes(orders.usual, speaker, family)
    const none = new Set<string>()
    const felix = felixDestinations(context, orders.usual, speaker.index)
    const ribs = inSomeOrder(orders, open, (each) =>
      tableDifferences(real, each.table(speaker.index, family), owners, none),
    )
    const kernels = inSomeOrder(orders, open, (each) =>
      differences(kernel, predicted(context, each, speaker.index, family)).filter(({ dst }) => !felix.has(dst)),
    )
    openEntries += open.size
    otherwise += ribs.otherwise
    found.push(...[...ribs.left, ...kernels.left].map((text) => `${speaker.name}: ${text}`))
  }
  return { routes, sessions, open: openEntries, otherwise, differences: found }
}

function sessionDifferences(
  speaker: Speaker,
  sessions: readonly Session[],
  shown: Awaited<ReturnType<typeof sessionsShown>>,
): string[] {
  return sessions.flatMap((session) => {
    const about = `${speaker.name} ${session.birdName}`
    const seen = shown.get(session.birdName)
    if (seen === undefined) return [`${about}: not there`]
    const states: readonly string[] = [session.state, ...(session.alsoSeen ?? [])]
    const why = `predicted ${states.join(' or ')} ${session.lastError ?? ''} (${session.reason.code})`
    // With TTL security at one end it depends on the order of two packets how far each connection gets.
    if (session.reason.code === 'ttlSecurity') return []
    if (!states.includes(seen.state)) return [`${about}: ${why}${SEEN}${seen.state}`]
    if (session.state === 'Established' || sameError(session.lastError, seen.lastError)) return []
    return [`${about}: ${why}${SEEN}${seen.lastError ?? 'no error'}`]
  })
}

/** A peer that knows no such neighbour closes; whether that shows as a reset depends on what it had already been sent. */
function sameError(a: string | undefined, b: string | undefined): boolean {
  const said = (text: string | undefined): string | undefined =>
    text?.replace('Connection reset by peer', 'Connection closed')
  return said(a) === said(b)
}

function openPrefixes(tables: BgpTables, speaker: Speaker, family: Family): ReadonlySet<string> {
  const { entries } = tables.table(speaker.index, family)
  return new Set(
    entries
      .filter(({ dependsOnArrival }) => dependsOnArrival)
      .flatMap(({ prefix }) => [formatPrefix(prefix), formatDestination(prefix)]),
  )
}

/** Differences under the usual order, without those of prefixes that some other order explains. */
function inSomeOrder(
  { usual, other }: Orders,
  open: ReadonlySet<string>,
  differ: (tables: BgpTables) => readonly Difference[],
): { readonly left: readonly string[]; readonly otherwise: number } {
  const first = differ(usual)
  const asked = new Set(first.map(({ dst }) => dst).filter((dst) => open.has(dst)))
  const unexplained = new Set(asked)
  for (let seed = 1; seed <= MOST_ORDERS && unexplained.size > 0; seed++) {
    const wrong = new Set(differ(other(seed)).map(({ dst }) => dst))
    for (const dst of unexplained) if (!wrong.has(dst)) unexplained.delete(dst)
  }
  const left = first.filter(({ dst }) => !asked.has(dst) || unexplained.has(dst)).map(({ text }) => text)
  return { left, otherwise: asked.size - unexplained.size }
}

/** The engine that the commands ask has to say what the plain one says. */
function rolesDiffer(context: BgpContext, family: Family, plain: BgpTables): readonly string[] {
  const other = bgpTables(context, { felix: false })
  const told = (tables: BgpTables, index: number): readonly string[] =>
    tables.table(index, family).entries.map(({ prefix, paths, kernel }) => canonical({ prefix, paths, kernel }))
  return context.speakers.flatMap(({ index, name }) => {
    const [roles, wanted] = [told(other, index), told(plain, index)]
    const at = Array.from({ length: Math.max(roles.length, wanted.length) }).findIndex((_, i) => roles[i] !== wanted[i])
    return at < 0 ? [] : [`${name}: the two engines differ: by roles ${roles[at]}, plain ${wanted[at]}`]
  })
}

/** Where Felix, which does not run here, would write a route of its own, BIRD's would not be the one that is seen. */
function felixDestinations(context: BgpContext, tables: BgpTables, index: number): ReadonlySet<string> {
  if (index >= context.cluster.nodes.length) return new Set()
  const routes = nodeTables({ context, bgp: () => tables }, index).get('main') ?? []
  return new Set(
    routes.flatMap(({ route, why }) => (why.owner === 'felix' && why.rule !== 'localPod' ? [route.dst] : [])),
  )
}

function predicted(context: BgpContext, tables: BgpTables, index: number, family: Family): readonly ExplainedRoute[] {
  const input = { context, bgp: () => tables }
  const nodes = context.cluster.nodes.length
  const routes = index < nodes ? (nodeTables(input, index).get('main') ?? []) : routerTable(input, index - nodes)
  return routes.filter(
    ({ route, why }) =>
      (why.owner !== 'felix' || why.rule === 'localPod') &&
      (route.dst === 'default' ? (route.gateway ?? '') : route.dst).includes(':') === (family === 6),
  )
}
