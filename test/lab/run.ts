/**
 * Reality, on this machine: real BIRD processes and real kernels in network namespaces, set up from the same resources
 * that the prediction is made from, and both compared. Needs Linux, root, ip(8) and BIRD 1.6; `--seed N`, `--count N`,
 * `--family 6`,
 * `--only I`, `--print` (the resources) and `--hold SECONDS` (to look around before it is torn down).
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Family } from '../../src/address/address.js'
import { formatDestination } from '../../src/address/prefix.js'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { plainInput } from '../../src/bgp/plain/build-input.js'
import { plainTablesOf } from '../../src/bgp/plain/tables.js'
import { sessionsOf } from '../../src/bgp/sessions/sessions.js'
import type { BgpTables } from '../../src/bgp/tables.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { ExplainedRoute } from '../../src/dataplane/kernel-route.js'
import { nodeTables, routerTable } from '../../src/dataplane/kernel-table.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import { birdConfig } from './bird-config.js'
import { differences, withoutLinkLocal } from './compare.js'
import { type Binaries, findBirds, kernelRoutes, sessionStates, startBird, stopBirds } from './daemons.js'
import { createNamespaces, linkLocalOwners, removeNamespaces } from './namespaces.js'
import { type LabCluster, randomClusters } from './random-cluster.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    family: { type: 'string', default: '4' },
    count: { type: 'string', default: '5' },
    only: { type: 'string' },
    print: { type: 'boolean' },
    hold: { type: 'string' },
  },
})

const family: Family = values.family === '6' ? 6 : 4

/** Longest wait for sessions and routes to come to rest, and how long nothing may change until they have. */
const LONGEST_WAIT = 120
const REST = 12

async function main(): Promise<number> {
  const binaries = findBirds(family)
  if (binaries === undefined) {
    say('lab: skipped: no BIRD 1.6 on this machine (Debian: apt-get install bird; or set BIRD and BIRDC)')
    return 0
  }
  if (process.getuid?.() !== 0) {
    say('lab: skipped: network namespaces need root')
    return 0
  }
  let [equal, other, skipped] = [0, 0, 0]
  for (const [i, cluster] of randomClusters(Number(values.seed), Number(values.count), family).entries()) {
    if (values.only !== undefined && Number(values.only) !== i) continue
    const name = `seed ${values.seed} cluster ${i}`
    if (cluster.ipip && !binaries.tunnels) {
      skipped++
      say(`${name}: skipped: Debian's BIRD writes no IPIP route`)
      continue
    }
    if (values.print === true)
      say(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: cluster.resources }, null, 1))
    const verdict = await judge(binaries, cluster)
    if (verdict.kind === 'unsettled') {
      skipped++
      say(`${name}: skipped: ${verdict.sessions} sessions are predicted to cut themselves off`)
      continue
    }
    const found = verdict.differences
    if (found.length === 0) equal++
    else other++
    say(`${name} (${cluster.calico}): ${found.length === 0 ? 'equal' : `${found.length} differences`}`)
    for (const text of found) say(`  ${text}`)
  }
  say(`lab: ${equal} equal, ${other} different, ${skipped} skipped`)
  return other === 0 ? 0 : 1
}

type Verdict =
  | { readonly kind: 'compared'; readonly differences: readonly string[] }
  /** Routes that come over a session lead the session's own packets astray: it comes and goes for ever, and so do its routes. */
  | { readonly kind: 'unsettled'; readonly sessions: number }

async function judge(binaries: Binaries, { calico, resources }: LabCluster): Promise<Verdict> {
  const cluster = buildCluster(
    resources.map((resource) => ({ resource })),
    { calico },
  )
  const context = createBgpContext(cluster, ipamView(cluster))
  const input = plainInput(context, family, { felix: false })
  const tables = plainTablesOf(input)
  const cut = tables.severed(family)
  if (cut.length > 0) return { kind: 'unsettled', sessions: cut.length }
  const directory = mkdtempSync(join(tmpdir(), 'calico-plan-lab-'))
  const names = context.speakers.flatMap((speaker) => {
    const config = birdConfig(context, speaker, family)
    return config === undefined ? [] : [{ name: speaker.name, config }]
  })
  removeNamespaces()
  try {
    createNamespaces(cluster, family, (node) => nodeTables({ context, bgp: () => tables }, node).get('main') ?? [])
    for (const { name, config } of names) startBird(binaries, directory, name, config)
    await rest(
      context,
      names.map(({ name }) => name),
      binaries,
      directory,
    )
    if (values.hold !== undefined) await new Promise((resolve) => setTimeout(resolve, Number(values.hold) * 1000))
    const running = new Set(names.map(({ name }) => name))
    return { kind: 'compared', differences: compareAll(context, tables, input, binaries, directory, running) }
  } finally {
    stopBirds(
      directory,
      names.map(({ name }) => name),
    )
    removeNamespaces()
    rmSync(directory, { recursive: true })
  }
}

/** Until nothing has changed for a while, and no session that is to come up is still colliding with itself. */
async function rest(
  context: BgpContext,
  names: readonly string[],
  binaries: Binaries,
  directory: string,
): Promise<void> {
  const wanted = context.speakers
    .filter(({ name }) => names.includes(name))
    .flatMap((speaker) => sessionsOf(context, speaker, family).filter(({ state }) => state === 'Established')).length
  let [seen, since] = ['', 0]
  for (let second = 0; second < LONGEST_WAIT && since < REST; second++) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    if (second < 3) continue
    const up = names.flatMap((name) =>
      [...sessionStates(binaries, directory, name)]
        .filter(([, state]) => state === 'Established')
        .map(([session]) => [name, session]),
    )
    const now = JSON.stringify([context.speakers.map(({ name }) => kernelRoutes(name, family)), up])
    since = now === seen && up.length >= wanted ? since + 1 : 0
    seen = now
  }
}

function compareAll(
  context: BgpContext,
  tables: BgpTables,
  input: ReturnType<typeof plainInput>,
  binaries: Binaries,
  directory: string,
  running: ReadonlySet<string>,
): string[] {
  const found: string[] = []
  for (const speaker of context.speakers) {
    if (!running.has(speaker.name)) continue
    const states = sessionStates(binaries, directory, speaker.name)
    for (const session of sessionsOf(context, speaker, family)) {
      const seen = states.get(session.birdName)
      const up = seen === 'Established'
      if (seen === undefined) found.push(`${speaker.name}: no ${session.birdName}`)
      else if (up !== (session.state === 'Established')) {
        found.push(`${speaker.name} ${session.birdName}: ${seen}, predicted ${session.state} (${session.reason.code})`)
      }
    }
  }
  const orders = [tables, ...[1, 2, 3, 4, 5, 6, 7, 8].map((seed) => plainTablesOf(input, { seed }))]
  const owners = linkLocalOwners(context.cluster)
  for (const speaker of context.speakers) {
    const open = new Set(
      tables
        .table(speaker.index, 4)
        .entries.filter(({ dependsOnArrival }) => dependsOnArrival)
        .map(({ prefix }) => formatDestination(prefix)),
    )
    const candidates = orders.map((each) =>
      differences(
        withoutLinkLocal(kernelRoutes(speaker.name, family), owners),
        predicted(context, each, speaker.index),
      ),
    )
    const [first = []] = candidates
    for (const { dst, text } of first) {
      const some = open.has(dst) && candidates.some((list) => !list.some((other) => other.dst === dst))
      if (!some) found.push(`${speaker.name}: ${text}`)
    }
  }
  return found
}

function predicted(context: BgpContext, tables: BgpTables, index: number): readonly ExplainedRoute[] {
  const input = { context, bgp: () => tables }
  const nodes = context.cluster.nodes.length
  const routes = index < nodes ? (nodeTables(input, index).get('main') ?? []) : routerTable(input, index - nodes)
  return routes.filter(
    ({ route, why }) =>
      (why.owner !== 'felix' || why.rule === 'localPod') &&
      (route.dst === 'default' ? (route.gateway ?? '') : route.dst).includes(':') === (family === 6),
  )
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exitCode = await main()
