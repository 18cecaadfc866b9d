/** Random clusters of racks with a ToR router each, mostly alike, and what may set a rack or a node of it apart. */

import * as fc from 'fast-check'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { Resource } from '../../src/manifests/resource.js'

type Fields = Record<string, unknown>

interface Router {
  readonly name: string
  readonly interfaces: Fields[]
  readonly bgp: { readonly asNumber: number; neighbors: Fields[] } & Fields
}

interface Parts {
  readonly shape: TorShape
  readonly rack: number
  readonly peers: readonly Fields[]
  readonly router: Router
  readonly subnet: Fields
  readonly underlay: Fields
  readonly resources: Resource[]
}

/** What sets one rack, or a node of it, apart from the others; or changes what may be said of all. */
const ODDITIES: Readonly<Record<string, (parts: Parts) => void>> = {
  none: () => {},
  alike: () => {},
  noNeighbor: ({ router }) => void router.bgp.neighbors.shift(),
  noSpineNeighbor: ({ router }) => void router.bgp.neighbors.pop(),
  connected: ({ router }) => {
    for (const neighbor of router.bgp.neighbors) neighbor['advertise'] = ['bgp', 'connected']
  },
  addPaths: ({ router }) => void Object.assign(router.bgp, { addPaths: true }),
  filterPrefix: ({ shape, rack, peers, resources }) => {
    resources.push(filter([{ action: 'Reject', matchOperator: 'In', cidr: `10.65.${rack}.0/24` }], []))
    for (const peer of chosen(shape, rack, peers)) peer['filters'] = ['some']
  },
  filterAsPath: ({ shape, rack, peers, resources }) => {
    resources.push(filter([], [{ action: 'Reject', asPathPrefix: [64701] }]))
    for (const peer of chosen(shape, rack, peers)) peer['filters'] = ['some']
  },
  filterPrepend: ({ shape, rack, peers, resources }) => {
    const operations = [{ prependASPath: { prefix: [64702] } }]
    resources.push(filter([{ action: 'Accept', operations }], []))
    for (const peer of chosen(shape, rack, peers)) peer['filters'] = ['some']
  },
  filterInterface: ({ shape, rack, peers, resources }) => {
    resources.push(filter([{ action: 'Reject', interface: 'tunl0' }], []))
    for (const peer of chosen(shape, rack, peers)) peer['filters'] = ['some']
  },
  nextHopSelf: ({ shape, rack, peers }) => {
    for (const peer of chosen(shape, rack, peers)) peer['nextHopMode'] = 'Self'
  },
  nextHopKeep: ({ shape, rack, peers }) => {
    for (const peer of chosen(shape, rack, peers)) peer['nextHopMode'] = 'Keep'
  },
  drops: ({ subnet }) => void Object.assign(subnet, { drops: ['ipip'] }),
  mtu: ({ subnet }) => void Object.assign(subnet, { mtu: 1300 }),
  noDefaultRoute: ({ underlay, rack }) =>
    void Object.assign(underlay, { nodes: [{ name: `rack-${rack}-0`, defaultRoute: false }] }),
  staticRoute: ({ underlay, rack }) =>
    void Object.assign(underlay, {
      nodes: [{ name: `rack-${rack}-0`, staticRoutes: [{ to: '10.65.0.0/17', type: 'blackhole' }] }],
    }),
  otherRouterID: ({ router }) => void Object.assign(router.bgp, { routerID: '1.1.1.1' }),
}

function chosen({ everywhere }: TorShape, rack: number, peers: readonly Fields[]): readonly Fields[] {
  return everywhere ? peers : peers.slice(rack, rack + 1)
}

function filter(exportV4: readonly Fields[], importV4: readonly Fields[]): Resource {
  return calico('BGPFilter', 'some', { exportV4, importV4 })
}

function calico(kind: string, name: string, spec: Fields): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}

export const torShapes = fc.record({
  racks: fc.integer({ min: 2, max: 5 }),
  nodes: fc.integer({ min: 1, max: 5 }),
  /** Nodes that the odd rack has more. */
  more: fc.constantFrom(0, 0, 0, 1),
  /** Pods of the nodes of a rack, and of its first node more: a block holds four. */
  pods: fc.integer({ min: 0, max: 5 }),
  morePods: fc.constantFrom(0, 0, 4),
  rackAS: fc.constantFrom('own', 'own', 'own', 'one', 'per node', "the next ToR's"),
  torAS: fc.constantFrom('own', 'own', 'own', 'one'),
  allowLocalAS: fc.constantFrom(0, 0, 0, 1),
  mesh: fc.constantFrom(false, false, false, true),
  encapsulation: fc.constantFrom('Never', 'Always', 'CrossSubnet'),
  vxlan: fc.constantFrom(false, false, true),
  calico: fc.constantFrom('v3.28', 'v3.32', 'v3.33', 'v3.33'),
  oddity: fc.constantFrom(...Object.keys(ODDITIES)),
  oddRack: fc.integer({ min: 0, max: 4 }),
  everywhere: fc.boolean(),
  down: fc.constantFrom('none', 'none', 'none', 'node', 'bird', 'router'),
})

export type TorShape = typeof torShapes extends fc.Arbitrary<infer T> ? T : never

function countIn(shape: TorShape, rack: number): number {
  return shape.nodes + (rack === shape.oddRack % shape.racks ? shape.more : 0)
}

function nodeAS({ rackAS }: TorShape, rack: number, node: number): number {
  switch (rackAS) {
    case 'own':
      return 64601 + rack
    case 'one':
      return 64601
    case 'per node':
      return 64601 + rack * 10 + node
    default:
      return 64702 + rack
  }
}

function torAS({ torAS: kind }: TorShape, rack: number): number {
  return kind === 'own' ? 64701 + rack : 64701
}

function nodesOf(shape: TorShape, rack: number): readonly Resource[] {
  return Array.from({ length: countIn(shape, rack) }).flatMap((_, i): Resource[] => [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `rack-${rack}-${i}`,
        labels: { rack: String(rack) },
        annotations: {
          'projectcalico.org/IPv4Address': `172.16.${rack}.${10 + i}/24`,
          'projectcalico.org/ASNumber': String(nodeAS(shape, rack, i)),
        },
      },
    },
    ...Array.from({ length: shape.pods + (i === 0 ? shape.morePods : 0) }, (__, pod) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name: `pod-${rack}-${i}-${pod}` },
      spec: { nodeName: `rack-${rack}-${i}` },
    })),
  ])
}

function routerOf(shape: TorShape, rack: number): Router {
  const others = Array.from({ length: shape.racks }, (_, other) => other).filter((other) => other !== rack)
  return {
    name: `tor-${rack}`,
    interfaces: [
      { subnet: `rack-${rack}`, address: `172.16.${rack}.1/24` },
      { subnet: 'spine', address: `192.0.2.${rack + 1}/24` },
    ],
    bgp: {
      asNumber: torAS(shape, rack),
      neighbors: [
        ...Array.from({ length: countIn(shape, rack) }, (_, i) => ({
          address: `172.16.${rack}.${10 + i}`,
          asNumber: nodeAS(shape, rack, i),
        })),
        ...others.map((other) => ({ address: `192.0.2.${other + 1}`, asNumber: torAS(shape, other) })),
      ],
    },
  }
}

function resourcesOf(shape: TorShape): readonly Resource[] {
  const racks = Array.from({ length: shape.racks }, (_, rack) => rack)
  const mode = (on: boolean): string => (on ? shape.encapsulation : 'Never')
  const peers = racks.map(
    (rack): Fields => ({
      nodeSelector: `rack == '${rack}'`,
      peerIP: `172.16.${rack}.1`,
      asNumber: torAS(shape, rack),
      ...(shape.allowLocalAS === 0 ? {} : { numAllowedLocalASNumbers: shape.allowLocalAS }),
    }),
  )
  const routers = racks.map((rack) => routerOf(shape, rack))
  const subnets = racks.map(
    (rack): Fields => ({
      name: `rack-${rack}`,
      cidr: `172.16.${rack}.0/24`,
      gateway: `172.16.${rack}.1`,
    }),
  )
  const underlay: Fields = { subnets: [...subnets, { name: 'spine', cidr: '192.0.2.0/24' }], routers }
  const resources: Resource[] = []
  const rack = shape.oddRack % shape.racks
  const [router, subnet] = [routers[rack], subnets[rack]]
  if (router === undefined || subnet === undefined) throw new RangeError('resourcesOf: a cluster without racks')
  ODDITIES[shape.oddity]?.({ shape, rack, peers, router, subnet, underlay, resources })
  return [
    calico('BGPConfiguration', 'default', {
      nodeToNodeMeshEnabled: shape.mesh && shape.rackAS === 'one',
      asNumber: 64512,
    }),
    calico('IPPool', 'one', {
      cidr: '10.65.0.0/16',
      blockSize: 30,
      ipipMode: mode(!shape.vxlan),
      vxlanMode: mode(shape.vxlan),
    }),
    ...resources,
    ...peers.map((spec, i) => calico('BGPPeer', `tor-${i}`, spec)),
    ...racks.flatMap((index) => nodesOf(shape, index)),
    { apiVersion: 'calico-plan/v1', kind: 'Underlay', metadata: { name: 'u' }, spec: underlay },
  ]
}

export function torCluster(shape: TorShape): Cluster {
  const rack = shape.oddRack % shape.racks
  const names = (kind: TorShape['down'], name: string): ReadonlySet<string> =>
    new Set(shape.down === kind ? [name] : [])
  return buildCluster(
    resourcesOf(shape).map((resource) => ({ resource })),
    {
      calico: shape.calico,
      down: {
        nodes: names('node', `rack-${rack}-0`),
        birds: names('bird', `rack-${rack}-0`),
        routers: names('router', `tor-${rack}`),
        links: new Set(),
      },
    },
  )
}

export function torContext(shape: TorShape): BgpContext {
  const cluster = torCluster(shape)
  return createBgpContext(cluster, ipamView(cluster))
}
