import { describe, expect, test } from 'vitest'
import { createBgpContext } from '../../../src/bgp/config/context.js'
import { roleNetwork } from '../../../src/bgp/roles/network.js'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { DEFAULT_SHAPE, generateCluster, type Shape } from '../../../src/planning/generate.js'

type Change = (resources: unknown[]) => void

function network(shape: Partial<Shape>, change: Change = () => {}) {
  const resources = [
    ...generateCluster({ ...DEFAULT_SHAPE, topology: 'rack-reflectors', podsPerNode: 1, ...shape }),
  ] as unknown[]
  change(resources)
  const cluster = buildCluster((resources as Resource[]).map((resource) => ({ resource })))
  return roleNetwork(createBgpContext(cluster, ipamView(cluster)), 4, true)
}

const peerOf = (rack: number, spec: object): Change => {
  return (resources) => {
    for (const resource of resources as { kind: string; metadata: { name: string }; spec: object }[]) {
      if (resource.kind === 'BGPPeer' && resource.metadata.name === `rack-${rack}`) Object.assign(resource.spec, spec)
    }
  }
}

describe('racks that only names and addresses tell apart', () => {
  test('share roles, so that many racks have no more of them than few', () => {
    const [few, many] = [network({ nodes: 30, racks: 3 }), network({ nodes: 120, racks: 12 })]
    expect(few.places?.racks.filter(({ length }) => length > 0)).toHaveLength(3)
    expect(many.members.length).toBe(few.members.length)
  })

  test('have roles of their own where a session changes next hops', () => {
    const { places, members } = network({ nodes: 30, racks: 3 }, peerOf(1, { nextHopMode: 'Self' }))
    expect(places).toBeUndefined()
    expect(members.length).toBeGreaterThan(network({ nodes: 30, racks: 3 }).members.length)
  })

  test('share them but for a rack whose peers have a filter that no others have', () => {
    const told = network({ nodes: 30, racks: 3 }, (resources) => {
      peerOf(1, { filters: ['some'] })(resources)
      const exportV4 = [{ action: 'Reject', matchOperator: 'In', cidr: '10.64.0.0/24' }]
      resources.push({
        apiVersion: 'projectcalico.org/v3',
        kind: 'BGPFilter',
        metadata: { name: 'some' },
        spec: { exportV4 },
      })
    })
    expect(told.places).toBeDefined()
    expect(told.members.length).toBeGreaterThan(network({ nodes: 30, racks: 3 }).members.length)
  })

  test('have roles of their own behind routers that speak BGP', () => {
    expect(network({ nodes: 30, racks: 3, topology: 'tor' }).places).toBeUndefined()
  })
})
