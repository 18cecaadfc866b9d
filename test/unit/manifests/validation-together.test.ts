import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/manifests/resource.js'
import { validateTogether } from '../../../src/manifests/validation/validate-together.js'
import { CRD, kubernetesNode, OWN, pool, resource, told, v3 } from './validation-fixtures.js'

const together = (...resources: readonly Resource[]) => told(validateTogether(resources))
const node = kubernetesNode('n1', { 'projectcalico.org/IPv4Address': '172.16.1.11/24' }, { rack: 'a' })
const block = (cidr: string) => resource(CRD, 'IPAMBlock', { cidr }, cidr)
const affinity = (name: string) => resource(CRD, 'BlockAffinity', { cidr: '10.65.0.0/26', node: name }, `${name}-1`)
const peer = (spec: object) => v3('BGPPeer', spec, 'peer')

describe('pools', () => {
  test('that overlap', () => {
    expect(together(pool({}, 'a'), pool({ cidr: '10.65.9.0/24' }, 'b'), pool({ cidr: '10.66.0.0/16' }, 'c'))).toEqual([
      'POOL_OVERLAP spec.cidr',
    ])
  })

  test('that are one range twice', () => {
    expect(together(pool({}, 'a'), pool({}, 'b'))).toEqual(['POOL_OVERLAP spec.cidr'])
  })

  test('that select no node', () => {
    expect(together(node, pool({ nodeSelector: "rack == 'z'" }))).toEqual(['IPPOOL_SELECTS_NO_NODE spec.nodeSelector'])
    expect(together(node, pool({ nodeSelector: "rack == 'a' && !has(gpu)" }))).toEqual([])
  })

  test('whose blocks have another size', () => {
    expect(together(pool({ blockSize: 24 }), block('10.65.0.0/26'), block('10.65.1.0/24'))).toEqual([
      'IPPOOL_BLOCKS_OF_OTHER_SIZE spec.blockSize',
    ])
  })

  test('blocks outside them', () => {
    expect(together(pool({}), block('10.65.0.0/26'), block('10.99.0.0/26'))).toEqual(['BLOCK_OUTSIDE_POOLS spec.cidr'])
  })

  test('reservations outside them', () => {
    expect(together(pool({}), v3('IPReservation', { reservedCIDRs: ['10.65.0.7/32', '192.0.2.0/24'] }))).toEqual([
      'IPRESERVATION_OUTSIDE_POOLS spec.reservedCIDRs[1]',
    ])
  })
})

describe('peers', () => {
  test('that name no BGPFilter', () => {
    expect(together(v3('BGPFilter', {}, 'f1'), peer({ filters: ['f1', 'f2'] }))).toEqual([
      'BGPPEER_FILTER_UNKNOWN spec.filters[1]',
    ])
  })
})

describe('nodes', () => {
  test('with one address', () => {
    const other = v3('Node', { bgp: { ipv4Address: '172.16.1.11/16' } }, 'n2')
    expect(together(node, other)).toEqual(['NODE_ADDRESS_DUPLICATE spec.bgp.ipv4Address'])
  })

  test('that are described twice are one node', () => {
    expect(together(node, v3('Node', { bgp: { ipv4Address: '172.16.1.11/24' } }, 'n1'))).toEqual([])
  })

  test('that are gone and left blocks', () => {
    expect(together(node, affinity('n1'), affinity('n9'), affinity('n9'))).toEqual([
      'BLOCKAFFINITY_NODE_UNKNOWN spec.node',
    ])
  })

  test('that a configuration is for', () => {
    expect(together(node, v3('BGPConfiguration', {}, 'node.n1'), v3('BGPConfiguration', {}, 'node.n7'))).toEqual([
      'REFERENCE_UNKNOWN metadata.name',
    ])
  })
})

describe('references', () => {
  const underlay = resource(OWN, 'Underlay', {
    subnets: [{ name: 'rack-a', cidr: '172.16.1.0/24' }],
    nodes: [
      { name: 'n1', subnet: 'rack-a' },
      { name: 'n2', subnet: 'rack-b' },
    ],
    routers: [{ name: 'tor', interfaces: [{ subnet: 'rack-c', address: '172.16.3.1/24' }] }],
  })

  test('of an Underlay', () => {
    expect(together(node, underlay)).toEqual([
      'REFERENCE_UNKNOWN spec.nodes[1].name',
      'REFERENCE_UNKNOWN spec.nodes[1].subnet',
      'REFERENCE_UNKNOWN spec.routers[0].interfaces[0].subnet',
    ])
  })

  test('of an Expectation', () => {
    const subnets = resource(OWN, 'Underlay', { subnets: [{ name: 'rack-a', cidr: '172.16.1.0/24' }] })
    const expectation = resource(OWN, 'Expectation', {
      reachable: [
        { from: { node: 'n1' }, to: { subnet: 'rack-a' } },
        { from: { node: 'n9' }, to: { subnet: 'rack-z' } },
        { from: { host: 'nfs' }, to: { pool: 'pool-z' } },
      ],
      routes: [{ node: 'n8', atMost: 5 }],
      capacity: { pool: 'pool-a', freeBlocksAtLeast: 1 },
    })
    expect(together(node, pool({}), subnets, expectation)).toEqual([
      'REFERENCE_UNKNOWN spec.reachable[1].from.node',
      'REFERENCE_UNKNOWN spec.reachable[1].to.subnet',
      'REFERENCE_UNKNOWN spec.reachable[2].from.host',
      'REFERENCE_UNKNOWN spec.reachable[2].to.pool',
      'REFERENCE_UNKNOWN spec.routes[0].node',
    ])
  })

  test('to pods that a workload will make', () => {
    const web = resource('apps/v1', 'Deployment', { replicas: 1 }, 'web')
    const to = (pod: string) => resource(OWN, 'Expectation', { reachable: [{ from: { node: 'n1' }, to: { pod } }] })
    expect(together(node, web, to('default/web-0'))).toEqual([])
    expect(together(node, web, to('default/db-0'))).toEqual(['REFERENCE_UNKNOWN spec.reachable[0].to.pod'])
  })
})
