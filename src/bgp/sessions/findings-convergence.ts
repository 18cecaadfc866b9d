/** What only the tables tell: networks that never rest, sessions that carry their own end, tables that were not made. */

import { formatPrefix } from '../../address/prefix.js'
import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import type { BgpTables } from '../tables.js'

const MOST_NAMED = 3

/** Works the tables out if that has not been done yet. */
export function convergenceFindings(context: BgpContext, tables: BgpTables): readonly Finding[] {
  return ([4, 6] as const).flatMap((family) => [...restOf(context, tables, family), ...severedOf(tables, family)])
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

function severedOf(tables: BgpTables, family: 4 | 6): readonly Finding[] {
  return tables.severed(family).map(({ speaker, birdName, peer, by }) => ({
    severity: 'error',
    code: 'BGP_SESSION_CUTS_ITSELF',
    message: `${speaker.name} learns ${formatPrefix(by)} over ${birdName}, cannot use it, and so loses the way to ${peer.name}: the session ends at every hold timer.`,
    hint: 'Let the neighbour not announce the networks that the nodes stand in.',
    ...(speaker.kind === 'node' ? { resource: { kind: 'Node', name: speaker.name } } : {}),
  }))
}
