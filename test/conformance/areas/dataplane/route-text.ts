/** Lines of `ip route show` that Felix's functional tests look for, in their own topology. */

import { createBgpContext } from '../../../../src/bgp/config/context.js'
import { bgpTables } from '../../../../src/bgp/engine.js'
import { nodeTables } from '../../../../src/dataplane/kernel-table.js'
import { ipamView } from '../../../../src/ipam/ipam-view.js'
import type { Resource } from '../../../../src/manifests/resource.js'
import { ipRouteText } from '../../../../src/report/ip-route-text.js'
import { clusterFrom } from '../../cluster-from.js'
import { calico, type DataplaneCase, type Fields, RELEASE, textOf } from './case.js'

const NODES = 3
/** Of the network that the test's containers are on. */
const addressOf = (node: number): string => `172.17.0.${node + 2}`

export function judgeRouteText(item: DataplaneCase): readonly string[] {
  const config = item.config ?? {}
  const local = typeof config.node === 'number' ? config.node : 0
  const peer = addressOf(local === 0 ? 1 : 0)
  const fill = (text: string): string => text.replaceAll('<peer>', peer)
  const cluster = clusterFrom(topology(config, local, fill), { calico: RELEASE })
  const context = createBgpContext(cluster, ipamView(cluster))
  const tables = nodeTables({ context, bgp: () => bgpTables(context) }, local)
  const text = (tables.get('main') ?? []).map(({ route }) => ipRouteText(route)).join('\n')
  const lines = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String).map(fill) : [])
  return [
    ...lines(item.expect.contains).flatMap((line) => (text.includes(line) ? [] : [`${line} is not in\n${text}`])),
    ...lines(item.expect.notContains).flatMap((line) => (text.includes(line) ? [`${line} is in\n${text}`] : [])),
  ]
}

/** The workload of a node has this address of the node's block. */
const POD = 2

/** Node `n` owns block 10.65.n.0/26, its tunnel has the first address of it, a workload the third. */
function topology(config: Fields, local: number, fill: (text: string) => string): readonly Resource[] {
  const [encapsulation = 'ipip', mode = 'Always'] = textOf(config.encap || 'felix-ipip')
    .replace(/^felix-|^bird-/, '')
    .split('-')
  const byBird = textOf(config.encap).startsWith('bird-') || config.owner === 'BIRD'
  const modes = { ipipMode: 'Never', vxlanMode: 'Never', [`${encapsulation}Mode`]: mode }
  const pool = calico('IPPool', 'test-pool', {
    spec: { cidr: '10.65.0.0/16', natOutgoing: true, ...(encapsulation === 'none' ? {} : modes) },
  })
  const owner = byBird ? { felix: 'Disabled', bgp: 'Enabled' } : { felix: 'Enabled', bgp: 'Disabled' }
  const resources: Resource[] = [
    pool,
    calico('FelixConfiguration', 'default', {
      spec: { programClusterRoutes: owner.felix, routeSource: config.routeSource ?? 'CalicoIPAM' },
    }),
    calico('BGPConfiguration', 'default', { spec: { programClusterRoutes: owner.bgp } }),
    underlay(config, local, fill),
  ]
  const tunnel = encapsulation === 'vxlan' ? 'ipv4VXLANTunnelAddr' : undefined
  for (let n = 0; n < NODES; n++) {
    const own = `10.65.${n}.0`
    const bgp = { ipv4Address: `${addressOf(n)}/16`, ...(encapsulation === 'ipip' ? { ipv4IPIPTunnelAddr: own } : {}) }
    resources.push(calico('Node', `felix-${n}`, { spec: { bgp, ...(tunnel ? { [tunnel]: own } : {}) } }))
    const name = `felix-${n}`
    const tunnelled = tunnel !== undefined || encapsulation === 'ipip'
    const used = [
      ...(tunnelled ? [{ ordinal: 0, secondary: { node: name, type: `${encapsulation}TunnelAddress` } }] : []),
      { ordinal: POD, secondary: { node: name, namespace: 'fv', pod: `w${n}` } },
    ]
    const index = new Map(used.map(({ ordinal }, i) => [ordinal, i]))
    resources.push(
      calico('IPAMBlock', `10-65-${n}-0-26`, {
        spec: {
          cidr: `${own}/26`,
          affinity: `host:${name}`,
          allocations: Array.from({ length: POD + 1 }, (_, ordinal) => index.get(ordinal) ?? null),
          attributes: used.map(({ secondary }) => ({ secondary })),
          unallocated: [],
        },
      }),
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `w${n}`, namespace: 'fv' },
        spec: { nodeName: name },
        status: { podIP: `10.65.${n}.${POD}`, phase: 'Running' },
      },
    )
  }
  return resources
}

/** Where the node's address is, and the route that stood there before Felix did. */
function underlay({ nodeIPDevice, preexisting }: Fields, local: number, fill: (text: string) => string): Resource {
  const words = fill(textOf(preexisting)).split(' ')
  const after = (word: string): string | undefined => {
    const at = words.indexOf(word)
    return at < 0 ? undefined : words[at + 1]
  }
  const route = { to: words[0], via: after('via'), dev: after('dev'), protocol: after('proto') }
  return {
    apiVersion: 'calico-plan/v1',
    kind: 'Underlay',
    metadata: { name: 'fv' },
    spec: {
      subnets: [{ name: 'containers', cidr: '172.17.0.0/16', gateway: '172.17.0.1' }],
      nodes: [
        {
          name: `felix-${local}`,
          ...(nodeIPDevice === undefined ? {} : { interface: nodeIPDevice }),
          ...(preexisting === undefined ? {} : { staticRoutes: [route] }),
        },
      ],
    },
  } as Resource
}
