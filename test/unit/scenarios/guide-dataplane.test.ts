/** Rows 1, 2, 3, 9 and 15 of the operations guide, release by release. */

import { describe, expect, test } from 'vitest'
import { type BuildOptions, buildCluster } from '../../../src/cluster/build-cluster.js'
import { nodeMtu } from '../../../src/dataplane/mtu.js'
import { formatAddress, formatPrefix, openInput, type Simulation, simulate } from '../../../src/index.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { ipRouteText } from '../../../src/report/ip-route-text.js'

const RELEASES = ['v3.13', 'v3.28', 'v3.32', 'v3.33'] as const
type ReleaseName = (typeof RELEASES)[number]

const open = (name: string, calico: string) => openInput([`scenarios/${name}`], { calico })

function remote(simulation: Simulation, node = 'rke-node1'): readonly string[] {
  const main = simulation.routes(node).get('main') ?? []
  return main
    .map(({ route }) => ipRouteText(route))
    .filter((line) => line.startsWith('10.42.') && line.includes(' via '))
}

const codes = (name: string, calico: string) =>
  open(name, calico)
    .check()
    .map(({ code }) => code)

/** A scenario with some of its resources changed, as after an edit. */
function edited(name: string, calico: string, edit: (resource: Resource) => Resource | undefined): Simulation {
  const { cluster } = open(name, calico)
  const options: BuildOptions = { calico }
  const manifests = cluster.manifests.flatMap((manifest) => {
    const resource = edit(manifest.resource)
    return resource === undefined ? [] : [{ ...manifest, resource }]
  })
  return simulate(buildCluster(manifests, options))
}

const withSpec = (resource: Resource, spec: object): Resource => ({
  ...resource,
  spec: { ...(resource.spec as object), ...spec },
})

const flow = (to: 'rke-node2' | 'rke-node4', simulation: Simulation, size = 100) => {
  const podOn = (node: string) => {
    const found = simulation.ipam.pods.find((placed) => placed.node === node)
    if (found === undefined) throw new Error(`no pod on ${node}`)
    return { kind: 'pod', namespace: found.pod.namespace, name: found.pod.name } as const
  }
  return simulation.trace({ from: podOn('rke-node1'), to: podOn(to), family: 4, protocol: 'tcp', size })
}

describe('row 1: every remote block by tunl0', () => {
  const written: Readonly<Record<ReleaseName, string>> = {
    'v3.13': 'proto bird onlink',
    'v3.28': 'proto bird onlink',
    'v3.32': 'proto bird metric 1024 onlink',
    'v3.33': 'proto 80 onlink mtu 1480',
  }

  test.each(RELEASES)('%s', (calico) => {
    const lines = remote(open('ipip-by-default', calico).simulation)
    expect(lines).toHaveLength(3)
    for (const line of lines)
      expect(line).toMatch(
        new RegExp(`^10\\.42\\.[0-9.]+/26 via 172\\.16\\.[12]\\.[0-9]+ dev tunl0 ${written[calico]}$`),
      )
  })

  test.each(RELEASES)('%s: each node has tunl0 with an address of its own', (calico) => {
    const { simulation } = open('ipip-by-default', calico)
    const addresses = simulation.cluster.nodes.map(({ name }) => {
      const [device, ...others] = simulation.devices(name)?.devices ?? []
      expect(others).toEqual([])
      return device?.kind === 'ipip' ? String(device.address?.value) : undefined
    })
    expect(new Set(addresses).size).toBe(4)
    expect(addresses).not.toContain(undefined)
  })

  test.each(RELEASES)('%s: pods reach each other through it', (calico) => {
    const { simulation } = open('ipip-by-default', calico)
    expect(flow('rke-node2', simulation).verdict).toBe('delivered')
    expect(flow('rke-node4', simulation).verdict).toBe('delivered')
  })
})

describe('row 2: from IPIP to plain BGP', () => {
  test.each(RELEASES)("%s: the guide's two variables leave the pool as it was, and check says so", (calico) => {
    const found = codes('switch-to-bgp', calico)
    expect(found).toContain('ENCAPSULATION_OFF')
    expect(found).toContain('ENVIRONMENT_WITHOUT_EFFECT')
  })

  test.each([
    ['v3.13', 3],
    ['v3.28', 3],
    ['v3.32', 3],
    ['v3.33', 0],
  ] as const)('%s: %i routes into tunl0 are left', (calico, count) => {
    const lines = remote(open('switch-to-bgp', calico).simulation)
    expect(lines).toHaveLength(count)
    for (const line of lines) expect(line).toContain(' dev tunl0 proto bird ')
  })

  const plain = (calico: string) =>
    edited('switch-to-bgp', calico, (resource) => {
      if (resource.kind === 'DaemonSet') return undefined
      return resource.kind === 'IPPool' ? withSpec(resource, { ipipMode: 'Never' }) : resource
    })

  test.each(RELEASES)(
    '%s: with the pool itself changed routes leave by the NIC, across racks by the router',
    (calico) => {
      const lines = remote(plain(calico))
      const metric = calico === 'v3.32' || calico === 'v3.33' ? ' metric 1024' : ''
      expect(lines.map((line) => line.replace(/^\S+ /, '')).sort()).toEqual([
        `via 172.16.1.1 dev eth0 proto bird${metric}`,
        `via 172.16.1.12 dev eth0 proto bird${metric}`,
        `via 172.16.1.13 dev eth0 proto bird${metric}`,
      ])
    },
  )

  test.each(RELEASES)('%s: and the router, which knows no pod, loses what crosses racks', (calico) => {
    const simulation = plain(calico)
    expect(flow('rke-node2', simulation).verdict).toBe('delivered')
    expect(flow('rke-node4', simulation).verdict).toBe('lost')
    expect(simulation.hazards().map(({ code }) => code)).toContain('ROUTERS_WITHOUT_POD_ROUTES')
  })
})

describe('row 3: CrossSubnet', () => {
  test.each(RELEASES)('%s: by the NIC inside the rack, by the tunnel out of it', (calico) => {
    const lines = remote(open('cross-subnet', calico).simulation)
    const devices = Object.fromEntries(lines.map((line) => line.split(' ')).map((words) => [words[2], words[4]]))
    expect(devices).toEqual({ '172.16.1.12': 'eth0', '172.16.1.13': 'eth0', '172.16.2.14': 'tunl0' })
  })

  test.each(RELEASES)('%s: a node with a host mask tunnels to everybody, and is told of', (calico) => {
    const simulation = edited('cross-subnet', calico, (resource) => {
      if (resource.kind !== 'Node' || resource.metadata.name !== 'rke-node1') return resource
      const annotations = { ...resource.metadata.annotations, 'projectcalico.org/IPv4Address': '172.16.1.11/32' }
      return { ...resource, metadata: { ...resource.metadata, annotations } }
    })
    for (const line of remote(simulation)) expect(line).toContain(' dev tunl0 ')
    expect(remote(simulation, 'rke-node2').find((line) => line.includes(' via 172.16.1.11 '))).toContain(' dev eth0 ')
    expect(simulation.hazards().map(({ code }) => code)).toContain('HOST_MASK_CROSS_SUBNET')
  })

  test.each(RELEASES)('%s: pods reach each other in both racks', (calico) => {
    const { simulation } = open('cross-subnet', calico)
    expect(flow('rke-node2', simulation).verdict).toBe('delivered')
    expect(flow('rke-node4', simulation).verdict).toBe('delivered')
  })
})

describe('row 9: veth_mtu 9001 on a network of 9001', () => {
  const mtuOf = ({ cluster }: Simulation) => {
    const [first] = cluster.nodes
    if (first === undefined) throw new Error('no node')
    return nodeMtu(cluster, first)
  }

  test.each([
    ['v3.13', 1440],
    ['v3.28', 8981],
    ['v3.32', 8981],
    ['v3.33', 8981],
  ] as const)('%s: pods get 9001, and tunl0 takes %i', (calico, tunnel) => {
    const { simulation } = open('veth-mtu', calico)
    expect([mtuOf(simulation).pod, mtuOf(simulation).ipip]).toEqual([9001, tunnel])
    expect(codes('veth-mtu', calico)).toContain('POD_MTU_TOO_LARGE')
  })

  test.each(['v3.28', 'v3.32', 'v3.33'])('%s: a full packet passes inside the rack and not between racks', (calico) => {
    const { simulation } = open('veth-mtu', calico)
    expect(flow('rke-node2', simulation, 9001).verdict).toBe('delivered')
    expect(flow('rke-node4', simulation, 9001).verdict).toBe('lost')
    expect(flow('rke-node4', simulation, 8981).verdict).toBe('delivered')
  })

  test.each(['v3.28', 'v3.32', 'v3.33'])('%s: veth_mtu "0" gives 8981, which fits', (calico) => {
    const simulation = edited('veth-mtu', calico, (resource) =>
      resource.kind === 'ConfigMap' ? { ...resource, data: { calico_backend: 'bird', veth_mtu: '0' } } : resource,
    )
    expect(mtuOf(simulation).pod).toBe(8981)
    expect(simulation.hazards().map(({ code }) => code)).not.toContain('POD_MTU_TOO_LARGE')
  })
})

describe('row 15: natOutgoing off', () => {
  const toHost = (simulation: Simulation) => {
    const [placed] = simulation.ipam.pods
    if (placed === undefined) throw new Error('no pod')
    const from = { kind: 'pod', namespace: placed.pod.namespace, name: placed.pod.name } as const
    return simulation.trace({ from, to: { kind: 'host', name: 'nfs' }, family: 4, protocol: 'tcp', size: 100 })
  }

  test.each(RELEASES)("%s: the host sees the pod's address, and its answer is lost", (calico) => {
    const { forward, verdict } = toHost(open('snat-off', calico).simulation)
    expect([forward.delivered, forward.snat, verdict]).toEqual([true, undefined, 'one-way'])
    expect(codes('snat-off', calico)).toContain('NAT_OFF_WITHOUT_RETURN')
  })

  test.each(RELEASES)('%s: with a route to the pool on the router it arrives', (calico) => {
    const simulation = edited('snat-off', calico, (resource) => {
      if (resource.kind !== 'Underlay') return resource
      const { routers, ...spec } = resource.spec as { readonly routers: readonly object[] }
      const { cluster, simulation: before } = open('snat-off', calico)
      const staticRoutes = before.ipam.blocks.flatMap(({ prefix, affinity }) => {
        const via = cluster.nodeByName.get(affinity?.host ?? '')?.bgpAddress[4]?.address
        return via === undefined ? [] : [{ to: formatPrefix(prefix), via: formatAddress(via) }]
      })
      return { ...resource, spec: { ...spec, routers: routers.map((router) => ({ ...router, staticRoutes })) } }
    })
    expect(toHost(simulation).verdict).toBe('delivered')
    expect(simulation.hazards().map(({ code }) => code)).not.toContain('NAT_OFF_WITHOUT_RETURN')
  })

  test.each(RELEASES)('%s: with natOutgoing on it sees the node', (calico) => {
    const simulation = edited('snat-off', calico, (resource) =>
      resource.kind === 'IPPool' ? withSpec(resource, { natOutgoing: true }) : resource,
    )
    const { forward, verdict } = toHost(simulation)
    expect(verdict).toBe('delivered')
    expect(forward.snat).toBeDefined()
  })
})
