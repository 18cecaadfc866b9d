import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { calico, calicoNode, codesOf, crd, kubeNode, load, poolOf, underlay } from './fixtures.js'

describe('an IPPool', () => {
  test('has the defaults that Calico reads it with', () => {
    const pool = poolOf(load([calico('IPPool', 'p', { cidr: '10.65.7.9/16' })]), 'p')
    expect(formatPrefix(pool.prefix)).toBe('10.65.0.0/16')
    expect(pool).toMatchObject({
      blockSize: 26,
      ipipMode: 'Never',
      vxlanMode: 'Never',
      natOutgoing: false,
      disabled: false,
      allocatable: true,
      disableBGPExport: false,
      namespaceSelector: undefined,
      allowedUses: ['Workload', 'Tunnel'],
      assignmentMode: 'Automatic',
    })
    expect(pool.nodeSelector.matches({})).toBe(true)
  })

  test('of IPv6 has blocks of /122', () => {
    expect(poolOf(load([calico('IPPool', 'p', { cidr: 'fd00::/48' })]), 'p').blockSize).toBe(122)
  })

  test('stands in byte order of names', () => {
    const cluster = load(['b', 'a', 'B'].map((name, i) => crd('IPPool', name, { cidr: `10.${i}.0.0/16` })))
    expect(cluster.pools.map(({ name, index }) => `${index} ${name}`)).toEqual(['0 B', '1 a', '2 b'])
  })

  test('gives out nothing while it is being deleted or marked so', () => {
    const deleting = {
      ...calico('IPPool', 'a', { cidr: '10.0.0.0/16' }),
      metadata: { name: 'a', deletionTimestamp: 'now' },
    }
    const marked = calico(
      'IPPool',
      'b',
      { cidr: '10.1.0.0/16' },
      { status: { conditions: [{ type: 'Allocatable', status: 'False' }] } },
    )
    expect(load([deleting, marked]).pools.map(({ allocatable }) => allocatable)).toEqual([false, false])
  })

  test('without a usable cidr is left out', () => {
    const cluster = load([calico('IPPool', 'p', { cidr: '10.65.0.0' })])
    expect(cluster.pools).toEqual([])
    expect(codesOf(cluster)).toContain('POOL_UNUSABLE')
  })

  test('whose selector does not parse selects nothing', () => {
    const cluster = load([calico('IPPool', 'p', { cidr: '10.65.0.0/16', nodeSelector: 'rack ==' })])
    expect(poolOf(cluster, 'p').nodeSelector.matches({})).toBe(false)
    expect(codesOf(cluster)).toContain('SELECTOR_UNREADABLE')
  })

  test('with a value that cannot be read has the default in its place', () => {
    const cluster = load([calico('IPPool', 'p', { cidr: '10.65.0.0/16', blockSize: 'large', ipipMode: 'Sometimes' })])
    expect(poolOf(cluster, 'p')).toMatchObject({ blockSize: 26, ipipMode: 'Never' })
    expect(codesOf(cluster).filter((code) => code === 'VALUE_IGNORED')).toHaveLength(2)
  })
})

describe('the environment of calico-node', () => {
  test('makes the default pool of an input without pools', () => {
    const env = {
      CALICO_IPV4POOL_CIDR: '10.244.0.0/16',
      CALICO_IPV4POOL_IPIP: 'CrossSubnet',
      CALICO_IPV4POOL_BLOCK_SIZE: '24',
      CALICO_IPV4POOL_NODE_SELECTOR: 'has(a)',
      CALICO_IPV4POOL_DISABLE_BGP_EXPORT: 'true',
    }
    const cluster = load([calicoNode(env)])
    const pool = poolOf(cluster, 'default-ipv4-ippool')
    expect(formatPrefix(pool.prefix)).toBe('10.244.0.0/16')
    expect(pool).toMatchObject({
      ipipMode: 'CrossSubnet',
      vxlanMode: 'Never',
      blockSize: 24,
      natOutgoing: true,
      disableBGPExport: true,
    })
    expect(pool.nodeSelector.matches({})).toBe(false)
    expect(codesOf(cluster)).toContain('POOL_SEEDED')
  })

  test('without a cidr means 192.168.0.0/16, unencapsulated', () => {
    const pool = poolOf(load([calicoNode({})]), 'default-ipv4-ippool')
    expect(formatPrefix(pool.prefix)).toBe('192.168.0.0/16')
    expect(pool).toMatchObject({ ipipMode: 'Never', vxlanMode: 'Never' })
  })

  test('has no effect once there is a pool, and says so', () => {
    const cluster = load([
      calicoNode({ CALICO_IPV4POOL_IPIP: 'Always' }),
      calico('IPPool', 'p', { cidr: '10.0.0.0/16' }),
    ])
    expect(cluster.pools.map(({ name, ipipMode }) => [name, ipipMode])).toEqual([['p', 'Never']])
    expect(codesOf(cluster)).toContain('ENVIRONMENT_WITHOUT_EFFECT')
  })

  test.each([{ NO_DEFAULT_POOLS: 'true' }, { CALICO_IPV4POOL_CIDR: 'none' }])('%o makes no pool', (env) => {
    expect(load([calicoNode(env as unknown as Record<string, string>)]).pools).toEqual([])
  })
})

test('Installation makes its pools, with the encapsulation that it names', () => {
  const installation = {
    apiVersion: 'operator.tigera.io/v1',
    kind: 'Installation',
    metadata: { name: 'default' },
    spec: {
      calicoNetwork: {
        ipPools: [
          { cidr: '10.1.0.0/16', encapsulation: 'VXLANCrossSubnet', natOutgoing: 'Disabled', blockSize: 25 },
          { cidr: '10.2.0.0/16', name: 'second' },
        ],
      },
    },
  }
  const cluster = load([installation])
  expect(poolOf(cluster, 'default-ipv4-ippool')).toMatchObject({
    vxlanMode: 'CrossSubnet',
    ipipMode: 'Never',
    natOutgoing: false,
    blockSize: 25,
  })
  expect(poolOf(cluster, 'second')).toMatchObject({ ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true })
})

describe('a pool that overlaps', () => {
  const pool = (name: string, cidr: string, more: object = {}) => calico('IPPool', name, { cidr, ...more })
  const severities = (resources: object[]) =>
    load(resources)
      .findings.filter(({ code }) => code === 'POOL_OVERLAP')
      .map(({ severity }) => severity)

  test('another pool is an error, whichever is the wider', () => {
    expect(severities([pool('a', '10.0.0.0/8'), pool('b', '10.1.0.0/16')])).toEqual(['error'])
    expect(severities([pool('a', '10.1.0.0/16'), pool('b', '10.0.0.0/8')])).toEqual(['error'])
    expect(severities([pool('a', '10.0.0.0/16'), pool('b', '10.1.0.0/16')])).toEqual([])
  })

  test('a node address is an error, its network alone a warning', () => {
    const node = kubeNode('n', { IPv4Address: '172.16.1.11/24' })
    expect(severities([node, pool('a', '172.16.0.0/16')])).toEqual(['error', 'warning'])
    expect(severities([node, pool('a', '172.16.1.128/25')])).toEqual(['warning'])
  })

  test('a node network is fine when disabled, as such a pool only exempts from NAT', () => {
    const node = kubeNode('n', { IPv4Address: '172.16.1.11/24' })
    expect(severities([node, pool('a', '172.16.0.0/16', { disabled: true })])).toEqual([])
  })

  test('the cluster IPs is an error', () => {
    const bgp = calico('BGPConfiguration', 'default', { serviceClusterIPs: [{ cidr: '10.96.0.0/12' }] })
    expect(severities([bgp, pool('a', '10.97.0.0/16')])).toEqual(['error'])
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'd' },
      spec: { clusterIP: '10.97.0.1' },
    }
    expect(severities([service, pool('a', '10.97.0.0/16')])).toEqual(['error'])
  })
})

test('IPIP switched off while a pool needs it is an error', () => {
  const pools = calico('IPPool', 'p', { cidr: '10.0.0.0/16', ipipMode: 'Always' })
  expect(codesOf(load([pools, calico('FelixConfiguration', 'default', { ipipEnabled: false })]))).toContain(
    'ENCAPSULATION_OFF',
  )
  expect(codesOf(load([pools, calicoNode({ FELIX_IPINIPENABLED: 'false' })]))).toContain('ENCAPSULATION_OFF')
  expect(codesOf(load([pools, underlay({})]))).not.toContain('ENCAPSULATION_OFF')
})
