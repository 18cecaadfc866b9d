/** Small clusters for the BGP tests, built directly from the cluster types so that one rule is seen at a time. */

import { type Address, type Family, parseAddress } from '../../../src/address/address.js'
import { type Prefix, parseInterfaceAddressOrHost, parsePrefix } from '../../../src/address/prefix.js'
import { type BgpContext, createBgpContext } from '../../../src/bgp/config/context.js'
import type { Session, SessionOptions, Speaker } from '../../../src/bgp/session.js'
import { sessionsOf } from '../../../src/bgp/sessions/sessions.js'
import type { BgpFilter, BgpPeer, BgpSettings } from '../../../src/cluster/bgp-settings.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import type { FelixSettings } from '../../../src/cluster/felix-settings.js'
import type { BlockAffinity } from '../../../src/cluster/ipam-records.js'
import type { ClusterNode } from '../../../src/cluster/node.js'
import type { Pool } from '../../../src/cluster/pool.js'
import { releaseOf } from '../../../src/cluster/release.js'
import type { NodeAttachment, OutsideHost, Router, RouterNeighbor, Subnet } from '../../../src/cluster/underlay.js'
import type { EndpointSlice, Service } from '../../../src/cluster/workload.js'
import { parseSelector } from '../../../src/manifests/selector/selector.js'

export interface NodeGiven {
  readonly name: string
  readonly v4?: string
  readonly v6?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly as?: number
  readonly rr?: string
  readonly wireguard?: string
}

export interface Given {
  readonly nodes: readonly NodeGiven[]
  readonly peers?: readonly (Partial<BgpPeer> & { readonly name: string })[]
  readonly bgp?: Partial<BgpSettings>
  readonly filters?: readonly BgpFilter[]
  readonly pools?: readonly Partial<Pool>[]
  readonly affinities?: readonly BlockAffinity[]
  readonly services?: readonly Service[]
  readonly slices?: readonly EndpointSlice[]
  readonly release?: string
  readonly subnets?: readonly (Partial<Subnet> & {
    readonly name: string
    readonly cidr: string
    readonly gateway?: Address
  })[]
  readonly attachments?: Readonly<Record<string, Partial<NodeAttachment>>>
  readonly routers?: readonly Router[]
  readonly hosts?: readonly OutsideHost[]
  readonly extra?: Partial<Cluster>
}

export function address(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`no address: ${text}`)
  return parsed
}

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (parsed === undefined) throw new Error(`no prefix: ${text}`)
  return parsed
}

export function peerIP(text: string, port?: number): Partial<BgpPeer> {
  return { peerIP: text, peerAddress: address(text), ...(port === undefined ? {} : { peerPort: port }) }
}

export function service(fields: Partial<Service> & { readonly name: string }): Service {
  return {
    namespace: 'default',
    type: 'ClusterIP',
    clusterIPs: [],
    externalIPs: [],
    loadBalancerIngress: [],
    ipFamilies: ['IPv4'],
    annotations: {},
    ...fields,
  }
}

export function context(given: Given): BgpContext {
  const cluster = clusterOf(given)
  return createBgpContext(cluster, {
    simulated: false,
    blocks: [],
    affinities: given.affinities ?? [],
    pods: [],
    unplaced: [],
    tunnels: new Map(),
  })
}

export function speaker(bgp: BgpContext, name: string): Speaker {
  const found = bgp.speakerByName.get(name)
  if (found === undefined) throw new Error(`no speaker: ${name}`)
  return found
}

export function sessions(bgp: BgpContext, name: string, family: Family = 4): readonly Session[] {
  return sessionsOf(bgp, speaker(bgp, name), family)
}

/** The session of that name; throws when there is none, which fails the test with a plain message. */
export function named<S extends SessionOptions>(list: readonly S[], birdName: string): S {
  const found = list.find((session) => session.birdName === birdName)
  if (found === undefined) throw new Error(`no ${birdName} among ${list.map((session) => session.birdName).join(', ')}`)
  return found
}

export function router(
  name: string,
  ports: readonly { readonly subnet: number; readonly address: string }[],
  bgp?: {
    readonly asNumber: number
    readonly neighbors: readonly (Partial<RouterNeighbor> & { address: Address; asNumber: number })[]
  },
): Router {
  return {
    index: 0,
    name,
    interfaces: ports.map((port, i) => {
      const parsed = parseInterfaceAddressOrHost(port.address)
      if (parsed === undefined) throw new Error(`no address: ${port.address}`)
      return { name: `eth${i}`, subnet: port.subnet, address: parsed }
    }),
    staticRoutes: [],
    ...(bgp === undefined
      ? {}
      : {
          bgp: {
            asNumber: bgp.asNumber,
            addPaths: false,
            neighbors: bgp.neighbors.map((neighbor) => ({
              routeReflectorClient: false,
              nextHopSelf: false,
              multihop: false,
              passive: false,
              advertise: ['connected', 'static', 'kernel', 'bgp'],
              ...neighbor,
            })),
          },
        }),
  }
}

function clusterOf(given: Given): Cluster {
  const release = releaseOf(given.release ?? 'v3.33')
  if (release === undefined) throw new Error(`no release: ${given.release}`)
  const sorted = [...given.nodes].sort((a, b) => (a.name < b.name ? -1 : 1))
  const nodes = sorted.map(nodeOf)
  const subnets = (given.subnets ?? []).map(
    ({ cidr, ...rest }, index): Subnet => ({
      index,
      prefix: prefix(cidr),
      mtu: 1500,
      antiSpoofing: false,
      drops: [],
      ...rest,
    }),
  )
  return {
    release,
    releaseFrom: 'option',
    seed: 0,
    backend: 'bird',
    nodes,
    nodeByName: new Map(nodes.map((node) => [node.name, node])),
    pools: (given.pools ?? []).map(poolOf),
    ipam: {
      strictAffinity: false,
      autoAllocateBlocks: true,
      maxBlocksPerHost: 0,
      ipCooldownSeconds: 0,
      kubeVirtVMAddressPersistence: false,
      reservations: [],
    },
    cni: { mtu: 0, ipamType: 'calico-ipam', ipv4Pools: [], ipv6Pools: [], assignIPv4: true, assignIPv6: false },
    namespaces: new Map(),
    pods: [],
    workloads: [],
    services: given.services ?? [],
    endpointSlices: given.slices ?? [],
    bgp: { ...SETTINGS, ...given.bgp },
    bgpPeers: (given.peers ?? []).map((peer) => ({ ...PEER, ...peer })),
    bgpFilters: new Map((given.filters ?? []).map((filter) => [filter.name, filter])),
    localWorkloadPeers: [],
    // Nothing in this room reads Felix's settings.
    felix: {} as FelixSettings,
    felixByNode: new Map(),
    underlay: {
      assumed: given.subnets === undefined,
      subnets,
      attachments: nodes.map((node) => attachmentOf(node, subnets, given.attachments?.[node.name])),
      routers: (given.routers ?? []).map((item, index) => ({ ...item, index })),
      hosts: given.hosts ?? [],
    },
    expectations: [],
    runbooks: [],
    manifests: [],
    skipped: new Map(),
    findings: [],
    ...given.extra,
  }
}

function nodeOf(given: NodeGiven, index: number): ClusterNode {
  const v4 = given.v4 === undefined ? undefined : parseInterfaceAddressOrHost(given.v4)
  const v6 = given.v6 === undefined ? undefined : parseInterfaceAddressOrHost(given.v6)
  return {
    index,
    name: given.name,
    labels: given.labels ?? {},
    bgpAddress: { ...(v4 ? { 4: v4 } : {}), ...(v6 ? { 6: v6 } : {}) },
    addresses: [],
    ...(given.as === undefined ? {} : { asNumber: given.as }),
    ...(given.rr === undefined ? {} : { routeReflectorClusterID: given.rr }),
    tunnelAddress: given.wireguard === undefined ? {} : { wireguard: address(given.wireguard) },
    podCIDRs: [],
    schedulable: true,
    taints: [],
    os: 'linux',
    syntheticPods: 0,
  }
}

function attachmentOf(node: ClusterNode, subnets: readonly Subnet[], given?: Partial<NodeAttachment>): NodeAttachment {
  const own = node.bgpAddress[4]?.address
  const subnet = subnets.find((candidate) => {
    const value = own?.family === 4 && candidate.prefix.family === 4 ? own.value - candidate.prefix.base : -1
    return value >= 0 && value < 2 ** (32 - candidate.prefix.length)
  })
  const gateway = subnet?.gateway
  return {
    node: node.name,
    ...(subnet === undefined ? {} : { subnet: subnet.index }),
    interface: 'eth0',
    mtu: 1500,
    ...(gateway === undefined
      ? {}
      : { defaultRoute: { to: prefix('0.0.0.0/0'), type: 'unicast', via: gateway, protocol: 'dhcp', metric: 0 } }),
    staticRoutes: [],
    ...given,
  }
}

function poolOf(given: Partial<Pool>, index: number): Pool {
  return {
    index,
    name: `pool-${index}`,
    prefix: prefix('10.65.0.0/16'),
    blockSize: 26,
    ipipMode: 'Never',
    vxlanMode: 'Never',
    natOutgoing: false,
    disabled: false,
    allocatable: true,
    disableBGPExport: false,
    nodeSelector: parseSelector('all()'),
    namespaceSelector: undefined,
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
    ...given,
  }
}

const SETTINGS: BgpSettings = {
  asNumber: 64512,
  nodeToNodeMeshEnabled: true,
  bindMode: 'None',
  ignoredInterfaces: [],
  logSeverity: 'Info',
  normalRoutePriority: { 4: 1024, 6: 1024 },
  prefixAdvertisements: [],
  serviceClusterIPs: [],
  serviceExternalIPs: [],
  serviceLoadBalancerIPs: [],
  serviceLoadBalancerAggregation: true,
  localWorkloadPeering: {},
  perNode: new Map(),
}

const PEER: Omit<BgpPeer, 'name'> = {
  asNumber: 0,
  numAllowedLocalASNumbers: 0,
  keepOriginalNextHop: false,
  sourceAddress: 'UseNodeIP',
  ttlSecurity: 0,
  reversePeering: 'Auto',
  filters: [],
}
