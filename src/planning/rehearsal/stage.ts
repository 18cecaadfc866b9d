/** A world with its simulation, and the next one after a step: addresses stay where the step leaves them alone. */

import { ipamView } from '../../ipam/ipam-view.js'
import type { IpamView } from '../../ipam/view.js'
import type { ChangeOptions, ChangeResult } from '../change/apply-change.js'
import type { Effect } from '../change/effect.js'
import { endedPods } from '../change/pods-picked.js'
import { clusterOf, type World } from '../change/world.js'
import type { ResourceChange } from '../diff/cluster-diff.js'
import { resourceChanges } from '../diff/resource-changes.js'
import { runStep } from '../runbook/run-step.js'
import type { RunbookStep } from '../runbook/runbook.js'
import { createSimulation, type Simulation } from '../simulation.js'
import { areInert, placesPods } from './inert.js'

export interface Stage {
  readonly world: World
  /** What the network of that world does. Its Cluster may be of an earlier world, from which nothing has changed. */
  readonly simulation: Simulation
}

export interface StageOptions {
  /** The release to predict; left out, the manifests tell it. */
  readonly calico?: string
  readonly seed?: number
}

export function openStage(world: World, options: StageOptions): Stage {
  return { world, simulation: createSimulation(clusterOf(world, options)) }
}

export interface Played {
  readonly stage: Stage
  readonly result: ChangeResult
}

/** The stage after a step; the very same one when the network does not notice it. */
export function play(stage: Stage, step: RunbookStep, options: StageOptions): Played {
  const { world, simulation } = stage
  const change: ChangeOptions = { ...options, ipam: () => simulation.ipam }
  const result = runStep(world, step, change)
  const pods = result.effects.some(touchesPods)
  if (result.world === world && !pods) return { stage, result }
  const changes = resourceChanges(world.manifests, result.world.manifests)
  const sameUnread = world.unread === result.world.unread
  const surroundings = { manifests: result.world.manifests, podsWait: simulation.ipam.unplaced.length > 0 }
  if (!pods && sameUnread && world.down === result.world.down && areInert(changes, surroundings)) {
    return { stage: { world: result.world, simulation }, result }
  }
  const cluster = clusterOf(result.world, options)
  const ipam =
    pods || !sameUnread || !changes.every((one) => leavesAddresses(one, result.world))
      ? nextIpam(simulation, cluster, result.effects)
      : simulation.ipam
  return { stage: { world: result.world, simulation: createSimulation(cluster, { ipam }) }, result }
}

function nextIpam({ cluster, ipam }: Simulation, after: Simulation['cluster'], effects: readonly Effect[]): IpamView {
  return ipamView(after, { cluster, view: ipam, isRestarted: endedPods(effects) })
}

function touchesPods({ effect }: Effect): boolean {
  return (
    effect === 'podsDeleted' || effect === 'podsRecreated' || effect === 'podsAdded' || effect === 'addressesReleased'
  )
}

/** Kinds that only peering reads. */
const PEERING: ReadonlySet<string> = new Set(['BGPConfiguration', 'BGPPeer', 'BGPFilter', 'Expectation', 'Runbook'])

/** Annotations of a node that only peering reads. */
const PEERING_ANNOTATIONS: ReadonlySet<string> = new Set([
  'projectcalico.org/RouteReflectorClusterID',
  'projectcalico.org/ASNumber',
])

/** True for a change that moves no address: IPAM need not be asked again. */
function leavesAddresses({ kind, change, fields }: ResourceChange, { manifests }: World): boolean {
  if (PEERING.has(kind)) return true
  if (kind !== 'Node' || change !== 'changed') return false
  return fields.every(({ path }) => {
    const [first, second, third] = path
    if (first !== 'metadata' || path.length !== 3) return false
    if (second === 'annotations') return PEERING_ANNOTATIONS.has(String(third))
    // Labels of Kubernetes itself say what a node is, its operating system for one.
    return second === 'labels' && !/(^|\.)kubernetes\.io\//.test(String(third)) && !placesPods(String(third), manifests)
  })
}
