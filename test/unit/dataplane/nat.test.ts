import { describe, expect, test } from 'vitest'
import { type Address, formatAddress, parseAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import type { Cluster } from '../../../src/cluster/cluster.js'
import { masqueradeSets, masquerades, natSource } from '../../../src/dataplane/nat.js'
import type { Resource } from '../../../src/manifests/resource.js'

const calico = (kind: string, name: string, spec: object): Resource => ({
  apiVersion: 'projectcalico.org/v3',
  kind,
  metadata: { name },
  spec,
})
const pool = (name: string, cidr: string, more: object = {}): Resource =>
  calico('IPPool', name, { cidr, natOutgoing: true, ...more })
const felix = (spec: object): Resource => calico('FelixConfiguration', 'default', spec)
const NODE = calico('Node', 'n1', { bgp: { ipv4Address: '10.20.1.11/24' } })

function clusterOf(resources: readonly Resource[], release = 'v3.33'): Cluster {
  return buildCluster(
    [NODE, ...resources].map((resource) => ({ resource })),
    { calico: release },
  )
}

function address(text: string): Address {
  const parsed = parseAddress(text)
  if (parsed === undefined) throw new Error(`no address: ${text}`)
  return parsed
}

const masqueraded = (cluster: Cluster, from: string, to: string): boolean =>
  masquerades(cluster, 0, address(from), address(to))

function source(cluster: Cluster, to: string, dev = 'eth0'): string | undefined {
  const found = natSource(
    cluster,
    0,
    { source: address('10.65.1.5'), destination: address(to) },
    dev,
    address('10.20.1.11'),
  )
  return found && formatAddress(found)
}

const PODS = pool('pods', '10.65.0.0/16')

describe('which packets natOutgoing selects', () => {
  test('those from a pool with natOutgoing to an address in no pool', () => {
    const cluster = clusterOf([PODS])
    expect(masqueraded(cluster, '10.65.1.5', '198.51.100.7')).toBe(true)
    expect(masqueraded(cluster, '10.65.1.5', '10.65.9.9')).toBe(false)
    expect(masqueraded(cluster, '10.99.1.5', '198.51.100.7')).toBe(false)
  })

  test('not those to a pool without natOutgoing, nor from it', () => {
    const cluster = clusterOf([PODS, pool('plain', '10.66.0.0/16', { natOutgoing: false })])
    expect(masqueraded(cluster, '10.65.1.5', '10.66.1.1')).toBe(false)
    expect(masqueraded(cluster, '10.66.1.1', '198.51.100.7')).toBe(false)
  })

  test('a disabled pool exempts its range, and its own pods are still masqueraded', () => {
    const cluster = clusterOf([PODS, pool('exempt', '198.51.100.0/24', { disabled: true })])
    expect(masqueraded(cluster, '10.65.1.5', '198.51.100.7')).toBe(false)
    expect(masqueraded(cluster, '198.51.100.9', '203.0.113.1')).toBe(true)
  })

  test('a pool for load balancers alone exempts nothing in the releases that know of it', () => {
    const pools = [PODS, pool('shop', '198.51.100.0/24', { allowedUses: ['LoadBalancer'] })]
    const excludedIn = (release: string) => masqueradeSets(clusterOf(pools, release), 4).excluded.map(formatPrefix)
    expect(excludedIn('v3.31.6')).toEqual(['10.65.0.0/16'])
    expect(excludedIn('v3.32.0')).toEqual(['10.65.0.0/16', '198.51.100.0/24'])
    expect(excludedIn('v3.32.1')).toEqual(['10.65.0.0/16'])
    expect(masqueraded(clusterOf(pools), '10.65.1.5', '198.51.100.7')).toBe(true)
  })

  test('pools of the other family count for nothing', () => {
    const cluster = clusterOf([PODS, pool('pods6', 'fd65::/112')])
    expect(masqueradeSets(cluster, 6).sources.map(formatPrefix)).toEqual(['fd65::/112'])
    expect(masqueraded(cluster, '10.65.1.5', 'fd00::1')).toBe(false)
  })

  test('node addresses too, unless natOutgoingExclusions names them and the release knows it', () => {
    const exempting = felix({ natOutgoingExclusions: 'IPPoolsAndHostIPs' })
    expect(masqueraded(clusterOf([PODS]), '10.65.1.5', '10.20.1.11')).toBe(true)
    expect(masqueraded(clusterOf([PODS, exempting]), '10.65.1.5', '10.20.1.11')).toBe(false)
    expect(masqueraded(clusterOf([PODS, exempting], 'v3.30'), '10.65.1.5', '10.20.1.11')).toBe(true)
    expect(masqueraded(clusterOf([PODS, exempting]), '10.65.1.5', '10.20.1.12')).toBe(true)
  })

  test('nodes outside the cluster count as hosts', () => {
    const spec = { natOutgoingExclusions: 'IPPoolsAndHostIPs', externalNodesList: ['192.0.2.0/28'] }
    const cluster = clusterOf([PODS, felix(spec)])
    expect(masqueraded(cluster, '10.65.1.5', '192.0.2.3')).toBe(false)
    expect(masqueraded(cluster, '10.65.1.5', '192.0.2.17')).toBe(true)
  })

  test('a host counts by one address: the internal one does not where there is a BGP address', () => {
    const kubernetes: Resource = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1' },
      status: { addresses: [{ type: 'InternalIP', address: '10.99.0.1' }] },
    }
    const cluster = clusterOf([PODS, kubernetes, felix({ natOutgoingExclusions: 'IPPoolsAndHostIPs' })])
    expect(masqueraded(cluster, '10.65.1.5', '10.20.1.11')).toBe(false)
    expect(masqueraded(cluster, '10.65.1.5', '10.99.0.1')).toBe(true)
  })
})

describe('the source that they get', () => {
  test('is that of the device that they leave by', () => {
    expect(source(clusterOf([PODS]), '198.51.100.7')).toBe('10.20.1.11')
    expect(source(clusterOf([PODS]), '10.65.9.9')).toBeUndefined()
  })

  test('is natOutgoingAddress where that is set', () => {
    expect(source(clusterOf([PODS, felix({ natOutgoingAddress: '10.20.1.200' })]), '198.51.100.7')).toBe('10.20.1.200')
  })

  test('changes only on the interfaces that the filter names', () => {
    const exact = clusterOf([PODS, felix({ iptablesNATOutgoingInterfaceFilter: 'eth1' })])
    expect([source(exact, '198.51.100.7', 'eth1'), source(exact, '198.51.100.7', 'eth10')]).toEqual([
      '10.20.1.11',
      undefined,
    ])
    const wild = clusterOf([PODS, felix({ iptablesNATOutgoingInterfaceFilter: 'eth+' })])
    expect([source(wild, '198.51.100.7', 'eth0'), source(wild, '198.51.100.7', 'bond0')]).toEqual([
      '10.20.1.11',
      undefined,
    ])
  })
})
