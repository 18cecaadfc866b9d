/** The predicted course of a recorded case: its events carried out one after the other on the model of time. */

import type { Cluster } from '../../../src/cluster/cluster.js'
import { clusterWith } from '../../../src/cluster/cluster-with-down.js'
import { type Down, linkKey, NOTHING_DOWN } from '../../../src/cluster/down.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { type Happening, happen } from '../../../src/planning/transition/happen.js'
import {
  type Network,
  type Phase,
  settledNetwork,
  withHeld,
  withPending,
} from '../../../src/planning/transition/network.js'
import type { Seconds } from '../../../src/planning/transition/outage-cause.js'
import { letPass } from '../../../src/planning/transition/settle.js'
import { later, RECOVERY_WAIT } from '../../../src/planning/transition/timers.js'
import { clusterFrom, type ListedResource } from '../cluster-from.js'
import type { LabCase } from '../lab.js'
import { eventsOf, type LabEvent } from './lab-event.js'
import { patched, startOf } from './lab-start.js'

interface Scene {
  readonly items: readonly ListedResource[]
  readonly pods: ReadonlySet<string>
  readonly down: Down
  /** Nodes whose kernel was emptied and that have not started since. */
  readonly wiped: ReadonlySet<string>
}

/** Phases from the settled start on, the first from second 0. Throws for an event that it does not know. */
export function filmOf(item: LabCase): readonly Phase[] {
  const events = eventsOf(item)
  const items = startOf(
    item,
    events.flatMap(({ patch }) => patch ?? []),
  )
  const added = new Set(events.flatMap((event) => (event.do === 'add_workload' ? (event.ip ?? []) : [])))
  const pods = new Set(items.flatMap((resource) => podAddress(resource) ?? []).filter((ip) => !added.has(ip)))
  let scene: Scene = { items, pods, down: stoppedAtStart(item), wiped: new Set() }
  let network = start(item, scene)
  const phases: Phase[] = [{ from: { min: 0, max: 0 }, network, cause: { code: 'takenOver' } }]
  const pass = (now: number, likely = false): void => {
    const settled = letPass(network, now, likely)
    phases.push(...settled.phases)
    network = settled.network
  }
  for (const event of events) {
    pass(event.t)
    const next = stage(scene, event)
    if (next !== undefined) {
      const [after, orderly] = next
      const begun = happen(network, event.t, happeningOf(item, scene, after, orderly))
      // Some were done node by node.
      const lasted = event.end - event.t
      phases.push({ ...begun.phase, from: longer(begun.phase.from, lasted) })
      const pending = begun.network.pending.map((one) => ({ ...one, at: longer(one.at, lasted) }))
      network = { ...begun.network, pending }
      scene = {
        ...after,
        wiped: new Set([...after.wiped].filter((name) => after.down.nodes.has(name) || after.down.birds.has(name))),
      }
    } else if (event.do === 'settle') pass(event.end, true)
  }
  pass(Number.POSITIVE_INFINITY)
  return phases
}

function longer({ min, max }: Seconds, by: number): Seconds {
  return { min, max: max + by }
}

function start(item: LabCase, scene: Scene): Network {
  const cluster = clusterOf(item, scene)
  let network = settledNetwork({ cluster, ipam: ipamView(cluster) })
  for (const [name, { kernelProtocol }] of Object.entries(item.snapshots[0]?.nodes ?? {})) {
    if (kernelProtocol !== 'wait') continue
    network = withPending(withHeld(network, name, 'nothing'), {
      key: `recovery ${name}`,
      at: later(RECOVERY_WAIT, 0),
      cause: { code: 'recoveryWait', elements: [name] },
      becomes: (then) => withHeld(then, name, undefined),
    })
  }
  return network
}

function clusterOf(item: LabCase, { items, pods, down }: Scene): Cluster {
  const present = items.filter((resource) => {
    const ip = podAddress(resource)
    return ip === undefined || pods.has(ip)
  })
  return clusterWith(clusterFrom(present, { calico: item.calico }), down)
}

function happeningOf(item: LabCase, before: Scene, after: Scene, orderly: string | undefined): Happening {
  const cluster = clusterOf(item, after)
  return {
    cluster,
    ipam: ipamView(cluster),
    ...(orderly === undefined ? {} : { manner: new Map([[orderly, 'orderly' as const]]) }),
    rebooted: before.wiped,
  }
}

/** The scene after an event, and which element goes in an orderly way; undefined for an event that only lets time pass. */
function stage(scene: Scene, event: LabEvent): readonly [Scene, string?] | undefined {
  const { node = '' } = event
  const down = (kind: keyof Down, key: string, gone: boolean): Scene => {
    const set = new Set(scene.down[kind])
    if (gone) set.add(key)
    else set.delete(key)
    return { ...scene, down: { ...scene.down, [kind]: set } }
  }
  const { do: what } = event
  if (what.startsWith('wait') || what === 'settle' || what === 'record') return undefined
  if (what === 'patch') return event.patch && [{ ...scene, items: patched(scene.items, event.patch) }]
  if (what === 'add_workload') return [{ ...scene, pods: new Set([...scene.pods, event.ip ?? '']) }]
  if (what === 'del_workload') return [{ ...scene, pods: new Set([...scene.pods].filter((ip) => ip !== event.ip)) }]
  if (what === 'ip') return byHand(scene, event, down)
  const ends = /fail|kill|down|off|term|stop|quit/.test(what)
  const begins = /recover|start|up|on$/.test(what)
  if (what === 'bird_wipe') return [{ ...scene, wiped: new Set([...scene.wiped, node]) }]
  if (what.startsWith('bird') && (ends || begins)) {
    return /kill/.test(what) || begins ? [down('birds', node, ends)] : [down('birds', node, true), node]
  }
  if (what.startsWith('node') && (ends || begins)) return [down('nodes', node, ends)]
  if (what.startsWith('link') && (ends || begins)) return [down('links', linkOf(scene, node), ends)]
  throw new Error(`the event ${what} is not known`)
}

/** `ip` by hand: a link set up or down, or a pod's route written with another metric. */
function byHand(
  scene: Scene,
  { node = '', args = '' }: LabEvent,
  down: (kind: keyof Down, key: string, gone: boolean) => Scene,
): readonly [Scene] | undefined {
  const link = /^link set (?:dev )?\S+ (up|down)$/.exec(args)
  if (link !== null) return [down('links', linkOf(scene, node), link[1] === 'down')]
  const route = /^route (?:replace|add|append) \S+ dev cali\S* .*metric (\d+)/.exec(args)
  if (route !== null) {
    const name = `node.${node}`
    const felix = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'FelixConfiguration',
      metadata: { name },
      spec: { ipv4NormalRoutePriority: Number(route[1]) },
    } as unknown as ListedResource
    const others = scene.items.filter((item) => !(item.kind === felix.kind && item.metadata.name === name))
    return [{ ...scene, items: [...others, felix] }]
  }
  if (/^route del \S+ metric \d+/.test(args)) return undefined
  throw new Error(`ip ${args} is not known`)
}

/** The link of a node to its subnet. */
function linkOf({ items }: Scene, node: string): string {
  const cluster = clusterFrom(items, {})
  const found = cluster.nodeByName.get(node)
  const subnet = found && cluster.underlay.attachments[found.index]?.subnet
  return linkKey(node, (subnet === undefined ? undefined : cluster.underlay.subnets[subnet]?.name) ?? '')
}

function stoppedAtStart(item: LabCase): Down {
  const stopped = Object.entries(item.snapshots[0]?.nodes ?? {}).flatMap(([name, node]) => (node.running ? [] : name))
  const nodes = new Set(item.resources.filter(({ kind }) => kind === 'Node').map(({ metadata }) => metadata.name))
  return { ...NOTHING_DOWN, birds: new Set(stopped.filter((name) => nodes.has(name))) }
}

function podAddress(item: ListedResource): string | undefined {
  return item.kind === 'Pod' ? (item as { readonly status?: { readonly podIP?: string } }).status?.podIP : undefined
}
