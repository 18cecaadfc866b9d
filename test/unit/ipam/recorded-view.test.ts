import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import type { Allocation, RecordedBlock } from '../../../src/cluster/ipam-records.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { IpamView } from '../../../src/ipam/view.js'
import { address, clusterOf, pod, prefix, workload } from './fixture.js'

const nodes = [{ name: 'n1' }, { name: 'n2' }]
const pools = [{ cidr: '10.0.0.0/24' }]

function block(cidr: string, host: string | undefined, allocations: readonly Allocation[]): RecordedBlock {
  const taken = new Set(allocations.map(({ ordinal }) => ordinal))
  const all = Array.from({ length: 64 }, (_, ordinal) => ordinal)
  return {
    prefix: prefix(cidr),
    ...(host === undefined ? {} : { affinity: { type: 'host', host } as const }),
    allocations,
    unallocated: all.filter((ordinal) => !taken.has(ordinal)),
  }
}

const owners = (view: IpamView): string[] =>
  view.affinities.map((one) => `${one.node} ${formatPrefix(one.prefix)} ${one.state}`)
const addresses = (view: IpamView): string[] => view.pods.flatMap((one) => one.addresses.map(formatAddress))

describe('recorded blocks', () => {
  test('are the truth: nothing is simulated', () => {
    const recordedBlocks = [block('10.0.0.64/26', 'n1', [{ ordinal: 3, node: 'n1' }])]
    const view = ipamView(clusterOf({ nodes, pools, recordedBlocks }))
    expect(view).toMatchObject({
      simulated: false,
      blocks: [{ prefix: prefix('10.0.0.64/26'), allocations: [{ ordinal: 3 }] }],
    })
    expect(owners(view)).toEqual(['n1 10.0.0.64/26 confirmed'])
  })

  test('are made from affinities where only these are recorded', () => {
    const recordedAffinities = [
      { node: 'n2', type: 'host', prefix: prefix('10.0.0.0/26'), state: 'confirmed' },
      { node: 'n1', type: 'host', prefix: prefix('10.0.0.64/26'), state: 'pending' },
    ] as const
    const pods = [pod('a', { node: 'n2', addresses: [address('10.0.0.9')] }), pod('b', { node: 'n2' })]
    const view = ipamView(clusterOf({ nodes, pools, recordedAffinities, pods }))
    expect(view.blocks.map((one) => [formatPrefix(one.prefix), one.allocations.length])).toEqual([['10.0.0.0/26', 2]])
    expect(owners(view)).toEqual(['n1 10.0.0.64/26 pending', 'n2 10.0.0.0/26 confirmed'])
    expect(addresses(view)).toEqual(['10.0.0.9', '10.0.0.0'])
  })

  test('tell the address of a pod whose status does not', () => {
    const recordedBlocks = [block('10.0.0.0/26', 'n1', [{ ordinal: 5, node: 'n1', namespace: 'default', pod: 'a' }])]
    const view = ipamView(clusterOf({ nodes, pools, recordedBlocks, pods: [pod('a', { node: 'n1' })] }))
    expect(addresses(view)).toEqual(['10.0.0.5'])
  })

  test('tell the address of a tunnel that the node does not store', () => {
    const allocations = [{ ordinal: 5, node: 'n1', type: 'ipipTunnelAddress' }]
    const view = ipamView(clusterOf({ nodes, pools, recordedBlocks: [block('10.0.0.0/26', 'n1', allocations)] }))
    expect(view.tunnels.get('n1')).toEqual({ ipip: address('10.0.0.5') })
  })

  test('give pods without an address one on top, from the head of their queue', () => {
    const recordedBlocks = [{ ...block('10.0.0.0/26', 'n1', []), unallocated: [9, 4] }]
    const pods = ['a', 'b'].map((name) => pod(name, { node: 'n1' }))
    expect(addresses(ipamView(clusterOf({ nodes, pools, recordedBlocks, pods })))).toEqual(['10.0.0.9', '10.0.0.4'])
  })

  test('may be taken over when they are empty', () => {
    const recordedBlocks = ['10.0.0.0/26', '10.0.0.64/26', '10.0.0.128/26', '10.0.0.192/26'].map((cidr) =>
      block(cidr, 'n1', []),
    )
    const view = ipamView(clusterOf({ nodes, pools, recordedBlocks, pods: [pod('a', { node: 'n2' })] }))
    expect(view.affinities.filter(({ node }) => node === 'n2')).toHaveLength(1)
  })

  test('give a missing tunnel address only out of blocks that the node has', () => {
    const recordedBlocks = [block('10.0.0.0/26', 'n1', [{ ordinal: 0, node: 'n1' }])]
    const ipip = [{ cidr: '10.0.0.0/24', ipipMode: 'Always' as const }]
    const view = ipamView(clusterOf({ nodes, pools: ipip, recordedBlocks }))
    expect([...view.tunnels]).toEqual([['n1', { ipip: address('10.0.0.1') }]])
    expect(owners(view)).toEqual(['n1 10.0.0.0/26 confirmed'])
  })

  test('keep a stored tunnel address, wherever it lies', () => {
    const recordedBlocks = [block('10.0.0.0/26', 'n1', [])]
    const stored = [{ name: 'n1', tunnelAddress: { ipip: address('172.16.0.1') } }]
    const view = ipamView(clusterOf({ nodes: stored, pools, recordedBlocks }))
    expect(view.tunnels.get('n1')).toEqual({ ipip: address('172.16.0.1') })
  })

  test('without any block are not the same as no record', () => {
    expect(ipamView(clusterOf({ nodes, pools, recordedBlocks: [] }))).toMatchObject({ simulated: false, blocks: [] })
  })
})

describe('a change', () => {
  const settled = () => {
    const cluster = clusterOf({
      nodes,
      pools: [{ cidr: '10.0.0.0/24', ipipMode: 'Always' }],
      workloads: [workload('w', 4)],
    })
    return { cluster, view: ipamView(cluster) }
  }

  test('of nothing changes nothing', () => {
    const { cluster, view } = settled()
    expect(ipamView(cluster, { cluster, view })).toEqual(view)
  })

  test('leaves pods where they are when a node is added', () => {
    const { cluster, view } = settled()
    const grown = clusterOf({
      ...cluster,
      nodes: [...nodes, { name: 'n0' }],
      pools: [{ cidr: '10.0.0.0/24', ipipMode: 'Always' }],
    })
    const after = ipamView(grown, { cluster, view })
    expect(after.pods).toEqual(view.pods)
    expect(after.tunnels.get('n0')?.ipip).toBeDefined()
  })

  test('moves the pods of a node that is gone, and frees its block', () => {
    const { cluster, view } = settled()
    const shrunk = clusterOf({
      ...cluster,
      nodes: [{ name: 'n1' }],
      pools: [{ cidr: '10.0.0.0/24', ipipMode: 'Always' }],
    })
    const after = ipamView(shrunk, { cluster, view })
    expect(after.pods.map(({ node }) => node)).toEqual(['n1', 'n1', 'n1', 'n1'])
    expect(after.affinities.map(({ node }) => node)).toEqual(['n1'])
  })

  test('moves tunnels to the new pool, and pods only when they are started anew', () => {
    const { cluster, view } = settled()
    const moved = [
      { cidr: '10.0.0.0/24', ipipMode: 'Always' as const, disabled: true },
      { cidr: '10.1.0.0/24', ipipMode: 'Always' as const },
    ]
    const changed = clusterOf({ ...cluster, nodes, pools: moved })
    const after = ipamView(changed, { cluster, view })
    expect(addresses(after)).toEqual(addresses(view))
    const tunnel = after.tunnels.get('n1')?.ipip
    expect(tunnel && formatAddress(tunnel).startsWith('10.1.0.')).toBe(true)
    const restarted = ipamView(changed, { cluster: changed, view: after, isRestarted: () => true })
    expect(addresses(restarted).every((text) => text.startsWith('10.1.0.'))).toBe(true)
  })

  test('orphans what is in use of a pool that is deleted', () => {
    const { cluster, view } = settled()
    const after = ipamView(clusterOf({ ...cluster, nodes, pools: [{ cidr: '10.1.0.0/24' }] }), { cluster, view })
    expect(after.blocks.filter(({ affinity }) => affinity === undefined)).toHaveLength(2)
    expect(after.pods).toEqual(view.pods)
  })

  test('releases the addresses of replicas that are gone', () => {
    const { cluster, view } = settled()
    const after = ipamView({ ...cluster, workloads: [workload('w', 1)] }, { cluster, view })
    expect(after.blocks.reduce((sum, one) => sum + one.allocations.length, 0)).toBe(3)
  })
})
