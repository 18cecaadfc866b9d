import { describe, expect, test } from 'vitest'
import { type AssignIpRequest, assignIp } from '../../../src/ipam/assign-ip.js'
import { address, stateOf, take } from './fixture.js'

const ask = (ip: string, host = 'n1', rest: Partial<AssignIpRequest> = {}): AssignIpRequest => ({
  host,
  address: address(ip),
  ...rest,
})

describe('a certain address', () => {
  test('must lie in an enabled pool', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', disabled: true }] })
    expect(assignIp(state, ask('10.0.0.1'))?.reason).toBe('outsidePools')
  })

  test('makes the requester the owner of a block that did not exist', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    expect(assignIp(state, ask('10.0.0.70'))).toBeUndefined()
    expect(take(state, 'n1').assignment?.addresses).toEqual([address('10.0.0.64')])
  })

  test('may come from a block of another node', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    take(state, 'n1')
    expect(assignIp(state, ask('10.0.0.9', 'n2'))).toBeUndefined()
    expect(state.affinities.of({ type: 'host', host: 'n2' }, 4)).toEqual([])
  })

  test('may not with strictAffinity', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }], settings: { strictAffinity: true } })
    take(state, 'n1')
    expect(assignIp(state, ask('10.0.0.9', 'n2'))?.message).toBe('Block host affinity does not match')
  })

  test('cannot be had twice', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }] })
    assignIp(state, ask('10.0.0.9'))
    expect(assignIp(state, ask('10.0.0.9'))?.message).toContain('Address already assigned in block')
  })

  test('cannot be had while it cools down', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/26' }], settings: { ipCooldownSeconds: 60 } })
    assignIp(state, ask('10.0.0.9'))
    const block = state.blockOf(address('10.0.0.9'))
    block?.release([9], 0)
    expect(assignIp(state, ask('10.0.0.9'))?.reason).toBe('alreadyAssigned')
  })

  test('ignores reservations, selectors, assignment mode and the limit on blocks', () => {
    const state = stateOf({
      pools: [{ cidr: '10.0.0.0/24', nodeSelector: 'has(nothing)', assignmentMode: 'Manual' }],
      reserved: ['10.0.0.0/24'],
      settings: { maxBlocksPerHost: 1, autoAllocateBlocks: false },
    })
    for (const ip of ['10.0.0.1', '10.0.0.65']) expect(assignIp(state, ask(ip, 'unknown'))).toBeUndefined()
  })

  test('is refused when the pool does not allow the use', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', allowedUses: ['Tunnel'] }] })
    expect(assignIp(state, ask('10.0.0.1', 'n1', { use: 'Workload' }))?.reason).toBe('useNotAllowed')
    expect(assignIp(state, ask('10.0.0.1'))).toBeUndefined()
  })

  test('is the same success for a capped handle that holds it, and no other address is', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
    const vm = { owner: { handle: 'vm' }, maxPerHandle: 1 }
    expect(assignIp(state, ask('10.0.0.1', 'n1', vm))).toBeUndefined()
    expect(assignIp(state, ask('10.0.0.1', 'n2', vm))).toBeUndefined()
    expect(assignIp(state, ask('10.0.0.2', 'n1', vm))?.reason).toBe('handleFull')
  })

  test('for a Service makes the block that of the load balancer', () => {
    const state = stateOf({ pools: [{ cidr: '10.0.0.0/24', allowedUses: ['LoadBalancer'] }] })
    assignIp(state, ask('10.0.0.1', 'load-balancer', { use: 'LoadBalancer' }))
    expect([...state.blocks()][0]?.affinity).toBe('virtual:load-balancer')
  })
})
