import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { IpamView } from '../../../src/ipam/view.js'
import { address, clusterOf, pod, prefix, workload } from './fixture.js'

const three = [{ name: 'n1' }, { name: 'n2' }, { name: 'n3' }]
const wide = [{ cidr: '10.0.0.0/16' }]
const nodesOf = (view: IpamView): string[] => view.pods.map(({ pod: { name }, node }) => `${name}@${node}`)
const addressesOf = (view: IpamView): string[] => view.pods.flatMap(({ addresses }) => addresses.map(formatAddress))

describe('replicas', () => {
  test('go to the nodes in turn', () => {
    const view = ipamView(clusterOf({ nodes: three, pools: wide, workloads: [workload('w', 4)] }))
    expect(nodesOf(view)).toEqual(['w-0@n1', 'w-1@n2', 'w-2@n3', 'w-3@n1'])
    expect(view.simulated).toBe(true)
  })

  test('of one workload go on where the last stopped', () => {
    const workloads = [workload('a', 2), workload('b', 2)]
    expect(nodesOf(ipamView(clusterOf({ nodes: three, pools: wide, workloads })))).toEqual([
      'a-0@n1',
      'a-1@n2',
      'b-0@n3',
      'b-1@n1',
    ])
  })

  test('avoid cordoned and tainted nodes unless they tolerate the taint', () => {
    const nodes = [
      { name: 'n1', schedulable: false },
      { name: 'n2', taints: [{ key: 'node-role', effect: 'NoSchedule' }] },
      { name: 'n3', taints: [{ key: 'soft', effect: 'PreferNoSchedule' }] },
    ]
    const tolerations = [{ key: 'node-role', operator: 'Exists' }]
    const workloads = [workload('a', 1), workload('b', 2, { tolerations })]
    expect(nodesOf(ipamView(clusterOf({ nodes, pools: wide, workloads })))).toEqual(['a-0@n3', 'b-0@n2', 'b-1@n3'])
  })

  test('go to nodes with the labels that they select, or to none', () => {
    const nodes = [{ name: 'n1' }, { name: 'n2', labels: { disk: 'ssd' } }]
    const workloads = [
      workload('a', 1, { nodeSelector: { disk: 'ssd' } }),
      workload('b', 1, { nodeSelector: { disk: 'x' } }),
    ]
    const view = ipamView(clusterOf({ nodes, pools: wide, workloads }))
    expect(nodesOf(view)).toEqual(['a-0@n2'])
    expect(view.unplaced).toMatchObject([{ failure: 'notScheduled', pod: { name: 'b-0' } }])
  })

  test('pass over names that pods of the input have', () => {
    const pods = [pod('w-0', { node: 'n1' })]
    const view = ipamView(clusterOf({ nodes: three, pools: wide, pods, workloads: [workload('w', 1)] }))
    expect(view.pods.map(({ pod: { name } }) => name)).toEqual(['w-0', 'w-1'])
  })
})

describe('a DaemonSet', () => {
  test('runs on every node that it selects, cordoned ones too, except where it is listed', () => {
    const nodes = [{ name: 'n1', schedulable: false }, { name: 'n2' }, { name: 'n3' }]
    const listed = { count: 1, nodes: new Set(['n2']) }
    const view = ipamView(clusterOf({ nodes, pools: wide, workloads: [workload('d', undefined, { listed })] }))
    expect(nodesOf(view)).toEqual(['d-n1@n1', 'd-n3@n3'])
  })

  test('on the host network needs no address', () => {
    const workloads = [workload('d', undefined, { hostNetwork: true })]
    expect(ipamView(clusterOf({ nodes: three, pools: wide, workloads })).pods).toEqual([])
  })
})

test('NodeSets bring their own pods', () => {
  const nodes = [{ name: 'n1', syntheticPods: 2 }]
  const view = ipamView(clusterOf({ nodes, pools: wide }))
  expect(nodesOf(view)).toEqual(['n1-pod-0@n1', 'n1-pod-1@n1'])
  expect(view.pods[0]?.pod.synthetic).toBe('nodeSet')
})

describe('pods of the input', () => {
  test('on the host network, finished ones and unscheduled ones', () => {
    const pods = [
      pod('host', { node: 'n1', hostNetwork: true }),
      pod('done', { node: 'n1', finished: true }),
      pod('new'),
    ]
    expect(nodesOf(ipamView(clusterOf({ nodes: three, pools: wide, pods })))).toEqual(['new@n1'])
  })

  test('say why they get no address, in the words of the CNI plugin', () => {
    const pods = ['a', 'b'].map((name) => pod(name, { node: 'n1' }))
    const view = ipamView(clusterOf({ nodes: three, pools: [{ cidr: '10.0.0.0/32', blockSize: 32 }], pods }))
    expect(view.unplaced).toMatchObject([
      {
        pod: { name: 'b' },
        node: 'n1',
        failure: 'exhausted',
        reason:
          'failed to request IPv4 addresses: Assigned 0 out of 1 requested IPv4 addresses; No IPs available in pools: [10.0.0.0/32]',
      },
    ])
  })

  test('give back the one family when the other is short', () => {
    const cni = { assignIPv6: true }
    const pools = [{ cidr: '10.0.0.0/26' }, { cidr: 'fd00::/128', blockSize: 128 }]
    const pods = ['a', 'b'].map((name) => pod(name, { node: 'n1' }))
    const view = ipamView(clusterOf({ nodes: three, pools, pods, cni }))
    expect(addressesOf(view)).toEqual(['10.0.0.0', 'fd00::'])
    expect(view.blocks[0]?.allocations).toHaveLength(1)
  })

  test('take the addresses that their annotation names', () => {
    const annotations = { 'cni.projectcalico.org/ipAddrs': '["10.0.7.7"]' }
    const pods = [pod('a', { node: 'n1', annotations }), pod('b', { node: 'n2', annotations })]
    const view = ipamView(clusterOf({ nodes: three, pools: wide, pods }))
    expect(addressesOf(view)).toEqual(['10.0.7.7'])
    expect(view.unplaced[0]?.reason).toContain('error getting IP from IPAM')
  })

  test("take addresses of the namespace's pool", () => {
    const namespaces = new Map([['default', { name: 'default', labels: { team: 'x' }, annotations: {} }]])
    const pools = [
      { cidr: '10.0.0.0/24', namespaceSelector: 'team == "y"' },
      { cidr: '20.0.0.0/26', namespaceSelector: 'team == "x"' },
    ]
    const view = ipamView(clusterOf({ nodes: three, pools, pods: [pod('a', { node: 'n1' })], namespaces }))
    expect(addressesOf(view)).toEqual(['20.0.0.0'])
  })

  test('every namespace has its own name as a label', () => {
    const pools = [{ cidr: '10.0.0.0/26', namespaceSelector: 'kubernetes.io/metadata.name == "default"' }]
    expect(ipamView(clusterOf({ nodes: three, pools, pods: [pod('a', { node: 'n1' })] })).pods).toHaveLength(1)
  })
})

describe('addresses that pods have while no block is recorded', () => {
  const at = (name: string, node: string, ip: string) => pod(name, { node, addresses: [address(ip)] })

  test('make the block that of the node with most of them', () => {
    const pods = [at('a', 'n1', '10.0.0.1'), at('b', 'n2', '10.0.0.2'), at('c', 'n2', '10.0.0.3')]
    const view = ipamView(clusterOf({ nodes: three, pools: wide, pods }))
    expect(view.blocks).toMatchObject([
      { affinity: { host: 'n2' }, allocations: [{ node: 'n1' }, { node: 'n2' }, { node: 'n2' }] },
    ])
  })

  test('are not given to others', () => {
    const pods = [at('a', 'n1', '10.0.0.0'), pod('b', { node: 'n1' })]
    expect(addressesOf(ipamView(clusterOf({ nodes: three, pools: [{ cidr: '10.0.0.0/26' }], pods })))).toEqual([
      '10.0.0.0',
      '10.0.0.1',
    ])
  })

  test('stay even where no pool holds them', () => {
    const view = ipamView(clusterOf({ nodes: three, pools: wide, pods: [at('a', 'n1', '172.16.0.1')] }))
    expect(addressesOf(view)).toEqual(['172.16.0.1'])
    expect(view.blocks).toEqual([])
  })
})

describe('tunnels', () => {
  test('take the first address of the first block of each node', () => {
    const view = ipamView(
      clusterOf({ nodes: three, pools: [{ cidr: '10.0.0.0/16', ipipMode: 'Always' }], workloads: [workload('w', 1)] }),
    )
    const [tunnel] = [view.tunnels.get('n1')?.ipip].map((one) => one && formatAddress(one))
    const first = view.affinities.find(({ node }) => node === 'n1')?.prefix
    expect(first && formatPrefix(first)).toBe(`${tunnel}/26`)
    expect(addressesOf(view)).toEqual([tunnel?.replace(/\d+$/, (last) => String(Number(last) + 1))])
  })

  test('ask in the order WireGuard, IPIP, VXLAN', () => {
    const nodes = [{ name: 'n1', wireguardPublicKey: 'key' }]
    const pools = [
      { cidr: '10.0.0.0/26', ipipMode: 'Always' as const },
      { cidr: '20.0.0.0/26', vxlanMode: 'CrossSubnet' as const },
    ]
    const tunnels = ipamView(clusterOf({ nodes, pools })).tunnels.get('n1')
    expect(tunnels).toEqual({ wireguard: address('10.0.0.0'), ipip: address('10.0.0.1'), vxlan: address('20.0.0.0') })
  })

  test('are none without encapsulation, on another node or where the use is not allowed', () => {
    const pools = [
      { cidr: '10.0.0.0/24' },
      { cidr: '10.1.0.0/24', ipipMode: 'Always' as const, nodeSelector: 'a == "1"' },
      { cidr: '10.2.0.0/24', ipipMode: 'Always' as const, allowedUses: ['Workload' as const] },
      { cidr: '10.3.0.0/24', ipipMode: 'Always' as const, disabled: true },
    ]
    expect(ipamView(clusterOf({ nodes: three, pools })).tunnels.size).toBe(0)
  })

  test('come from Manual pools too', () => {
    const pools = [{ cidr: '10.0.0.0/24', ipipMode: 'Always' as const, assignmentMode: 'Manual' as const }]
    expect(ipamView(clusterOf({ nodes: three, pools })).tunnels.size).toBe(3)
  })

  test('that get no address are named', () => {
    const pools = [{ cidr: '10.0.0.0/31', blockSize: 31, ipipMode: 'Always' as const }]
    const { tunnelFailures } = ipamView(clusterOf({ nodes: three, pools }))
    expect(tunnelFailures).toMatchObject([{ node: 'n3', kind: 'ipip' }])
  })

  test('keep a stored address that lies in a pool, and replace another', () => {
    const nodes = [
      { name: 'n1', tunnelAddress: { ipip: address('10.0.0.9') } },
      { name: 'n2', tunnelAddress: { ipip: address('172.16.0.9') } },
    ]
    const { tunnels } = ipamView(clusterOf({ nodes, pools: [{ cidr: '10.0.0.0/24', ipipMode: 'Always' }] }))
    expect(tunnels.get('n1')?.ipip).toEqual(address('10.0.0.9'))
    expect(tunnels.get('n2')?.ipip).not.toEqual(address('172.16.0.9'))
  })
})

describe('an input without pods', () => {
  test('gives every node one block', () => {
    const view = ipamView(clusterOf({ nodes: three, pools: wide }))
    expect(view.affinities.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3'])
    expect(view.assumptions).toHaveLength(1)
  })

  test('gives none to nodes without a pool', () => {
    const pools = [{ cidr: '10.0.0.0/16', nodeSelector: 'has(pods)' }]
    expect(ipamView(clusterOf({ nodes: three, pools })).affinities).toEqual([])
  })

  test('with pods that start elsewhere gives idle nodes none', () => {
    const view = ipamView(clusterOf({ nodes: three, pools: wide, pods: [pod('a', { node: 'n2' })] }))
    expect(view.affinities.map(({ node }) => node)).toEqual(['n2'])
  })
})

describe('Services of type LoadBalancer', () => {
  const service = {
    namespace: 'default',
    name: 's',
    type: 'LoadBalancer',
    clusterIPs: [],
    externalIPs: [],
    loadBalancerIngress: [],
    ipFamilies: ['IPv4'],
    annotations: {},
  }
  const pools = [{ cidr: '10.9.0.0/26', allowedUses: ['LoadBalancer' as const] }]

  test('get an address from a block of the virtual host', () => {
    const view = ipamView(clusterOf({ nodes: three, pools, services: [service] }))
    expect(view.loadBalancers?.get('default/s')).toEqual([address('10.9.0.0')])
    expect(view.affinities).toMatchObject([{ node: 'load-balancer', type: 'virtual' }])
  })

  test('keep the address that they have', () => {
    const kept = { ...service, loadBalancerIngress: [address('10.9.0.7')] }
    const view = ipamView(clusterOf({ nodes: three, pools, services: [kept] }))
    expect(view.loadBalancers?.get('default/s')).toEqual([address('10.9.0.7')])
    expect(view.blocks[0]?.allocations).toMatchObject([{ ordinal: 7 }])
  })

  test('get none where no pool is meant for them', () => {
    const view = ipamView(clusterOf({ nodes: three, pools: wide, services: [service] }))
    expect(view.loadBalancers?.size).toBe(0)
    expect(view.loadBalancerFailures).toEqual([])
  })

  test('say why they get none', () => {
    const annotations = { 'projectcalico.org/ipv4pools': '["10.0.0.0/16"]' }
    const view = ipamView(
      clusterOf({ nodes: three, pools: [...pools, ...wide], services: [{ ...service, annotations }] }),
    )
    expect(view.loadBalancerFailures).toMatchObject([{ service: { name: 's' } }])
  })
})

describe('host-local', () => {
  const cni = { ipamType: 'host-local' as const }
  const nodes = [
    { name: 'n1', podCIDRs: ['10.244.1.0/29', 'fd00:1::/64'] },
    { name: 'n2', podCIDRs: [] },
  ]

  test('assigns from the podCIDR, after the gateway', () => {
    const view = ipamView(clusterOf({ nodes, pools: [], cni, pods: [pod('a', { node: 'n1' })] }))
    expect(addressesOf(view)).toEqual(['10.244.1.2', 'fd00:1::2'])
    expect(view.affinities.map(({ prefix: range }) => formatPrefix(range))).toEqual(['10.244.1.0/29', 'fd00:1::/64'])
  })

  test('ends before the broadcast address', () => {
    const pods = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => pod(name, { node: 'n1' }))
    const view = ipamView(clusterOf({ nodes, pools: [], cni, pods }))
    expect(view.pods).toHaveLength(5)
    expect(view.unplaced).toMatchObject([{ failure: 'hostLocal' }])
  })

  test('needs a podCIDR', () => {
    const view = ipamView(clusterOf({ nodes, pools: [], cni, pods: [pod('a', { node: 'n2' })] }))
    expect(view.unplaced).toMatchObject([{ reason: 'no podCidr for node n2' }])
  })

  test('gives the IPIP device the first address', () => {
    const pools = [{ cidr: '10.244.0.0/16', ipipMode: 'Always' as const }]
    expect(ipamView(clusterOf({ nodes, pools, cni })).tunnels.get('n1')).toEqual({ ipip: address('10.244.1.1') })
  })
})

test('the same Cluster gives the same view', () => {
  const input = () =>
    clusterOf({ nodes: three, pools: [{ cidr: '10.0.0.0/24', ipipMode: 'Always' }], workloads: [workload('w', 50)] })
  expect(ipamView(input())).toEqual(ipamView(input()))
})

test('Windows nodes withhold four addresses of each block', () => {
  const nodes = [{ name: 'w1', os: 'windows' as const }]
  const view = ipamView(
    clusterOf({ nodes, pools: wide, pods: [pod('a', { node: 'w1' })], ipam: { strictAffinity: true } }),
  )
  expect(view.blocks[0]?.allocations.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 63])
})

test('prefixes of blocks lie in the pool', () => {
  const view = ipamView(clusterOf({ nodes: three, pools: wide, workloads: [workload('w', 9)] }))
  expect(view.blocks.every(({ prefix: block }) => block.length === 26 && formatPrefix(block).startsWith('10.0.'))).toBe(
    true,
  )
  expect(prefix('10.0.0.0/16').length).toBe(16)
})
