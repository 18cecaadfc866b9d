/** Everything that the page of one cluster holds. */

import type { Finding } from '../../findings/finding.js'
import type { Simulation } from '../../planning/simulation.js'
import { EFFECTS, hitText, LIMIT_NAMES } from '../capacity-limits.js'
import { chooseNodes } from './chosen-nodes.js'
import { pageFindings } from './findings-data.js'
import { pageGrowth } from './growth-data.js'
import { pageNodes } from './nodes-data.js'
import type { PageChange, PageData } from './page-data.js'
import { pagePools } from './pools-data.js'
import { pageReach } from './reach-data.js'
import { pageRoutes } from './routes-data.js'
import { pageSessions } from './sessions-data.js'
import { pageSummary } from './summary.js'
import { pageTopology } from './topology-data.js'

export interface PageQuestion {
  readonly title: string
  readonly simulation: Simulation
  readonly findings: readonly Finding[]
  /** Nodes whose kernel tables the page holds; undefined for as many as suit the size. */
  readonly tables?: number | undefined
  /** Whether reachability of all pairs is wanted. */
  readonly reach: boolean
  readonly changes: readonly PageChange[]
}

export function pageData({ title, simulation, findings, tables, reach: wanted, changes }: PageQuestion): PageData {
  const { cluster } = simulation
  const capacity = simulation.capacity()
  const { sessions, outside, perNode } = pageSessions(simulation.bgp)
  const reach = wanted && cluster.nodes.length > 1 ? pageReach(simulation) : null
  return {
    title,
    calico: cluster.release.name,
    assumedRelease: cluster.releaseFrom === 'assumed',
    summary: pageSummary(simulation, findings, reach, changes),
    nodes: pageNodes(simulation, perNode),
    topology: pageTopology(cluster, outside),
    sessions,
    pools: pagePools(simulation),
    simulatedIpam: capacity.simulated,
    limits: capacity.limits.map((limit) => ({
      limit: LIMIT_NAMES[limit.limit],
      of: limit.of,
      value: limit.value,
      used: limit.used,
      headroom: limit.headroom,
      hit: hitText(limit),
      effect: EFFECTS[limit.effect],
    })),
    growth: pageGrowth(simulation),
    routes: pageRoutes(simulation, chooseNodes(cluster, simulation.ipam.affinities.length, tables)),
    reach,
    findings: pageFindings(findings),
    changes,
  }
}
