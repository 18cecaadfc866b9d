/** Felix's calculation graph: every CIDR as one node sees it, and the VXLAN tunnel endpoints. */

import { formatAddress, parseAddress } from '../../../../src/address/address.js'
import { formatPrefix } from '../../../../src/address/prefix.js'
import { l3Entries } from '../../../../src/bgp/felix/l3-entries.js'
import { L3_TYPE, type L3Route, type L3Viewer, l3Route, l3Viewer } from '../../../../src/bgp/felix/l3-route.js'
import { vtepOf } from '../../../../src/bgp/felix/vteps.js'
import type { Cluster } from '../../../../src/cluster/cluster.js'
import type { RecordedBlock } from '../../../../src/cluster/ipam-records.js'
import type { TunnelKind } from '../../../../src/cluster/node.js'
import { routeTypeOf } from '../../../../src/cluster/route-ownership.js'
import type { IpamView, PlacedPod } from '../../../../src/ipam/view.js'
import type { Resource } from '../../../../src/manifests/resource.js'
import { clusterFrom } from '../../cluster-from.js'
import { canonical } from '../../compare.js'
import { calico, type DataplaneCase, type Fields, listOf, poolsOf, prefixFrom, RELEASE, textOf } from './case.js'
import { encapsulationFields } from './settings.js'

export function judgeL3Routes(item: DataplaneCase): readonly string[] {
  const cluster = l3Cluster(item)
  const viewer = viewerOf(cluster, item)
  const entries = l3Entries({
    cluster,
    blocks: viewer.workloadIPs ? [] : blocksOf(item),
    tunnels: new Map(cluster.nodes.map(({ name, tunnelAddress }) => [name, tunnelAddress])),
    pods: endpointsOf(item).filter(({ node }) => viewer.workloadIPs || node === viewer.name),
  })
  const predicted = entries
    .map((entry) => routeFields(cluster, l3Route(cluster, viewer, entry)))
    .filter(({ dst }) => dst !== '0.0.0.0/32' && dst !== '::/128')
  const { routes, routesPartial, vteps, encapsulation } = item.expect
  return [
    ...(routes === undefined ? [] : compareRoutes(listOf(routes), predicted)),
    ...listOf(routesPartial).flatMap((wanted) => comparePart(wanted, predicted)),
    ...(vteps === undefined ? [] : compareSets('vteps', listOf(vteps).map(normalVtep), vtepFields(cluster, item))),
    ...(encapsulation === undefined
      ? []
      : compareSets('encapsulation', [encapsulation as Fields], [encapsulationFields(cluster, viewer.name)])),
  ]
}

function l3Cluster(item: DataplaneCase): Cluster {
  const nodes = item.resources.filter(({ kind }) => kind === 'Node').map(nodeOf)
  const felix = calico('FelixConfiguration', 'default', { spec: item.config ?? {} })
  return clusterFrom([...poolsOf(item.resources), ...nodes, felix], { calico: RELEASE })
}

function nodeOf(node: Fields): Resource {
  const { name } = node.metadata as { readonly name: string }
  return calico('Node', name, { spec: node.spec })
}

/** Given to Felix as they are: among them are blocks larger than any that Calico's IPAM makes. */
function blocksOf({ resources }: DataplaneCase): readonly RecordedBlock[] {
  return resources
    .filter(({ kind }) => kind === 'IPAMBlock')
    .map(({ spec }) => {
      const { cidr, affinity, allocations } = spec as { cidr: string; affinity?: string; allocations?: unknown }
      const [type, host] = affinity?.split(':') ?? []
      return {
        prefix: prefixFrom(cidr),
        ...(host !== undefined && (type === 'host' || type === 'virtual') ? { affinity: { type, host } } : {}),
        allocations: listOf(allocations).map(({ ordinal, node }) => ({
          ordinal: Number(ordinal),
          ...(typeof node === 'string' ? { node } : {}),
        })),
        unallocated: [],
      }
    })
}

function viewerOf(cluster: Cluster, { localNode = '', config }: DataplaneCase): L3Viewer {
  const node = cluster.nodeByName.get(localNode)
  if (node !== undefined) return l3Viewer(cluster, node)
  return { name: localNode, network: {}, workloadIPs: config?.routeSource === 'WorkloadIPs' }
}

function endpointsOf({ resources }: DataplaneCase): readonly PlacedPod[] {
  return resources
    .filter(({ kind }) => kind === 'WorkloadEndpoint')
    .map(({ spec }, i) => {
      const { node, ipNetworks } = spec as { readonly node: string; readonly ipNetworks: readonly string[] }
      const addresses = ipNetworks.flatMap((text) => parseAddress(text.split('/')[0] ?? '') ?? [])
      const pod = { namespace: 'default', name: `pod-${i}` } as PlacedPod['pod']
      return { pod, node, addresses }
    })
}

const TYPE_NAMES = [
  ['REMOTE_WORKLOAD', L3_TYPE.remoteWorkload],
  ['REMOTE_HOST', L3_TYPE.remoteHost],
  ['LOCAL_WORKLOAD', L3_TYPE.localWorkload],
  ['LOCAL_HOST', L3_TYPE.localHost],
  ['REMOTE_TUNNEL', L3_TYPE.remoteTunnel],
  ['LOCAL_TUNNEL', L3_TYPE.localTunnel],
] as const

const POOL_TYPES = { ipip: 'IPIP', vxlan: 'VXLAN', none: 'NO_ENCAP' } as const

function routeFields(cluster: Cluster, route: L3Route): Fields {
  const type = route.pool && routeTypeOf(cluster, route.pool)
  return {
    dst: formatPrefix(route.prefix),
    types: TYPE_NAMES.filter(([, bit]) => (route.types & bit) !== 0).map(([name]) => name),
    ipPoolType: type === undefined ? 'NONE' : POOL_TYPES[type],
    dstNodeName: route.node ?? '',
    dstNodeIp: route.nodeAddress === undefined ? '' : formatAddress(route.nodeAddress),
    sameSubnet: route.sameSubnet,
    natOutgoing: route.natOutgoing,
    localWorkload: route.localWorkload,
    borrowed: route.borrowed,
    tunnelType: route.tunnels,
  }
}

function compareRoutes(wanted: readonly Fields[], predicted: readonly Fields[]): readonly string[] {
  return compareSets('routes', wanted.map(normalRoute), predicted.map(normalRoute))
}

function normalRoute(route: Fields): Fields {
  const sorted = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value)
  return {
    ...route,
    dst: formatPrefix(prefixFrom(route.dst)),
    types: sorted(route.types),
    tunnelType: sorted(route.tunnelType),
  }
}

function comparePart(wanted: Fields, predicted: readonly Fields[]): readonly string[] {
  const { dst, typesInclude, typesExclude, ...fields } = wanted
  const route = predicted.find((candidate) => candidate.dst === formatPrefix(prefixFrom(dst)))
  if (route === undefined) return [`no route ${String(dst)}`]
  const types = route.types as readonly string[]
  const names = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [])
  return [
    ...names(typesInclude)
      .filter((type) => !types.includes(type))
      .map((type) => `${String(dst)} is no ${type}`),
    ...names(typesExclude)
      .filter((type) => types.includes(type))
      .map((type) => `${String(dst)} is a ${type}`),
    ...compareSets(String(dst), [fields], [Object.fromEntries(Object.keys(fields).map((key) => [key, route[key]]))]),
  ]
}

/** Tunnel addresses and MACs come as the syncer's own records there, not with the Node. */
function vtepFields(cluster: Cluster, { resources }: DataplaneCase): readonly Fields[] {
  const hostConfig = resources.filter(({ kind }) => kind === 'HostConfig')
  const said = (node: string, name: string): string | undefined =>
    hostConfig.find((entry) => entry.node === node && entry.name === name)?.value as string | undefined
  return cluster.nodes.flatMap((node) => {
    const own: { [T in TunnelKind]?: ReturnType<typeof parseAddress> } = { ...node.tunnelAddress }
    const v4 = parseAddress(said(node.name, 'IPv4VXLANTunnelAddr') ?? '')
    const v6 = parseAddress(said(node.name, 'IPv6VXLANTunnelAddr') ?? '')
    if (v4) own.vxlan = v4
    if (v6) own.vxlanV6 = v6
    const mac = said(node.name, 'VXLANTunnelMACAddr')
    const macV6 = said(node.name, 'VXLANTunnelMACAddrV6')
    const host = {
      ...node,
      ...(mac === undefined ? {} : { vxlanTunnelMAC: mac }),
      ...(macV6 === undefined ? {} : { vxlanTunnelMACv6: macV6 }),
    }
    const tunnels: IpamView['tunnels'] = new Map([[node.name, own as never]])
    const [four, six] = [vtepOf(tunnels, host, 4), vtepOf(tunnels, host, 6)]
    if (four === undefined && six === undefined) return []
    const text = (address: Parameters<typeof formatAddress>[0] | undefined): string =>
      address === undefined ? '' : formatAddress(address)
    return [
      {
        node: node.name,
        mac: four?.mac ?? '',
        ipv4Addr: text(four?.address),
        parentDeviceIp: text(four?.parent),
        macV6: six?.mac ?? '',
        ipv6Addr: text(six?.address),
        parentDeviceIpv6: text(six?.parent),
      },
    ]
  })
}

/** Addresses of the records are written in several ways. */
function normalVtep(vtep: Fields): Fields {
  return Object.fromEntries(
    Object.entries(vtep).map(([key, value]) => {
      const address = key === 'node' || key.startsWith('mac') ? undefined : parseAddress(textOf(value))
      return [key, address === undefined ? value : formatAddress(address)]
    }),
  )
}

/** Members of one that the other lacks. */
export function compareSets(what: string, wanted: readonly Fields[], predicted: readonly Fields[]): readonly string[] {
  const [want, have] = [wanted.map(canonical), predicted.map(canonical)]
  return [
    ...want.filter((entry) => !have.includes(entry)).map((entry) => `${what}: recorded ${entry} is not predicted`),
    ...have.filter((entry) => !want.includes(entry)).map((entry) => `${what}: ${entry} is not recorded`),
  ].map(textOf)
}
