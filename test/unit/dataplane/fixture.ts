/**
 * The cluster that Calico's documentation of routes is drawn from: a and b in one subnet, c in another, a block of
 * 10.65.0.0/16 for each, and 10.65.0.9 of a's block used by a pod on b.
 */

import { buildCluster } from '../../../src/cluster/build-cluster.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { createSimulation, type Simulation } from '../../../src/planning/simulation.js'
import { ipRouteText } from '../../../src/report/ip-route-text.js'

export function calico(kind: string, name: string, spec: object, more: object = {}): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec, ...more }
}

export const pool = (spec: object = {}, name = 'pods'): Resource =>
  calico('IPPool', name, { cidr: '10.65.0.0/16', natOutgoing: true, nodeSelector: 'all()', ...spec })

export const felix = (spec: object, name = 'default'): Resource => calico('FelixConfiguration', name, spec)
export const bgpConfiguration = (spec: object): Resource => calico('BGPConfiguration', 'default', spec)

export const underlay = (spec: object): Resource => ({
  apiVersion: 'calico-plan/v1',
  kind: 'Underlay',
  metadata: { name: 'dc' },
  spec,
})

export interface NodeWords {
  readonly address: string
  readonly address6?: string
  readonly ipip?: string
  readonly vxlan?: string
  readonly vxlanV6?: string
  readonly wireguard?: string
  readonly key?: string
}

export function node(name: string, words: NodeWords): Resource {
  const { address, address6, ipip, vxlan, vxlanV6, wireguard, key } = words
  return calico(
    'Node',
    name,
    {
      bgp: {
        ipv4Address: address,
        ...(address6 && { ipv6Address: address6 }),
        ...(ipip && { ipv4IPIPTunnelAddr: ipip }),
      },
      ...(vxlan && { ipv4VXLANTunnelAddr: vxlan }),
      ...(vxlanV6 && { ipv6VXLANTunnelAddr: vxlanV6 }),
      ...(wireguard && { wireguard: { interfaceIPv4Address: wireguard } }),
    },
    key === undefined ? {} : { status: { wireguardPublicKey: key } },
  )
}

export interface Held {
  readonly ordinal: number
  readonly node: string
  readonly pod?: string
}

export function block(cidr: string, owner: string, held: readonly Held[] = []): readonly Resource[] {
  const name = cidr.replace(/[.:/]/g, '-')
  const size = 2 ** ((cidr.includes(':') ? 128 : 32) - Number(cidr.split('/')[1]))
  const allocations = Array.from({ length: size }, (_, ordinal) => {
    const index = held.findIndex((entry) => entry.ordinal === ordinal)
    return index < 0 ? null : index
  })
  const attributes = held.map((entry) => ({
    handle_id: `k8s-pod-network.${entry.node}.${entry.ordinal}`,
    secondary: { node: entry.node, ...(entry.pod ? { namespace: 'default', pod: entry.pod } : {}) },
  }))
  const unallocated = allocations.flatMap((index, ordinal) => (index === null ? [ordinal] : []))
  return [
    calico('IPAMBlock', name, { cidr, affinity: `host:${owner}`, allocations, attributes, unallocated }),
    calico('BlockAffinity', `${owner}-${name}`, { node: owner, cidr, state: 'confirmed' }),
  ]
}

export const pod = (name: string, nodeName: string, ip: string): Resource => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName },
  status: { podIP: ip, phase: 'Running' },
})

/** `tunnel` is the kind of tunnel whose end is the first address of each node's block. */
export function cluster(
  release: string,
  resources: readonly Resource[],
  tunnel?: 'ipip' | 'vxlan' | 'wireguard',
): Cluster {
  const own = (n: number) => (tunnel === undefined ? {} : { [tunnel]: `10.65.${n}.0` })
  const first = (name: string): Held[] => (tunnel === undefined ? [] : [{ ordinal: 0, node: name }])
  const base = [
    node('a', { address: '172.16.0.1/24', ...own(0) }),
    node('b', { address: '172.16.0.2/24', ...own(1) }),
    node('c', { address: '172.16.1.3/24', ...own(2) }),
    ...block('10.65.0.0/26', 'a', [
      ...first('a'),
      { ordinal: 5, node: 'a', pod: 'own' },
      { ordinal: 9, node: 'b', pod: 'guest' },
    ]),
    ...block('10.65.1.0/26', 'b', first('b')),
    ...block('10.65.2.0/26', 'c', first('c')),
    pod('own', 'a', '10.65.0.5'),
    pod('guest', 'b', '10.65.0.9'),
    underlay({
      subnets: [
        { name: 'left', cidr: '172.16.0.0/24', gateway: '172.16.0.254' },
        { name: 'right', cidr: '172.16.1.0/24', gateway: '172.16.1.254' },
      ],
      routers: [
        {
          name: 'router',
          interfaces: [
            { subnet: 'left', address: '172.16.0.254/24' },
            { subnet: 'right', address: '172.16.1.254/24' },
          ],
        },
      ],
    }),
  ]
  const replaced = new Set(resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`))
  const kept = base.filter(({ kind, metadata }) => !replaced.has(`${kind} ${metadata.name}`))
  return buildCluster(
    [...kept, ...resources].map((resource) => ({ resource })),
    { calico: release },
  )
}

export function simulate(...args: Parameters<typeof cluster>): Simulation {
  return createSimulation(cluster(...args))
}

/** The table as `ip route` prints it, without what the host has of its own. */
export function table(simulation: Simulation, name: string, which = 'main'): readonly string[] {
  return (simulation.routes(name).get(which) ?? [])
    .filter(({ why }) => why.owner === 'felix' || why.owner === 'bird')
    .map(({ route }) => ipRouteText(route).replace(/ dev cali[0-9a-f]{11} /, ' dev cali* '))
}
