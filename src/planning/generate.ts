/**
 * A synthetic cluster of a given size and shape, as the resources an operator would have: for trying things out, for
 * growth questions before there is a cluster, and for the benchmark. Deterministic: the same shape gives the same bytes.
 */

import { type Address, addressPlus, formatAddress } from '../address/address.js'
import { firstAddress, formatPrefix, type Prefix, parsePrefix, subPrefix, subPrefixCount } from '../address/prefix.js'
import type { Resource } from '../manifests/resource.js'

export const TOPOLOGIES = ['mesh', 'reflectors', 'rack-reflectors', 'tor'] as const
export type Topology = (typeof TOPOLOGIES)[number]

export const ENCAPSULATIONS = ['none', 'ipip', 'vxlan', 'ipip-crosssubnet', 'vxlan-crosssubnet'] as const
export type Encapsulation = (typeof ENCAPSULATIONS)[number]

export interface Shape {
  readonly nodes: number
  /** Layer-2 segments; the nodes are spread evenly. */
  readonly racks: number
  readonly topology: Topology
  /**
   * Reflectors in all (`reflectors`), or in each rack (`rack-reflectors`), where two more above them join the racks.
   */
  readonly reflectors: number
  readonly encapsulation: Encapsulation
  readonly podsPerNode: number
  readonly pool: string
  readonly blockSize: number
  readonly asNumber: number
  /** Real Node and Pod objects instead of NodeSets. */
  readonly explicit: boolean
}

export const DEFAULT_SHAPE: Shape = {
  nodes: 100,
  racks: 4,
  topology: 'mesh',
  reflectors: 2,
  encapsulation: 'ipip-crosssubnet',
  podsPerNode: 30,
  pool: '10.64.0.0/12',
  blockSize: 26,
  asNumber: 64512,
  explicit: false,
}

/** Thrown when a shape cannot be had; the message says which number to change. */
export class ShapeError extends Error {}

/** Node networks are carved out of this, outside every default pool. */
const UNDERLAY = parsePrefix('172.16.0.0/12')
const FIRST_HOST = 10
/** Private AS numbers of racks and of their ToRs count up from these: of two bytes for up to 100 racks, else of four. */
const FEW_RACKS = { most: 100, rack: 64601, tor: 64701 }
const MANY_RACKS = { rack: 4_200_000_001, tor: 4_210_000_001 }

function asNumbersFor({ racks }: Shape): { readonly rack: number; readonly tor: number } {
  return racks <= FEW_RACKS.most ? FEW_RACKS : MANY_RACKS
}

interface Rack {
  readonly index: number
  readonly subnet: Prefix
  readonly gateway: Address
  readonly nodes: readonly PlannedNode[]
}

interface PlannedNode {
  readonly name: string
  readonly address: Address
  readonly labels: Readonly<Record<string, string>>
  readonly clusterID?: string
  readonly asNumber?: number
}

/** The resources of the shape, in the order in which an operator would write them. Throws ShapeError. */
export function generateCluster(shape: Shape): readonly Resource[] {
  const racks = planRacks(shape)
  return [
    bgpConfiguration(shape),
    ipPool(shape),
    ...peers(shape, racks),
    ...(shape.explicit ? racks.flatMap((rack) => explicitNodes(shape, rack)) : nodeSets(shape, racks)),
    underlay(shape, racks),
  ]
}

function planRacks(shape: Shape): readonly Rack[] {
  requireWhole('nodes', shape.nodes, 1, 200_000)
  requireWhole('racks', shape.racks, 1, 4096)
  requireWhole('pods per node', shape.podsPerNode, 0, 1000)
  requireWhole('reflectors', shape.reflectors, 1, 100)
  const perRack = Math.ceil(shape.nodes / shape.racks)
  const length = 32 - Math.max(3, Math.ceil(Math.log2(perRack + FIRST_HOST + 2)))
  if (UNDERLAY === undefined || subPrefixCount(UNDERLAY, length) < shape.racks) {
    throw new ShapeError(
      `${shape.racks} racks of ${perRack} nodes do not fit into 172.16.0.0/12: ask for fewer of either`,
    )
  }
  const space = UNDERLAY
  return Array.from({ length: shape.racks }, (_, index) => {
    const subnet = subPrefix(space, length, index)
    const count = Math.max(0, Math.min(perRack, shape.nodes - index * perRack))
    return {
      index,
      subnet,
      gateway: host(subnet, 1),
      nodes: Array.from({ length: count }, (_, i) => planNode(shape, subnet, index, index * perRack + i, i)),
    }
  }).filter((rack) => rack.nodes.length > 0)
}

function planNode(shape: Shape, subnet: Prefix, rack: number, number: number, inRack: number): PlannedNode {
  const labels: Record<string, string> = { rack: String(rack) }
  const name = `node-${number}`
  const address = host(subnet, FIRST_HOST + inRack)
  if (shape.topology === 'tor') return { name, address, labels, asNumber: asNumbersFor(shape).rack + rack }
  const reflector = reflectorOf(shape, rack, number, inRack)
  if (reflector === undefined) return { name, address, labels }
  labels['route-reflector'] = reflector.level
  return { name, address, labels, clusterID: reflector.clusterID }
}

/** Reflectors above those of the racks: the first nodes of the first rack. */
const TOP_REFLECTORS = 2

interface Reflector {
  readonly level: 'true' | 'rack' | 'top'
  readonly clusterID: string
}

/**
 * Reflectors of one level and place share a cluster id, as they have the same clients. With an id of its own each
 * would be the client of the others, and with added paths every way through all of them would be announced.
 */
function reflectorOf(shape: Shape, rack: number, number: number, inRack: number): Reflector | undefined {
  switch (shape.topology) {
    case 'reflectors':
      return number < shape.reflectors ? { level: 'true', clusterID: '244.0.0.1' } : undefined
    case 'rack-reflectors': {
      const place = rack === 0 ? inRack - TOP_REFLECTORS : inRack
      if (place < 0) return { level: 'top', clusterID: '244.255.0.1' }
      return place < shape.reflectors ? { level: 'rack', clusterID: `244.0.${rack >> 8}.${rack & 255}` } : undefined
    }
    case 'mesh':
    case 'tor':
      return undefined
  }
}

function host(subnet: Prefix, offset: number): Address {
  const address = addressPlus(firstAddress(subnet), offset)
  if (address === undefined) throw new ShapeError(`${formatPrefix(subnet)} has no host number ${offset}`)
  return address
}

function requireWhole(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ShapeError(`${what} must be a whole number from ${min} to ${max}, not ${value}`)
  }
}

function bgpConfiguration(shape: Shape): Resource {
  return calico('BGPConfiguration', 'default', {
    nodeToNodeMeshEnabled: shape.topology === 'mesh',
    asNumber: shape.asNumber,
  })
}

function ipPool(shape: Shape): Resource {
  if (parsePrefix(shape.pool) === undefined)
    throw new ShapeError(`the pool must be a CIDR, not ${JSON.stringify(shape.pool)}`)
  const [kind, crossSubnet] = shape.encapsulation.split('-')
  const mode = crossSubnet === undefined ? 'Always' : 'CrossSubnet'
  return calico('IPPool', 'default-ipv4-ippool', {
    cidr: shape.pool,
    blockSize: shape.blockSize,
    ipipMode: kind === 'ipip' ? mode : 'Never',
    vxlanMode: kind === 'vxlan' ? mode : 'Never',
    natOutgoing: true,
  })
}

function peers(shape: Shape, racks: readonly Rack[]): readonly Resource[] {
  switch (shape.topology) {
    case 'mesh':
      return []
    case 'reflectors':
      return [
        calico('BGPPeer', 'clients', { nodeSelector: '!has(route-reflector)', peerSelector: 'has(route-reflector)' }),
        calico('BGPPeer', 'reflectors', { nodeSelector: 'has(route-reflector)', peerSelector: 'has(route-reflector)' }),
      ]
    case 'rack-reflectors':
      return [
        ...racks.map(({ index }) =>
          calico('BGPPeer', `rack-${index}`, {
            nodeSelector: `rack == '${index}' && !has(route-reflector)`,
            peerSelector: `rack == '${index}' && route-reflector == 'rack'`,
          }),
        ),
        calico('BGPPeer', 'racks', {
          nodeSelector: "route-reflector == 'rack'",
          peerSelector: "route-reflector == 'top'",
        }),
        calico('BGPPeer', 'top', {
          nodeSelector: "route-reflector == 'top'",
          peerSelector: "route-reflector == 'top'",
        }),
      ]
    case 'tor':
      return racks.map(({ index, gateway }) =>
        calico('BGPPeer', `tor-${index}`, {
          nodeSelector: `rack == '${index}'`,
          peerIP: formatAddress(gateway),
          asNumber: asNumbersFor(shape).tor + index,
        }),
      )
  }
}

/** One NodeSet for each run of nodes of a rack that differ in nothing but their number. */
function nodeSets(shape: Shape, racks: readonly Rack[]): readonly Resource[] {
  return racks.flatMap((rack) => {
    const groups = new Map<string, PlannedNode[]>()
    for (const node of rack.nodes) {
      const key = JSON.stringify([node.labels, node.clusterID ?? null, node.asNumber ?? null])
      const group = groups.get(key)
      if (group) group.push(node)
      else groups.set(key, [node])
    }
    return [...groups.values()].map((group, i) => nodeSet(shape, rack, group, i))
  })
}

function nodeSet(shape: Shape, rack: Rack, group: readonly PlannedNode[], index: number): Resource {
  const [first] = group
  const firstHost = first === undefined ? FIRST_HOST : Number(BigInt(first.address.value) - BigInt(rack.subnet.base))
  const bgp = {
    ...(first?.asNumber === undefined ? {} : { asNumber: first.asNumber }),
    ...(first?.clusterID === undefined ? {} : { routeReflectorClusterID: first.clusterID }),
  }
  return {
    apiVersion: 'calico-plan/v1',
    kind: 'NodeSet',
    metadata: { name: first?.clusterID === undefined ? `rack-${rack.index}` : `rack-${rack.index}-rr${index}` },
    spec: {
      count: group.length,
      subnet: {
        cidr: formatPrefix(rack.subnet),
        prefixLength: rack.subnet.length,
        nodesPerSubnet: group.length,
        firstHost,
      },
      template: {
        metadata: { labels: first?.labels ?? {} },
        ...(Object.keys(bgp).length > 0 ? { spec: { bgp } } : {}),
      },
      podsPerNode: shape.podsPerNode,
    },
  }
}

function explicitNodes(shape: Shape, rack: Rack): readonly Resource[] {
  return rack.nodes.flatMap((node) => [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: node.name,
        labels: { 'kubernetes.io/hostname': node.name, 'kubernetes.io/os': 'linux', ...node.labels },
        annotations: {
          'projectcalico.org/IPv4Address': `${formatAddress(node.address)}/${rack.subnet.length}`,
          ...(node.clusterID === undefined ? {} : { 'projectcalico.org/RouteReflectorClusterID': node.clusterID }),
          ...(node.asNumber === undefined ? {} : { 'projectcalico.org/ASNumber': String(node.asNumber) }),
        },
      },
      status: { addresses: [{ type: 'InternalIP', address: formatAddress(node.address) }] },
    },
    ...Array.from({ length: shape.podsPerNode }, (_, i) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: `pod-${node.name.slice(5)}-${i}` },
      spec: { nodeName: node.name },
      status: { phase: 'Pending' },
    })),
  ])
}

function underlay(shape: Shape, racks: readonly Rack[]): Resource {
  const subnets = racks.map((rack) => ({
    name: `rack-${rack.index}`,
    cidr: formatPrefix(rack.subnet),
    gateway: formatAddress(rack.gateway),
  }))
  const plain = {
    subnets,
    routers: [{ name: 'core', interfaces: racks.map((rack) => interfaceOf(rack, rack.gateway)) }],
  }
  const spec = shape.topology === 'tor' ? { subnets: [...subnets, SPINE], routers: torRouters(shape, racks) } : plain
  return { apiVersion: 'calico-plan/v1', kind: 'Underlay', metadata: { name: 'generated' }, spec }
}

const SPINE = { name: 'spine', cidr: '192.0.2.0/24' }

function interfaceOf(rack: Rack, address: Address): Readonly<Record<string, string>> {
  return { subnet: `rack-${rack.index}`, address: `${formatAddress(address)}/${rack.subnet.length}` }
}

/** A ToR for each rack, all of them on one spine segment and each other's eBGP neighbour. */
function torRouters(shape: Shape, racks: readonly Rack[]): readonly unknown[] {
  if (racks.length > 250) throw new ShapeError(`tor: at most 250 racks share the spine segment, not ${racks.length}`)
  const spine = (index: number): string => `192.0.2.${index + 1}`
  const { tor } = asNumbersFor(shape)
  return racks.map((rack) => ({
    name: `tor-${rack.index}`,
    interfaces: [interfaceOf(rack, rack.gateway), { subnet: 'spine', address: `${spine(rack.index)}/24` }],
    bgp: {
      asNumber: tor + rack.index,
      routerID: formatAddress(rack.gateway),
      neighbors: [
        ...rack.nodes.map((node) => ({ address: formatAddress(node.address), asNumber: node.asNumber })),
        ...racks
          .filter((other) => other.index !== rack.index)
          .map((other) => ({ address: spine(other.index), asNumber: tor + other.index })),
      ],
    },
  }))
}

function calico(kind: string, name: string, spec: Readonly<Record<string, unknown>>): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}
