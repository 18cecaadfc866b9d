/** Random clusters of racks that are mostly alike, made as `generate` makes them, with one thing that sets a rack apart. */

import * as fc from 'fast-check'
import { type BgpContext, createBgpContext } from '../../src/bgp/config/context.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import type { Cluster } from '../../src/cluster/cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { Resource } from '../../src/manifests/resource.js'
import { DEFAULT_SHAPE, ENCAPSULATIONS, generateCluster } from '../../src/planning/generate.js'

type Fields = Record<string, unknown>

interface Parts {
  readonly rack: number
  /** The odd rack's subnet. */
  readonly subnet: Fields
  readonly underlay: Fields
  readonly peers: readonly Fields[]
  readonly resources: unknown[]
}

/** What sets one rack, or a node of it, apart from the others; or changes what may be said of all. */
const ODDITIES: Readonly<Record<string, (parts: Parts) => void>> = {
  none: () => {},
  drops: ({ subnet }) => Object.assign(subnet, { drops: ['ipip'] }),
  mtu: ({ subnet }) => Object.assign(subnet, { mtu: 1300 }),
  antiSpoofing: ({ subnet }) => Object.assign(subnet, { antiSpoofing: true }),
  noGateway: ({ subnet }) => void delete subnet['gateway'],
  deadGateway: ({ subnet }) =>
    Object.assign(subnet, { gateway: String(subnet['gateway']).replace(/\d+$/, (last) => String(Number(last) + 1)) }),
  noDefaultRoute: ({ underlay, rack }) => Object.assign(underlay, { nodes: [nodeOf(rack, { defaultRoute: false })] }),
  blackhole: ({ underlay, rack }) =>
    Object.assign(underlay, { nodes: [nodeOf(rack, { staticRoutes: [{ to: '10.65.0.0/17', type: 'blackhole' }] })] }),
  nodeMtu: ({ underlay, rack }) => Object.assign(underlay, { nodes: [nodeOf(rack, { mtu: 1300 })] }),
  filter: ({ resources, peers, rack }) => {
    resources.push(
      calico('BGPFilter', 'some', {
        exportV4: [{ action: 'Reject', matchOperator: 'In', cidr: `10.65.${rack}.0/25` }],
      }),
    )
    for (const peer of peers) peer['filters'] = ['some']
  },
  oneMorePeer: ({ resources, rack }) =>
    void resources.push(calico('BGPPeer', 'more', { nodeSelector: `rack == '${rack}'`, peerSelector: "rack == '1'" })),
  peersMissing: ({ resources, rack }) => {
    const at = resources.findIndex((resource) => (resource as Tree).metadata.name === `rack-${rack}`)
    if (at >= 0 && (resources[at] as Tree).kind === 'BGPPeer') resources.splice(at, 1)
  },
  nextHopSelf: ({ peers }) => {
    for (const peer of peers) peer['nextHopMode'] = 'Self'
  },
}

function nodeOf(rack: number, facts: Fields): Fields {
  return { name: `rack-${rack}-0`, ...facts }
}

function calico(kind: string, name: string, spec: Fields): Tree {
  return { apiVersion: 'projectcalico.org/v3', kind, metadata: { name }, spec }
}

interface Tree {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: Fields
}

export const rackShapes = fc.record({
  nodes: fc.integer({ min: 8, max: 24 }),
  racks: fc.integer({ min: 2, max: 6 }),
  topology: fc.constantFrom('mesh', 'reflectors', 'rack-reflectors', 'rack-reflectors', 'tor'),
  reflectors: fc.integer({ min: 1, max: 2 }),
  encapsulation: fc.constantFrom(...ENCAPSULATIONS),
  podsPerNode: fc.integer({ min: 0, max: 2 }),
  calico: fc.constantFrom('v3.13', 'v3.28', 'v3.33'),
  oddity: fc.constantFrom(...Object.keys(ODDITIES)),
  oddRack: fc.integer({ min: 0, max: 5 }),
})

export type RackShape = typeof rackShapes extends fc.Arbitrary<infer T> ? T : never

function resourcesOf(shape: RackShape): readonly Resource[] {
  const made = generateCluster({ ...DEFAULT_SHAPE, ...shape, pool: '10.65.0.0/16' }) as unknown as readonly Tree[]
  const resources: unknown[] = [...made]
  const underlay = made.find(({ kind }) => kind === 'Underlay')?.spec ?? {}
  const subnets = underlay['subnets'] as readonly Fields[]
  const rack = shape.oddRack % subnets.length
  const peers = made.filter(({ kind }) => kind === 'BGPPeer').map(({ spec }) => spec)
  ODDITIES[shape.oddity]?.({ rack, subnet: subnets[rack] ?? {}, underlay, peers, resources })
  return resources as readonly Resource[]
}

export function rackCluster(shape: RackShape): Cluster {
  return buildCluster(
    resourcesOf(shape).map((resource) => ({ resource })),
    { calico: shape.calico },
  )
}

export function rackContext(shape: RackShape): BgpContext {
  const cluster = rackCluster(shape)
  return createBgpContext(cluster, ipamView(cluster))
}
