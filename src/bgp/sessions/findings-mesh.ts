/** Hazards of the node-to-node mesh. */

import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { meshMembers } from '../config/mesh.js'
import type { SessionReason } from '../session.js'
import { failureFinding } from './failure-finding.js'
import { counted } from './listed.js'
import { type MeshPair, meshPairs } from './mesh-classes.js'

/** Calico's own advice is to use reflectors from about here. */
const LARGE_MESH = 100

const MESH_RESOURCE = { kind: 'BGPConfiguration', name: 'default' } as const

export function meshFindings(context: BgpContext): readonly Finding[] {
  return [
    ...largeMesh(context),
    ...([4, 6] as const).flatMap((family) => failures(context, meshPairs(context, family))),
  ]
}

function largeMesh(context: BgpContext): readonly Finding[] {
  const members = Math.max(meshMembers(context, 4).length, meshMembers(context, 6).length)
  if (members <= LARGE_MESH) return []
  const sessions = (members * (members - 1)) / 2
  const reflected = 2 * (members - 2) + 1
  return [
    {
      severity: 'info',
      code: 'BGP_LARGE_MESH',
      message: `The node-to-node mesh has ${members} nodes: ${sessions} sessions, ${members - 1} on each node. Two route reflectors would need ${reflected}.`,
      hint: 'Set routeReflectorClusterID on two nodes, add BGPPeers to them, then set nodeToNodeMeshEnabled to false.',
      resource: MESH_RESOURCE,
      path: ['spec', 'nodeToNodeMeshEnabled'],
    },
  ]
}

interface Failure {
  readonly reason: SessionReason
  readonly culprit: number
  readonly other: number
  sessions: number
}

/** One finding for each cause and class of nodes that has it. */
function failures(context: BgpContext, pairs: readonly MeshPair[]): readonly Finding[] {
  const found = new Map<string, Failure>()
  for (const pair of pairs) {
    const [here, there] = pair.outcomes
    // Shared router ids and refused configurations are reported by what causes them.
    if (here.state === 'Established' || SEPARATE.has(here.reason.code)) continue
    const atFrom = blames(here.reason, here.lastError) || !blames(there.reason, there.lastError)
    const failure = atFrom
      ? { reason: here.reason, culprit: pair.from, other: pair.to }
      : { reason: there.reason, culprit: pair.to, other: pair.from }
    const key = `${failure.reason.code} ${failure.culprit}`
    const held = found.get(key)
    if (held === undefined) found.set(key, { ...failure, sessions: pair.pairs })
    else held.sessions += pair.pairs
  }
  return [...found.values()].map(({ reason, culprit, other, sessions }) => {
    const names = [context.cluster.nodes[culprit]?.name ?? '', context.cluster.nodes[other]?.name ?? ''] as const
    const example = `${counted(sessions, 'mesh session')} cannot come up, for example that of ${names[0]} with ${names[1]}`
    return failureFinding(reason, example, names[0], { kind: 'Node', name: names[0] }, 'error')
  })
}

const SEPARATE: ReadonlySet<SessionReason['code']> = new Set(['duplicateRouterID', 'configurationRefused'])

/** True at the end whose own configuration or route is the cause. */
function blames(reason: SessionReason, lastError: string | undefined): boolean {
  if (reason.code === 'wrongAS') return reason.side === 'here'
  return lastError !== undefined
}
