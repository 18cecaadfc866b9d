import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsOf, formatPrefix, prefixOf } from '../../src/address/prefix.js'
import type { Resource } from '../../src/manifests/resource.js'
import { validateResource } from '../../src/manifests/validation/validate-resource.js'
import { validateTogether } from '../../src/manifests/validation/validate-together.js'
import { validateUpdate } from '../../src/manifests/validation/validate-update.js'

const KINDS = [
  [
    'projectcalico.org/v3',
    [
      'IPPool',
      'BGPPeer',
      'BGPConfiguration',
      'BGPFilter',
      'FelixConfiguration',
      'Node',
      'IPReservation',
      'BlockAffinity',
      'IPAMBlock',
    ],
  ],
  ['crd.projectcalico.org/v1', ['IPPool', 'IPAMConfig', 'BlockAffinity', 'IPAMBlock']],
  ['calico-plan/v1', ['Underlay', 'NodeSet', 'Expectation', 'Runbook']],
  ['v1', ['Node', 'Pod', 'Service', 'ConfigMap', 'IPPool']],
] as const
const kind = fc.constantFrom(
  ...KINDS.flatMap(([apiVersion, kinds]) => kinds.map((name) => ({ apiVersion, kind: name }))),
)
const word = fc.constantFrom(
  'cidr',
  'blockSize',
  'nodeSelector',
  'peerIP',
  'spec',
  'min',
  'max',
  'exportV4',
  'operations',
  'subnets',
  'name',
  'routers',
  'interfaces',
  'reachable',
  'from',
  'steps',
  'allocations',
  'attributes',
  'communities',
  'filters',
  'node',
  '__proto__',
  'constructor',
  'toString',
  'labels',
  'annotations',
  'projectcalico.org/IPv4Address',
  'count',
  'template',
)
const leaf = fc.oneof(
  fc.constantFrom(
    '10.0.0.0/8',
    '10.0.0.1',
    'fd00::/64',
    'Always',
    'all()',
    'rack = ‘a’',
    '1.5s',
    '',
    'Accept',
    'default',
  ),
  fc.jsonValue({ maxDepth: 1 }),
)
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 6 }),
  ),
})).value
const anyResource = fc
  .tuple(kind, tree, tree, tree)
  .map(([type, metadata, spec, status]) => ({ ...type, metadata, spec, status }) as unknown as Resource)

describe('validation', () => {
  test('gives findings for any JSON value and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(anyResource, fc.jsonValue() as fc.Arbitrary<unknown>), (value) => {
        for (const finding of validateResource(value as Resource)) {
          expect(finding.message).not.toBe('')
          expect(finding.hint).not.toBe('')
        }
      }),
      { numRuns: 500 },
    )
  })

  test('judges any resources together and never throws', () => {
    fc.assert(
      fc.property(fc.array(anyResource, { maxLength: 8 }), (resources) => {
        validateTogether(resources)
        const [before, after] = resources
        if (before && after) validateUpdate(before, after)
      }),
      { numRuns: 200 },
    )
  })

  test('finds nothing in a valid IPPool', () => {
    const v4 = fc
      .record({ value: fc.integer({ min: 0x0a000000, max: 0x0affffff }), blockSize: fc.integer({ min: 20, max: 32 }) })
      .map(({ value, blockSize }) => ({ prefix: prefixOf({ family: 4 as const, value }, blockSize - 4), blockSize }))
    const v6 = fc
      .record({ low: fc.bigInt({ min: 0n, max: (1n << 100n) - 1n }), blockSize: fc.integer({ min: 116, max: 128 }) })
      .map(({ low, blockSize }) => {
        return { prefix: prefixOf({ family: 6 as const, value: (0xfd00n << 112n) | low }, blockSize - 8), blockSize }
      })
    fc.assert(
      fc.property(fc.oneof(v4, v6), fc.boolean(), ({ prefix, blockSize }, vxlan) => {
        const encapsulation = vxlan
          ? { vxlanMode: 'Always' }
          : { ipipMode: bitsOf(prefix.family) === 32 ? 'Always' : 'Never' }
        const spec = { cidr: formatPrefix(prefix), blockSize, ...encapsulation }
        const pool = { apiVersion: 'projectcalico.org/v3', kind: 'IPPool', metadata: { name: 'p' }, spec }
        expect(validateResource(pool)).toEqual([])
      }),
      { numRuns: 200 },
    )
  })
})
