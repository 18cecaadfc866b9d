import { describe, expect, test } from 'vitest'
import { applyIPPoolDefaults, cidrChangeOK } from '../../../src/manifests/validation/ip-pool-defaults.js'
import { validateCreate } from '../../../src/manifests/validation/validate-create.js'
import { validateUpdate } from '../../../src/manifests/validation/validate-update.js'
import { CRD, pool, resource, told, v3 } from './validation-fixtures.js'

describe('update of an IPPool', () => {
  const change = (before: object, after: object) => told(validateUpdate(pool({ ...before }), pool({ ...after })))

  test.each([
    ['other fields', { blockSize: 26 }, { blockSize: 26, natOutgoing: true, disabled: true }],
    ['blockSize written out as its default', {}, { blockSize: 26 }],
    ['a pod pool made a LoadBalancer pool', { allowedUses: ['Workload'] }, { allowedUses: ['LoadBalancer'] }],
  ])('may change %s', (_, before, after) => {
    expect(change(before, after)).toEqual([])
  })

  test.each([
    ['cidr', {}, { cidr: '10.66.0.0/16' }, 'IPPOOL_CIDR_CHANGED spec.cidr'],
    ['the text of its cidr', { cidr: 'FD00::/64' }, { cidr: 'fd00::/64' }, 'IPPOOL_CIDR_CHANGED spec.cidr'],
    ['blockSize', { blockSize: 26 }, { blockSize: 24 }, 'IPPOOL_BLOCK_SIZE_CHANGED spec.blockSize'],
    ['blockSize by leaving it out', { blockSize: 24 }, {}, 'IPPOOL_BLOCK_SIZE_CHANGED spec.blockSize'],
    [
      'LoadBalancer to Workload',
      { allowedUses: ['LoadBalancer'] },
      { allowedUses: ['Workload'] },
      'IPPOOL_LOAD_BALANCER_USE_CHANGED spec.allowedUses',
    ],
  ])('may not change %s', (_, before, after, fault) => {
    expect(change(before, after)).toEqual([fault])
  })

  test('leaving blockSize out passes kubectl, so it is a warning in a dump', () => {
    const before = resource(CRD, 'IPPool', { cidr: '10.65.0.0/16', blockSize: 24 })
    const after = resource(CRD, 'IPPool', { cidr: '10.65.0.0/16' })
    expect(validateUpdate(before, after).map(({ severity }) => severity)).toEqual(['warning'])
  })

  test('other kinds have no immutable fields', () => {
    expect(validateUpdate(v3('BGPPeer', { node: 'a' }), v3('BGPPeer', { node: 'b' }))).toEqual([])
  })
})

describe('cidrChangeOK', () => {
  test.each([
    ['10.65.0.0/16', '10.65.0.0/16', true],
    ['2001:DB8::/64', '2001:db8::/64', true],
    ['2001:db8::/64', '2001:db8:0::/64', false],
    ['10.65.0.0/16', '10.65.0.0/17', false],
    ['10.65.0.0/16', 'nonsense', false],
  ])('%s to %s is %s', (before, after, ok) => {
    expect(cidrChangeOK(before, after)).toBe(ok)
  })
})

test('calicoctl fills in the defaults of an IPPool', () => {
  expect(applyIPPoolDefaults(v3('IPPool', { cidr: 'FD00:1::/64' })).spec).toEqual({
    cidr: 'fd00:1::/64',
    nodeSelector: 'all()',
    blockSize: 122,
    allowedUses: ['Workload', 'Tunnel'],
    ipipMode: 'Never',
    vxlanMode: 'Never',
    assignmentMode: 'Automatic',
  })
})

describe('calicoctl create', () => {
  const block = resource(CRD, 'IPAMBlock', { cidr: '10.65.0.0/26' }, 'b')

  test.each([
    ['a pool beside others', pool({}), [pool({ cidr: '10.66.0.0/16' }, 'pool-b'), block], []],
    ['a pool of the same name', pool({}), [pool({})], []],
    ['a pool that overlaps', pool({}), [pool({ cidr: '10.65.128.0/17' }, 'pool-b')], ['POOL_OVERLAP spec.cidr']],
    [
      'a pool with blocks of another size',
      pool({ blockSize: 24 }),
      [block],
      ['IPPOOL_BLOCKS_OF_OTHER_SIZE spec.blockSize'],
    ],
    [
      'a pool with a namespaceSelector',
      pool({ namespaceSelector: 'has(a)' }),
      [],
      ['IPPOOL_TUNNEL_NAMESPACE_SELECTOR spec.namespaceSelector'],
    ],
    ['a pool that is not masked', pool({ cidr: '10.65.1.0/16' }), [], ['VALIDATION_CIDR_NOT_MASKED spec.cidr']],
    ['a peer with a filter', v3('BGPPeer', { filters: ['f'] }), [v3('BGPFilter', {}, 'f')], []],
    ['a peer without its filter', v3('BGPPeer', { filters: ['f'] }), [], ['BGPPEER_FILTER_UNKNOWN spec.filters[0]']],
  ])('%s', (_, created, existing, wanted) => {
    expect(told(validateCreate(created, existing))).toEqual(wanted)
  })
})
