/** Small clusters and states made by hand: only what IPAM looks at has to be said. */

import { type Address, parseAddress } from '../../../src/address/address.js'
import { type Prefix, parsePrefix } from '../../../src/address/prefix.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import type { ClusterNode } from '../../../src/cluster/node.js'
import type { Pool } from '../../../src/cluster/pool.js'
import { releaseOf } from '../../../src/cluster/release.js'
import type { Pod, Workload } from '../../../src/cluster/workload.js'
import { type AssignablePool, assignablePool } from '../../../src/ipam/assignable-pool.js'
import { type AutoAssignRequest, autoAssign } from '../../../src/ipam/auto-assign.js'
import { DEFAULT_SETTINGS, IpamState } from '../../../src/ipam/ipam-state.js'
import { ReservedSet, reservedPrefixes } from '../../../src/ipam/reservations.js'
import { parseSelector } from '../../../src/manifests/selector/selector.js'

export function prefix(text: string): Prefix {
  const parsed = parsePrefix(text)
  if (parsed === undefined) throw new Error(`not a CIDR: ${text}`)
  return parsed
}

export function address(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`not an address: ${text}`)
  return parsed
}

type PoolInput = Partial<Omit<Pool, 'prefix' | 'nodeSelector' | 'namespaceSelector'>> & {
  readonly cidr: string
  readonly nodeSelector?: string
  readonly namespaceSelector?: string
}

export function pool({ cidr, nodeSelector, namespaceSelector, ...rest }: PoolInput, index = 0): Pool {
  const range = prefix(cidr)
  return {
    index,
    name: cidr,
    prefix: range,
    blockSize: range.family === 4 ? 26 : 122,
    ipipMode: 'Never',
    vxlanMode: 'Never',
    natOutgoing: false,
    disabled: false,
    allocatable: true,
    disableBGPExport: false,
    nodeSelector: parseSelector(nodeSelector ?? 'all()'),
    namespaceSelector: namespaceSelector === undefined ? undefined : parseSelector(namespaceSelector),
    allowedUses: ['Workload', 'Tunnel'],
    assignmentMode: 'Automatic',
    ...rest,
  }
}

interface StateInput {
  readonly pools: readonly PoolInput[]
  readonly nodes?: readonly string[] | Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly settings?: Partial<typeof DEFAULT_SETTINGS>
  readonly reserved?: readonly string[]
}

export function stateOf({ pools, nodes = ['n1', 'n2', 'n3'], settings, reserved }: StateInput): IpamState {
  const state = new IpamState()
  state.pools = pools.map((input): AssignablePool => assignablePool(pool(input)))
  const labels = isList(nodes) ? nodes.map((name) => [name, {}] as const) : Object.entries(nodes)
  state.nodes = new Map(labels)
  state.settings = { ...DEFAULT_SETTINGS, ...settings }
  state.reserved = new ReservedSet(reservedPrefixes(reserved ?? []))
  return state
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value)
}

/** Assigns IPv4 addresses for a workload on the host and gives their last octets' full values as text. */
export function take(state: IpamState, host: string, count = 1, rest: Partial<AutoAssignRequest> = {}) {
  return autoAssign(state, { host, family: 4, count, use: 'Workload', ...rest })
}

type NodeInput = Partial<ClusterNode> & { readonly name: string }

export function node(input: NodeInput, index = 0): ClusterNode {
  return {
    index,
    labels: {},
    bgpAddress: {},
    addresses: [],
    tunnelAddress: {},
    podCIDRs: [],
    schedulable: true,
    taints: [],
    os: 'linux',
    syntheticPods: 0,
    ...input,
  }
}

export function pod(name: string, rest: Partial<Pod> = {}): Pod {
  return {
    namespace: 'default',
    name,
    labels: {},
    annotations: {},
    addresses: [],
    hostNetwork: false,
    finished: false,
    ...rest,
  }
}

export function workload(name: string, replicas: number | undefined, rest: Partial<Workload> = {}): Workload {
  return {
    kind: replicas === undefined ? 'DaemonSet' : 'Deployment',
    namespace: 'default',
    name,
    ...(replicas === undefined ? {} : { replicas }),
    podLabels: {},
    podAnnotations: {},
    nodeSelector: {},
    tolerations: [],
    hostNetwork: false,
    ...rest,
  }
}

type ClusterInput = Partial<Omit<Cluster, 'nodes' | 'pools' | 'ipam' | 'cni'>> & {
  readonly nodes: readonly NodeInput[]
  readonly pools: readonly PoolInput[]
  readonly ipam?: Partial<Cluster['ipam']>
  readonly cni?: Partial<Cluster['cni']>
}

/** A cluster of v3.30 that has nothing but what is given. */
export function clusterOf({ nodes: nodeInputs, pools: poolInputs, ipam, cni, ...rest }: ClusterInput): Cluster {
  const release = releaseOf('v3.30')
  if (release === undefined) throw new Error('v3.30 is no release')
  const nodes = [...nodeInputs].sort((a, b) => (a.name < b.name ? -1 : 1)).map(node)
  const felix = { wireguardHostEncryptionEnabled: false } as Cluster['felix']
  return {
    release,
    releaseFrom: 'option',
    seed: 0,
    backend: 'bird',
    nodes,
    pools: poolInputs.map((input, index) => pool(input, index)),
    ipam: { ...DEFAULT_SETTINGS, kubeVirtVMAddressPersistence: true, reservations: [], ...ipam },
    cni: {
      mtu: 0,
      ipamType: 'calico-ipam',
      ipv4Pools: [],
      ipv6Pools: [],
      assignIPv4: true,
      assignIPv6: false,
      ...cni,
    },
    namespaces: new Map(),
    pods: [],
    workloads: [],
    services: [],
    endpointSlices: [],
    bgp: {} as Cluster['bgp'],
    bgpPeers: [],
    bgpFilters: new Map(),
    localWorkloadPeers: [],
    felix,
    felixByNode: new Map(),
    underlay: {} as Cluster['underlay'],
    expectations: [],
    runbooks: [],
    manifests: [],
    skipped: new Map(),
    findings: [],
    ...rest,
    nodeByName: new Map(nodes.map((one) => [one.name, one])),
  }
}
