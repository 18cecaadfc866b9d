import { describe, expect, test } from 'vitest'
import { loadCluster } from '../../../src/cluster/load-cluster.js'
import { InputError } from '../../../src/findings/finding.js'
import { calico, calicoNode, codesOf, kubeNode, load } from './fixtures.js'

const config = (data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'calico-config', namespace: 'kube-system' },
  data,
})
const installation = (calicoNetwork: object) => ({
  apiVersion: 'operator.tigera.io/v1',
  kind: 'Installation',
  metadata: { name: 'default' },
  spec: { calicoNetwork },
})

describe('loadCluster', () => {
  test('takes the items of a List, also of a typed one without kinds', () => {
    const typed = {
      apiVersion: 'projectcalico.org/v3',
      kind: 'IPPoolList',
      items: [{ metadata: { name: 'p' }, spec: { cidr: '10.0.0.0/16' } }],
    }
    const cluster = loadCluster([{ apiVersion: 'v1', kind: 'List', items: [kubeNode('n'), typed] }])
    expect([cluster.nodes.length, cluster.pools.length]).toEqual([1, 1])
  })

  test.each([[[]], [[null]], [[{ kind: 'Node' }]], [['text', 7]]])(
    'throws for %j, of which nothing can be built',
    (input) => {
      expect(() => loadCluster(input)).toThrow(InputError)
    },
  )

  test('leaves out an object that is no resource, with a finding', () => {
    expect(codesOf(loadCluster([kubeNode('n'), { kind: 'Node' }]))).toContain('RESOURCE_UNUSABLE')
  })
})

test('of two resources with one identity the later stands', () => {
  const cluster = load([
    calico('IPPool', 'p', { cidr: '10.0.0.0/16' }),
    calico('IPPool', 'p', { cidr: '10.0.0.0/16', disabled: true }),
  ])
  expect(cluster.pools.map(({ disabled }) => disabled)).toEqual([true])
})

test('kinds that are not read are counted, with those that the reader passed over', () => {
  const policy = (name: string) => calico('GlobalNetworkPolicy', name, {})
  const cluster = load([policy('a'), policy('b'), kubeNode('n')], {
    skipped: new Map([
      ['projectcalico.org/v3 GlobalNetworkPolicy', 2],
      ['v1 Event', 5],
    ]),
  })
  expect(Object.fromEntries(cluster.skipped)).toEqual({ 'projectcalico.org/v3 GlobalNetworkPolicy': 4, 'v1 Event': 5 })
})

describe('the networking backend', () => {
  test.each([
    [[], 'bird'],
    [[calicoNode({ CALICO_NETWORKING_BACKEND: 'vxlan' })], 'vxlan'],
    [[config({ calico_backend: 'none' })], 'none'],
    [[installation({ bgp: 'Enabled' })], 'bird'],
    [[installation({ bgp: 'Disabled', ipPools: [{ cidr: '10.0.0.0/16', encapsulation: 'VXLAN' }] })], 'vxlan'],
  ])('of %j is %s', (resources, backend) => {
    expect(load([kubeNode('n'), ...resources]).backend).toBe(backend)
  })

  test('follows a reference of the DaemonSet to calico-config', () => {
    const daemonSet = structuredClone(calicoNode({})) as {
      spec: { template: { spec: { containers: { env: unknown[] }[] } } }
    }
    daemonSet.spec.template.spec.containers[0]?.env.push({
      name: 'CALICO_NETWORKING_BACKEND',
      valueFrom: { configMapKeyRef: { name: 'calico-config', key: 'backend' } },
    })
    expect(load([daemonSet, config({ backend: 'vxlan' })]).backend).toBe('vxlan')
  })
})

describe('the CNI settings', () => {
  test("come from calico-config, with the installer's placeholders in it", () => {
    const network = `{"name":"k8s-pod-network","plugins":[{"type":"calico","mtu": __CNI_MTU__,"ipam":{"type":"calico-ipam","ipv4_pools":["a"],"assign_ipv6":"true"}},{"type":"portmap"}]}`
    expect(load([config({ veth_mtu: '1440', cni_network_config: network })]).cni).toEqual({
      mtu: 1440,
      ipamType: 'calico-ipam',
      ipv4Pools: ['a'],
      ipv6Pools: [],
      assignIPv4: true,
      assignIPv6: true,
    })
  })

  test('have defaults, also where the text is no JSON', () => {
    const expected = { mtu: 0, ipamType: 'calico-ipam', assignIPv4: true, assignIPv6: false }
    expect(load([kubeNode('n')]).cni).toMatchObject(expected)
    expect(load([config({ veth_mtu: '0', cni_network_config: '{' })]).cni).toMatchObject(expected)
  })

  test('come from Installation where the operator runs', () => {
    const cni = load([installation({ mtu: 1400, ipPools: [{ cidr: 'fd00::/48' }, { cidr: '10.0.0.0/16' }] })]).cni
    expect(cni).toMatchObject({ mtu: 1400, assignIPv4: true, assignIPv6: true })
  })
})

test('a mistake on very many nodes is not repeated without end', () => {
  const nodes = Array.from({ length: 500 }, (_, i) => kubeNode(`n${i}`, { IPv4Address: 'x' }))
  const found = load(nodes).findings.filter(({ code }) => code === 'NODE_ANNOTATION_INVALID')
  expect(found).toHaveLength(101)
  expect(found.at(-1)?.message).toContain('400')
})

test('a finding names resource, field and file', () => {
  const cluster = load([calico('IPPool', 'p', { cidr: 'x' })])
  expect(cluster.findings.find(({ code }) => code === 'POOL_UNUSABLE')).toMatchObject({
    resource: { kind: 'IPPool', name: 'p' },
    path: ['spec', 'cidr'],
  })
})
