/** Every recorded ping between pods: delivered there and back or not, and the TTL of the answer. */

import { type Address, parseAddress } from '../../../src/address/address.js'
import type { BgpTables } from '../../../src/bgp/tables.js'
import type { KernelRoute } from '../../../src/dataplane/kernel-route.js'
import { nodeTables, routerTable } from '../../../src/dataplane/kernel-table.js'
import { createPlane, type Plane } from '../../../src/dataplane/trace/plane.js'
import { traceFlow } from '../../../src/dataplane/trace/trace.js'
import type { LabCase } from '../lab.js'
import { labArea } from '../lab-area.js'
import { judgeInSomeOrder } from '../lab-orders.js'

export const labReachArea = labArea('lab-reach', (item) =>
  judgeInSomeOrder(
    item,
    (tables) => pingDifferences(item, tables),
    (_, open) => open.size > 0,
  ),
)

export type PingedCase = Pick<LabCase, 'bgp' | 'described'>

/** What is wrong with the pings of the snapshot that the resources describe, by pair. */
export function pingDifferences(item: PingedCase, tables: BgpTables): Map<string, string[]> {
  const plane = labPlane(item, tables)
  const found = new Map<string, string[]>()
  for (const ping of item.described.pings ?? []) {
    const [from, to] = [parseAddress(ping.from), parseAddress(ping.to)]
    if (from === undefined || to === undefined) continue
    const end = (address: Address) => ({ kind: 'address' as const, address })
    const trace = traceFlow(plane, { from: end(from), to: end(to), family: 4, protocol: 'icmp', size: 84 })
    const reason = trace.forward.reason ?? trace.return.reason
    // Which next hop a flow takes is the kernel's hash, which the trace says instead of guessing.
    if ((trace.verdict === 'delivered') === ping.ok || reason?.code === 'someNextHops') continue
    const text = `${ping.fromNode} to ${ping.toNode}: recorded ${ping.ok}, predicted ${trace.verdict} ${reason?.code ?? ''}`
    found.set(`${ping.from} ${ping.to}`, [text])
  }
  return found
}

/** Felix did not run in the lab, and a node whose kernel protocol waits has no routes of BIRD yet. */
function labPlane(item: PingedCase, tables: BgpTables): Plane {
  const context = item.bgp()
  const input = { context, bgp: () => tables }
  const waits = (name: string): boolean => item.described.nodes[name]?.kernelProtocol === 'wait'
  return createPlane({
    cluster: context.cluster,
    ipam: context.ipam,
    nodeRoutes: (node) =>
      (nodeTables(input, node).get('main') ?? [])
        .filter(({ route, why }) =>
          route.protocol === 'bird'
            ? !waits(context.cluster.nodes[node]?.name ?? '')
            : why.owner !== 'felix' || why.rule === 'localPod',
        )
        .map(({ route }) => route),
    wireguardRoutes: (): readonly KernelRoute[] => [],
    routerRoutes: (router) =>
      routerTable(input, router)
        .filter(
          ({ route }) => route.protocol !== 'bird' || !waits(context.cluster.underlay.routers[router]?.name ?? ''),
        )
        .map(({ route }) => route),
    devices: () => [],
    natSource: () => undefined,
  })
}
