import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../src/address/address.js'
import { containsAddress } from '../../src/address/prefix.js'
import { buildCluster } from '../../src/cluster/build-cluster.js'
import { READ_KINDS } from '../../src/cluster/inventory.js'
import type { Manifest, Resource } from '../../src/manifests/resource.js'

const apiVersionOf = (group: string): string =>
  group === 'core' ? 'v1' : group === 'calico' ? 'projectcalico.org/v3' : `${group}/v1`

/** Words that the readers look for, so that hostile values land in real fields. */
const word = fc.constantFrom(
  ...[
    'spec',
    'bgp',
    'cidr',
    'nodes',
    'subnets',
    'routers',
    'name',
    'subnet',
    'count',
    'template',
    'allocations',
    'env',
  ],
  ...[
    'data',
    'stringData',
    'status',
    'addresses',
    'peerIP',
    'importV4',
    'containers',
    '__proto__',
    'constructor',
    'labels',
  ],
)
const text = fc.constantFrom(
  '',
  'x',
  '10.0.0.0/8',
  '10.0.0.1',
  'fd00::/64',
  'true',
  '12',
  '{{index}}',
  'all()',
  '==',
  'default',
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('fields')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  fields: fc.dictionary(word, tie('value'), { maxKeys: 5 }),
}))

const manifest: fc.Arbitrary<Manifest> = fc
  .record({
    kind: fc.constantFrom(...READ_KINDS),
    name: fc.constantFrom('a', 'default', 'node.a', 'calico-node'),
    spec: value,
    rest: value,
  })
  .map(({ kind, name, spec, rest }) => {
    const [group = '', bare = ''] = kind.split('/')
    const fields = typeof rest === 'object' && rest !== null && !Array.isArray(rest) ? rest : {}
    return {
      resource: { ...fields, apiVersion: apiVersionOf(group), kind: bare, metadata: { name }, spec } as Resource,
    }
  })

describe('buildCluster', () => {
  test('never throws, whatever the fields hold, and says the same of the same', () => {
    fc.assert(
      fc.property(fc.array(manifest, { maxLength: 6 }), (manifests) => {
        const plain = (list: readonly Manifest[]) =>
          JSON.stringify(buildCluster(list).findings, (_, held) => (typeof held === 'bigint' ? String(held) : held))
        expect(plain(manifests)).toBe(plain(manifests))
      }),
      { numRuns: 400 },
    )
  })

  test('gives the nodes of a NodeSet distinct addresses inside the subnet that they are on', () => {
    const subnet = fc.record({
      cidr: fc.constantFrom('172.16.0.0/16', '10.0.0.0/22', '10.0.0.0/29', 'fd00::/48'),
      prefixLength: fc.option(fc.integer({ min: 16, max: 64 }), { nil: undefined }),
      nodesPerSubnet: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
      firstHost: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(subnet, fc.integer({ min: 0, max: 120 }), (carve, count) => {
        const resource = {
          apiVersion: 'calico-plan/v1',
          kind: 'NodeSet',
          metadata: { name: 's' },
          spec: { count, subnet: carve },
        }
        const { nodes, underlay } = buildCluster([{ resource }])
        const held = nodes.map(({ bgpAddress }) => (bgpAddress[4] ?? bgpAddress[6])?.address)
        expect(new Set(held.map((address) => address && formatAddress(address))).size).toBe(nodes.length)
        for (const [i, address] of held.entries()) {
          const on = underlay.subnets[underlay.attachments[i]?.subnet ?? -1]
          expect(on && address && containsAddress(on.prefix, address)).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })
})
