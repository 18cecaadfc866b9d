import { describe, expect, test } from 'vitest'
import { createBgpContext } from '../../../src/bgp/config/context.js'
import { bgpFindings } from '../../../src/bgp/sessions/bgp-findings.js'
import { parseSelector } from '../../../src/manifests/selector/selector.js'
import { address, context, type Given, peerIP, router } from './config-fixture.js'

const numbered = (count: number, extra: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    name: `n${String(i).padStart(3, '0')}`,
    v4: `10.0.${i >> 7}.${(i & 127) + 1}/16`,
    ...extra,
  }))
const codes = (given: Given): string[] => bgpFindings(context(given)).map((finding) => finding.code)
const OFF = { nodeToNodeMeshEnabled: false }

test('a plain mesh has nothing to report', () => {
  expect(codes({ nodes: numbered(5) })).toEqual([])
})

test('a mesh of more than 100 nodes is reported with its numbers', () => {
  const [finding] = bgpFindings(context({ nodes: numbered(101) }))
  expect(finding).toMatchObject({ severity: 'info', code: 'BGP_LARGE_MESH' })
  expect(finding?.message).toContain('5050')
})

test('the mesh off without any BGPPeer leaves every node alone', () => {
  expect(codes({ nodes: numbered(3), bgp: OFF })).toEqual(['BGP_NO_SESSIONS'])
})

test('a node with a cluster id and no BGPPeer is alone beside the mesh', () => {
  const [first, ...rest] = numbered(4)
  expect(
    codes({ nodes: [...rest, { name: 'rr', v4: '10.0.9.9/16', rr: '1.0.0.1' }, ...(first ? [first] : [])] }),
  ).toEqual(['BGP_NODE_WITHOUT_SESSIONS'])
})

test('an odd AS number in the mesh is one finding, not one for each session', () => {
  const nodes = [...numbered(5), { name: 'odd', v4: '10.0.9.9/16', as: 64999 }]
  const findings = bgpFindings(context({ nodes }))
  expect(findings.map((finding) => [finding.code, finding.resource?.name])).toEqual([['BGP_WRONG_AS', 'odd']])
  expect(findings[0]?.message).toContain('5 mesh sessions')
})

test('a mask that is too wide is found at the node that has it', () => {
  const findings = bgpFindings(
    context({
      nodes: [
        { name: 'a', v4: '172.16.1.11/24' },
        { name: 'b', v4: '172.16.2.12/16' },
      ],
      subnets: [
        { name: 'x', cidr: '172.16.1.0/24', gateway: address('172.16.1.1') },
        { name: 'y', cidr: '172.16.2.0/24', gateway: address('172.16.2.1') },
      ],
      routers: [
        router('r', [
          { subnet: 0, address: '172.16.1.1/24' },
          { subnet: 1, address: '172.16.2.1/24' },
        ]),
      ],
    }),
  )
  expect(findings.map((finding) => [finding.code, finding.resource?.name])).toEqual([['BGP_MASK_TOO_WIDE', 'b']])
})

test('shared router ids and shared addresses are errors', () => {
  expect(
    codes({ nodes: numbered(3), attachments: { n000: { routerID: '9.9.9.9' }, n001: { routerID: '9.9.9.9' } } }),
  ).toEqual(['BGP_DUPLICATE_ROUTER_ID'])
  const nodes = [...numbered(3), { name: 'twin', v4: '10.0.0.1/16' }]
  expect(codes({ nodes })).toContain('BGP_ADDRESS_SHARED')
})

describe('BGPPeers', () => {
  test('that select nobody are reported by field', () => {
    const peers = [
      { name: 'p', nodeSelector: parseSelector("rack == 'x'"), peerSelector: parseSelector('has(rr)') },
      { name: 'q', node: 'gone', ...peerIP('10.0.0.1'), asNumber: 64512 },
    ]
    expect(
      bgpFindings(context({ nodes: numbered(2), peers })).map((finding) => [finding.code, finding.path?.[1]]),
    ).toEqual([
      ['BGP_PEER_MATCHES_NOTHING', 'nodeSelector'],
      ['BGP_PEER_MATCHES_NOTHING', 'peerSelector'],
      ['BGP_PEER_MATCHES_NOTHING', 'node'],
    ])
  })

  test('beside the mesh are duplicates', () => {
    const all = parseSelector('all()')
    expect(codes({ nodes: numbered(3), peers: [{ name: 'p', nodeSelector: all, peerSelector: all }] })).toEqual([
      'BGP_DUPLICATE_PEERING',
    ])
  })

  test('with AS 0 make BIRD refuse the configuration of each node that has them', () => {
    const found = bgpFindings(context({ nodes: numbered(3), peers: [{ name: 'p', ...peerIP('10.0.9.9') }] }))
    expect(found.map((finding) => finding.code)).toEqual(['BGP_CONFIGURATION_REFUSED'])
    expect(found[0]?.message).toContain('n000, n001, n002')
  })

  test('one-sided ones are errors', () => {
    expect(
      codes({
        nodes: numbered(2),
        bgp: OFF,
        peers: [{ name: 'p', node: 'n000', ...peerIP('10.0.0.2'), asNumber: 64999 }],
      }),
    ).toEqual(['BGP_NODE_WITHOUT_SESSIONS', 'BGP_PEER_ONE_SIDED'])
  })

  test('to undescribed addresses are worth an info', () => {
    expect(
      bgpFindings(context({ nodes: numbered(2), peers: [{ name: 'p', ...peerIP('192.0.2.1'), asNumber: 65001 }] })),
    ).toMatchObject([{ code: 'BGP_PEER_NOT_DESCRIBED', severity: 'info' }])
  })

  test('that contradict each other are undecided', () => {
    const peers = [65001, 65002].map((asNumber) => ({
      name: `p${asNumber}`,
      node: 'n000',
      ...peerIP('192.0.2.1'),
      asNumber,
    }))
    expect(codes({ nodes: numbered(2), peers })).toContain('BGP_PEER_UNDECIDED')
  })
})

describe('reflectors', () => {
  const rr = (name: string, host: number, clusterID: string, rack: string) => ({
    name,
    v4: `10.0.8.${host}/16`,
    rr: clusterID,
    labels: { rr: 'true', rack },
  })
  const client = (name: string, host: number, rack: string) => ({ name, v4: `10.0.7.${host}/16`, labels: { rack } })
  const racks = ['a', 'b'].map((rack) => ({
    name: `rack-${rack}`,
    nodeSelector: parseSelector(`rack == '${rack}' && !has(rr)`),
    peerSelector: parseSelector(`rack == '${rack}' && has(rr)`),
  }))
  const between = { name: 'between', nodeSelector: parseSelector('has(rr)'), peerSelector: parseSelector('has(rr)') }
  const nodes = (idA: string, idB: string) => [
    rr('rr-a', 1, idA, 'a'),
    rr('rr-b', 2, idB, 'b'),
    client('c1', 1, 'a'),
    client('c2', 2, 'a'),
    client('c3', 3, 'b'),
    client('c4', 4, 'b'),
  ]

  test('of one cluster id with clients of their own lose routes (lab finding A4)', () => {
    expect(codes({ nodes: nodes('1.0.0.1', '1.0.0.1'), bgp: OFF, peers: [...racks, between] })).toContain(
      'BGP_REFLECTORS_SPLIT_CLUSTER',
    )
    expect(codes({ nodes: nodes('1.0.0.1', '1.0.0.2'), bgp: OFF, peers: [...racks, between] })).toEqual([
      'BGP_NO_REFLECTOR_REDUNDANCY',
      'BGP_NO_REFLECTOR_REDUNDANCY',
    ])
  })

  test('that do not peer with each other are reported (lab finding A19)', () => {
    expect(codes({ nodes: nodes('1.0.0.1', '1.0.0.2'), bgp: OFF, peers: racks })).toContain('BGP_REFLECTORS_NOT_PEERED')
  })

  test('in pairs that every client peers with have nothing to report', () => {
    const peers = [{ name: 'all', nodeSelector: parseSelector('all()'), peerSelector: parseSelector('has(rr)') }]
    expect(codes({ nodes: nodes('1.0.0.1', '1.0.0.1'), bgp: OFF, peers })).toEqual([])
  })

  test('without a cluster id are hubs that reflect nothing (case 05d)', () => {
    const plain = nodes('', '')
      .map(({ name, v4, labels }) => ({ name, v4, labels }))
      .filter(({ name }) => name !== 'rr-b')
    const peers = [{ name: 'all', nodeSelector: parseSelector('all()'), peerSelector: parseSelector('has(rr)') }]
    expect(codes({ nodes: plain, bgp: OFF, peers })).toEqual(['BGP_HUB_NOT_REFLECTOR'])
  })
})

test('a cluster without BGP has no BGP findings', () => {
  expect(codes({ nodes: numbered(3), bgp: OFF, extra: { backend: 'vxlan' } })).toEqual([])
})

test('a peering with what is out of order at the moment is no fault of its BGPPeer', () => {
  const given = {
    nodes: numbered(3),
    bgp: OFF,
    peers: [{ name: 'p', nodeSelector: parseSelector('all()'), ...peerIP('10.0.0.1'), asNumber: 64512 }],
  }
  const made = context(given)
  const down = {
    nodes: new Set(['n000']),
    birds: new Set<string>(),
    routers: new Set<string>(),
    links: new Set<string>(),
  }
  const broken = createBgpContext({ ...made.cluster, down }, made.ipam)
  expect(bgpFindings(broken).filter(({ code }) => code === 'BGP_PEER_NOT_DESCRIBED')).toEqual([])
})
