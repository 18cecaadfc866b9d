/** What one cluster costs in one process, stage by stage. Each stage begins from what the one before it left. */

import { Bench } from 'tinybench'
import { createBgpContext } from '../../src/bgp/config/context.js'
import { bgpTables } from '../../src/bgp/engine.js'
import { compactTables } from '../../src/bgp/roles/compact.js'
import { NeedsPlain } from '../../src/bgp/roles/needs-plain.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { IpamView } from '../../src/ipam/view.js'
import { readManifests } from '../../src/manifests/read-manifests.js'
import { diffSimulations } from '../../src/planning/diff/diff-simulations.js'
import { rehearse } from '../../src/planning/rehearsal/rehearse.js'
import { createSimulation, type Simulation } from '../../src/planning/simulation.js'
import { migrationOf } from './migration.js'

export interface StageTime {
  readonly stage: string
  readonly milliseconds: number
}

/**
 * Milliseconds of each stage, the median of `iterations` runs, told as they are known; those that take longest come last,
 * and of a large cluster they are run once.
 */
export async function timeStages(folder: string, iterations: number, tell: (time: StageTime) => void): Promise<void> {
  const timed = async (stage: string, work: () => void, runs = iterations): Promise<void> => {
    const bench = new Bench({ iterations: runs, time: 0, warmup: false, throws: true }).add(stage, work)
    await bench.run()
    for (const { result } of bench.tasks) {
      if (result.state === 'completed') tell({ stage, milliseconds: result.latency.p50 })
    }
  }
  const set = readManifests([folder])
  const cluster = buildCluster(set.manifests)
  const ipam = ipamView(cluster)
  const fresh = (): Simulation => createSimulation(cluster, { ipam })
  const solved = fresh()
  const [first] = cluster.nodes
  const migration = migrationOf(cluster)
  const once = cluster.nodes.length > MANY_NODES ? 1 : iterations

  await timed('read', () => void readManifests([folder]))
  await timed('build', () => void buildCluster(set.manifests))
  await timed('ipam', () => void ipamView(cluster))
  await timed('sessions', () => void fresh().sessionSurvey())
  await timed('solve', () => void solve(cluster, ipam))
  await timed('tables as numbers', () => void allNumbers(cluster, ipam))
  await timed('one table', () => void fresh().routes(first?.name ?? ''))
  await timed('capacity', () => void fresh().capacity())
  await timed('reach', () => void fresh().reach())
  await timed('diff', () => void diffSimulations(solved, withoutOneNode(cluster)), once)
  if (migration === undefined) return
  await timed('rehearse', () => void rehearse(cluster, migration, { searchLimit: 0 }), once)
}

const MANY_NODES = 1000

/** Every prefix class solved, for every role. */
function solve(cluster: Cluster, ipam: IpamView): void {
  bgpTables(createBgpContext(cluster, ipam)).convergence(4)
}

/** The next hop of every prefix on every node, in typed arrays; undefined where roles do not tell enough. */
function allNumbers(cluster: Cluster, ipam: IpamView): readonly Int32Array[] | undefined {
  const context = createBgpContext(cluster, ipam)
  try {
    const tables = compactTables(context, 4, true)
    // One row is filled anew for each node where all of them together would not fit into memory.
    const together = tables.prefixes.length * cluster.nodes.length < 200_000_000
    const row = together ? undefined : new Int32Array(tables.prefixes.length)
    return cluster.nodes.map((_, index) => tables.row(index, row))
  } catch (error) {
    if (error instanceof NeedsPlain) return undefined
    throw error
  }
}

/** The change that the difference is made of: the last node goes. */
function withoutOneNode(cluster: Cluster): Simulation {
  const last = cluster.nodes.at(-1)?.name
  const kept = cluster.manifests.filter(
    ({ resource: { kind, metadata, spec } }) =>
      !(kind === 'Node' && metadata.name === last) &&
      !(kind === 'BlockAffinity' && (spec as { readonly node?: unknown }).node === last) &&
      !(kind === 'Pod' && (spec as { readonly nodeName?: unknown }).nodeName === last),
  )
  return createSimulation(buildCluster(kept))
}
