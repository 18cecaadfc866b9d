/** Expectation documents: what a cluster's network must do, checked against the simulation like unit tests. */

import { containsAddress } from '../address/prefix.js'
import type { KernelRoute } from '../dataplane/kernel-route.js'
import type { LossReason } from '../dataplane/trace/packet.js'
import type { FlowEnd } from '../dataplane/trace/trace.js'
import type { Manifest } from '../manifests/resource.js'
import { traceInSomeFamily } from './flow-end.js'
import type { Simulation } from './simulation.js'

/** Which rule of an Expectation was checked, and what was found. Worded in `report/`. */
export type ExpectationOutcome =
  | {
      readonly code: 'reachable' | 'unreachable'
      readonly pairs: number
      readonly wrong: number
      readonly example?: WrongPair
    }
  | { readonly code: 'noSuchEnd'; readonly end: string }
  | { readonly code: 'routeContains'; readonly node: string; readonly wanted: string; readonly found: boolean }
  | { readonly code: 'routesAtMost'; readonly node: string; readonly limit: number; readonly found: number }
  | {
      readonly code: 'sessionsTotal' | 'sessionsPerNode' | 'sessionsEstablished'
      readonly wanted: number
      readonly found: number
    }
  | { readonly code: 'routeLacks'; readonly node: string; readonly wanted: string; readonly found: boolean }
  | { readonly code: 'routesAtLeast'; readonly node: string; readonly limit: number; readonly found: number }
  | {
      readonly code: 'freeBlocks' | 'freeAddresses' | 'nodesWithoutBlock' | 'borrowed'
      readonly pool: string
      readonly wanted: number
      readonly found: number
    }
  | { readonly code: 'notUnderstood'; readonly field: string }

export interface WrongPair {
  readonly from: FlowEnd
  readonly to: FlowEnd
  /** Why it is lost; undefined for a pair that was to be unreachable and is not. */
  readonly reason?: LossReason
}

export interface ExpectationResult {
  /** Name of the Expectation. */
  readonly expectation: string
  /** `reachable[0]`, `sessions.total`: the rule inside it. */
  readonly rule: string
  readonly passed: boolean
  readonly outcome: ExpectationOutcome
}

type Fields = Readonly<Record<string, unknown>>

/** Text of a route as `ip route` prints it; handed in because wording is the report's. */
export type RouteText = (route: KernelRoute) => string

/** Every rule of every Expectation of the input, in its order. */
export function checkExpectations(simulation: Simulation, routeText: RouteText): readonly ExpectationResult[] {
  return simulation.cluster.expectations.flatMap((manifest) => checkOne(simulation, manifest, routeText))
}

function checkOne(simulation: Simulation, { resource }: Manifest, routeText: RouteText): ExpectationResult[] {
  const spec = fieldsOf(resource.spec)
  const results: ExpectationResult[] = []
  const add = (rule: string, passed: boolean, outcome: ExpectationOutcome): void => {
    results.push({ expectation: resource.metadata.name, rule, passed, outcome })
  }
  for (const code of ['reachable', 'unreachable'] as const) {
    for (const [i, entry] of listOf(spec[code]).entries()) {
      const { passed, outcome } = checkReach(simulation, code, entry)
      add(`${code}[${i}]`, passed, outcome)
    }
  }
  for (const [i, entry] of listOf(spec['routes']).entries()) {
    for (const [rule, passed, outcome] of checkRoutes(simulation, entry, routeText))
      add(`routes[${i}].${rule}`, passed, outcome)
  }
  for (const [rule, passed, outcome] of checkSessions(simulation, fieldsOf(spec['sessions'])))
    add(`sessions.${rule}`, passed, outcome)
  for (const [i, entry] of listOf(spec['capacity']).entries()) {
    for (const [rule, passed, outcome] of checkCapacity(simulation, entry))
      add(`capacity[${i}].${rule}`, passed, outcome)
  }
  for (const field of Object.keys(spec)) {
    if (!['reachable', 'unreachable', 'routes', 'sessions', 'capacity'].includes(field)) {
      add(field, false, { code: 'notUnderstood', field })
    }
  }
  return results
}

type Checked = readonly [rule: string, passed: boolean, outcome: ExpectationOutcome]

function checkRoutes(simulation: Simulation, entry: Fields, routeText: RouteText): Checked[] {
  const node = String(entry['node'])
  if (!simulation.cluster.nodeByName.has(node)) return [['node', false, { code: 'noSuchEnd', end: `node ${node}` }]]
  const routes = simulation.routes(node).get('main') ?? []
  const checked: Checked[] = []
  if (entry['contains'] !== undefined) {
    const wanted = String(entry['contains'])
    const found = routes.some(({ route }) => routeText(route).includes(wanted))
    checked.push(['contains', found, { code: 'routeContains', node, wanted, found }])
  }
  if (entry['lacks'] !== undefined) {
    const wanted = String(entry['lacks'])
    const found = routes.some(({ route }) => routeText(route).includes(wanted))
    checked.push(['lacks', !found, { code: 'routeLacks', node, wanted, found }])
  }
  if (entry['atLeast'] !== undefined) {
    const limit = Number(entry['atLeast'])
    checked.push(['atLeast', routes.length >= limit, { code: 'routesAtLeast', node, limit, found: routes.length }])
  }
  if (entry['atMost'] !== undefined) {
    const limit = Number(entry['atMost'])
    checked.push(['atMost', routes.length <= limit, { code: 'routesAtMost', node, limit, found: routes.length }])
  }
  return checked
}

function checkSessions(simulation: Simulation, spec: Fields): Checked[] {
  if (Object.keys(spec).length === 0) return []
  const { sessions, perNode } = simulation.sessionSurvey().summary
  const checked: Checked[] = []
  if (spec['total'] !== undefined) {
    const wanted = Number(spec['total'])
    checked.push(['total', sessions.total === wanted, { code: 'sessionsTotal', wanted, found: sessions.total }])
  }
  if (spec['perNodeAtMost'] !== undefined) {
    const wanted = Number(spec['perNodeAtMost'])
    checked.push(['perNodeAtMost', perNode.max <= wanted, { code: 'sessionsPerNode', wanted, found: perNode.max }])
  }
  if (spec['allEstablished'] !== undefined) {
    const all = sessions.established === sessions.total
    const outcome = { code: 'sessionsEstablished', wanted: sessions.total, found: sessions.established } as const
    checked.push(['allEstablished', all === (spec['allEstablished'] === true), outcome])
  }
  return checked
}

function checkCapacity(simulation: Simulation, entry: Fields): Checked[] {
  const pool = String(entry['pool'])
  const books = simulation.capacity().books.pools.find((held) => held.pool.name === pool)
  if (books === undefined) return [['pool', false, { code: 'noSuchEnd', end: `pool ${pool}` }]]
  const { nodes, blocks, addresses } = books
  const checked: Checked[] = []
  const atLeast = (rule: string, code: 'freeBlocks' | 'freeAddresses', found: number): void => {
    if (entry[rule] === undefined) return
    const wanted = Number(entry[rule])
    checked.push([rule, found >= wanted, { code, pool, wanted, found }])
  }
  const atMost = (rule: string, code: 'nodesWithoutBlock' | 'borrowed', found: number): void => {
    if (entry[rule] === undefined) return
    const wanted = Number(entry[rule])
    checked.push([rule, found <= wanted, { code, pool, wanted, found }])
  }
  atLeast('freeBlocksAtLeast', 'freeBlocks', blocks.free)
  atLeast('freeAddressesAtLeast', 'freeAddresses', addresses.free)
  atMost('nodesWithoutBlockAtMost', 'nodesWithoutBlock', nodes.withoutBlock.length)
  atMost('borrowedAtMost', 'borrowed', addresses.borrowed)
  return checked
}

/** Pairs tried for one rule; sets larger than that are tried at evenly spread members. */
const MOST_ENDS = 60

function checkReach(
  simulation: Simulation,
  code: 'reachable' | 'unreachable',
  entry: Fields,
): { readonly passed: boolean; readonly outcome: ExpectationOutcome } {
  const [fromSpec, toSpec] = [fieldsOf(entry['from']), fieldsOf(entry['to'])]
  const [from, to] = [endsOf(simulation, fromSpec), endsOf(simulation, toSpec)]
  if (from.length === 0) return { passed: false, outcome: { code: 'noSuchEnd', end: endName(fromSpec) } }
  if (to.length === 0) return { passed: false, outcome: { code: 'noSuchEnd', end: endName(toSpec) } }
  const [fromNodes, toNodes] = [nodesIn(simulation, fromSpec), nodesIn(simulation, toSpec)]
  if (fromNodes !== undefined && toNodes !== undefined) return checkNodes(simulation, code, fromNodes, toNodes)
  let pairs = 0
  let wrong = 0
  let example: WrongPair | undefined
  for (const source of from) {
    for (const target of to) {
      if (JSON.stringify(source) === JSON.stringify(target)) continue
      pairs++
      const trace = traceInSomeFamily(simulation, { from: source, to: target, protocol: 'icmp', size: 84 })
      const delivered = trace.verdict === 'delivered'
      if (delivered === (code === 'reachable')) continue
      wrong++
      const reason = trace.forward.reason ?? trace.return.reason
      example ??= { from: source, to: target, ...(reason === undefined ? {} : { reason }) }
    }
  }
  return { passed: wrong === 0, outcome: { code, pairs, wrong, ...(example === undefined ? {} : { example }) } }
}

/** Indexes of the nodes of a subnet, which is how a rule speaks of all pods of a set of nodes. */
function nodesIn({ cluster: { underlay } }: Simulation, spec: Fields): ReadonlySet<number> | undefined {
  const subnet = underlay.subnets.find(({ name }) => name === spec['subnet'])
  if (subnet === undefined || typeof spec['pool'] === 'string') return undefined
  return new Set(underlay.attachments.flatMap((held, node) => (held.subnet === subnet.index ? [node] : [])))
}

/** Pairs of distinct nodes, by the classes that reach has found: however many there are, none is left out. */
function checkNodes(
  simulation: Simulation,
  code: 'reachable' | 'unreachable',
  from: ReadonlySet<number>,
  to: ReadonlySet<number>,
): { readonly passed: boolean; readonly outcome: ExpectationOutcome } {
  const { classes, cell } = simulation.reach()
  const within = (set: ReadonlySet<number>) =>
    classes.flatMap((members, cls) => {
      const nodes = members.filter((node) => set.has(node))
      return nodes.length === 0 ? [] : [{ cls, nodes }]
    })
  let pairs = 0
  let wrong = 0
  let example: WrongPair | undefined
  for (const source of within(from)) {
    for (const target of within(to)) {
      const both = source.cls === target.cls ? source.nodes.filter((node) => to.has(node)).length : 0
      const count = source.nodes.length * target.nodes.length - both
      if (count === 0) continue
      const { verdict, reason, vacuous } = cell(source.cls, target.cls)
      if (vacuous === true) continue
      pairs += count
      if ((verdict === 'delivered') === (code === 'reachable')) continue
      wrong += count
      const [a, b] = firstPair(source.nodes, target.nodes)
      example ??= {
        from: someEndOn(simulation, a),
        to: someEndOn(simulation, b),
        ...(reason === undefined ? {} : { reason }),
      }
    }
  }
  return { passed: wrong === 0, outcome: { code, pairs, wrong, ...(example === undefined ? {} : { example }) } }
}

function firstPair(from: readonly number[], to: readonly number[]): readonly [number, number] {
  for (const a of from) for (const b of to) if (a !== b) return [a, b]
  return [from[0] ?? 0, to[0] ?? 0]
}

/** A pod of the node, or the node where it has none. */
function someEndOn({ cluster, ipam }: Simulation, index: number): FlowEnd {
  const name = cluster.nodes[index]?.name ?? ''
  const pod = ipam.pods.find(({ node }) => node === name)?.pod
  return pod === undefined ? { kind: 'node', name } : { kind: 'pod', namespace: pod.namespace, name: pod.name }
}

/** The flow ends that a rule's `from` or `to` stands for; pods of one node and pool are alike, so one of them is tried. */
function endsOf({ cluster, ipam }: Simulation, spec: Fields): readonly FlowEnd[] {
  if (typeof spec['pod'] === 'string') {
    const [namespace = '', name = ''] = spec['pod'].split('/')
    const known = ipam.pods.some(({ pod }) => pod.namespace === namespace && pod.name === name)
    return known ? [{ kind: 'pod', namespace, name }] : []
  }
  if (typeof spec['node'] === 'string')
    return cluster.nodeByName.has(spec['node']) ? [{ kind: 'node', name: spec['node'] }] : []
  if (typeof spec['host'] === 'string') {
    return cluster.underlay.hosts.some(({ name }) => name === spec['host'])
      ? [{ kind: 'host', name: spec['host'] }]
      : []
  }
  const pool = cluster.pools.find(({ name }) => name === spec['pool'])
  const subnet = cluster.underlay.subnets.find(({ name }) => name === spec['subnet'])
  if (pool === undefined && subnet === undefined) return []
  const chosen = new Map<string, FlowEnd>()
  for (const { pod, node, addresses } of ipam.pods) {
    const attached = cluster.underlay.attachments[cluster.nodeByName.get(node)?.index ?? -1]?.subnet
    if (subnet !== undefined && attached !== subnet.index) continue
    const held = addresses.find((address) => address.family === 4)
    if (held === undefined || (pool !== undefined && !containsAddress(pool.prefix, held))) continue
    const from = cluster.pools.findIndex(({ prefix }) => containsAddress(prefix, held))
    const key = `${node} ${from}`
    if (!chosen.has(key)) chosen.set(key, { kind: 'pod', namespace: pod.namespace, name: pod.name })
  }
  return spread([...chosen.values()])
}

function spread(ends: readonly FlowEnd[]): readonly FlowEnd[] {
  if (ends.length <= MOST_ENDS) return ends
  return Array.from({ length: MOST_ENDS }, (_, i) => ends[Math.floor((i * ends.length) / MOST_ENDS)]).flatMap(
    (end) => end ?? [],
  )
}

function endName(spec: Fields): string {
  const [kind, name] = Object.entries(spec)[0] ?? ['nothing', '']
  return `${kind} ${String(name)}`
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** `capacity` may be one entry or a list of them. */
function listOf(value: unknown): readonly Fields[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(fieldsOf)
}
