/** What only the tables tell: networks that never rest or not always in the same state, sessions that carry their own end, tables that were not made. */

import { formatPrefix } from '../../address/prefix.js'
import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import type { BgpTables } from '../tables.js'

const MOST_NAMED = 3

/** In a larger cluster this would take `check` longer than all else; the commands that ask for tables look all the same. */
const MOST_NODES = 1500

/** Works the tables out if that has not been done yet. */
export function convergenceFindings(context: BgpContext, tables: BgpTables): readonly Finding[] {
  return ([4, 6] as const).flatMap((family) => [
    ...restOf(context, tables, family),
    ...undeterminedOf(tables, family),
    ...severedOf(tables, family),
  ])
}

/**
 * False where the tables certainly rest in one state: where every session adds paths nothing that is sent depends on what
 * is best. Only Underlay routers have sessions without added paths, and only they tell nodes of the nodes' own networks.
 * Also false in a cluster so large that nobody would wait for the answer.
 */
export function mayNotRest({ cluster }: BgpContext): boolean {
  if (cluster.nodes.length > MOST_NODES) return false
  return cluster.backend === 'bird' && cluster.underlay.routers.some(({ bgp, down }) => bgp !== undefined && !down)
}

function restOf(context: BgpContext, tables: BgpTables, family: 4 | 6): readonly Finding[] {
  const outcome = tables.convergence(family)
  switch (outcome.kind) {
    case 'stable':
      return []
    case 'tooLarge':
      return [
        {
          severity: 'error',
          code: 'BGP_TOO_LARGE',
          message: `The IPv${family} tables of ${context.cluster.nodes.length} nodes would hold more than ${outcome.routeLimit.toLocaleString('en-US')} routes, so BIRD's routes are missing from the answer.`,
          hint: 'Ask about fewer nodes of the same design.',
        },
      ]
    case 'unstable': {
      const some = outcome.prefixes.slice(0, MOST_NAMED).map(formatPrefix).join(', ')
      return [
        {
          severity: 'error',
          code: 'BGP_UNSTABLE',
          message: `${outcome.prefixes.length} prefixes never come to rest, for example ${some}.`,
          hint: 'Look for sessions that prefer each other in a circle: different AS numbers in one mesh, next-hop modes, filters that set priorities.',
        },
      ]
    }
  }
}

function undeterminedOf(tables: BgpTables, family: 4 | 6): readonly Finding[] {
  const prefixes = tables.undetermined(family)
  if (prefixes.length === 0) return []
  const some = prefixes.slice(0, MOST_NAMED).map(formatPrefix).join(', ')
  const are = prefixes.length === 1 ? 'prefix has' : 'prefixes have'
  return [
    {
      severity: 'warning',
      code: 'BGP_UNDETERMINED',
      message: `${prefixes.length} IPv${family} ${are} several resting states, for example ${some}: which message comes first decides, at every start anew.`,
      hint: 'Let the routers add paths, or make one of the paths better for everybody: a longer AS path or a lower priority on the other one.',
    },
  ]
}

function severedOf(tables: BgpTables, family: 4 | 6): readonly Finding[] {
  return tables.severed(family).map(({ speaker, birdName, peer, by }) => ({
    severity: 'error',
    code: 'BGP_SESSION_CUTS_ITSELF',
    message: `${speaker.name} learns ${formatPrefix(by)} over ${birdName}, cannot use it, and so loses the way to ${peer.name}: the session ends at every hold timer.`,
    hint: 'Let the neighbour not announce the networks that the nodes stand in.',
    ...(speaker.kind === 'node' ? { resource: { kind: 'Node', name: speaker.name } } : {}),
  }))
}
