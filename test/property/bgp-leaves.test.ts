import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createBgpContext } from '../../src/bgp/config/context.js'
import { leafTables } from '../../src/bgp/leaves/tables.js'
import { plainTables } from '../../src/bgp/plain/tables.js'
import type { BgpTable } from '../../src/bgp/tables.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import { ipamView } from '../../src/ipam/ipam-view.js'
import type { Manifest, Resource } from '../../src/manifests/resource.js'

/** Clusters whose leaves can be told apart: meshes, reflectors in all arrangements and levels, racks, odd masks. */
const clusters = fc.record({
  mesh: fc.boolean(),
  nodes: fc.array(
    fc.record({
      rack: fc.integer({ min: 0, max: 2 }),
      mask: fc.constantFrom(24, 24, 24, 25, 32),
      clusterID: fc.constantFrom(undefined, undefined, undefined, '244.0.0.1', '244.0.0.2', '244.0.0.3'),
      pods: fc.integer({ min: 0, max: 3 }),
      ownAS: fc.boolean(),
    }),
    { minLength: 2, maxLength: 7 },
  ),
  sameAS: fc.boolean(),
  peers: fc.array(
    fc.record({
      from: fc.constantFrom('all()', '!has(rr)', 'has(rr)', "rack == '0'", "rack == '1'"),
      to: fc.constantFrom('has(rr)', "has(rr) && rack == '0'", "rack == '2'", 'all()'),
      nextHopMode: fc.constantFrom(undefined, undefined, 'Self', 'Keep'),
    }),
    { maxLength: 3 },
  ),
  encapsulation: fc.constantFrom('Never', 'Always', 'CrossSubnet'),
  vxlan: fc.boolean(),
  disableBGPExport: fc.boolean(),
  calico: fc.constantFrom('v3.13', 'v3.28', 'v3.32', 'v3.33'),
  seed: fc.integer({ min: 0, max: 3 }),
})

type Shape = typeof clusters extends fc.Arbitrary<infer T> ? T : never

function resources(shape: Shape): readonly Resource[] {
  const mode = (on: boolean): string => (on ? shape.encapsulation : 'Never')
  const calico = (kind: string, name: string, spec: object): Resource => ({
    apiVersion: 'projectcalico.org/v3',
    kind,
    metadata: { name },
    spec,
  })
  return [
    calico('BGPConfiguration', 'default', { nodeToNodeMeshEnabled: shape.mesh, asNumber: 64512 }),
    calico('IPPool', 'one', {
      cidr: '10.65.0.0/24',
      blockSize: 28,
      ipipMode: mode(!shape.vxlan),
      vxlanMode: mode(shape.vxlan),
    }),
    calico('IPPool', 'two', { cidr: '10.66.0.0/26', blockSize: 29, disableBGPExport: shape.disableBGPExport }),
    ...shape.peers.map(({ from, to, nextHopMode }, i) =>
      calico('BGPPeer', `peer-${i}`, { nodeSelector: from, peerSelector: to, ...(nextHopMode ? { nextHopMode } : {}) }),
    ),
    ...shape.nodes.flatMap(({ rack, mask, clusterID, pods, ownAS }, i): Resource[] => [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: `n${i}`,
          labels: { rack: String(rack), ...(clusterID ? { rr: 'true' } : {}) },
          annotations: {
            'projectcalico.org/IPv4Address': `172.16.${rack}.${10 + i}/${mask}`,
            ...(clusterID ? { 'projectcalico.org/RouteReflectorClusterID': clusterID } : {}),
            ...(ownAS && !shape.sameAS ? { 'projectcalico.org/ASNumber': String(64600 + i) } : {}),
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
    ]),
  ]
}

/** Everything that a table says. */
function told({ entries }: BgpTable): unknown {
  return entries.map(({ prefix, paths, kernel, dependsOnArrival }) => ({ prefix, paths, kernel, dependsOnArrival }))
}

const text = (value: unknown): string =>
  JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part))

describe('the engine that leaves leaves out', () => {
  test('gives every speaker the table that the plain engine gives it', { timeout: 120_000 }, () => {
    let compared = 0
    void fc.assert(
      fc.property(clusters, (shape) => {
        const manifests: readonly Manifest[] = resources(shape).map((resource) => ({ resource }))
        const cluster = buildCluster(manifests, { calico: shape.calico, seed: shape.seed })
        const context = createBgpContext(cluster, ipamView(cluster))
        const leaves = leafTables(context)
        if (leaves === undefined) return
        const plain = plainTables(context)
        if (plain.convergence(4).kind !== 'stable' || plain.severed(4).length > 0) return
        compared++
        for (const { index } of context.speakers) {
          expect(text(told(leaves.table(index, 4)))).toBe(text(told(plain.table(index, 4))))
        }
      }),
      { numRuns: 700, seed: 20_260_101 },
    )
    expect(compared).toBeGreaterThan(500)
  })
})
