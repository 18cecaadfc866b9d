import { describe, expect, test } from 'vitest'
import { CRD, faults, judged, pool, resource } from './validation-fixtures.js'

describe('IPPool', () => {
  test.each([
    ['plain', {}],
    ['IPIP', { ipipMode: 'Always' }],
    ['VXLAN on IPv6', { cidr: 'fd00:10::/64', vxlanMode: 'CrossSubnet' }],
    ['a pool of exactly one block', { cidr: '10.65.0.0/26' }],
    ['a /27 with blockSize 27', { cidr: '10.65.0.0/27', blockSize: 27 }],
    ['a /32 with blockSize 32', { cidr: '10.65.0.1/32', blockSize: 32 }],
    ['blockSize 0 is the default', { blockSize: 0 }],
    ['a disabled pool may be smaller than a block', { cidr: '10.65.0.0/28', disabled: true }],
    ['a LoadBalancer pool', { allowedUses: ['LoadBalancer'], nodeSelector: 'all()' }],
    ['a LoadBalancer pool without a nodeSelector, which defaults to all()', { allowedUses: ['LoadBalancer'] }],
    ['a Workload pool for one namespace', { allowedUses: ['Workload'], namespaceSelector: "team == 'a'" }],
    ['manual assignment', { assignmentMode: 'Manual' }],
  ])('accepts %s', (_, spec) => {
    expect(faults(pool(spec))).toEqual([])
  })

  test.each([
    ['cidr is required', { cidr: undefined }, 'VALIDATION_REQUIRED spec.cidr'],
    ['cidr is a network', { cidr: '10.65.0.0/33' }, 'VALIDATION_CIDR spec.cidr'],
    ['cidr needs a mask', { cidr: '10.65.0.0' }, 'VALIDATION_CIDR spec.cidr'],
    ['cidr has no leading zeros', { cidr: '010.65.0.0/16' }, 'VALIDATION_CIDR spec.cidr'],
    ['cidr is masked', { cidr: '10.65.1.0/16' }, 'VALIDATION_CIDR_NOT_MASKED spec.cidr'],
    ['cidr in canonical text', { cidr: 'FD00:10::/64' }, 'IPPOOL_CIDR_NOT_CANONICAL spec.cidr'],
    ['no link-local range', { cidr: '169.254.10.0/24' }, 'IPPOOL_LINK_LOCAL spec.cidr'],
    ['no range around link-local', { cidr: '0.0.0.0/0' }, 'IPPOOL_LINK_LOCAL spec.cidr'],
    ['no IPv6 link-local range', { cidr: 'fe80::/64' }, 'IPPOOL_LINK_LOCAL spec.cidr'],
    ['blockSize at least 20', { blockSize: 19 }, 'IPPOOL_BLOCK_SIZE spec.blockSize'],
    ['IPv6 blockSize at least 116', { cidr: 'fd00:10::/64', blockSize: 96 }, 'IPPOOL_BLOCK_SIZE spec.blockSize'],
    ['room for one block', { cidr: '10.65.0.0/27' }, 'IPPOOL_TOO_SMALL spec.cidr'],
    ['ipipMode is an enumeration', { ipipMode: 'Sometimes' }, 'VALIDATION_ENUM spec.ipipMode'],
    ['one encapsulation', { ipipMode: 'Always', vxlanMode: 'CrossSubnet' }, 'IPPOOL_TWO_ENCAPSULATIONS spec.vxlanMode'],
    ['no IPIP on IPv6', { cidr: 'fd00:10::/64', ipipMode: 'CrossSubnet' }, 'IPPOOL_IPIP_ON_IPV6 spec.ipipMode'],
    [
      'LoadBalancer without IPIP',
      { allowedUses: ['LoadBalancer'], ipipMode: 'Always' },
      'IPPOOL_LOAD_BALANCER spec.ipipMode',
    ],
    [
      'LoadBalancer without VXLAN',
      { allowedUses: ['LoadBalancer'], vxlanMode: 'Always' },
      'IPPOOL_LOAD_BALANCER spec.vxlanMode',
    ],
    ['LoadBalancer alone', { allowedUses: ['LoadBalancer', 'Workload'] }, 'IPPOOL_LOAD_BALANCER spec.allowedUses'],
    [
      'LoadBalancer is exported',
      { allowedUses: ['LoadBalancer'], disableBGPExport: true },
      'IPPOOL_LOAD_BALANCER spec.disableBGPExport',
    ],
    [
      'LoadBalancer on all nodes',
      { allowedUses: ['LoadBalancer'], nodeSelector: 'has(a)' },
      'IPPOOL_LOAD_BALANCER spec.nodeSelector',
    ],
    [
      'Tunnel without namespaces',
      { allowedUses: ['Tunnel'], namespaceSelector: 'has(a)' },
      'IPPOOL_TUNNEL_NAMESPACE_SELECTOR spec.namespaceSelector',
    ],
    [
      'no allowedUses means Tunnel to calicoctl',
      { namespaceSelector: 'has(a)' },
      'IPPOOL_TUNNEL_NAMESPACE_SELECTOR spec.namespaceSelector',
    ],
    ['no global() in nodeSelector', { nodeSelector: 'global()' }, 'IPPOOL_GLOBAL_SELECTOR spec.nodeSelector'],
    [
      'no global() in namespaceSelector',
      { allowedUses: ['Workload'], namespaceSelector: 'global()' },
      'IPPOOL_GLOBAL_SELECTOR spec.namespaceSelector',
    ],
    ['nodeSelector parses', { nodeSelector: "rack = 'a'" }, 'VALIDATION_SELECTOR spec.nodeSelector'],
    [
      'nodeSelector has at most 1024 characters',
      { nodeSelector: `a == '${'x'.repeat(1024)}'` },
      'VALIDATION_LENGTH spec.nodeSelector',
    ],
    ['allowedUses are an enumeration', { allowedUses: ['Pods'] }, 'VALIDATION_ENUM spec.allowedUses[0]'],
    ['allowedUses are a set', { allowedUses: ['Tunnel', 'Tunnel'] }, 'VALIDATION_DUPLICATE_ITEM spec.allowedUses[1]'],
    ['assignmentMode may not be empty', { assignmentMode: '' }, 'VALIDATION_ENUM spec.assignmentMode'],
  ])('%s', (_, spec, fault) => {
    expect(faults(pool(spec))).toEqual([fault])
  })

  test('a fault of the CRD is an error in a dump too', () => {
    expect(judged(resource(CRD, 'IPPool', { cidr: '10.65.0.0/16', blockSize: 19 }))).toEqual([
      'error IPPOOL_BLOCK_SIZE',
    ])
  })

  test('what calicoctl alone refuses is an error in v3 and a warning in a dump', () => {
    const spec = { cidr: '10.65.0.0/16', namespaceSelector: 'has(a)' }
    expect(judged(resource('projectcalico.org/v3', 'IPPool', spec))).toEqual(['error IPPOOL_TUNNEL_NAMESPACE_SELECTOR'])
    expect(judged(resource(CRD, 'IPPool', spec))).toEqual(['warning IPPOOL_TUNNEL_NAMESPACE_SELECTOR'])
  })
})
