/** The sessions as a graph for people and graph libraries. A mesh is one node of the graph, never its pairs. */

import { MultiUndirectedGraph } from 'graphology'
import type { Family } from '../../address/address.js'
import { type BgpContext, routerOf } from '../config/context.js'
import { explicitSessions } from '../config/explicit-sessions.js'
import { meshMembers } from '../config/mesh.js'
import { routerSessions } from '../config/router-config.js'
import { routerIDOfSpeaker } from '../config/speaker-config.js'
import type { Session, SessionOptions, Speaker } from '../session.js'
import { sessionOf } from './sessions.js'

/** `clique` stands for a full mesh of its neighbours; `outside` is an address that the input does not describe. */
export type SessionGraphNode = {
  readonly kind: 'node' | 'router' | 'clique' | 'outside'
  readonly label: string
  readonly asNumber?: number
  readonly routerID?: string
  readonly clusterID?: string
  /** Members of a clique. */
  readonly size?: number
}

export type SessionGraphEdge = {
  readonly kind: 'session' | 'member'
  readonly birdName?: string
  readonly type?: 'ibgp' | 'ebgp'
  /** State at the end that the edge starts from. */
  readonly state?: Session['state']
  /** The source end reflects routes to the target end as to a client. */
  readonly rrClient?: boolean
}

export type SessionGraph = MultiUndirectedGraph<SessionGraphNode, SessionGraphEdge>

/**
 * An undirected multigraph of one family: speakers that have any session, an edge for each explicit session between two
 * of them, and the mesh as a clique node with an edge to each member. Keys are speaker names, `mesh` and addresses, each
 * with its kind before it (`node/n1`), so that no two of them clash.
 */
export function sessionGraph(context: BgpContext, family: Family): SessionGraph {
  const graph: SessionGraph = new MultiUndirectedGraph({ allowSelfLoops: false })
  addMesh(context, graph, family)
  const drawn = new Set<string>()
  for (const speaker of context.speakers) {
    for (const options of sessionsToDraw(context, speaker, family)) addSession(context, graph, drawn, speaker, options)
  }
  return graph
}

function addMesh(context: BgpContext, graph: SessionGraph, family: Family): void {
  const members = meshMembers(context, family)
  if (members.length < 2) return
  graph.addNode('clique/mesh', { kind: 'clique', label: 'node-to-node mesh', size: members.length })
  for (const member of members) {
    const speaker = context.speakers[member]
    if (speaker !== undefined) graph.addEdge(addSpeaker(context, graph, speaker), 'clique/mesh', { kind: 'member' })
  }
}

function sessionsToDraw(context: BgpContext, speaker: Speaker, family: Family): readonly SessionOptions[] {
  if (speaker.kind === 'node') return explicitSessions(context, speaker.index, family)
  const router = routerOf(context, speaker)
  return router === undefined ? [] : routerSessions(router, family)
}

function addSession(
  context: BgpContext,
  graph: SessionGraph,
  drawn: Set<string>,
  speaker: Speaker,
  options: SessionOptions,
): void {
  const session = sessionOf(context, speaker, options)
  const from = addSpeaker(context, graph, speaker)
  const to = session.peer === undefined ? addOutside(graph, options) : addSpeaker(context, graph, session.peer)
  const key = JSON.stringify(from < to ? [from, to, options.port ?? 0] : [to, from, options.port ?? 0])
  if (drawn.has(key)) return
  drawn.add(key)
  graph.addEdge(from, to, {
    kind: 'session',
    birdName: options.birdName,
    type: options.type,
    state: session.state,
    rrClient: options.rrClient,
  })
}

function addSpeaker(context: BgpContext, graph: SessionGraph, speaker: Speaker): string {
  const key = `${speaker.kind}/${speaker.name}`
  if (graph.hasNode(key)) return key
  const node = context.cluster.nodes[speaker.index]
  const bgp = routerOf(context, speaker)?.bgp
  const asNumber = node === undefined ? bgp?.asNumber : (node.asNumber ?? context.cluster.bgp.asNumber)
  const clusterID = node === undefined ? bgp?.clusterID : node.routeReflectorClusterID
  const routerID = routerIDOfSpeaker(context, speaker)
  graph.addNode(key, {
    kind: speaker.kind,
    label: speaker.name,
    ...(asNumber === undefined ? {} : { asNumber }),
    ...(routerID === undefined ? {} : { routerID }),
    ...(clusterID ? { clusterID } : {}),
  })
  return key
}

function addOutside(graph: SessionGraph, options: SessionOptions): string {
  const key = `outside/${options.peerIP}`
  if (!graph.hasNode(key)) graph.addNode(key, { kind: 'outside', label: options.peerIP, asNumber: options.remoteAS })
  return key
}
