import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { calico, codesOf, crd, load } from './fixtures.js'

const block = (spec: object, name = 'b') => crd('IPAMBlock', name, { cidr: '10.65.1.0/30', ...spec })

describe('an IPAMBlock', () => {
  test('gives owner, allocations with their attributes, and the queue as recorded', () => {
    const cluster = load([
      block({
        affinity: 'host:n1',
        allocations: [0, null, 1, null],
        unallocated: [3, 1],
        attributes: [
          { handle_id: 'ipip-tunnel-addr-n1', secondary: { node: 'n1', type: 'ipipTunnelAddress' } },
          { handle_id: 'h', secondary: { node: 'n2', namespace: 'default', pod: 'web-0' } },
        ],
        deleted: false,
      }),
    ])
    const [held] = cluster.recordedBlocks ?? []
    expect(held?.affinity).toEqual({ type: 'host', host: 'n1' })
    expect(held?.allocations).toEqual([
      { ordinal: 0, handle: 'ipip-tunnel-addr-n1', node: 'n1', type: 'ipipTunnelAddress' },
      { ordinal: 2, handle: 'h', node: 'n2', namespace: 'default', pod: 'web-0' },
    ])
    expect(held?.unallocated).toEqual([3, 1])
    expect(cluster.recordedAffinities).toBeUndefined()
  })

  test('without a queue has its free ordinals ascending', () => {
    expect(load([block({ allocations: [null, 0], attributes: [{}] })]).recordedBlocks?.[0]?.unallocated).toEqual([
      0, 2, 3,
    ])
  })

  test('has no owner when it has no affinity, and a virtual one for load balancers', () => {
    const blocks = load([
      block({}),
      block({ cidr: '10.65.2.0/30', affinity: 'virtual:load-balancer' }, 'c'),
    ]).recordedBlocks
    expect(blocks?.map(({ affinity }) => affinity)).toEqual([undefined, { type: 'virtual', host: 'load-balancer' }])
  })

  test.each([true, 'true'])('that is marked deleted (%j) is gone', (deleted) => {
    expect(load([block({ deleted })]).recordedBlocks).toEqual([])
  })

  test.each(['10.0.0.0', '10.0.0.0/8', 7, undefined])('with the cidr %j is left out', (cidr) => {
    const cluster = load([block({ cidr })])
    expect(cluster.recordedBlocks).toEqual([])
    expect(codesOf(cluster)).toContain('IPAM_RECORD_UNREADABLE')
  })

  test('keeps nothing that lies outside it', () => {
    const [held] =
      load([block({ allocations: [null, null, null, null, 0], unallocated: [0, 9, -1, 0, 1.5] })]).recordedBlocks ?? []
    expect([held?.allocations, held?.unallocated]).toEqual([[], [0]])
  })

  test('of both API groups counts once, in order of prefixes', () => {
    const blocks = load([
      block({ cidr: '10.65.9.0/30' }, 'x'),
      block({ affinity: 'host:a' }, 'y'),
      calico('IPAMBlock', 'z', { cidr: '10.65.1.0/30', affinity: 'host:b' }),
    ]).recordedBlocks
    expect(blocks?.map(({ prefix, affinity }) => [formatPrefix(prefix), affinity?.host])).toEqual([
      ['10.65.1.0/30', 'b'],
      ['10.65.9.0/30', undefined],
    ])
  })
})

describe('a BlockAffinity', () => {
  const affinity = (name: string, spec: object) =>
    crd('BlockAffinity', name, { node: 'n1', cidr: '10.65.1.0/26', ...spec })

  test('keeps its state; none is the legacy one', () => {
    const held = load([
      affinity('a', { state: 'confirmed', deleted: 'false' }),
      affinity('b', { node: 'n2', state: 'pending' }),
      affinity('c', { node: 'n3' }),
      affinity('d', { node: 'n4', type: 'virtual', state: 'pendingDeletion' }),
    ]).recordedAffinities
    expect(held?.map(({ node, type, state }) => [node, type, state])).toEqual([
      ['n1', 'host', 'confirmed'],
      ['n2', 'host', 'pending'],
      ['n3', 'host', ''],
      ['n4', 'virtual', 'pendingDeletion'],
    ])
  })

  test('that is marked deleted is gone', () => {
    expect(load([affinity('a', { deleted: 'true' })]).recordedAffinities).toEqual([])
  })

  test('may claim a block that another node claims too', () => {
    expect(load([affinity('a', {}), affinity('b', { node: 'n2' })]).recordedAffinities).toHaveLength(2)
  })
})

test('nothing recorded means that IPAM is simulated', () => {
  const cluster = load([calico('IPPool', 'p', { cidr: '10.0.0.0/16' })])
  expect([cluster.recordedBlocks, cluster.recordedAffinities]).toEqual([undefined, undefined])
})

describe('IPAM settings', () => {
  test('default to blocks on demand and borrowing', () => {
    expect(load([calico('IPPool', 'p', { cidr: '10.0.0.0/16' })]).ipam).toEqual({
      strictAffinity: false,
      autoAllocateBlocks: true,
      maxBlocksPerHost: 0,
      ipCooldownSeconds: 0,
      kubeVirtVMAddressPersistence: true,
      reservations: [],
    })
  })

  test.each([
    crd('IPAMConfig', 'default', { strictAffinity: 'true', maxBlocksPerHost: 4 }),
    calico('IPAMConfiguration', 'default', { strictAffinity: true, maxBlocksPerHost: 4 }),
  ])('are read from either kind (%#)', (resource) => {
    expect(load([resource]).ipam).toMatchObject({ strictAffinity: true, maxBlocksPerHost: 4 })
  })

  test('hold reservations, single addresses as well', () => {
    const cluster = load([calico('IPReservation', 'r', { reservedCIDRs: ['10.0.0.0/28', '10.0.0.99', 'x'] })])
    expect(cluster.ipam.reservations[0]?.prefixes.map(formatPrefix)).toEqual(['10.0.0.0/28', '10.0.0.99/32'])
    expect(codesOf(cluster)).toContain('VALUE_IGNORED')
  })
})
