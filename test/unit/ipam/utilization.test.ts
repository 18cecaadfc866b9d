import { expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { assignIp } from '../../../src/ipam/assign-ip.js'
import { poolUsages } from '../../../src/ipam/utilization.js'
import { address, stateOf, take } from './fixture.js'

test('a pool counts its space inside and outside blocks, less what is reserved', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], reserved: ['10.0.0.32/30', '10.0.0.200'] })
  assignIp(state, { host: 'n1', address: address('10.0.0.5') })
  expect(poolUsages(state)[0]).toMatchObject({
    capacity: 256,
    inUse: 1,
    reserved: 5,
    available: 250,
    blocks: [{ capacity: 64, inUse: 1, reserved: 4, available: 59 }],
  })
})

test('an address that was held before it was reserved counts for both', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }], reserved: ['10.0.0.5'] })
  assignIp(state, { host: 'n1', address: address('10.0.0.5') })
  expect(poolUsages(state)[0]).toMatchObject({ inUse: 1, reserved: 1, available: 255 })
})

test('disabled pools are listed too', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
  take(state, 'n1', 3)
  state.pools = state.pools.map((pool) => ({ ...pool, disabled: true }))
  expect(poolUsages(state).map(({ inUse }) => inUse)).toEqual([3])
})

test('blocks stand in byte order of their names', () => {
  const state = stateOf({ pools: [{ cidr: '10.0.0.0/24' }] })
  for (const text of ['10.0.0.4', '10.0.0.70', '10.0.0.130']) assignIp(state, { host: 'n1', address: address(text) })
  const [usage] = poolUsages(state)
  const names = ['10.0.0.0/26', '10.0.0.128/26', '10.0.0.64/26']
  expect(usage?.blocks.map((block) => formatPrefix(block.prefix))).toEqual(names)
})
