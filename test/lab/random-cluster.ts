/** Random clusters for the lab: meshes, reflectors in all arrangements, racks with their own AS and ToRs, odd masks. */

import * as fc from 'fast-check'
import type { Family } from '../../src/address/address.js'
import type { Resource } from '../../src/manifests/resource.js'
import type { LabCluster } from './lab-cluster.js'

const node = fc.record({
  rack: fc.integer({ min: 0, max: 2 }),
  mask: fc.constantFrom(24, 24, 24, 24, 25, 32),
  reflector: fc.constantFrom(undefined, undefined, undefined, '244.0.0.1', '244.0.0.2'),
  blocks: fc.integer({ min: 1, max: 2 }),
})

const peer = fc.record({
  from: fc.constantFrom('all()', '!has(rr)', 'has(rr)', "rack == '0'", "rack == '1'"),
  to: fc.constantFrom('has(rr)', 'has(rr)', "has(rr) && rack == '0'", "rack == '2'", 'all()'),
  nextHopMode: fc.constantFrom(undefined, undefined, undefined, 'Self', 'Keep'),
})

const cluster = fc.record({
  mesh: fc.boolean(),
  nodes: fc.array(node, { minLength: 3, maxLength: 7 }),
  asPerRack: fc.constantFrom(false, false, true),
  tors: fc.constantFrom(undefined, undefined, 'ebgp', 'ibgp', 'reflector'),
  advertise: fc.constantFrom(undefined, ['bgp'], ['bgp', 'static']),
  peers: fc.array(peer, { maxLength: 3 }),
  ipipMode: fc.constantFrom('Never', 'Always', 'CrossSubnet'),
  disableBGPExport: fc.constantFrom(false, false, false, true),
  borrowed: fc.boolean(),
  calico: fc.constantFrom('v3.28', 'v3.32'),
})

type Shape = typeof cluster extends fc.Arbitrary<infer T> ? T : never

/** The same clusters for the same seed; in IPv6 the same ones with other addresses and without IPIP. */
export function randomClusters(seed: number, count: number, family: Family): readonly LabCluster[] {
  return fc.sample(cluster, { seed, numRuns: count }).map((shape) =>
    family === 4
      ? { name: 'made up', calico: shape.calico, ipip: shape.ipipMode !== 'Never', resources: resources(shape) }
      : {
          name: 'made up',
          calico: shape.calico,
          ipip: false,
          resources: inIPv6(resources({ ...shape, ipipMode: 'Never' })),
        },
  )
}

const ADDRESS = /^(10|172|192)\.(\d+)\.(\d+)\.(\d+)(?:\/(\d+))?$/
const LENGTHS: Readonly<Record<string, string>> = { 16: '/48', 24: '/64', 25: '/121', 26: '/122', 32: '/128' }

/** 10.65.3.10 becomes fd00:10:65:3::10. Cluster IDs and router IDs stay dotted quads. */
export function inIPv6(list: readonly Resource[]): readonly Resource[] {
  const translated = JSON.stringify(list, (key, value: unknown) => {
    if (key === 'blockSize') return 122
    if (typeof value !== 'string' || key === 'routerID') return value
    return value.replace(ADDRESS, (_all, a, b, c, d, length) => {
      const prefix = length === undefined ? '' : LENGTHS[length]
      const parts = prefix === '/48' ? [a, b] : [a, b, c]
      return `fd00:${parts.join(':')}::${d === '0' ? '' : d}${prefix}`
    })
  })
  return (JSON.parse(translated.replaceAll('ipv4Address', 'ipv6Address')) as readonly Resource[]).map((resource) =>
    resource.kind === 'IPPool' ? withoutIpip(resource) : resource,
  )
}

function withoutIpip(pool: Resource): Resource {
  const { ipipMode: _mode, ...spec } = pool['spec'] as Readonly<Record<string, unknown>>
  return { ...pool, spec }
}

const CLUSTER_AS = 64512
const torAS = (shape: Shape, rack: number): number => (shape.tors === 'ebgp' ? 64700 + rack : rackAS(shape, rack))
const rackAS = (shape: Shape, rack: number): number => (shape.asPerRack ? 64600 + rack : CLUSTER_AS)

function resources(shape: Shape): readonly Resource[] {
  const racks = [...new Set(shape.nodes.map(({ rack }) => rack))].sort()
  return [
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: shape.mesh, asNumber: CLUSTER_AS }),
    calico('IPPool', 'one', { cidr: '10.65.0.0/16', blockSize: 26, ipipMode: shape.ipipMode }),
    calico('IPPool', 'two', {
      cidr: '10.66.0.0/16',
      blockSize: 26,
      ipipMode: 'Never',
      disableBGPExport: shape.disableBGPExport,
    }),
    ...shape.peers.map(({ from, to, nextHopMode }, i) =>
      calico('BGPPeer', `peer-${i}`, { nodeSelector: from, peerSelector: to, ...(nextHopMode ? { nextHopMode } : {}) }),
    ),
    ...(shape.tors === undefined
      ? []
      : racks.map((rack) =>
          calico('BGPPeer', `tor-${rack}`, {
            nodeSelector: `rack == '${rack}'`,
            peerIP: `172.16.${rack}.1`,
            asNumber: torAS(shape, rack),
          }),
        )),
    ...shape.nodes.flatMap((node, i) => nodeResources(shape, node, i)),
    underlay(shape, racks),
  ]
}

function nodeResources(shape: Shape, { rack, mask, reflector, blocks }: Shape['nodes'][number], i: number): Resource[] {
  const name = `n${i}`
  const pod = (suffix: string, address: string): Resource => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${name}-${suffix}`, namespace: 'default' },
    spec: { nodeName: name },
    status: { phase: 'Running', podIP: address, podIPs: [{ ip: address }] },
  })
  const lender = (i + 1) % shape.nodes.length
  return [
    {
      apiVersion: 'projectcalico.org/v3',
      kind: 'Node',
      metadata: { name, labels: { rack: String(rack), ...(reflector ? { rr: 'true' } : {}) } },
      spec: {
        bgp: {
          ipv4Address: `172.16.${rack}.${10 + i}/${mask}`,
          ...(reflector ? { routeReflectorClusterID: reflector } : {}),
          ...(shape.asPerRack ? { asNumber: rackAS(shape, rack) } : {}),
        },
      },
    },
    affinity(name, `10.65.${i}.0/26`),
    ...(blocks > 1 ? [affinity(name, `10.66.${i}.0/26`)] : []),
    pod('own', `10.65.${i}.10`),
    ...(shape.borrowed && i === 0 ? [pod('borrowed', `10.65.${lender}.40`)] : []),
  ]
}

function affinity(node: string, cidr: string): Resource {
  const name = `${node}-${cidr.replaceAll(/[./]/g, '-')}`
  return calico('BlockAffinity', name, { node, cidr, state: 'confirmed', deleted: false })
}

function underlay(shape: Shape, racks: readonly number[]): Resource {
  const neighbors = (rack: number) => [
    ...shape.nodes.flatMap((node, i) =>
      node.rack === rack
        ? [
            {
              address: `172.16.${rack}.${10 + i}`,
              asNumber: rackAS(shape, rack),
              routeReflectorClient: shape.tors === 'reflector',
              ...(shape.advertise ? { advertise: shape.advertise } : {}),
            },
          ]
        : [],
    ),
    ...racks
      .filter((other) => other !== rack)
      .map((other) => ({ address: `192.168.0.${other + 1}`, asNumber: torAS(shape, other) })),
  ]
  return {
    apiVersion: 'calico-plan/v1',
    kind: 'Underlay',
    metadata: { name: 'lab' },
    spec: {
      subnets: [
        ...racks.map((rack) => ({ name: `rack-${rack}`, cidr: `172.16.${rack}.0/24`, gateway: `172.16.${rack}.1` })),
        { name: 'core', cidr: '192.168.0.0/24' },
      ],
      nodes: shape.nodes.map(({ rack }, i) => ({ name: `n${i}`, routerID: `172.16.${rack}.${10 + i}` })),
      routers: racks.map((rack) => ({
        name: `tor${rack}`,
        interfaces: [
          { subnet: `rack-${rack}`, address: `172.16.${rack}.1/24` },
          { subnet: 'core', address: `192.168.0.${rack + 1}/24` },
        ],
        staticRoutes: racks
          .filter((other) => other !== rack)
          .map((other) => ({ to: `172.16.${other}.0/24`, via: `192.168.0.${other + 1}` })),
        ...(shape.tors === undefined
          ? {}
          : { bgp: { asNumber: torAS(shape, rack), routerID: `192.168.0.${rack + 1}`, neighbors: neighbors(rack) } }),
      })),
    },
  }
}

function calico(kind: string, name: string, spec: object): Resource {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}
