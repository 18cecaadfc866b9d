import { describe, expect, test } from 'vitest'
import { faults, judged, kubernetesNode, v3 } from './validation-fixtures.js'

const KEY = 'jlkVyQYooZYzI2wFfNhSZez5eWh44yfq1wKVjLvSXgY='

describe("Calico's Node", () => {
  test.each([
    ['addresses with and without mask', { bgp: { ipv4Address: '192.0.2.1/24', ipv6Address: 'fd00::1' } }],
    ['a reflector', { bgp: { ipv4Address: '192.0.2.1/24', routeReflectorClusterID: '244.0.0.1', asNumber: 64512 } }],
    ['tunnel addresses', { ipv4VXLANTunnelAddr: '10.65.0.1', vxlanTunnelMACAddr: '66:3e:ca:a4:db:65' }],
  ])('accepts %s', (_, spec) => {
    expect(faults(v3('Node', spec, 'n1'))).toEqual([])
  })

  test.each([
    ['bgp is not empty', { bgp: {} }, 'NODE_BGP_EMPTY spec.bgp'],
    ['ipv4Address is IPv4', { bgp: { ipv4Address: 'fd00::1/64' } }, 'VALIDATION_CIDR spec.bgp.ipv4Address'],
    ['ipv6Address is IPv6', { bgp: { ipv6Address: '192.0.2.1' } }, 'VALIDATION_CIDR spec.bgp.ipv6Address'],
    [
      'routeReflectorClusterID is an IPv4 address',
      { bgp: { routeReflectorClusterID: '1' } },
      'VALIDATION_ADDRESS spec.bgp.routeReflectorClusterID',
    ],
    [
      'a tunnel address has no mask',
      { bgp: { ipv4IPIPTunnelAddr: '10.65.0.1/32' } },
      'VALIDATION_ADDRESS spec.bgp.ipv4IPIPTunnelAddr',
    ],
    ['a MAC address has six octets', { vxlanTunnelMACAddr: '66:3e:ca' }, 'VALIDATION_ADDRESS spec.vxlanTunnelMACAddr'],
    [
      'address types are an enumeration',
      { addresses: [{ address: '192.0.2.1', type: 'Hostname' }] },
      'VALIDATION_ENUM spec.addresses[0].type',
    ],
    [
      'addresses are masked',
      { addresses: [{ address: '192.0.2.1/24' }] },
      'VALIDATION_CIDR_NOT_MASKED spec.addresses[0].address',
    ],
  ])('%s', (_, spec, fault) => {
    expect(faults(v3('Node', spec, 'n1'))).toEqual([fault])
  })

  test('a WireGuard key has 32 bytes', () => {
    const node = (wireguardPublicKey: string) => ({ ...v3('Node', {}, 'n1'), status: { wireguardPublicKey } })
    expect(faults(node(KEY))).toEqual([])
    expect(faults(node('foobar'))).toEqual(['VALIDATION_FORMAT status.wireguardPublicKey'])
  })

  test('without a CRD every refusal is an error', () => {
    expect(judged(v3('Node', { bgp: {} }, 'n1'))).toEqual(['error NODE_BGP_EMPTY'])
  })
})

describe('annotations of a Kubernetes Node', () => {
  const key = (name: string) => `metadata.annotations["projectcalico.org/${name}"]`

  test.each([
    ['IPv4Address', '172.16.1.11/24'],
    ['IPv4Address', '172.16.1.11'],
    ['IPv6Address', 'fd00::1/64'],
    ['ASNumber', '1.10'],
    ['RouteReflectorClusterID', '244.0.0.1'],
    ['IPv4IPIPTunnelAddr', '10.65.1.0'],
    ['kube-labels', '{}'],
  ])('%s may be %s', (name, value) => {
    expect(faults(kubernetesNode('n1', { [`projectcalico.org/${name}`]: value }))).toEqual([])
  })

  test.each([
    ['IPv4Address', 'fd00::1/64'],
    ['IPv6Address', '172.16.1.11/24'],
    ['ASNumber', '4294967296'],
    ['RouteReflectorClusterID', '1'],
    ['IPv4VXLANTunnelAddr', '10.65.1.1/24'],
    ['VXLANTunnelMACAddr', 'zz'],
  ])('%s may not be %s: Calico ignores it, so it is a warning', (name, value) => {
    const node = kubernetesNode('n1', { [`projectcalico.org/${name}`]: value })
    expect(faults(node)).toEqual([`NODE_ANNOTATION_INVALID ${key(name)}`])
    expect(judged(node)).toEqual(['warning NODE_ANNOTATION_INVALID'])
  })

  test('a misspelled annotation has no effect', () => {
    const node = kubernetesNode('n1', { 'projectcalico.org/routeReflectorClusterId': '244.0.0.1' })
    expect(faults(node)).toEqual([`NODE_ANNOTATION_UNKNOWN ${key('routeReflectorClusterId')}`])
  })
})
