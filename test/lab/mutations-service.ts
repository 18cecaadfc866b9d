/** Service advertisement. */

import type { Family } from '../../src/address/address.js'
import type { Dice } from './dice.js'
import { configuration, type Draft, type Fields, kindOf } from './draft.js'

type Mutation = (draft: Draft, dice: Dice, family: Family) => void

const RANGES = {
  4: {
    cluster: '10.96.0.0/16',
    external: '198.51.100.0/24',
    balancer: '203.0.113.0/24',
    hosts: ['10.96.0.', '198.51.100.', '203.0.113.'],
    bits: 32,
  },
  6: {
    cluster: 'fd00:96::/112',
    external: '2001:db8:51::/64',
    balancer: '2001:db8:113::/64',
    hosts: ['fd00:96::', '2001:db8:51::', '2001:db8:113::'],
    bits: 128,
  },
} as const

export const serviceMutations: Readonly<Record<string, Mutation>> = {
  serviceRanges: (draft, dice, family) => {
    const { cluster, external, balancer, hosts, bits } = RANGES[family]
    const spec = configuration(draft)
    const single = (at: 1 | 2): string => `${hosts[at]}${5 + dice.roll(2)}/${bits}`
    if (dice.chance(0.7)) spec['serviceClusterIPs'] = [{ cidr: cluster }]
    if (dice.chance(0.7)) spec['serviceExternalIPs'] = [{ cidr: dice.chance(0.3) ? single(1) : external }]
    if (dice.chance(0.7)) spec['serviceLoadBalancerIPs'] = [{ cidr: dice.chance(0.3) ? single(2) : balancer }]
    if (dice.chance(0.3)) spec['serviceLoadBalancerAggregation'] = 'Disabled'
    for (let i = 0; i < 1 + dice.roll(3); i++) service(draft, dice, family, i)
  },
  excluded: (draft, dice) => {
    const node = dice.oneOf(kindOf(draft, 'Node'))
    if (node === undefined) return
    node.metadata.labels = {
      ...node.metadata.labels,
      'node.kubernetes.io/exclude-from-external-load-balancers': 'true',
    }
  },
}

function service(draft: Draft, dice: Dice, family: Family, i: number): void {
  const { hosts } = RANGES[family]
  const name = `service-${i}`
  const at = (place: 0 | 1 | 2): string => `${hosts[place]}${5 + i}`
  const ingress = [{ ip: at(2) }]
  draft.items.push({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      type: dice.pick(['ClusterIP', 'NodePort', 'LoadBalancer', 'LoadBalancer']),
      clusterIP: at(0),
      clusterIPs: [at(0)],
      ipFamilies: [family === 4 ? 'IPv4' : 'IPv6'],
      externalTrafficPolicy: dice.pick(['Local', 'Local', 'Cluster']),
      ...(dice.chance(0.5) ? { externalIPs: [at(1)] } : {}),
      ports: [{ port: 80 }],
    },
    status: { loadBalancer: { ingress } },
  })
  const endpoints: Fields[] = dice.some(kindOf(draft, 'Node'), 0.5).map((node) => ({
    addresses: [family === 4 ? '10.65.1.10' : 'fd00:10:65:1::10'],
    nodeName: node.metadata.name,
    conditions: { ready: true },
  }))
  draft.items.push({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-abc`, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    addressType: family === 4 ? 'IPv4' : 'IPv6',
    endpoints,
    ports: [{ port: 80 }],
  })
}
