import { describe, expect, test } from 'vitest'
import type { RecordedBlock } from '../../../src/cluster/ipam-records.js'
import { ipamFindings } from '../../../src/ipam/ipam-findings.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { address, clusterOf, pod, prefix, workload } from './fixture.js'

const nodes = [{ name: 'n1' }, { name: 'n2' }]
const wide = [{ cidr: '10.0.0.0/16' }]

const codes = (input: Parameters<typeof clusterOf>[0]): string[] => {
  const cluster = clusterOf(input)
  return ipamFindings(cluster, ipamView(cluster)).map(({ code }) => code)
}

test('a cluster with room for all has nothing to report', () => {
  expect(codes({ nodes, pools: wide, workloads: [workload('w', 4)] })).toEqual([])
})

describe('pods', () => {
  test('without an address share one finding for each reason', () => {
    const cluster = clusterOf({ nodes, pools: [{ cidr: '10.0.0.0/32', blockSize: 32 }], workloads: [workload('w', 5)] })
    const found = ipamFindings(cluster, ipamView(cluster)).filter(({ code }) => code === 'POD_WITHOUT_ADDRESS')
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({ severity: 'error', resource: { kind: 'Pod', name: 'w-1' } })
    expect(found[0]?.message).toContain('4 pods')
  })

  test('without a node are a warning', () => {
    expect(codes({ nodes, pools: wide, workloads: [workload('w', 1, { nodeSelector: { a: 'b' } })] })).toEqual([
      'POD_UNSCHEDULABLE',
    ])
  })

  test('with the same address are reported', () => {
    const pods = ['a', 'b'].map((name) => pod(name, { node: 'n1', addresses: [address('10.0.0.1')] }))
    expect(codes({ nodes, pools: wide, pods })).toContain('ADDRESS_DUPLICATE')
  })

  test('with an address outside every active pool are reported', () => {
    const pods = [pod('a', { node: 'n1', addresses: [address('172.16.0.1')] })]
    expect(codes({ nodes, pools: wide, pods })).toEqual(['ADDRESS_OUTSIDE_POOLS'])
  })
})

test('a node without a pool is an error', () => {
  expect(codes({ nodes, pools: [{ cidr: '10.0.0.0/16', nodeSelector: 'a == "b"' }] })).toContain('NODE_WITHOUT_POOL')
})

test('a tunnel without an address is an error', () => {
  const pools = [...wide, { cidr: '10.9.0.0/32', blockSize: 32, ipipMode: 'Always' as const }]
  expect(codes({ nodes, pools })).toContain('TUNNEL_WITHOUT_ADDRESS')
})

describe('pools', () => {
  test('nine tenths full are reported', () => {
    const pools = [{ cidr: '10.0.0.0/25' }]
    expect(codes({ nodes, pools, workloads: [workload('w', 115)] })).toEqual([])
    expect(codes({ nodes, pools, workloads: [workload('w', 116)] })).toEqual(['POOL_NEARLY_FULL'])
  })

  test('with fewer blocks than nodes are reported, as an error with strictAffinity', () => {
    const input = { nodes: [...nodes, { name: 'n3' }], pools: [{ cidr: '10.0.0.0/25' }] }
    const cluster = clusterOf(input)
    expect(ipamFindings(cluster, ipamView(cluster))).toMatchObject([
      { code: 'MORE_NODES_THAN_BLOCKS', severity: 'warning' },
    ])
    const strict = clusterOf({ ...input, ipam: { strictAffinity: true } })
    expect(ipamFindings(strict, ipamView(strict))).toMatchObject([
      { code: 'MORE_NODES_THAN_BLOCKS', severity: 'error' },
    ])
  })

  test('from which addresses are borrowed are reported', () => {
    const pods = [pod('a', { node: 'n1' }), pod('b', { node: 'n2' })]
    expect(codes({ nodes, pools: [{ cidr: '10.0.0.0/26' }], pods })).toEqual([
      'MORE_NODES_THAN_BLOCKS',
      'ADDRESSES_BORROWED',
    ])
  })

  test('with free addresses that strictAffinity strands are reported', () => {
    const pods = [pod('a', { node: 'n1' }), pod('b', { node: 'n2' })]
    const found = codes({ nodes, pools: [{ cidr: '10.0.0.0/26' }], pods, ipam: { strictAffinity: true } })
    expect(found).toContain('STRICT_AFFINITY_STRANDS')
  })

  test('that a node has used up to its limit are reported', () => {
    const pools = [{ cidr: '10.0.0.0/24', blockSize: 31 }]
    const found = codes({ nodes: [{ name: 'n1' }], pools, workloads: [workload('w', 41)] })
    expect(found).toEqual(['POD_WITHOUT_ADDRESS', 'BLOCK_LIMIT_REACHED'])
  })
})

describe('records', () => {
  const free = Array.from({ length: 64 }, (_, ordinal) => ordinal)
  const block = {
    prefix: prefix('10.0.0.0/26'),
    affinity: { type: 'host', host: 'n1' },
    allocations: [],
    unallocated: free,
  } as const
  const affinity = (node: string) => ({ node, type: 'host', prefix: block.prefix, state: 'confirmed' }) as const

  test('of two owners for one block are an error', () => {
    const found = codes({
      nodes,
      pools: wide,
      recordedBlocks: [block],
      recordedAffinities: [affinity('n1'), affinity('n2')],
    })
    expect(found).toEqual(['BLOCK_CLAIMED_TWICE'])
    expect(codes({ nodes, pools: wide, recordedBlocks: [block], recordedAffinities: [affinity('n1')] })).toEqual([])
  })

  test('of a block in no pool are reported', () => {
    expect(codes({ nodes, pools: [{ cidr: '10.1.0.0/16' }], recordedBlocks: [block] })).toEqual(['BLOCK_WITHOUT_POOL'])
  })

  test('of addresses whose pod is gone are reported, if there are pods at all', () => {
    const allocations = [{ ordinal: 1, node: 'n1', namespace: 'default', pod: 'gone' }]
    const recordedBlocks = [{ ...block, allocations, unallocated: free.filter((ordinal) => ordinal !== 1) }]
    expect(codes({ nodes, pools: wide, recordedBlocks, pods: [pod('a', { node: 'n1' })] })).toEqual(['ADDRESS_LEAKED'])
    expect(codes({ nodes, pools: wide, recordedBlocks })).toEqual([])
  })

  test('that do not hold the address of a pod are an error', () => {
    const pods = [pod('a', { node: 'n1', addresses: [address('10.0.9.9')] })]
    expect(codes({ nodes, pools: wide, recordedBlocks: [block], pods })).toEqual(['ADDRESS_NOT_ALLOCATED'])
  })
})

describe('what calicoctl ipam check compares', () => {
  const free = Array.from({ length: 4 }, (_, i) => i)
  const held = (allocations: readonly object[]) => [
    {
      prefix: prefix('10.0.0.0/30'),
      affinity: { type: 'host', host: 'n1' },
      allocations,
      unallocated: free.slice(allocations.length),
    } as RecordedBlock,
  ]
  const tunnel = { ordinal: 0, node: 'n1', type: 'ipipTunnelAddress' }
  const inUse = (rest: Partial<Parameters<typeof clusterOf>[0]>) => codes({ nodes, pools: wide, ...rest })

  test('an address that a recorded block counts as free, though a pod has it', () => {
    const pods = [pod('a', { node: 'n1', addresses: [address('10.0.0.3')] })]
    expect(inUse({ recordedBlocks: held([]), pods })).toEqual(['ADDRESS_NOT_ALLOCATED'])
  })

  test('an allocated address of a pool that is disabled is in order', () => {
    const pods = [pod('a', { node: 'n1', addresses: [address('10.0.0.0')] })]
    const recordedBlocks = held([{ ordinal: 0, node: 'n1', namespace: 'default', pod: 'a' }])
    const pools = [{ cidr: '10.0.0.0/16', disabled: true }, { cidr: '10.1.0.0/16' }]
    expect(inUse({ pools, recordedBlocks, pods })).toEqual([])
  })

  test('an address of a pod that has another is leaked', () => {
    const pods = [pod('a', { node: 'n1', addresses: [address('10.0.0.1')] })]
    const both = [0, 1].map((ordinal) => ({ ordinal, node: 'n1', namespace: 'default', pod: 'a' }))
    expect(inUse({ recordedBlocks: held(both), pods })).toEqual(['ADDRESS_LEAKED'])
  })

  test('a tunnel address of a node that is gone, or that has another, is leaked', () => {
    const at = (text: string) => [{ name: 'n1', tunnelAddress: { ipip: address(text) } }]
    expect(inUse({ recordedBlocks: held([{ ...tunnel, node: 'gone' }]) })).toContain('ADDRESS_LEAKED')
    expect(inUse({ recordedBlocks: held([tunnel]), nodes: at('10.0.0.0') })).toEqual([])
    expect(inUse({ recordedBlocks: held([tunnel]), nodes: at('10.0.0.1') })).toEqual([
      'ADDRESS_NOT_ALLOCATED',
      'ADDRESS_LEAKED',
    ])
  })

  test('what cools down and what Windows reserves is no leak', () => {
    const quiet = [
      { ordinal: 0, releasedAt: '2026-01-01T00:00:00Z' },
      { ordinal: 1, handle: 'windows-reserved-ipam-handle' },
    ]
    expect(inUse({ recordedBlocks: held(quiet), pods: [pod('a')] })).not.toContain('ADDRESS_LEAKED')
  })

  test.each([
    [{ allocations: [0, null, null, null], attributes: [{}, {}], unallocated: [1, 2, 3] }, 'attribute 1'],
    [{ allocations: [0, null, null, null], attributes: [{}], unallocated: [1, 2, 2] }, 'address 2'],
    [{ allocations: [0, null, null, null], attributes: [{}], unallocated: [1, 2] }, 'do not make 4'],
    [{ allocations: [0, null, null, null], attributes: [{}], unallocated: [1, 2, 3] }, undefined],
  ])('a block that does not add up: %j', (spec, why) => {
    const resource = { apiVersion: 'crd.projectcalico.org/v1', kind: 'IPAMBlock', metadata: { name: 'b' } }
    const manifests = [{ resource: { ...resource, spec: { cidr: '10.0.0.0/30', ...spec } } }]
    const cluster = clusterOf({ nodes, pools: wide, manifests })
    const [found] = ipamFindings(cluster, ipamView(cluster)).filter(({ code }) => code === 'BLOCK_INCONSISTENT')
    if (why === undefined) expect(found).toBeUndefined()
    else expect(found?.message).toContain(why)
  })
})

describe('podCIDRs, which host-local gives addresses out of', () => {
  const own = (cidr: string) => [{ name: 'n1', podCIDRs: [cidr] }]
  const found = (rest: Partial<Parameters<typeof clusterOf>[0]>) =>
    codes({ nodes: own('10.0.1.0/24'), pools: wide, cni: { ipamType: 'host-local' }, ...rest })

  test('in no pool are reported', () => {
    expect(found({})).toEqual([])
    expect(found({ nodes: own('10.1.1.0/24') })).toEqual(['POD_CIDR_MISMATCH'])
    expect(found({ pools: [{ cidr: '10.0.0.0/16', disabled: true }] })).toEqual([])
  })

  test('mean nothing to Calico’s own IPAM', () => {
    expect(found({ nodes: own('10.1.1.0/24'), cni: {} })).toEqual([])
  })
})

describe("kube-proxy's cluster CIDR", () => {
  const map = (text: string) => ({
    resource: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-proxy', namespace: 'kube-system' },
      data: { 'config.conf': `apiVersion: x\nclusterCIDR: ${text}\n` },
    },
  })

  test('that leaves a pool out is reported', () => {
    expect(codes({ nodes, pools: wide, manifests: [map('10.1.0.0/16')] })).toEqual(['KUBE_PROXY_CIDR_MISMATCH'])
    expect(codes({ nodes, pools: wide, manifests: [map('"10.0.0.0/8"')] })).toEqual([])
    expect(codes({ nodes, pools: wide, manifests: [map('fd00::/8')] })).toEqual([])
    expect(codes({ nodes, pools: wide, manifests: [map('""')] })).toEqual([])
  })

  test('is read from the flag of its DaemonSet too', () => {
    const spec = { template: { spec: { containers: [{ command: ['kube-proxy', '--cluster-cidr=10.1.0.0/16'] }] } } }
    const manifests = [
      { resource: { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'kube-proxy' }, spec } },
    ]
    expect(codes({ nodes, pools: wide, manifests })).toEqual(['KUBE_PROXY_CIDR_MISMATCH'])
  })
})
