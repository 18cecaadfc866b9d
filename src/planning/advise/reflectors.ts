/** Full mesh or route reflectors: what each costs this cluster, which fits, and the way there, rehearsed. */

import type { Cluster } from '../../cluster/cluster.js'
import type { FindingCode } from '../../findings/catalog.js'
import type { Finding } from '../../findings/finding.js'
import { amountFrom, type GrowthTarget, MOST_GROWN_NODES } from '../capacity/growth-target.js'
import { worldOf } from '../change/world.js'
import { type Sweep, sweepFailures } from '../failure/sweep.js'
import { carryOut } from '../rehearsal/carry-out.js'
import { type Cost, costOf, type RehearsedStep, type Verdict, worstVerdict } from '../rehearsal/rehearsal.js'
import { openStage } from '../rehearsal/stage.js'
import type { RunbookStep } from '../runbook/runbook.js'
import type { Simulation } from '../simulation.js'
import { type TopologyAlternative, topologyAlternatives } from '../topology-alternatives.js'
import { type Candidate, reflectorCandidates } from './reflector-nodes.js'
import { reflectorSteps } from './reflector-steps.js'
import type { AdvisedStep } from './steps.js'

/** Calico's documentation calls a full mesh fit for about 100 nodes or fewer. */
export const MOST_MESH_NODES = 100

/** From here on one more: one reflector may be out for maintenance while another fails. */
export const MANY_NODES = 1_000

/** More than this cost sessions and win nothing. */
export const MOST_REFLECTORS = 8

export interface PresentDesign {
  readonly mesh: boolean
  /** Nodes with a cluster ID. */
  readonly reflectors: readonly string[]
  /** Sessions that BGPPeers make, reflectors' included. */
  readonly peered: number
}

/** Why nothing is recommended. */
export type ReflectorObstacle =
  /** calico-node runs no BIRD. */
  | { readonly code: 'noBgp'; readonly backend: Cluster['backend'] }
  /** Reflectors serve speakers of their own AS only. */
  | { readonly code: 'severalAS'; readonly asNumbers: readonly number[] }
  /** The mesh is off and BGPPeers do its work: what their far ends hand on is not for Calico to say. */
  | { readonly code: 'peersOutside' }
  /** Fewer nodes that could be reflectors than are wanted. */
  | { readonly code: 'tooFewNodes'; readonly wanted: number }

export interface ReflectorAdvice {
  /** The size that is planned for. */
  readonly nodes: number
  readonly present: PresentDesign
  readonly designs: readonly TopologyAlternative[]
  /** Reflectors; 0 is a full mesh. Undefined with an obstacle. */
  readonly recommended?: number
  readonly obstacle?: ReflectorObstacle
  /** Nodes that become reflectors. */
  readonly promoted: readonly Candidate[]
  readonly steps: readonly AdvisedStep[]
  /** What is wrong with the reflectors that there are, steps or none: it has to be mended as each says. */
  readonly faults: readonly Finding[]
  /** The steps carried out on the input; undefined where there are none. */
  readonly rehearsed?: {
    readonly steps: readonly RehearsedStep[]
    readonly verdict: Verdict
    readonly cost: Cost
    /** Of the design reached: every reflector failing, one at a time. */
    readonly loss: Sweep
    readonly sessions: number
  }
}

export interface ReflectorWishes {
  readonly target?: GrowthTarget
  /** So many reflectors, whatever the size. */
  readonly reflectors?: number
}

/** Throws GrowthError for a target below what there is. */
export function adviseReflectors(simulation: Simulation, wishes: ReflectorWishes = {}): ReflectorAdvice {
  const { cluster, ipam } = simulation
  const nodes = amountFrom('nodes', wishes.target?.nodes, cluster.nodes.length, MOST_GROWN_NODES)
  const present = presentDesign(simulation)
  const blocks = ipam.affinities.filter(({ type }) => type === 'host').length
  const designs = topologyAlternatives(nodes, Math.max(1, blocks / Math.max(1, cluster.nodes.length)))
  const faults = simulation.hazards().filter(({ code }) => FAULTS.has(code))
  const told = { nodes, present, designs, faults }
  const obstacle = obstacleIn(cluster, present)
  if (obstacle !== undefined) return { ...told, obstacle, promoted: [], steps: [] }
  const recommended = wishes.reflectors ?? reflectorsFor(nodes, present)
  const missing = recommended - present.reflectors.length
  if (missing <= 0 && !(recommended > 0 && present.mesh)) return { ...told, recommended, promoted: [], steps: [] }
  const promoted = reflectorCandidates(simulation, missing)
  if (promoted.length < missing) {
    return { ...told, obstacle: { code: 'tooFewNodes', wanted: recommended }, promoted: [], steps: [] }
  }
  return { ...told, recommended, promoted, ...planOf(cluster, promoted) }
}

/** A single reflector is no fault here: more of them are what is advised. */
const FAULTS: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'BGP_REFLECTORS_SPLIT_CLUSTER',
  'BGP_REFLECTORS_NOT_PEERED',
  'BGP_HUB_NOT_REFLECTOR',
  'BGP_NODE_WITHOUT_SESSIONS',
])

function reflectorsFor(nodes: number, { reflectors }: PresentDesign): number {
  const enough = nodes >= MANY_NODES ? 3 : 2
  if (nodes <= MOST_MESH_NODES && reflectors.length === 0) return 0
  return Math.max(enough, reflectors.length)
}

function presentDesign(simulation: Simulation): PresentDesign {
  const { cluster } = simulation
  const { sessions } = simulation.sessionSurvey().summary
  return {
    mesh: cluster.bgp.nodeToNodeMeshEnabled,
    reflectors: cluster.nodes.filter(({ routeReflectorClusterID }) => routeReflectorClusterID).map(({ name }) => name),
    peered: sessions.node + sessions.global,
  }
}

function obstacleIn({ backend, nodes, bgp }: Cluster, present: PresentDesign): ReflectorObstacle | undefined {
  if (backend !== 'bird') return { code: 'noBgp', backend }
  const asNumbers = [...new Set(nodes.map(({ asNumber }) => asNumber ?? bgp.asNumber))].sort((a, b) => a - b)
  if (asNumbers.length > 1) return { code: 'severalAS', asNumbers }
  if (!present.mesh && present.reflectors.length === 0 && present.peered > 0) return { code: 'peersOutside' }
  return undefined
}

/** Draining is asked for only where promoting a node with pods cuts them off: Felix may own the routes. */
function planOf(cluster: Cluster, promoted: readonly Candidate[]): Pick<ReflectorAdvice, 'steps' | 'rehearsed'> {
  const straight = reflectorSteps(cluster, promoted, false)
  const done = rehearsedOn(cluster, straight)
  if (done.verdict === 'safe' || promoted.every(({ pods }) => pods === 0)) return { steps: straight, rehearsed: done }
  const drained = reflectorSteps(cluster, promoted, true)
  return { steps: drained, rehearsed: rehearsedOn(cluster, drained) }
}

function rehearsedOn(cluster: Cluster, steps: readonly AdvisedStep[]): NonNullable<ReflectorAdvice['rehearsed']> {
  const options = { calico: cluster.release.name, seed: cluster.seed }
  const start = openStage(worldOf(cluster.manifests), options)
  const { steps: done, last } = carryOut(start, start.simulation, steps.map(asRunbookStep), options, true)
  return {
    steps: done,
    verdict: worstVerdict(done.map(({ verdict }) => verdict)),
    cost: costOf(done),
    loss: sweepFailures(last.simulation, { kinds: ['reflector'] }),
    sessions: last.simulation.sessionSurvey().summary.sessions.total,
  }
}

function asRunbookStep({ command, change }: AdvisedStep, index: number): RunbookStep {
  const action =
    change === undefined ? ({ type: 'query', query: { ask: 'other' } } as const) : ({ type: 'change', change } as const)
  return { index, name: command, command, file: 'advice', action }
}
