/** Hazards of route reflection: clients of one cluster id split up, reflectors apart, a single one, a hub that reflects nothing. */

import type { Family } from '../../address/address.js'
import type { Finding } from '../../findings/finding.js'
import type { BgpContext } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { meshMembers } from '../config/mesh.js'
import { counted, listed } from './listed.js'
import { explicitCount } from './peer-classes.js'
import { internalPeers, type Reflector, reflectorsOf } from './reflection.js'

export function reflectorFindings(context: BgpContext): readonly Finding[] {
  const families = ([4, 6] as const).filter((family) => context.endpoints[family].some((endpoint) => endpoint))
  const found = new Map<string, Finding>()
  for (const family of families) {
    const reflectors = reflectorsOf(context, family)
    const all = [
      ...splitClusters(context, reflectors),
      ...reflectorsApart(context, reflectors, family),
      ...singleReflector(context, reflectors, family),
      ...idleHubs(context, family),
    ]
    // Both families usually say the same.
    for (const finding of all) found.set(JSON.stringify([finding.code, finding.message]), finding)
  }
  return [...found.values()]
}

/** Two reflectors with one cluster id, each with clients that the other has not. */
function splitClusters(context: BgpContext, reflectors: readonly Reflector[]): readonly Finding[] {
  const groups = new Map<string, Reflector[]>()
  for (const reflector of reflectors) {
    const list = groups.get(reflector.clusterID)
    if (list === undefined) groups.set(reflector.clusterID, [reflector])
    else list.push(reflector)
  }
  return [...groups].flatMap(([clusterID, group]): readonly Finding[] => {
    const ids = new Set(group.map(({ node }) => node))
    for (const [i, one] of group.entries()) {
      for (const other of group.slice(i + 1)) {
        const onlyOne = missing(one, other, ids)
        const onlyOther = missing(other, one, ids)
        if (onlyOne.length === 0 || onlyOther.length === 0) continue
        const [a, b] = [nameOf(context, one.node), nameOf(context, other.node)]
        return [
          {
            severity: 'error',
            code: 'BGP_REFLECTORS_SPLIT_CLUSTER',
            message: `The reflectors ${a} and ${b} have the cluster ID ${clusterID}, but not the same clients: ${a} alone has ${listed(onlyOne.map((client) => nameOf(context, client)))}, ${b} alone has ${listed(onlyOther.map((client) => nameOf(context, client)))}. Neither group learns the other's routes.`,
            hint: 'Give each reflector a cluster ID of its own, or let every client peer with both.',
            resource: { kind: 'Node', name: a },
          },
        ]
      }
    }
    return []
  })
}

/** Clients of the first that do not peer with the second; other reflectors of the cluster are no clients here. */
function missing(one: Reflector, other: Reflector, group: ReadonlySet<number>): readonly number[] {
  return [...one.clients].filter((client) => !other.clients.has(client) && !group.has(client))
}

/** Reflectors that no chain of sessions between reflectors connects, while each has clients. */
function reflectorsApart(context: BgpContext, reflectors: readonly Reflector[], family: Family): readonly Finding[] {
  const serving = reflectors.filter(({ clients }) => clients.size > 0)
  const [first] = serving
  if (first === undefined || serving.length < 2) return []
  const byNode = new Map(serving.map((reflector) => [reflector.node, reflector]))
  const reached = new Set([first.node])
  for (const node of reached) {
    for (const peer of byNode.get(node)?.peers ?? []) if (byNode.has(peer)) reached.add(peer)
  }
  const apart = serving.filter(({ node }) => !reached.has(node))
  if (apart.length === 0 || externalInternalPeer(context, serving, family)) return []
  const shared = apart.every((other) => [...other.clients].every((client) => first.clients.has(client)))
  return [
    {
      severity: shared ? 'warning' : 'error',
      code: 'BGP_REFLECTORS_NOT_PEERED',
      message: `No session connects the reflector ${nameOf(context, first.node)} with ${listed(apart.map(({ node }) => nameOf(context, node)))}${
        shared ? ": they do not learn each other's own pods" : ', and their clients differ'
      }.`,
      hint: 'Add a BGPPeer whose nodeSelector and peerSelector both match the reflectors.',
      resource: { kind: 'Node', name: nameOf(context, apart[0]?.node ?? first.node) },
    },
  ]
}

/** A reflector with a neighbour that is no node may be connected through it, which cannot be told from here. */
function externalInternalPeer(context: BgpContext, reflectors: readonly Reflector[], family: Family): boolean {
  return reflectors.some(({ node }) =>
    explicitSessions(context, node, family).some((session) => !context.endpoints.byText.has(session.peerIP)),
  )
}

/** Nodes outside the mesh whose only sessions are with one reflector. */
function singleReflector(context: BgpContext, reflectors: readonly Reflector[], family: Family): readonly Finding[] {
  const isReflector = new Set(reflectors.map(({ node }) => node))
  const inMesh = new Set(meshMembers(context, family))
  const dependent = new Map<number, number[]>()
  for (const { node, clients } of reflectors) {
    for (const client of clients) {
      if (isReflector.has(client) || (inMesh.has(client) && inMesh.size > 1)) continue
      if (explicitCount(context, client, family) !== 1) continue
      const list = dependent.get(node)
      if (list === undefined) dependent.set(node, [client])
      else list.push(client)
    }
  }
  return [...dependent].map(([node, clients]): Finding => {
    const name = nameOf(context, node)
    return {
      severity: 'warning',
      code: 'BGP_NO_REFLECTOR_REDUNDANCY',
      message: `${counted(clients.length, 'node')} can learn routes from the reflector ${name} alone: ${listed(clients.map((client) => nameOf(context, client)))}.`,
      hint: 'Let them peer with a second reflector, on a node that does not fail together with the first.',
      resource: { kind: 'Node', name },
    }
  })
}

/** Nodes without a cluster id that several nodes peer with over iBGP, none of which is in a mesh. */
function idleHubs(context: BgpContext, family: Family): readonly Finding[] {
  if (meshMembers(context, family).length > 1) return []
  return context.endpoints[family].flatMap((endpoint): readonly Finding[] => {
    if (endpoint === undefined || endpoint.clusterID !== undefined) return []
    if (explicitCount(context, endpoint.node, family) < 2) return []
    const { peers } = internalPeers(context, endpoint.node, family)
    const spokes = [...peers].filter((peer) => explicitCount(context, peer, family) === 1)
    if (spokes.length < 2) return []
    const name = nameOf(context, endpoint.node)
    return [
      {
        severity: 'error',
        code: 'BGP_HUB_NOT_REFLECTOR',
        message: `${spokes.length} nodes have no session but that with ${name}, which has no cluster ID and passes none of their routes on.`,
        hint: `Set spec.bgp.routeReflectorClusterID (annotation projectcalico.org/RouteReflectorClusterID) on ${name}.`,
        resource: { kind: 'Node', name },
      },
    ]
  })
}

function nameOf(context: BgpContext, node: number): string {
  return context.cluster.nodes[node]?.name ?? ''
}
