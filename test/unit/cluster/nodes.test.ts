import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix, type InterfaceAddress } from '../../../src/address/prefix.js'
import { calico, calicoNode, codesOf, kubeNode, load, nodeOf, underlay, withInternalIP } from './fixtures.js'

const shown = (held: InterfaceAddress | undefined) =>
  held && `${formatAddress(held.address)} in ${formatPrefix(held.network)}`

describe('a Kubernetes Node through its annotations', () => {
  test('gives addresses, AS number, cluster ID, tunnel addresses and keys', () => {
    const node = nodeOf(
      load([
        kubeNode('n1', {
          IPv4Address: '172.16.1.11/24',
          IPv6Address: 'fd00::11/64',
          ASNumber: '1.10',
          RouteReflectorClusterID: '244.0.0.1',
          IPv4IPIPTunnelAddr: '10.65.1.0',
          IPv4VXLANTunnelAddr: '10.65.1.1',
          VXLANTunnelMACAddr: '66:AA:bb:cc:dd:ee',
          WireguardPublicKey: 'key=',
          IPv4WireguardInterfaceAddr: '10.65.1.2',
        }),
      ]),
      'n1',
    )
    expect(shown(node.bgpAddress[4])).toBe('172.16.1.11 in 172.16.1.0/24')
    expect(shown(node.bgpAddress[6])).toBe('fd00::11 in fd00::/64')
    expect(node.asNumber).toBe(65546)
    expect(node.routeReflectorClusterID).toBe('244.0.0.1')
    expect(Object.keys(node.tunnelAddress).sort()).toEqual(['ipip', 'vxlan', 'wireguard'])
    expect(node.vxlanTunnelMAC).toBe('66:aa:bb:cc:dd:ee')
    expect(node.wireguardPublicKey).toBe('key=')
  })

  test('an address without a mask is a subnet of its own', () => {
    const node = nodeOf(load([kubeNode('n1', { IPv4Address: '172.16.1.11', IPv6Address: 'fd00::11' })]), 'n1')
    expect(shown(node.bgpAddress[4])).toBe('172.16.1.11 in 172.16.1.11/32')
    expect(shown(node.bgpAddress[6])).toBe('fd00::11 in fd00::11/128')
  })

  test.each([
    ['IPv4Address', '172.16.1'],
    ['IPv4Address', 'fd00::1/64'],
    ['IPv6Address', '172.16.1.11/24'],
    ['ASNumber', 'many'],
    ['RouteReflectorClusterID', 'one'],
    ['IPv4IPIPTunnelAddr', 'fd00::1'],
  ])('an invalid %s counts as absent', (name, value) => {
    const cluster = load([kubeNode('n1', { [name]: value, IPv4VXLANTunnelAddr: '10.0.0.1' })])
    expect(codesOf(cluster)).toContain('NODE_ANNOTATION_INVALID')
    const node = nodeOf(cluster, 'n1')
    expect([node.bgpAddress, node.asNumber, node.routeReflectorClusterID, node.tunnelAddress.ipip]).toEqual([
      {},
      undefined,
      undefined,
      undefined,
    ])
  })

  test('Calico-only labels lie under Kubernetes labels', () => {
    const node = kubeNode('n1', { labels: '{"rack":"calico","rr":"true"}' })
    const cluster = load([{ ...node, metadata: { ...Object(node).metadata, labels: { rack: 'kube' } } }])
    expect(nodeOf(cluster, 'n1').labels).toEqual({ rack: 'kube', rr: 'true' })
  })

  test('cordoned, tainted, Windows and podCIDR are kept', () => {
    const cluster = load([
      kubeNode(
        'n1',
        {},
        { spec: { unschedulable: true, podCIDR: '10.1.0.0/24', taints: [{ key: 'k', effect: 'NoSchedule' }] } },
      ),
      { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } } },
    ])
    const node = nodeOf(cluster, 'n1')
    expect(node.schedulable).toBe(false)
    expect(node.podCIDRs).toEqual(['10.1.0.0/24'])
    expect(node.taints).toEqual([{ key: 'k', effect: 'NoSchedule' }])
    expect(nodeOf(cluster, 'w').os).toBe('windows')
  })
})

describe('a Calico Node', () => {
  test('may have an address without a mask', () => {
    const cluster = load([calico('Node', 'n1', { bgp: { ipv4Address: '10.0.0.1', asNumber: 64513 } })])
    expect(shown(nodeOf(cluster, 'n1').bgpAddress[4])).toBe('10.0.0.1 in 10.0.0.1/32')
    expect(nodeOf(cluster, 'n1').asNumber).toBe(64513)
  })

  test('without BGP has no address and none is assumed', () => {
    const cluster = load([calico('Node', 'n1', {}), withInternalIP('n1', '172.16.1.5')])
    expect(nodeOf(cluster, 'n1').bgpAddress).toEqual({})
    expect(codesOf(cluster)).not.toContain('NODE_ADDRESS_ASSUMED')
  })

  test('wins field by field over the Kubernetes Node of its name', () => {
    const cluster = load([
      kubeNode('n1', { IPv4Address: '172.16.1.11/24', ASNumber: '64600', IPv4IPIPTunnelAddr: '10.65.1.0' }),
      calico('Node', 'n1', { bgp: { ipv4Address: '172.16.1.12/24' } }),
    ])
    const node = nodeOf(cluster, 'n1')
    expect(shown(node.bgpAddress[4])).toBe('172.16.1.12 in 172.16.1.0/24')
    expect(node.asNumber).toBe(64600)
    expect(node.tunnelAddress.ipip).toBeDefined()
    expect(cluster.nodes).toHaveLength(1)
  })
})

describe('a node without a stored address', () => {
  test('gets its InternalIP with a guessed /24', () => {
    const cluster = load([withInternalIP('n1', '172.16.1.5')])
    expect(shown(nodeOf(cluster, 'n1').bgpAddress[4])).toBe('172.16.1.5 in 172.16.1.0/24')
    expect(codesOf(cluster)).toContain('NODE_ADDRESS_ASSUMED')
  })

  test('gets the mask of the Underlay subnet that holds it', () => {
    const cluster = load([
      withInternalIP('n1', '172.16.1.5'),
      underlay({ subnets: [{ name: 'a', cidr: '172.16.0.0/20' }] }),
    ])
    expect(shown(nodeOf(cluster, 'n1').bgpAddress[4])).toBe('172.16.1.5 in 172.16.0.0/20')
  })

  test('gets IPv6 only where IP6 says autodetect', () => {
    const node = withInternalIP('n1', '172.16.1.5', 'fd00::5')
    expect(nodeOf(load([node]), 'n1').bgpAddress[6]).toBeUndefined()
    expect(shown(nodeOf(load([node, calicoNode({ IP6: 'autodetect' })]), 'n1').bgpAddress[6])).toBe(
      'fd00::5 in fd00::/64',
    )
  })

  test('gets the InternalIP that the method cidr= names', () => {
    const env = calicoNode({ IP_AUTODETECTION_METHOD: 'cidr=10.1.0.0/16' })
    const cluster = load([withInternalIP('n1', '172.16.1.5', '10.1.2.3'), env])
    expect(shown(nodeOf(cluster, 'n1').bgpAddress[4])).toBe('10.1.2.3 in 10.1.2.0/24')
  })

  test('gets none with the backend none', () => {
    const cluster = load([withInternalIP('n1', '172.16.1.5'), calicoNode({ CALICO_NETWORKING_BACKEND: 'none' })])
    expect(cluster.backend).toBe('none')
    expect(nodeOf(cluster, 'n1').bgpAddress).toEqual({})
  })

  test('and without an InternalIP is reported', () => {
    expect(codesOf(load([kubeNode('n1')]))).toContain('NODE_WITHOUT_ADDRESS')
  })
})

describe('the AS number of the environment', () => {
  test('is that of a node that stores none', () => {
    const cluster = load([kubeNode('n1', { IPv4Address: '172.16.1.11/24' }), calicoNode({ AS: '64999' })])
    expect(nodeOf(cluster, 'n1').asNumber).toBe(64999)
  })

  test('leaves a stored one for now and warns', () => {
    const cluster = load([
      kubeNode('n1', { IPv4Address: '172.16.1.11/24', ASNumber: '64600' }),
      calicoNode({ AS: '64999' }),
    ])
    expect(nodeOf(cluster, 'n1').asNumber).toBe(64600)
    expect(codesOf(cluster)).toContain('NODE_AS_OVERWRITTEN')
  })
})

test('nodes stand in byte order of names, each at its index', () => {
  const cluster = load(['n10', 'n2', 'B', 'a'].map((name) => kubeNode(name)))
  expect(cluster.nodes.map(({ name, index }) => `${index} ${name}`)).toEqual(['0 B', '1 a', '2 n10', '3 n2'])
})

test('two nodes with one address are an error', () => {
  const cluster = load([
    kubeNode('a', { IPv4Address: '172.16.1.11/24' }),
    kubeNode('b', { IPv4Address: '172.16.1.11/24' }),
  ])
  expect(cluster.findings.find(({ code }) => code === 'NODE_ADDRESS_DUPLICATE')?.severity).toBe('error')
})

test('with host-local IPAM the tunnel address is the first of the podCIDR', () => {
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'calico-config', namespace: 'kube-system' },
    data: { cni_network_config: '{"type":"calico","ipam":{"type":"host-local"}}' },
  }
  const node = kubeNode(
    'n1',
    { IPv4Address: '172.16.1.11/24', IPv4IPIPTunnelAddr: '10.9.9.9' },
    { spec: { podCIDR: '10.1.2.0/24' } },
  )
  const held = nodeOf(load([node, config]), 'n1').tunnelAddress
  expect(held.ipip && formatAddress(held.ipip)).toBe('10.1.2.1')
  expect(held.wireguard).toBeUndefined()
})
