/** Every answer about one Cluster, each worked out when it is first asked for and then kept. */

import { type BgpContext, createBgpContext, type KeptSessions } from '../bgp/config/context.js'
import { bgpTables } from '../bgp/engine.js'
import { readvertisedFindings } from '../bgp/plain/findings-readvertised.js'
import { bgpFindings } from '../bgp/sessions/bgp-findings.js'
import { convergenceFindings, mayNotRest } from '../bgp/sessions/findings-convergence.js'
import type { BgpTable, BgpTables } from '../bgp/tables.js'
import type { Cluster } from '../cluster/cluster.js'
import { type NodeDevices, nodeDevices } from '../dataplane/devices/node-devices.js'
import { dataplaneFindings } from '../dataplane/findings/dataplane-findings.js'
import type { DataplaneInput } from '../dataplane/input.js'
import type { ExplainedRoute } from '../dataplane/kernel-route.js'
import { type KernelTables, nodeTables, routerTable } from '../dataplane/kernel-table.js'
import { numberedTables } from '../dataplane/numbered-tables.js'
import type { NumberedTable } from '../dataplane/shared-routes.js'
import { type Flow, type Trace, traceFlow } from '../dataplane/trace/trace.js'
import type { Finding } from '../findings/finding.js'
import { ipamFindings } from '../ipam/ipam-findings.js'
import { ipamView } from '../ipam/ipam-view.js'
import type { IpamView } from '../ipam/view.js'
import { type Capacity, capacityOf } from './capacity/capacity.js'
import { forwardingPlane } from './forwarding-plane.js'
import { type Alike, bgpAlike } from './reach/bgp-alike.js'
import { columnReader } from './reach/columns.js'
import { type Reach, reachOf } from './reach/reach.js'
import { type SessionSurvey, type SpeakerSessions, sessionsBySpeaker, surveySessions } from './session-survey.js'

export interface Simulation {
  readonly cluster: Cluster
  /** Who holds which block and address. */
  readonly ipam: IpamView
  readonly bgp: BgpContext
  /** What the kernel tables are made of. */
  readonly dataplane: DataplaneInput
  /** Sessions of the node or router named, of each of several, or of every node. One speaker at a time. */
  sessions(names?: string | readonly string[]): Iterable<SpeakerSessions>
  sessionSurvey(): SessionSurvey
  /** BGP tables of a node or router, IPv4 first; empty for an unknown name. */
  rib(name: string): readonly BgpTable[]
  /** Kernel tables of a node by name, `main` first. Empty for an unknown node. */
  routes(node: string): KernelTables
  /** The same without the reasons, as numbers, good until the next node is asked for: for those who want many tables. */
  numberedRoutes(node: string): ReadonlyMap<string, NumberedTable>
  routerRoutes(router: string): readonly ExplainedRoute[]
  /** Tunnel devices of a node, their neighbours, and who may send to them. Undefined for an unknown node. */
  devices(node: string): NodeDevices | undefined
  /** One flow there and back. */
  trace(flow: Flow): Trace
  /** Every ordered pair of nodes, by classes of nodes that behave alike. */
  reach(): Reach
  /** Nodes whose tables are equal but for themselves: equal texts. */
  alike(): Alike
  capacity(): Capacity
  /** What working the BGP tables out found: instability, sessions that cut themselves off, tables that were not made. */
  convergence(): readonly Finding[]
  /** Hazards that the resources together hold, found by building and simulating them. */
  hazards(): readonly Finding[]
}

/** A moment that is not the settled state of the cluster. */
export interface Moment {
  /** Who holds which address, where it is known already. */
  readonly ipam?: IpamView
  /** Only these of the configured sessions are up. */
  readonly kept?: KeptSessions
  /** The tables that the kernels were written from, in place of those that the sessions lead to. */
  readonly tables?: (context: BgpContext) => BgpTables
  /** With `tables`: nodes that these cannot tell apart. */
  readonly alike?: () => Alike
}

export function createSimulation(cluster: Cluster, moment: Moment = {}): Simulation {
  const ipam = once(() => moment.ipam ?? ipamView(cluster))
  const context = once(() => createBgpContext(cluster, ipam(), moment.kept))
  const tables = once((): BgpTables => (moment.tables ?? ((own: BgpContext) => bgpTables(own)))(context()))
  const dataplane = once((): DataplaneInput => ({ context: context(), bgp: tables }))
  const numbered = once(() => numberedTables(dataplane()))
  const plane = once(() => forwardingPlane(dataplane()))
  const survey = once(() => surveySessions(context()))
  const alike = once((): Alike => {
    if (moment.tables === undefined) return bgpAlike(context())
    return moment.alike?.() ?? (() => undefined)
  })
  const capacity = once(() => capacityOf(cluster, ipam()))
  return {
    cluster,
    get ipam() {
      return ipam()
    },
    get bgp() {
      return context()
    },
    get dataplane() {
      return dataplane()
    },
    sessions: (names = []) => sessionsBySpeaker(context(), typeof names === 'string' ? [names] : names),
    sessionSurvey: survey,
    rib: (name) => {
      const speaker = context().speakerByName.get(name)
      return speaker === undefined ? [] : ([4, 6] as const).map((family) => tables().table(speaker.index, family))
    },
    routes: (node) => {
      const found = cluster.nodeByName.get(node)
      return found === undefined ? new Map() : nodeTables(dataplane(), found.index)
    },
    numberedRoutes: (node) => {
      const found = cluster.nodeByName.get(node)
      return found === undefined ? new Map() : numbered()(found.index)
    },
    routerRoutes: (router) => {
      const found = cluster.underlay.routers.find(({ name }) => name === router)
      return found === undefined ? [] : routerTable(dataplane(), found.index)
    },
    devices: (node) => {
      const found = cluster.nodeByName.get(node)
      return found && nodeDevices(context(), found)
    },
    trace: (flow) => traceFlow(plane(), flow),
    reach: once(() =>
      isLarge(cluster)
        ? reachOf(plane(), alike(), {
            columns: columnReader(context(), tables),
            ...(moment.tables === undefined ? { context: context() } : {}),
          })
        : reachOf(plane()),
    ),
    alike,
    capacity,
    convergence: () => convergenceFindings(context(), tables()),
    hazards: () => [
      ...cluster.findings,
      ...ipamFindings(cluster, ipam()),
      ...bgpFindings(context()),
      ...readvertisedFindings(context()),
      ...(mayNotRest(context()) ? convergenceFindings(context(), tables()) : []),
      ...dataplaneFindings(cluster, ipam()),
    ],
  }
}

/** Below this many nodes every table is read and compared: that takes less than finding out which ones must be. */
const MANY_NODES = 30

function isLarge({ nodes }: Cluster): boolean {
  return nodes.length > MANY_NODES
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
