/**
 * The network between two settled states. What is broken and what BGP knows of it are two things: a silent loss is
 * noticed when a timer ends, a kernel keeps the routes of a BIRD that is dead, and a session that a change ended is down
 * until it is up again.
 */

import type { Family } from '../../address/address.js'
import type { BgpContext, KeptSessions } from '../../bgp/config/context.js'
import type { BgpTable, BgpTables } from '../../bgp/tables.js'
import type { Cluster } from '../../cluster/cluster.js'
import { clusterWith } from '../../cluster/cluster-with-down.js'
import { type Down, NOTHING_DOWN } from '../../cluster/down.js'
import type { IpamView } from '../../ipam/view.js'
import type { Alike } from '../reach/bgp-alike.js'
import { createSimulation, type Simulation } from '../simulation.js'
import type { OutageCause, Seconds } from './outage-cause.js'

export interface Network {
  /** As configured and as it is: `down` is what is broken. */
  readonly cluster: Cluster
  readonly ipam: IpamView
  /** What is broken as far as BGP has noticed. */
  readonly noticed: Down
  /** Sessions that are up already; undefined when all are that will ever be. */
  readonly kept?: KeptSessions
  /** Speakers, by name, whose kernels keep what an older state wrote; `nothing` is a machine that has just started. */
  readonly held: ReadonlyMap<string, Simulation | 'nothing'>
  readonly pending: readonly Pending[]
}

/** What happens by itself later. */
export interface Pending {
  /** Events of one key replace each other. */
  readonly key: string
  /** Seconds on the clock of the whole prediction. */
  readonly at: Seconds
  readonly cause: OutageCause
  readonly becomes: (network: Network) => Network
}

/** A stretch of time in which nothing changes. */
export interface Phase {
  /** Its beginning lies somewhere in here. */
  readonly from: Seconds
  readonly network: Network
  /** Why it is not like the phase before. */
  readonly cause: OutageCause
}

/** A network in which everything has settled. */
export function settledNetwork({ cluster, ipam }: Pick<Simulation, 'cluster' | 'ipam'>): Network {
  return { cluster, ipam, noticed: cluster.down ?? NOTHING_DOWN, held: new Map(), pending: [] }
}

const controls = new WeakMap<Network, Simulation>()
const planes = new WeakMap<Network, Simulation>()

/** Sessions and BGP tables as the BIRDs have them. */
export function controlOf(network: Network): Simulation {
  const known = controls.get(network)
  if (known !== undefined) return known
  const { cluster, noticed, ipam, kept } = network
  const seen = noticed === (cluster.down ?? NOTHING_DOWN) ? cluster : clusterWith(cluster, noticed)
  const made = createSimulation(seen, { ipam, ...(kept === undefined ? {} : { kept }) })
  controls.set(network, made)
  return made
}

/** Kernel tables and the way of packets. */
export function planeOf(network: Network): Simulation {
  const known = planes.get(network)
  if (known !== undefined) return known
  const { cluster, noticed, ipam, held } = network
  const plain = held.size === 0 && noticed === (cluster.down ?? NOTHING_DOWN)
  const made = plain
    ? controlOf(network)
    : createSimulation(cluster, {
        ipam,
        tables: (context) => kernelTables(network, context),
        alike: () => kernelAlike(network),
      })
  planes.set(network, made)
  return made
}

/** Puts a simulation that exists already in the place of those that would be made. */
export function adopt(network: Network, simulation: Simulation): void {
  controls.set(network, simulation)
  if (network.held.size === 0) planes.set(network, simulation)
}

/** Each kernel's tables from the state that wrote them. */
function kernelTables(network: Network, context: BgpContext): BgpTables {
  const control = controlOf(network)
  return {
    table: (index, family) => {
      const speaker = context.speakers[index]
      const from = (speaker && network.held.get(speaker.name)) ?? control
      const tables = speaker === undefined || from === 'nothing' ? [] : from.rib(speaker.name)
      return tables.find((table) => table.family === family) ?? emptyTable(context, index, family)
    },
    convergence: () => ({ kind: 'stable' }),
    undetermined: () => [],
    severed: () => [],
  }
}

/** Nodes that are alike in every state that some kernel holds, and hold the same one. */
function kernelAlike(network: Network): Alike {
  const { cluster, held } = network
  const control = controlOf(network)
  const states = [...new Set<Simulation | 'nothing'>([control, ...held.values()])]
  const told = states.flatMap((state) =>
    state === 'nothing' ? [] : { nodeByName: state.cluster.nodeByName, alike: state.alike() },
  )
  return (index) => {
    const name = cluster.nodes[index]?.name ?? ''
    const keys = [String(states.indexOf(held.get(name) ?? control))]
    for (const { nodeByName, alike } of told) {
      const then = nodeByName.get(name)
      const key = then && alike(then.index)
      // A state that does not know the node, or cannot tell, leaves its table to be read.
      if (key === undefined) return undefined
      keys.push(key)
    }
    return keys.join(' ; ')
  }
}

function emptyTable(context: BgpContext, index: number, family: Family): BgpTable {
  const speaker = context.speakers[index] ?? { index, kind: 'node', name: '' }
  return { speaker, family, entries: [], entry: () => undefined }
}

/** Adds an event in place of an older one with its key. */
export function withPending(network: Network, event: Pending): Network {
  return { ...network, pending: [...network.pending.filter(({ key }) => key !== event.key), event] }
}

export function withoutPending(network: Network, key: string): Network {
  return { ...network, pending: network.pending.filter((event) => event.key !== key) }
}

export function withHeld(network: Network, name: string, by: Simulation | 'nothing' | undefined): Network {
  const held = new Map(network.held)
  if (by === undefined) held.delete(name)
  else held.set(name, by)
  return { ...network, held }
}

export function withNoticed(network: Network, kind: keyof Down, key: string, down: boolean): Network {
  const set = new Set(network.noticed[kind])
  if (down) set.add(key)
  else set.delete(key)
  const noticed = { ...network.noticed, [kind]: set }
  const actual = network.cluster.down ?? NOTHING_DOWN
  return { ...network, noticed: sameDown(noticed, actual) ? actual : noticed }
}

function sameDown(a: Down, b: Down): boolean {
  return (['nodes', 'birds', 'routers', 'links'] as const).every((kind) => {
    return a[kind].size === b[kind].size && [...a[kind]].every((key) => b[kind].has(key))
  })
}
