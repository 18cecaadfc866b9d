import { describe, expect, test } from 'vitest'
import { formatAddress } from '../../../src/address/address.js'
import { formatPrefix } from '../../../src/address/prefix.js'
import { parsePeerIP } from '../../../src/cluster/bgp-peers.js'
import { calico, calicoNode, codesOf, crd, kubeNode, load } from './fixtures.js'

const configuration = (spec: object, name = 'default') => calico('BGPConfiguration', name, spec)
const peer = (spec: object, name = 'p') => calico('BGPPeer', name, spec)
const secret = (name: string, fields: object, namespace = 'kube-system') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace },
  ...fields,
})
const passwordOf = (name: string, key: string) => ({ password: { secretKeyRef: { name, key } } })

describe('BGPConfiguration', () => {
  test('without any resource has the defaults of confd', () => {
    expect(load([kubeNode('n')]).bgp).toMatchObject({
      asNumber: 64512,
      nodeToNodeMeshEnabled: true,
      bindMode: 'None',
      normalRoutePriority: { 4: 1024, 6: 1024 },
      serviceLoadBalancerAggregation: true,
      prefixAdvertisements: [],
    })
  })

  test('default speaks for the cluster, node.NAME for a few fields of one node, any other name for nothing', () => {
    const cluster = load([
      configuration({ asNumber: '1.1', nodeToNodeMeshEnabled: false, listenPort: 178 }),
      configuration({ asNumber: 5, listenPort: 200, prefixAdvertisements: [] }, 'node.n1'),
      configuration({ asNumber: 6 }, 'other'),
    ])
    expect(cluster.bgp).toMatchObject({ asNumber: 65537, nodeToNodeMeshEnabled: false, listenPort: 178 })
    expect(Object.fromEntries(cluster.bgp.perNode)).toEqual({ n1: { listenPort: 200, prefixAdvertisements: [] } })
    expect(codesOf(cluster)).toContain('BGP_CONFIGURATION_IGNORED')
  })

  test('resolves community names within the resource, first match, and drops unknown ones', () => {
    const cluster = load([
      configuration({
        communities: [
          { name: 'a', value: '64512:200' },
          { name: 'a', value: '64512:999' },
        ],
        prefixAdvertisements: [{ cidr: '10.0.0.5/8', communities: ['a', '64512:100', 'b', '64512:100', '1:2:3'] }],
      }),
    ])
    const [advertisement] = cluster.bgp.prefixAdvertisements
    expect(advertisement && formatPrefix(advertisement.prefix)).toBe('10.0.0.0/8')
    expect(advertisement?.communities).toEqual(['1:2:3', '64512:100', '64512:200'])
    expect(codesOf(cluster)).toContain('COMMUNITY_UNKNOWN')
  })

  test.each([
    ['2m', 120],
    ['1h0m1s', 3601],
    ['90s', 90],
    ['1500ms', 2],
    ['1.4s', 1],
  ])('a duration of %s is %d seconds', (nodeMeshMaxRestartTime, seconds) => {
    expect(load([configuration({ nodeMeshMaxRestartTime })]).bgp.nodeMeshMaxRestartTime).toBe(seconds)
  })

  test('a value out of range counts as not set', () => {
    const cluster = load([
      configuration({ listenPort: 70000, programClusterRoutes: 'Perhaps', ipv4NormalRoutePriority: 0 }),
    ])
    expect(cluster.bgp.listenPort).toBeUndefined()
    expect(cluster.bgp.programClusterRoutes).toBeUndefined()
    expect(cluster.bgp.normalRoutePriority[4]).toBe(1024)
    expect(codesOf(cluster).filter((code) => code === 'VALUE_IGNORED')).toHaveLength(3)
  })

  test('the environment gives the router ID, and cluster IPs in place of serviceClusterIPs', () => {
    const cluster = load([
      configuration({ serviceClusterIPs: [{ cidr: '10.96.0.0/12' }, { cidr: '' }] }),
      calicoNode({ CALICO_ROUTER_ID: 'hash', CALICO_ADVERTISE_CLUSTER_IPS: '10.100.0.0/16' }),
    ])
    expect(cluster.bgp.routerID).toBe('hash')
    expect(cluster.bgp.serviceClusterIPs.map(formatPrefix)).toEqual(['10.100.0.0/16'])
  })
})

describe('peerIP', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1', undefined],
    ['192.0.2.1:8179', '192.0.2.1', 8179],
    ['2001:db8::1', '2001:db8::1', undefined],
    ['[2001:db8::1]:8179', '2001:db8::1', 8179],
  ])('%s is %s, port %s', (text, address, port) => {
    const parsed = parsePeerIP(text)
    expect(parsed.address && formatAddress(parsed.address)).toBe(address)
    expect(parsed.port).toBe(port)
  })

  test('keeps the text as written, by which confd looks nodes up', () => {
    expect(parsePeerIP('2001:DB8:0::1').text).toBe('2001:DB8:0::1')
    expect(parsePeerIP('[2001:DB8:0::1]:80').text).toBe('2001:DB8:0::1')
  })

  test.each(['', 'tor', '192.0.2.1:0', '192.0.2.1:99999', '192.0.2.1:'])('%j is none', (text) => {
    expect(parsePeerIP(text).address).toBeUndefined()
  })
})

describe('BGPPeer', () => {
  test('has defaults', () => {
    const [held] = load([peer({ peerIP: '192.0.2.1' })]).bgpPeers
    expect(held).toMatchObject({
      asNumber: 0,
      numAllowedLocalASNumbers: 0,
      keepOriginalNextHop: false,
      sourceAddress: 'UseNodeIP',
      ttlSecurity: 0,
      reversePeering: 'Auto',
      filters: [],
    })
    expect(held).not.toHaveProperty('nodeSelector')
    expect(held).not.toHaveProperty('password')
  })

  test('an empty selector counts as not set', () => {
    const [held] = load([peer({ peerIP: '192.0.2.1', nodeSelector: '', peerSelector: '' })]).bgpPeers
    expect(held).not.toHaveProperty('nodeSelector')
    expect(held).not.toHaveProperty('peerSelector')
  })

  test('peers stand in byte order of names', () => {
    expect(load([peer({}, 'b'), peer({}, 'B'), peer({}, 'a')]).bgpPeers.map(({ name }) => name)).toEqual([
      'B',
      'a',
      'b',
    ])
  })

  test('fields that the release does not know count as not set', () => {
    const spec = { peerIP: '192.0.2.1', ttlSecurity: 3, filters: ['f'], reversePeering: 'Manual' }
    const older = load([peer(spec)], { calico: 'v3.24' })
    expect(older.bgpPeers[0]).toMatchObject({ ttlSecurity: 0, filters: [], reversePeering: 'Auto' })
    expect(codesOf(older)).toContain('FIELD_UNKNOWN_TO_RELEASE')
    expect(load([peer(spec)]).bgpPeers[0]).toMatchObject({ ttlSecurity: 3, filters: ['f'], reversePeering: 'Manual' })
  })
})

describe('a password', () => {
  test('is the key of the Secret, stringData before data', () => {
    const encoded = { data: { a: Buffer.from('old').toString('base64'), b: Buffer.from('two').toString('base64') } }
    const cluster = load([
      peer(passwordOf('s', 'a'), 'p1'),
      peer(passwordOf('s', 'b'), 'p2'),
      secret('s', { ...encoded, stringData: { a: 'new' } }),
    ])
    expect(cluster.bgpPeers.map(({ password }) => password?.value)).toEqual(['new', 'two'])
  })

  test('is missing when the Secret or the key is not there: the session has none', () => {
    const cluster = load([
      peer(passwordOf('s', 'x'), 'p1'),
      peer(passwordOf('t', 'a'), 'p2'),
      secret('s', { stringData: { a: 'x' } }),
    ])
    expect(cluster.bgpPeers.map(({ password }) => [password?.readable, password?.known])).toEqual([
      [false, true],
      [false, true],
    ])
    expect(codesOf(cluster)).toContain('BGP_PASSWORD_MISSING')
  })

  test('is unknown when the input holds no Secret at all', () => {
    const cluster = load([configuration({ nodeMeshPassword: passwordOf('s', 'a').password })])
    expect(cluster.bgp.nodeMeshPassword).toMatchObject({ readable: false, known: false })
    expect(codesOf(cluster)).toContain('BGP_PASSWORD_NOT_GIVEN')
  })

  test('comes from the namespace of calico-node where several have the Secret', () => {
    const both = [secret('s', { stringData: { a: 'right' } }), secret('s', { stringData: { a: 'wrong' } }, 'default')]
    expect(load([peer(passwordOf('s', 'a')), ...both]).bgpPeers[0]?.password?.value).toBe('right')
    expect(load([peer(passwordOf('s', 'a')), ...both.reverse()]).bgpPeers[0]?.password?.value).toBe('right')
  })
})

test('a BGPFilter keeps its rules in order, with operations and communities', () => {
  const filter = crd('BGPFilter', 'f', {
    exportV4: [
      { action: 'Reject', cidr: '10.0.0.0/8', matchOperator: 'In', prefixLength: { min: 24 }, source: 'RemotePeers' },
      {
        action: 'Accept',
        interface: 'eth*',
        operations: [{ addCommunity: { value: '1:2' } }, { prependASPath: { prefix: [1, '0.2'] } }],
      },
    ],
    importV6: [
      {
        action: 'Accept',
        cidr: 'fd00::/8',
        matchOperator: 'NotIn',
        communities: { values: ['1:2'] },
        priority: 7,
        peerType: 'eBGP',
      },
    ],
    importV4: [{ cidr: '10.0.0.0/8' }, { action: 'Accept', cidr: 'fd00::/8' }],
  })
  const held = load([filter]).bgpFilters.get('f')
  expect(held?.export[4]).toMatchObject([
    {
      action: 'Reject',
      matchOperator: 'In',
      prefixLength: { min: 24 },
      source: 'RemotePeers',
      asPathPrefix: [],
      operations: [],
    },
    {
      action: 'Accept',
      interface: 'eth*',
      operations: [
        { kind: 'addCommunity', value: '1:2' },
        { kind: 'prependASPath', prefix: [1, 2] },
      ],
    },
  ])
  expect(held?.import[6]).toMatchObject([{ community: '1:2', priority: 7, peerType: 'eBGP', matchOperator: 'NotIn' }])
  expect(held?.import[4]).toEqual([{ action: 'Accept', asPathPrefix: [], operations: [] }])
})

describe('local workload peers', () => {
  const pod = (name: string, labels: object, node = 'n1') => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'lab', labels },
    spec: { nodeName: node },
    status: { podIP: '10.0.0.9' },
  })
  const nodes = [kubeNode('n1'), kubeNode('n2')]

  test('are pods that a BGPPeer selects on its nodes, the first by name', () => {
    const cluster = load([
      ...nodes,
      peer({ localWorkloadSelector: "app == 'r'", node: 'n1' }, 'z'),
      peer({ localWorkloadSelector: "app == 'r'", node: 'n1' }, 'b'),
      pod('p', { app: 'r' }),
      pod('q', { app: 'r' }, 'n2'),
      pod('o', { app: 'x' }),
    ])
    expect(cluster.localWorkloadPeers).toEqual([{ node: 'n1', peerName: 'b', addresses: ['10.0.0.9'] }])
  })

  test('are selected by labels of the namespace too', () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab', labels: { team: 'a' } } }
    const selector = "pcns.team == 'a' && projectcalico.org/namespace == 'lab'"
    const cluster = load([...nodes, namespace, peer({ localWorkloadSelector: selector }, 'a'), pod('p', {})])
    expect(cluster.localWorkloadPeers).toHaveLength(1)
  })
})
