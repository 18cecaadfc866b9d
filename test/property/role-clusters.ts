/** Random clusters for the properties of the BGP engines, and their tables as text. */

import * as fc from 'fast-check'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { Resource } from '../../src/manifests/resource.js'

const anyCluster = fc.record({
  mesh: fc.boolean(),
  nodes: fc.array(
    fc.record({
      rack: fc.integer({ min: 0, max: 2 }),
      mask: fc.constantFrom(24, 24, 24, 24, 25, 32),
      clusterID: fc.constantFrom(undefined, undefined, undefined, '244.0.0.1', '244.0.0.2'),
      pods: fc.integer({ min: 0, max: 3 }),
      ownAS: fc.constantFrom(0, 0, 0, 1),
    }),
    { minLength: 2, maxLength: 9 },
  ),
  asPerRack: fc.boolean(),
  tors: fc.constantFrom('none', 'none', 'one', 'two', 'reflector'),
  torAdvertises: fc.constantFrom(undefined, ['bgp'], ['bgp', 'static']),
  spine: fc.boolean(),
  allowLocalAS: fc.constantFrom(0, 0, 1),
  peers: fc.array(
    fc.record({
      from: fc.constantFrom('all()', '!has(rr)', 'has(rr)', "rack == '0'", "rack == '1'"),
      to: fc.constantFrom('has(rr)', "has(rr) && rack == '0'", "rack == '2'", 'all()'),
      nextHopMode: fc.constantFrom(undefined, undefined, 'Self', 'Keep'),
      filtered: fc.constantFrom(false, false, true),
    }),
    { maxLength: 3 },
  ),
  filter: fc.record({
    direction: fc.constantFrom('importV4', 'exportV4'),
    cidr: fc.constantFrom('10.65.0.0/24', '10.65.0.0/28', '172.16.0.0/16', undefined),
    operator: fc.constantFrom('In', 'NotIn', 'Equal'),
    action: fc.constantFrom('Accept', 'Reject'),
  }),
  service: fc.constantFrom('none', 'ranges', 'local'),
  encapsulation: fc.constantFrom('Never', 'Always', 'CrossSubnet'),
  vxlan: fc.boolean(),
  disableBGPExport: fc.boolean(),
  calico: fc.constantFrom('v3.13', 'v3.28', 'v3.32', 'v3.33'),
  seed: fc.integer({ min: 0, max: 3 }),
})

export type Shape = typeof anyCluster extends fc.Arbitrary<infer T> ? T : never

/** Clusters of meshes, reflectors in all arrangements and levels, racks, ToRs, odd masks and filters. */
export const clusters = anyCluster.map(withFewPaths)

/** What a ToR of each kind adds to the ways through a cluster. */
const WAYS = { none: 0, one: 1, two: 2, reflector: 2 } as const

/**
 * With added paths a prefix has as many routes as there are ways to it: with every further AS or reflector that passes
 * routes on they multiply, for both engines. Three of these show all that ten do.
 */
function withFewPaths(shape: Shape): Shape {
  const racks = shape.asPerRack ? (shape.mesh ? 2 : 1) : 0
  let left = 3 - Math.max(WAYS[shape.tors], racks)
  const passes = (): boolean => left-- > 0
  const nodes = shape.nodes.map((node): Shape['nodes'][number] => {
    const clusterID = node.clusterID !== undefined && passes() ? node.clusterID : undefined
    return { ...node, clusterID, ownAS: node.ownAS === 1 && !shape.asPerRack && passes() ? 1 : 0 }
  })
  return { ...shape, nodes: nodes.slice(0, racks === 2 ? 5 : 9) }
}

function calico(kind: string, name: string, spec: object): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}

function resources(shape: Shape): readonly Resource[] {
  const mode = (on: boolean): string => (on ? shape.encapsulation : 'Never')
  return [
    calico('BGPConfiguration', 'default', {
      nodeToNodeMeshEnabled: shape.mesh,
      asNumber: 64512,
      ...(shape.service === 'none'
        ? {}
        : { serviceClusterIPs: [{ cidr: '10.96.0.0/16' }], serviceExternalIPs: [{ cidr: '198.51.100.0/24' }] }),
    }),
    calico('IPPool', 'one', {
      cidr: '10.65.0.0/24',
      blockSize: 28,
      ipipMode: mode(!shape.vxlan),
      vxlanMode: mode(shape.vxlan),
    }),
    calico('IPPool', 'two', { cidr: '10.66.0.0/26', blockSize: 29, disableBGPExport: shape.disableBGPExport }),
    calico('BGPFilter', 'some', {
      [shape.filter.direction]: [
        shape.filter.cidr === undefined
          ? { action: shape.filter.action }
          : { cidr: shape.filter.cidr, matchOperator: shape.filter.operator, action: shape.filter.action },
      ],
    }),
    ...shape.peers.map(({ from, to, nextHopMode, filtered }, i) =>
      calico('BGPPeer', `peer-${i}`, {
        nodeSelector: from,
        peerSelector: to,
        ...(nextHopMode ? { nextHopMode } : {}),
        ...(filtered ? { filters: ['some'] } : {}),
      }),
    ),
    ...shape.nodes.flatMap((node, i) => nodeResources(shape, node, i)),
    ...services(shape),
    ...routers(shape),
  ]
}

function asNumber(shape: Shape, { rack, ownAS }: Shape['nodes'][number], index: number): number | undefined {
  if (shape.asPerRack) return 64600 + rack
  return ownAS === 1 ? 64650 + index : undefined
}

function nodeResources(shape: Shape, node: Shape['nodes'][number], i: number): readonly Resource[] {
  const { rack, mask, clusterID, pods } = node
  const as = asNumber(shape, node, i)
  return [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name: `n${i}`,
        labels: { rack: String(rack), ...(clusterID ? { rr: 'true' } : {}) },
        annotations: {
          'projectcalico.org/IPv4Address': `172.16.${rack}.${10 + i}/${mask}`,
          ...(clusterID ? { 'projectcalico.org/RouteReflectorClusterID': clusterID } : {}),
          ...(as === undefined ? {} : { 'projectcalico.org/ASNumber': String(as) }),
        },
      },
    },
    ...Array.from({ length: pods }, (_, p) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        namespace: 'default',
        name: `p${i}-${p}`,
        ...(p === 2 ? { annotations: { 'cni.projectcalico.org/ipv4pools': '["two"]' } } : {}),
      },
      spec: { nodeName: `n${i}` },
    })),
  ]
}

function services(shape: Shape): readonly Resource[] {
  if (shape.service !== 'local') return []
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'default', name: 's' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.10',
        externalTrafficPolicy: 'Local',
        externalIPs: ['198.51.100.7'],
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { namespace: 'default', name: 's-1', labels: { 'kubernetes.io/service-name': 's' } },
      addressType: 'IPv4',
      endpoints: shape.nodes.flatMap((_, i) =>
        i % 2 === 0 ? [{ addresses: ['10.65.0.1'], nodeName: `n${i}`, conditions: { ready: true } }] : [],
      ),
      ports: [],
    },
  ]
}

/** A ToR for each rack, or two of one AS, as eBGP peers or as reflectors of the cluster's AS. */
function routers(shape: Shape): readonly Resource[] {
  if (shape.tors === 'none') return []
  const per = shape.tors === 'two' ? 2 : 1
  const internal = shape.tors === 'reflector'
  const advertise = shape.torAdvertises === undefined ? {} : { advertise: shape.torAdvertises }
  const all = [0, 1, 2].flatMap((rack) =>
    Array.from({ length: per }, (_, k) => ({ rack, k, spine: 1 + rack * per + k })),
  )
  const torAS = (rack: number): number => (internal ? 64512 : 64700 + rack)
  const router = ({ rack, k, spine }: (typeof all)[number]): object => ({
    name: `tor-${rack}-${k}`,
    interfaces: [
      { subnet: `rack-${rack}`, address: `172.16.${rack}.${1 + k}/24` },
      { subnet: 'spine', address: `192.0.2.${spine}/24` },
    ],
    bgp: {
      asNumber: torAS(rack),
      neighbors: [
        ...shape.nodes.flatMap((node, i) =>
          node.rack === rack
            ? [
                {
                  address: `172.16.${rack}.${10 + i}`,
                  asNumber: asNumber(shape, node, i) ?? 64512,
                  routeReflectorClient: internal,
                  ...advertise,
                },
              ]
            : [],
        ),
        ...(shape.spine
          ? all.flatMap((other) =>
              other.rack === rack
                ? []
                : [{ address: `192.0.2.${other.spine}`, asNumber: torAS(other.rack), ...advertise }],
            )
          : []),
      ],
    },
  })
  return [
    {
      apiVersion: 'calico-plan/v1',
      kind: 'Underlay',
      metadata: { name: 'u' },
      spec: {
        subnets: [
          ...[0, 1, 2].map((rack) => ({
            name: `rack-${rack}`,
            cidr: `172.16.${rack}.0/24`,
            gateway: `172.16.${rack}.1`,
          })),
          { name: 'spine', cidr: '192.0.2.0/24' },
        ],
        routers: all.map(router),
      },
    },
    ...all.map(({ rack, k }) =>
      calico('BGPPeer', `tor-${rack}-${k}`, {
        nodeSelector: `rack == '${rack}'`,
        peerIP: `172.16.${rack}.${1 + k}`,
        asNumber: torAS(rack),
        numAllowedLocalASNumbers: shape.allowLocalAS,
      }),
    ),
  ]
}

export function contextOf(shape: Shape): BgpContext {
  const manifests = resources(shape).map((resource) => ({ resource }))
  const cluster = buildCluster(manifests, { calico: shape.calico, seed: shape.seed })
  return createBgpContext(cluster, ipamView(cluster))
}
