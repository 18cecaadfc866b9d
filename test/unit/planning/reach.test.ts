import { describe, expect, test } from 'vitest'
import type { Reach } from '../../../src/planning/reach/reach.js'
import { createSimulation } from '../../../src/planning/simulation.js'
import { calico, kubeNode, load, underlay } from '../cluster/fixtures.js'

const pool = (spec: object): object => calico('IPPool', 'pods', { cidr: '10.65.0.0/16', ...spec })
const node = (name: string, address: string): object => kubeNode(name, { IPv4Address: address })
const pod = (name: string, nodeName: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'default', name },
  spec: { nodeName },
})

const RACKS = [node('a1', '172.16.1.11/24'), node('a2', '172.16.1.12/24'), node('b1', '172.16.2.11/24')]
const PODS = [pod('x', 'a1'), pod('y', 'a2'), pod('z', 'b1')]

function reachOf(...resources: readonly object[]): Reach {
  return createSimulation(load(resources, { calico: 'v3.28' })).reach()
}

const told = ({ groups }: Reach): readonly string[] =>
  groups.map(({ from, to, pairs, verdict, reason, at }) =>
    [from.join(), to.join(), pairs, verdict, ...(reason ? [reason.code, at] : [])].join(' '),
  )

describe('reach', () => {
  test('is one group where everybody reaches everybody', () => {
    const reach = reachOf(...RACKS, ...PODS, pool({ ipipMode: 'CrossSubnet' }))
    expect(told(reach)).toEqual(['a1,a2,b1 a1,a2,b1 6 delivered'])
    expect(reach.pairs).toEqual({ total: 6, delivered: 6, lost: 0, oneWay: 0 })
  })

  test('tells racks apart that a router joins without knowing the pods', () => {
    const reach = reachOf(...RACKS, ...PODS, pool({ ipipMode: 'Never' }))
    expect(told(reach)).toEqual([
      'a1,a2 b1 2 lost noRoute router',
      'b1 a1,a2 2 lost noRoute router',
      'a1,a2 a1,a2 2 delivered',
    ])
    expect(reach.classes).toEqual([[0, 1], [2]])
    expect(reach.groups[0]?.example).toEqual({ from: 'a1', to: 'b1', fromPod: 'default/x', toPod: 'default/z' })
  })

  test('names the segment that drops the tunnel', () => {
    const reach = reachOf(
      ...RACKS,
      ...PODS,
      pool({ ipipMode: 'Always' }),
      underlay({
        subnets: [
          { name: 'a', cidr: '172.16.1.0/24', gateway: '172.16.1.1', drops: ['ipip'] },
          { name: 'b', cidr: '172.16.2.0/24', gateway: '172.16.2.1' },
        ],
        routers: [
          {
            name: 'r',
            interfaces: [
              { subnet: 'a', address: '172.16.1.1/24' },
              { subnet: 'b', address: '172.16.2.1/24' },
            ],
          },
        ],
      }),
    )
    expect(told(reach)).toEqual(['a1,a2,b1 a1,a2,b1 6 lost filtered a1'])
  })

  test('asks with an address of its block for a node that has no pods', () => {
    const block = (name: string, cidr: string): object => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'IPAMBlock',
      metadata: { name: cidr.replace(/[./]/g, '-') },
      spec: {
        cidr,
        affinity: `host:${name}`,
        allocations: Array(64).fill(null),
        unallocated: [...Array(64).keys()],
        attributes: [],
      },
    })
    const affinity = (name: string, cidr: string): object => ({
      apiVersion: 'crd.projectcalico.org/v1',
      kind: 'BlockAffinity',
      metadata: { name: `${name}-${cidr.replace(/[./]/g, '-')}` },
      spec: { node: name, cidr, state: 'confirmed', deleted: 'false' },
    })
    const blocks = [
      block('a1', '10.65.1.0/26'),
      affinity('a1', '10.65.1.0/26'),
      block('b1', '10.65.2.0/26'),
      affinity('b1', '10.65.2.0/26'),
    ]
    const reach = reachOf(
      node('a1', '172.16.1.11/24'),
      node('b1', '172.16.2.11/24'),
      ...blocks,
      pool({ ipipMode: 'Never' }),
    )
    expect(told(reach)).toEqual(['a1,b1 a1,b1 2 lost noRoute router'])
    expect(reach.groups[0]?.example).toEqual({ from: 'a1', to: 'b1' })
  })

  test('has nothing to lose at a node without pods and blocks', () => {
    const reach = reachOf(
      node('a1', '172.16.1.11/24'),
      node('b1', '172.16.2.11/24'),
      pod('x', 'a1'),
      pool({ ipipMode: 'Never' }),
    )
    expect(reach.pairs).toEqual({ total: 2, delivered: 2, lost: 0, oneWay: 0 })
  })

  test('keeps a node apart whose mask makes it tunnel what others send directly', () => {
    const nodes = [node('n1', '172.16.1.11/24'), node('n2', '172.16.1.12/24'), node('n3', '172.16.1.13/32')]
    const reach = reachOf(...nodes, pod('x', 'n1'), pod('y', 'n2'), pod('z', 'n3'), pool({ ipipMode: 'CrossSubnet' }))
    expect(reach.classes).toEqual([[0, 1], [2]])
  })
})
