import { describe, expect, test } from 'vitest'
import { createBgpContext } from '../../../src/bgp/config/context.js'
import { readvertisedFindings } from '../../../src/bgp/plain/findings-readvertised.js'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { DEFAULT_SHAPE, type Encapsulation, generateCluster, type Topology } from '../../../src/planning/generate.js'

interface Given {
  readonly calico: string
  readonly encapsulation?: Encapsulation
  readonly topology?: Topology
  readonly filter?: object
}

function found({ calico, encapsulation = 'ipip', topology = 'tor', filter }: Given) {
  const shape = { ...DEFAULT_SHAPE, nodes: 6, racks: 2, topology, encapsulation, podsPerNode: 1 }
  const filtered = (resource: Resource): Resource =>
    filter !== undefined && resource.kind === 'BGPPeer'
      ? { ...resource, spec: { ...(resource.spec as object), filters: ['own'] } }
      : resource
  const added: readonly Resource[] =
    filter === undefined
      ? []
      : [{ apiVersion: 'projectcalico.org/v3', kind: 'BGPFilter', metadata: { name: 'own' }, spec: filter }]
  const cluster = buildCluster(
    [...generateCluster(shape).map(filtered), ...added].map((resource) => ({ resource })),
    { calico },
  )
  return readvertisedFindings(createBgpContext(cluster, ipamView(cluster)))
}

describe("other nodes' blocks that BIRD learns from Felix and announces to external peers", () => {
  test('are those of IPIP pools from v3.33 on', () => {
    expect(found({ calico: 'v3.32' })).toEqual([])
    const [finding] = found({ calico: 'v3.33' })
    expect(finding?.code).toBe('BGP_REMOTE_BLOCKS_ANNOUNCED')
    expect(finding?.message).toMatch(/^6 nodes announce .* to tor-\d: /)
    expect(finding?.hint).toContain('interface: tunl0')
  })

  test('are those of VXLAN pools in every release', () => {
    expect(found({ calico: 'v3.28', encapsulation: 'vxlan' })[0]?.hint).toContain('interface: vxlan.calico')
  })

  test('are none between internal peers, and none of plain pools that BIRD routes', () => {
    expect(found({ calico: 'v3.33', topology: 'mesh' })).toEqual([])
    expect(found({ calico: 'v3.33', encapsulation: 'none' })).toEqual([])
  })

  test('are kept back by the BGPFilter that the hint names', () => {
    const filter = { exportV4: [{ action: 'Reject', interface: 'tunl0' }] }
    expect(found({ calico: 'v3.33', filter })).toEqual([])
  })
})
