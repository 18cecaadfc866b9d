import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import { calico, codesOf, kubeNode, load, nodeOf, nodeSet } from './fixtures.js'

const addressOf = (cluster: Cluster, name: string) => {
  const held = nodeOf(cluster, name).bgpAddress[4]
  return held && `${formatAddress(held.address)} ${formatPrefix(held.network)}`
}

describe('a NodeSet', () => {
  const rack = nodeSet('rack', {
    count: 5,
    subnet: { cidr: '172.16.0.0/16', prefixLength: 24, nodesPerSubnet: 2, firstHost: 10 },
    template: {
      metadata: { labels: { rack: 'r{{rack}}', n: '{{ index }}' } },
      spec: { bgp: { asNumber: 64512, routeReflectorClusterID: '1.1.1.{{index}}' } },
    },
    podsPerNode: 30,
  })

  test('carves its subnet, so many nodes to each', () => {
    const cluster = load([rack])
    expect(cluster.nodes.map(({ name }) => addressOf(cluster, name))).toEqual([
      '172.16.0.10 172.16.0.0/24',
      '172.16.0.11 172.16.0.0/24',
      '172.16.1.10 172.16.1.0/24',
      '172.16.1.11 172.16.1.0/24',
      '172.16.2.10 172.16.2.0/24',
    ])
  })

  test('fills in the template', () => {
    const node = nodeOf(load([rack]), 'rack-3')
    expect(node.labels).toEqual({
      'kubernetes.io/hostname': 'rack-3',
      'kubernetes.io/os': 'linux',
      rack: 'r1',
      n: '3',
    })
    expect([node.asNumber, node.routeReflectorClusterID, node.syntheticPods]).toEqual([64512, '1.1.1.3', 30])
  })

  test('is what selectors see', () => {
    const cluster = load([rack, calico('IPPool', 'p', { cidr: '10.0.0.0/16', nodeSelector: "rack == 'r1'" })])
    const selected = cluster.nodes.filter(({ labels }) => cluster.pools[0]?.nodeSelector.matches(labels))
    expect(selected.map(({ name }) => name)).toEqual(['rack-2', 'rack-3'])
  })

  test('that does not fit its cidr is cut, with an error', () => {
    const cluster = load([
      nodeSet('s', { count: 9, subnet: { cidr: '10.0.0.0/28', prefixLength: 29, nodesPerSubnet: 3 } }),
    ])
    expect(cluster.nodes).toHaveLength(6)
    expect(cluster.findings.find(({ code }) => code === 'NODE_SET_UNUSABLE')?.severity).toBe('error')
  })

  test('never gives the broadcast address', () => {
    const cluster = load([nodeSet('s', { count: 4, subnet: { cidr: '10.0.0.0/29', prefixLength: 29 } })])
    expect(cluster.nodes.map(({ name }) => addressOf(cluster, name))).toEqual(
      ['10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'].map((address) => `${address} 10.0.0.0/29`),
    )
  })

  test('leaves a name to the Node that has it', () => {
    const cluster = load([
      nodeSet('s', { count: 2, subnet: { cidr: '10.0.0.0/24' } }),
      kubeNode('s-0', { IPv4Address: '10.9.9.9/24' }),
    ])
    expect(addressOf(cluster, 's-0')).toBe('10.9.9.9 10.9.9.0/24')
    expect(codesOf(cluster)).toContain('NODE_SET_UNUSABLE')
  })

  test.each([undefined, -1, 1e9, 'many'])('with the count %s makes no node', (count) => {
    const cluster = load([nodeSet('s', { count })])
    expect(cluster.nodes).toHaveLength(0)
    expect(codesOf(cluster)).toContain('NODE_SET_UNUSABLE')
  })
})
