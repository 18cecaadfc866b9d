/**
 * Timed events on real clusters: BIRDs with Calico's own timers, started with -R as calico-node does, pods that probe
 * each other, and a record in the form of the recorded cases, which the area lab-events then judges.
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { plainTables } from '../../src/bgp/plain/tables.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import { nodeTables } from '../../src/dataplane/kernel-table.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { Resource } from '../../src/manifests/resource.js'
import { labEventsArea } from '../conformance/areas/lab-events.js'
import { patched } from '../conformance/events/lab-start.js'
import { birdConfig, WAITS } from './bird-config.js'
import { ask } from './control.js'
import { type Binaries, startBird, stopBirds, waitForBirds } from './daemons.js'
import { createNamespaces, ip, namespaceOf, plug, removeNamespaces } from './namespaces.js'
import { createPods, gapsOf, type LabPod, startAgents, stopAgents } from './pods.js'
import { recordedNode } from './recorded.js'
import type { Step, TimedScenario } from './timed-scenarios.js'

const CALICO = 'v3.32'
/** Longest wait for the start to settle. */
const LONGEST_START = 90

interface Scene {
  readonly binaries: Binaries
  readonly directory: string
  readonly begun: number
  readonly alive: Set<string>
  /** Nodes that have failed: their BIRD neither answers nor ends. */
  readonly still: Set<string>
  context: BgpContext
  resources: readonly Resource[]
}

/** What the record and the prediction disagree on. The record stays in `keep`, if that is given. */
export async function judgeTimed(
  binaries: Binaries,
  scenario: TimedScenario,
  program: string,
  keep: string | undefined,
): Promise<readonly string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'calico-plan-lab-'))
  const folder = keep ?? join(directory, 'cases')
  const place = join(folder, 'lab', scenario.name.replaceAll(/[^a-z0-9]+/g, '-'))
  mkdirSync(place, { recursive: true })
  removeNamespaces()
  const context = contextOf(scenario.resources)
  const scene: Scene = {
    binaries,
    directory,
    begun: Date.now(),
    alive: new Set(),
    still: new Set(),
    context,
    resources: scenario.resources,
  }
  try {
    const pods = createAll(context)
    const agents = startAgents(program, directory, pods)
    const record = await play(scene, scenario)
    await stopAgents(agents)
    const pingOutages = outagesOf(scene, pods)
    writeFileSync(join(place, 'input.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: scene.resources }))
    writeFileSync(join(place, 'expect.json'), JSON.stringify({ ...record, pingOutages }))
  } finally {
    stopBirds(directory, [...scene.alive])
    removeNamespaces()
  }
  const { failed } = await labEventsArea.run(folder)
  rmSync(directory, { recursive: true })
  return failed.filter((one) => one.case === scenario.name).map(({ why }) => why)
}

function contextOf(resources: readonly Resource[]): BgpContext {
  const cluster = buildCluster(
    resources.map((resource) => ({ resource })),
    { calico: CALICO },
  )
  return createBgpContext(cluster, ipamView(cluster))
}

function createAll(context: BgpContext): readonly LabPod[] {
  const tables = plainTables(context, { felix: false })
  const routesOf = (node: number) => nodeTables({ context, bgp: () => tables }, node).get('main') ?? []
  createNamespaces(context.cluster, 4, routesOf, () => [])
  return createPods(context, routesOf)
}

async function play(scene: Scene, { name, steps }: TimedScenario): Promise<object> {
  const log: object[] = []
  const snapshots: object[] = []
  const now = (): number => (Date.now() - scene.begun) / 1000
  for (const speaker of scene.context.speakers) start(scene, speaker.name)
  await waitForBirds(scene.directory, [...scene.alive])
  await settle(scene)
  snapshots.push({ label: 'initial', t: now(), nodes: await snapshot(scene) })
  for (const step of steps) {
    const t = now()
    await carryOut(scene, step)
    log.push({ ...step, t, t_end: now() })
  }
  const t = now()
  snapshots.push({ label: 'final', t, nodes: await snapshot(scene) })
  log.push({ do: 'record', label: 'final', t, t_end: now() })
  return { name, calico: CALICO, note: '', events: [...steps, { do: 'record' }], eventLog: log, snapshots }
}

function start(scene: Scene, name: string): void {
  const speaker = scene.context.speakerByName.get(name)
  const config = speaker && birdConfig(scene.context, speaker, 4, WAITS.calico)
  if (config === undefined) return
  startBird(scene.binaries, scene.directory, name, config, true)
  scene.alive.add(name)
}

/** Until every session is up and every kernel protocol writes. */
async function settle({ alive, still, directory }: Scene, longest = LONGEST_START): Promise<void> {
  const answering = [...alive].filter((name) => !still.has(name))
  for (let waited = 0; waited < longest; waited += 2) {
    await seconds(2)
    const states = await Promise.all(answering.map((name) => ask(join(directory, `${name}.ctl`), 'show protocols')))
    const waiting = states.flat().filter((line) => /\s(start|wait)\s/.test(line) && !/\sIdle\s*$/.test(line))
    if (waiting.length === 0) break
  }
  await seconds(4)
}

async function carryOut(scene: Scene, step: Step): Promise<void> {
  const { directory, context } = scene
  switch (step.do) {
    case 'wait':
      return seconds(step.for)
    case 'settle':
      return settle(scene, step.max)
    case 'bird_kill':
    case 'bird_term':
      stopBirds(directory, [step.node], step.do === 'bird_kill' ? 'SIGKILL' : 'SIGTERM')
      scene.alive.delete(step.node)
      return undefined
    case 'bird_start':
      return start(scene, step.node)
    case 'bird_wipe':
      return undefined
    // As recorded: the whole node stands still, and goes on where it was.
    case 'node_fail':
    case 'node_recover': {
      const back = step.do === 'node_recover'
      const node = context.cluster.nodeByName.get(step.node)
      const subnet = node && context.cluster.underlay.attachments[node.index]?.subnet
      if (node && subnet !== undefined) plug(node.index, subnet, back)
      stopBirds(directory, [step.node], back ? 'SIGCONT' : 'SIGSTOP')
      if (back) scene.still.delete(step.node)
      else scene.still.add(step.node)
      return undefined
    }
    case 'ip': {
      ip(namespaceOf(step.node), [step.args])
      // The kernel forgets the routes by an interface that goes down; somebody writes the default route again.
      if (step.args.endsWith(' up'))
        ip(namespaceOf(step.node), ['route replace default via 172.16.1.1 dev eth0 proto dhcp'])
      return undefined
    }
    case 'patch': {
      scene.resources = patched(scene.resources, step)
      scene.context = contextOf(scene.resources)
      for (const name of scene.alive) {
        const speaker = scene.context.speakerByName.get(name)
        const config = speaker && birdConfig(scene.context, speaker, 4, WAITS.calico)
        if (config !== undefined) writeFileSync(join(directory, `${name}.cfg`), config)
      }
      for (const name of scene.alive) await ask(join(directory, `${name}.ctl`), 'configure')
      return undefined
    }
  }
}

async function snapshot({ alive, still, context, directory }: Scene): Promise<object> {
  const nodes = await Promise.all(
    context.speakers.map(async ({ name }) => {
      const running = alive.has(name) && !still.has(name)
      return [name, await recordedNode(directory, name, running)] as const
    }),
  )
  return Object.fromEntries(nodes)
}

function outagesOf({ directory, begun }: Scene, pods: readonly LabPod[]): object {
  const pairs = gapsOf(directory, pods).map(({ from, to, gaps }) => [
    `${from.address}>${to.address}`,
    gaps.map((gap) => ({
      start: (gap.from - begun) / 1000,
      end: (gap.to - begun) / 1000,
      lost: gap.lost,
      open: gap.open,
    })),
  ])
  return Object.fromEntries(pairs)
}

async function seconds(count: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, count * 1000))
}
