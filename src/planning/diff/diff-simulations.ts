/** Two simulations compared: everything that one network does and the other does not. */

import type { Cluster } from '../../cluster/cluster.js'
import type { KernelTables } from '../../dataplane/kernel-table.js'
import type { Finding } from '../../findings/finding.js'
import { validateTogether } from '../../manifests/validation/validate-together.js'
import type { PairCounts } from '../reach/answer.js'
import type { Simulation } from '../simulation.js'
import { capacityDifference } from './capacity-difference.js'
import { withCauses } from './causes.js'
import type { CapacityDifference, ClusterDiff, ReachDifference, ResourceChange, RouteChange } from './cluster-diff.js'
import { findingDifference } from './finding-difference.js'
import { reachDifference } from './reach-difference.js'
import { resourceChanges } from './resource-changes.js'
import { routeDifference } from './route-difference.js'
import { sessionDifference } from './session-difference.js'

/**
 * Deterministic, and symmetric: `diffSimulations(b, a)` tells the opposite of `diffSimulations(a, b)`. Nothing in it is
 * per pair of nodes; tables are made for one of each kind of nodes. Works the whole comparison out at once.
 */
export function diffSimulations(before: Simulation, after: Simulation): ClusterDiff {
  const [was, is] = [before.cluster, after.cluster]
  const resources = resourceChanges(was.manifests, is.manifests)
  const sessions = sessionDifference(sessionSide(before), sessionSide(after))
  const routes = routeDifference(
    { ...before.dataplane, routes: tablesOf(before) },
    { ...after.dataplane, routes: tablesOf(after) },
  )
  const diff = {
    ...(was.release.name === is.release.name ? {} : { release: { before: was.release.name, after: is.release.name } }),
    resources,
    nodes: { added: missing(is, was), removed: missing(was, is) },
    sessions,
    routes,
    reach: forwardsAlike(before, after, resources, { sessions, routes })
      ? sameReach(before.reach().pairs)
      : reachDifference({ cluster: was, reach: before.reach() }, { cluster: is, reach: after.reach() }),
    capacity: capacityDifference(
      { capacity: before.capacity(), ipam: before.ipam },
      { capacity: after.capacity(), ipam: after.ipam },
    ),
    findings: findingDifference(findingsOf(before), findingsOf(after)),
  }
  return withCauses({ ...diff, empty: isEmpty(diff) })
}

/** Kinds that say where pods run and what addresses they have, and nothing of how packets travel. */
const PODS: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'StatefulSet',
  'ReplicaSet',
  'DaemonSet',
  'Expectation',
])

/**
 * True when only pods have moved: the same sessions and tables but for the routes of nodes to their own pods, and
 * nothing else that a packet meets. Then who reaches whom is the same, and need not be worked out again.
 */
function forwardsAlike(
  before: Simulation,
  after: Simulation,
  resources: readonly ResourceChange[],
  { sessions, routes }: Pick<ClusterDiff, 'sessions' | 'routes'>,
): boolean {
  if (before.cluster.down !== after.cluster.down) return false
  const podsOnly = resources.every(
    ({ kind, change, fields }) =>
      PODS.has(kind) || (kind === 'Node' && change === 'changed' && fields.every(({ path }) => path[0] === 'spec')),
  )
  const local = ({ example }: RouteChange): boolean => (example.after ?? example.before)?.why.rule === 'localPod'
  return podsOnly && resources.length > 0 && sessions.groups.length === 0 && routes.groups.every(local)
}

function sameReach(pairs: PairCounts): ReachDifference {
  return { before: pairs, after: pairs, lost: 0, restored: 0, groups: [] }
}

function missing(from: Cluster, other: Cluster): readonly string[] {
  return from.nodes.filter(({ name }) => !other.nodeByName.has(name)).map(({ name }) => name)
}

function sessionSide(simulation: Simulation): Parameters<typeof sessionDifference>[0] {
  const { total, established } = simulation.sessionSurvey().summary.sessions
  return { context: simulation.bgp, totals: { total, established } }
}

/** Routes in the tables that are kept of one simulation: in a rehearsal each is compared twice. */
const MOST_ROUTES = 200_000

interface KeptTables {
  readonly byNode: Map<string, KernelTables>
  routes: number
}

const kept = new WeakMap<Simulation, KeptTables>()

function tablesOf(simulation: Simulation): (node: string) => KernelTables {
  const tables = kept.get(simulation) ?? { byNode: new Map<string, KernelTables>(), routes: 0 }
  kept.set(simulation, tables)
  return (node) => {
    const known = tables.byNode.get(node)
    if (known !== undefined) return known
    const fresh = simulation.routes(node)
    const size = [...fresh.values()].reduce((sum, routes) => sum + routes.length, 0)
    if (tables.routes + size > MOST_ROUTES) return fresh
    tables.byNode.set(node, fresh)
    tables.routes += size
    return fresh
  }
}

const heard = new WeakMap<Simulation, readonly Finding[]>()

/** What `check` finds besides faults of single resources; worked out once for a simulation. */
export function findingsOf(simulation: Simulation): readonly Finding[] {
  const known = heard.get(simulation)
  if (known !== undefined) return known
  const together = validateTogether(simulation.cluster.manifests.map(({ resource }) => resource))
  const fresh = [...together, ...simulation.hazards()]
  heard.set(simulation, fresh)
  return fresh
}

function isEmpty(diff: Omit<ClusterDiff, 'empty'>): boolean {
  const { nodes, sessions, routes, reach, capacity, findings } = diff
  return (
    diff.release === undefined &&
    nodes.added.length + nodes.removed.length === 0 &&
    sessions.groups.length === 0 &&
    routes.groups.length === 0 &&
    reach.groups.length === 0 &&
    isSameCapacity(capacity) &&
    findings.added.length + findings.gone.length === 0
  )
}

function isSameCapacity({ pools, blocks, pods, unplaced, placed }: CapacityDifference): boolean {
  const counts = [blocks.added, blocks.removed, blocks.moved, pods.added, pods.removed, pods.readdressed]
  return pools.length + unplaced.length + placed.length === 0 && counts.every((count) => count === 0)
}
