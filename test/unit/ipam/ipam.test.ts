import { describe, expect, test } from 'vitest'
import { Ipam } from '../../../src/ipam/ipam.js'
import { clusterOf, pod } from './fixture.js'

const nodes = [{ name: 'n1' }, { name: 'n2' }]

const ipamOf = (rest: Partial<Parameters<typeof clusterOf>[0]> = {}): Ipam =>
  new Ipam(
    clusterOf({ nodes, pools: [{ cidr: '10.0.0.0/26', name: 'blue' }], pods: [pod('a', { node: 'n1' })], ...rest }),
  )

describe('Ipam', () => {
  test('starts with what the pods of the Cluster have', () => {
    const ipam = ipamOf()
    expect(ipam.assign({ node: 'n1', count: 2 })).toEqual({ addresses: ['10.0.0.1', '10.0.0.2'] })
    expect(ipam.blocks[0]?.allocations).toHaveLength(3)
    expect(ipam.affinities).toMatchObject([{ node: 'n1' }])
  })

  test('gives one address unless told otherwise', () => {
    expect(ipamOf().assign({ node: 'n1' }).addresses).toEqual(['10.0.0.1'])
  })

  test('gives a certain address', () => {
    const ipam = ipamOf()
    expect(ipam.assign({ node: 'n2', ip: '10.0.0.9' })).toEqual({ addresses: ['10.0.0.9'] })
    expect(ipam.assign({ node: 'n2', ip: '10.0.0.9' }).error?.reason).toBe('alreadyAssigned')
    expect(ipam.assign({ node: 'n2', ip: 'x' }).error?.message).toBe('invalid IP format: x')
  })

  test('takes pools by name or CIDR and families', () => {
    const ipam = ipamOf({
      pools: [
        { cidr: '10.0.0.0/26', name: 'blue' },
        { cidr: 'fd00::/122', name: 'six' },
      ],
    })
    expect(ipam.assign({ node: 'n1', pools: ['six'], family: 6 }).addresses).toEqual(['fd00::'])
    expect(ipam.assign({ node: 'n1', pools: ['blue'] }).addresses).toEqual(['10.0.0.1'])
    expect(ipam.assign({ node: 'n1', pools: ['red'] }).error?.reason).toBe('annotation')
  })

  test('says what is missing and keeps what there was', () => {
    const { addresses, error } = ipamOf().assign({ node: 'n1', count: 64 })
    expect(addresses).toHaveLength(63)
    expect(error?.reason).toBe('exhausted')
  })

  test('releases by address and by pod', () => {
    const ipam = ipamOf()
    expect(ipam.release({ ips: ['10.0.0.0', '10.0.0.1'] })).toEqual({
      released: ['10.0.0.0'],
      notAssigned: ['10.0.0.1'],
    })
    const web = { namespace: 'default', name: 'web' }
    ipam.assign({ node: 'n2', pod: web, count: 2 })
    expect(ipam.release({ pod: web }).released).toHaveLength(2)
    expect(ipam.release({ pod: web }).released).toEqual([])
    expect(ipam.release({ ip: 'x' }).error).toBeDefined()
  })

  test('lets cooldowns end as time passes', () => {
    const ipam = ipamOf({ ipam: { ipCooldownSeconds: 60 }, pools: [{ cidr: '10.0.0.0/32', blockSize: 32 }] })
    ipam.release({ ip: '10.0.0.0' })
    expect(ipam.assign({ node: 'n1' }).addresses).toEqual([])
    ipam.wait(60)
    expect(ipam.assign({ node: 'n1' }).addresses).toEqual(['10.0.0.0'])
  })

  test('does not touch the Cluster', () => {
    const cluster = clusterOf({ nodes, pools: [{ cidr: '10.0.0.0/26' }] })
    new Ipam(cluster).assign({ node: 'n1' })
    expect(new Ipam(cluster).assign({ node: 'n1' }).addresses).toEqual(['10.0.0.0'])
  })
})
