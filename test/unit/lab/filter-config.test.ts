import { expect, test } from 'vitest'
import { filterCalls, filterFunctionTexts } from '../../lab/filter-config.js'
import { prefix } from '../bgp/config-fixture.js'
import { rule, session } from '../bgp/policy-fixture.js'

const filters = new Map([
  [
    'f',
    {
      name: 'f',
      import: {
        4: [
          rule({
            action: 'Accept',
            prefix: prefix('10.65.0.0/16'),
            matchOperator: 'In',
            prefixLength: { min: 24 },
            peerType: 'iBGP',
            operations: [
              { kind: 'prependASPath', prefix: [64999, 64998] },
              { kind: 'setPriority', value: 512 },
            ],
          }),
          rule({ action: 'Reject', community: '64512:1:2' }),
        ],
        6: [],
      },
      export: { 4: [], 6: [] },
    },
  ],
])

test('a BGPFilter becomes the function that confd writes', () => {
  const text = filterFunctionTexts(filters, 4).join('\n')
  expect(text).toContain("function 'bgp_f_importFilterV4'(bool same_as)")
  expect(text).toContain('if (same_as) then { if ((net ~ [ 10.65.0.0/16{24,32} ])) then {')
  expect(text).toContain('bgp_path.prepend(64998); bgp_path.prepend(64999); bgp_local_pref = 2147483135; accept;')
  expect(text).toContain('if (((64512, 1, 2) ~ bgp_large_community)) then { reject; }')
})

test('a session calls it with whether the peer is internal, and only in the direction that has rules', () => {
  const internal = session({ importFilters: ['f'], exportFilters: ['f'] })
  expect(filterCalls(filters, internal, 'import', 4)).toEqual(["'bgp_f_importFilterV4'(true);"])
  expect(filterCalls(filters, internal, 'export', 4)).toEqual([])
})
