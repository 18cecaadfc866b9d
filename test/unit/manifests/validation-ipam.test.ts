import { describe, expect, test } from 'vitest'
import { CRD, faults, judged, resource, V3 } from './validation-fixtures.js'

const block = {
  cidr: '10.65.0.0/30',
  affinity: 'host:n1',
  strictAffinity: false,
  allocations: [0, null, null, null],
  unallocated: [1, 2, 3],
  attributes: [{ handle_id: 'h', secondary: { node: 'n1' } }],
}
const affinity = { node: 'n1', cidr: '10.65.0.0/26', state: 'confirmed' }

describe('IPAM kinds', () => {
  test.each([
    ['an IPReservation', V3, 'IPReservation', { reservedCIDRs: ['10.65.0.7/32', '10.65.1.9/24'] }],
    ['an IPAMConfiguration', V3, 'IPAMConfiguration', { strictAffinity: true, maxBlocksPerHost: 4 }],
    ['a v1 IPAMConfig', CRD, 'IPAMConfig', { strictAffinity: false, autoAllocateBlocks: true }],
    ['a v3 BlockAffinity', V3, 'BlockAffinity', { ...affinity, deleted: false }],
    ['a v1 BlockAffinity, whose flag is text', CRD, 'BlockAffinity', { ...affinity, deleted: 'false' }],
    ['a legacy affinity without a state', CRD, 'BlockAffinity', { ...affinity, state: '', deleted: 'false' }],
    ['a v1 IPAMBlock', CRD, 'IPAMBlock', block],
    ['a v3 IPAMBlock', V3, 'IPAMBlock', block],
    ['a ClusterInformation', V3, 'ClusterInformation', { calicoVersion: 'v3.28.1', datastoreReady: true }],
  ])('accepts %s', (_, apiVersion, kind, spec) => {
    expect(faults(resource(apiVersion, kind, spec))).toEqual([])
  })

  test.each([
    [
      'a reservation needs a mask',
      V3,
      'IPReservation',
      { reservedCIDRs: ['10.65.0.7'] },
      'VALIDATION_CIDR spec.reservedCIDRs[0]',
    ],
    [
      'a reservation is a network',
      V3,
      'IPReservation',
      { reservedCIDRs: ['10.65.0.0/33'] },
      'VALIDATION_CIDR spec.reservedCIDRs[0]',
    ],
    [
      'reservations are a set',
      V3,
      'IPReservation',
      { reservedCIDRs: ['10.0.0.0/8', '10.0.0.0/8'] },
      'VALIDATION_DUPLICATE_ITEM spec.reservedCIDRs[1]',
    ],
    [
      'maxBlocksPerHost is not negative',
      V3,
      'IPAMConfiguration',
      { strictAffinity: true, maxBlocksPerHost: -1 },
      'VALIDATION_RANGE spec.maxBlocksPerHost',
    ],
    [
      'maxBlocksPerHost is at most a million in v3',
      V3,
      'IPAMConfiguration',
      { strictAffinity: true, maxBlocksPerHost: 1000001 },
      'VALIDATION_RANGE spec.maxBlocksPerHost',
    ],
    [
      'ipCooldownSeconds is at most 1200',
      V3,
      'IPAMConfiguration',
      { ipCooldownSeconds: 1201 },
      'VALIDATION_RANGE spec.ipCooldownSeconds',
    ],
    [
      'kubeVirtVMAddressPersistence is an enumeration',
      V3,
      'IPAMConfiguration',
      { kubeVirtVMAddressPersistence: 'yes' },
      'VALIDATION_ENUM spec.kubeVirtVMAddressPersistence',
    ],
    [
      'the v1 IPAMConfig has no defaults',
      CRD,
      'IPAMConfig',
      { strictAffinity: true },
      'VALIDATION_REQUIRED spec.autoAllocateBlocks',
    ],
    [
      'maxBlocksPerHost goes with strictAffinity',
      V3,
      'IPAMConfiguration',
      { maxBlocksPerHost: 2 },
      'IPAMCONFIG_MAX_BLOCKS spec.maxBlocksPerHost',
    ],
    [
      'autoAllocateBlocks goes with strictAffinity',
      V3,
      'IPAMConfiguration',
      { autoAllocateBlocks: false },
      'IPAMCONFIG_NO_BLOCKS spec.autoAllocateBlocks',
    ],
    [
      'an affinity is not written as deleted',
      V3,
      'BlockAffinity',
      { ...affinity, deleted: true },
      'BLOCKAFFINITY_DELETED spec.deleted',
    ],
    [
      'a v3 affinity has a boolean flag',
      V3,
      'BlockAffinity',
      { ...affinity, deleted: 'false' },
      'VALIDATION_QUOTED_VALUE spec.deleted',
    ],
    [
      'a v1 affinity has a text flag',
      CRD,
      'BlockAffinity',
      { ...affinity, deleted: false },
      'VALIDATION_TYPE spec.deleted',
    ],
    [
      'an affinity has one of four states',
      V3,
      'BlockAffinity',
      { ...affinity, state: 'Confirmed' },
      'VALIDATION_ENUM spec.state',
    ],
    ['an affinity has a network', V3, 'BlockAffinity', { ...affinity, cidr: 'x' }, 'VALIDATION_CIDR spec.cidr'],
    [
      'the owner of a v3 block is host: or virtual:',
      V3,
      'IPAMBlock',
      { ...block, affinity: 'n1' },
      'VALIDATION_FORMAT spec.affinity',
    ],
    [
      'allocations point at attributes',
      CRD,
      'IPAMBlock',
      { ...block, allocations: [1, null, null, null] },
      'IPAMBLOCK_INCONSISTENT spec.allocations[0]',
    ],
    [
      'a free address is not allocated',
      CRD,
      'IPAMBlock',
      { ...block, unallocated: [0, 1] },
      'IPAMBLOCK_INCONSISTENT spec.unallocated[0]',
    ],
    [
      'a block lists its allocations',
      CRD,
      'IPAMBlock',
      { ...block, allocations: undefined, unallocated: [] },
      'VALIDATION_REQUIRED spec.allocations',
    ],
  ])('%s', (_, apiVersion, kind, spec, fault) => {
    expect(faults(resource(apiVersion, kind, spec))).toEqual([fault])
  })

  test('Calico reads only the configuration named default', () => {
    expect(faults(resource(V3, 'IPAMConfiguration', {}, 'other'))).toEqual(['IPAMCONFIG_NAME metadata.name'])
  })

  test('a flaw of a record is a warning, unless it has no network', () => {
    const without = { node: 'n1', cidr: '10.65.0.0/26' }
    expect(judged(resource(V3, 'BlockAffinity', without))).toEqual(['warning VALIDATION_REQUIRED'])
    expect(judged(resource(V3, 'BlockAffinity', { node: 'n1', state: '' }))).toEqual(['error VALIDATION_REQUIRED'])
  })
})
