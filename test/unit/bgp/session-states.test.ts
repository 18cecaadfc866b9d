import { describe, expect, test } from 'vitest'
import { parseSelector } from '../../../src/manifests/selector/selector.js'
import { address, context, named, peerIP, router, sessions } from './config-fixture.js'

const THREE = [
  { name: 'n1', v4: '172.16.1.11/24' },
  { name: 'n2', v4: '172.16.1.12/24' },
  { name: 'n3', v4: '172.16.1.13/24' },
]
const RACKS = [
  { name: 'rack-a', cidr: '172.16.1.0/24', gateway: address('172.16.1.1') },
  { name: 'rack-b', cidr: '172.16.2.0/24', gateway: address('172.16.2.1') },
]
const JOIN = router('r1', [
  { subnet: 0, address: '172.16.1.1/24' },
  { subnet: 1, address: '172.16.2.1/24' },
])

describe('a mesh', () => {
  test('has every pair established, with the textually greater address dialling', () => {
    const bgp = context({ nodes: THREE })
    expect(sessions(bgp, 'n1').map((s) => [s.birdName, s.state, s.passive])).toEqual([
      ['Mesh_172_16_1_12', 'Established', true],
      ['Mesh_172_16_1_13', 'Established', true],
    ])
    expect(named(sessions(bgp, 'n3'), 'Mesh_172_16_1_11').passive).toBe(false)
  })

  test('crosses subnets through a router', () => {
    const nodes = [THREE[0], { name: 'n2', v4: '172.16.2.12/24' }].filter((node) => node !== undefined)
    const bgp = context({ nodes, subnets: RACKS, routers: [JOIN] })
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_2_12').state).toBe('Established')
  })

  test('does not cross subnets without a route: the dialler sees an unreachable network (case 02d)', () => {
    const nodes = [
      { name: 'n1', v4: '172.16.1.11/24' },
      { name: 'n2', v4: '172.16.2.12/24' },
    ]
    const subnets = RACKS.map(({ gateway: _, ...rest }) => rest)
    const bgp = context({ nodes, subnets, routers: [JOIN] })
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_2_12')).toMatchObject({ state: 'Passive' })
    expect(named(sessions(bgp, 'n2'), 'Mesh_172_16_1_11')).toMatchObject({
      state: 'Active',
      lastError: 'Socket: Network is unreachable',
      reason: { code: 'noRouteToPeer' },
    })
  })

  test('fails from a node whose mask is too wide, which asks by ARP on its own segment (lab finding A14)', () => {
    const nodes = [
      { name: 'n1', v4: '172.16.1.11/24' },
      { name: 'n2', v4: '172.16.2.12/16' },
    ]
    const bgp = context({ nodes, subnets: RACKS, routers: [JOIN] })
    expect(named(sessions(bgp, 'n2'), 'Mesh_172_16_1_11')).toMatchObject({
      state: 'Connect',
      lastError: 'Socket: No route to host',
      reason: { code: 'notOnLink', subnet: 'rack-b' },
    })
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_2_12').state).toBe('Passive')
  })

  test('with one odd AS number fails where the odd node expects its own AS of the others (lab finding A9)', () => {
    const bgp = context({ nodes: THREE.map((node) => (node.name === 'n2' ? { ...node, as: 64514 } : node)) })
    expect(named(sessions(bgp, 'n2'), 'Mesh_172_16_1_11')).toMatchObject({
      remoteAS: 64514,
      state: 'Idle',
      lastError: 'BGP Error: Bad peer AS',
      reason: { code: 'wrongAS', side: 'here', expected: 64514, announced: 64512 },
    })
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_1_12')).toMatchObject({
      state: 'Idle',
      lastError: 'Received: Bad peer AS',
    })
  })

  test('up to v3.21 expects the cluster AS of a node without its own', () => {
    const nodes = THREE.map((node) => (node.name === 'n2' ? { ...node, as: 64514 } : node))
    const bgp = context({ nodes, release: 'v3.20' })
    expect(named(sessions(bgp, 'n2'), 'Mesh_172_16_1_11').state).toBe('Established')
  })

  test('refuses a neighbour with its own router id (lab finding A20)', () => {
    const bgp = context({
      nodes: THREE,
      attachments: { n2: { routerID: '172.16.1.99' }, n3: { routerID: '172.16.1.99' } },
    })
    for (const [node, name] of [
      ['n2', 'Mesh_172_16_1_13'],
      ['n3', 'Mesh_172_16_1_12'],
    ] as const) {
      expect(named(sessions(bgp, node), name)).toMatchObject({
        state: 'Idle',
        lastError: 'BGP Error: Bad BGP identifier',
        reason: { code: 'duplicateRouterID', routerID: '172.16.1.99' },
      })
    }
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_1_12').state).toBe('Established')
  })
})

describe('BGPPeers', () => {
  test('of a node that has no other BGP session meet a closed port (case 26c)', () => {
    const bgp = context({
      nodes: THREE.slice(0, 2),
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [{ name: 'p', node: 'n1', ...peerIP('172.16.1.12'), asNumber: 64999 }],
    })
    expect(sessions(bgp, 'n1')).toMatchObject([
      {
        birdName: 'Node_172_16_1_12',
        state: 'Active',
        lastError: 'Socket: Connection refused',
        reason: { code: 'peerHasNoBgp' },
      },
    ])
    expect(sessions(bgp, 'n2')).toEqual([])
  })

  test('with reversePeering Manual stay one-sided where the peer has other sessions', () => {
    const bgp = context({
      nodes: THREE,
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [
        { name: 'a', node: 'n1', ...peerIP('172.16.1.12'), asNumber: 64512, reversePeering: 'Manual' },
        { name: 'b', node: 'n2', ...peerIP('172.16.1.13'), asNumber: 64512 },
      ],
    })
    expect(named(sessions(bgp, 'n1'), 'Node_172_16_1_12')).toMatchObject({
      state: 'Active',
      lastError: 'Socket: Connection closed',
      reason: { code: 'oneSided', peer: 'n2' },
    })
    expect(named(sessions(bgp, 'n2'), 'Node_172_16_1_13').state).toBe('Established')
  })

  test('are one peering with port 179 and with none, so that there is no second protocol', () => {
    const bgp = context({
      nodes: THREE.slice(0, 2),
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [
        { name: 'a', node: 'n1', ...peerIP('172.16.1.12'), asNumber: 64512 },
        { name: 'b', node: 'n1', ...peerIP('172.16.1.12', 179), asNumber: 64512 },
      ],
    })
    expect(sessions(bgp, 'n1').map(({ birdName, state }) => [birdName, state])).toEqual([
      ['Node_172_16_1_12', 'Established'],
    ])
  })

  test('beside the mesh leave the second protocol Idle without an error (lab finding A8)', () => {
    const bgp = context({
      nodes: THREE,
      peers: [{ name: 'p', nodeSelector: parseSelector('all()'), peerSelector: parseSelector('all()') }],
    })
    expect(sessions(bgp, 'n1').map((s) => [s.birdName, s.state])).toEqual([
      ['Mesh_172_16_1_12', 'Established'],
      ['Mesh_172_16_1_13', 'Established'],
      ['Node_172_16_1_12', 'Idle'],
      ['Node_172_16_1_13', 'Idle'],
    ])
    expect(named(sessions(bgp, 'n1'), 'Node_172_16_1_12')).toMatchObject({
      reason: { code: 'duplicateNeighbor', runningInstead: 'Mesh_172_16_1_12' },
    })
    expect(named(sessions(bgp, 'n1'), 'Node_172_16_1_12').lastError).toBeUndefined()
  })

  test('meet a mesh protocol of the other side: Global_ sorts before Mesh_', () => {
    const bgp = context({ nodes: THREE, peers: [{ name: 'p', ...peerIP('172.16.1.13'), asNumber: 64512 }] })
    expect(named(sessions(bgp, 'n1'), 'Global_172_16_1_13').state).toBe('Established')
    expect(named(sessions(bgp, 'n1'), 'Mesh_172_16_1_13').state).toBe('Idle')
    expect(named(sessions(bgp, 'n3'), 'Mesh_172_16_1_11').state).toBe('Established')
    expect(named(sessions(bgp, 'n3'), 'Node_172_16_1_11').state).toBe('Idle')
  })

  test('without an AS number make BIRD refuse the whole configuration', () => {
    const bgp = context({ nodes: THREE, peers: [{ name: 'p', node: 'n1', ...peerIP('172.16.1.250') }] })
    expect(sessions(bgp, 'n1').map((s) => [s.state, s.reason.code])).toEqual([
      ['Down', 'configurationRefused'],
      ['Down', 'configurationRefused'],
      ['Down', 'configurationRefused'],
    ])
    expect(named(sessions(bgp, 'n2'), 'Mesh_172_16_1_11')).toMatchObject({
      state: 'Active',
      lastError: 'Socket: Connection refused',
    })
  })

  test('with different passwords are refused all the same where nobody listens on the port dialled', () => {
    const password = { secret: 's', key: 'k', readable: true, known: true, value: 'x' }
    const bgp = context({
      nodes: THREE.slice(0, 2),
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [
        { name: 'a', node: 'n1', ...peerIP('172.16.1.12', 1790), asNumber: 64512, password, reversePeering: 'Manual' },
        { name: 'b', node: 'n2', ...peerIP('172.16.1.11'), asNumber: 64512, reversePeering: 'Manual' },
      ],
    })
    expect(named(sessions(bgp, 'n1'), 'Node_172_16_1_12_port_1790')).toMatchObject({
      lastError: 'Socket: Connection refused',
      reason: { code: 'passwordMismatch', peer: 'n2' },
    })
    expect(named(sessions(bgp, 'n2'), 'Node_172_16_1_11')).toMatchObject({ state: 'Connect' })
  })

  test('with a password on one side only get no answer', () => {
    const password = { secret: 's', key: 'k', readable: true, known: true, value: 'x' }
    const bgp = context({
      nodes: THREE.slice(0, 2),
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [
        { name: 'a', node: 'n1', ...peerIP('172.16.1.12'), asNumber: 64512, password },
        { name: 'b', node: 'n2', ...peerIP('172.16.1.11'), asNumber: 64512 },
      ],
    })
    expect(named(sessions(bgp, 'n1'), 'Node_172_16_1_12')).toMatchObject({
      state: 'Connect',
      reason: { code: 'passwordMismatch', peer: 'n2' },
    })
  })

  test('with ttlSecurity on one side only exchange no messages', () => {
    const bgp = context({
      nodes: THREE.slice(0, 2),
      bgp: { nodeToNodeMeshEnabled: false },
      peers: [
        { name: 'a', node: 'n1', ...peerIP('172.16.1.12'), asNumber: 64512, ttlSecurity: 1 },
        { name: 'b', node: 'n2', ...peerIP('172.16.1.11'), asNumber: 64512 },
      ],
    })
    expect(sessions(bgp, 'n1').map((s) => s.reason.code)).toEqual(['ttlSecurity'])
    expect(sessions(bgp, 'n2').map((s) => s.reason.code)).toEqual(['ttlSecurity'])
  })

  test('with ttlSecurity of one hop do not cross a router', () => {
    const nodes = [
      { name: 'n1', v4: '172.16.1.11/24' },
      { name: 'n2', v4: '172.16.2.12/24' },
    ]
    const given = (ttlSecurity: number) =>
      context({
        nodes,
        subnets: RACKS,
        routers: [JOIN],
        bgp: { nodeToNodeMeshEnabled: false },
        peers: [{ name: 'a', node: 'n1', ...peerIP('172.16.2.12'), asNumber: 64512, ttlSecurity }],
      })
    expect(sessions(given(1), 'n1').map((s) => s.reason.code)).toEqual(['ttlSecurity'])
    expect(sessions(given(2), 'n1').map((s) => s.state)).toEqual(['Established'])
  })

  test('to an address that no described subnet has nobody at are refused by ARP', () => {
    const bgp = context({
      nodes: THREE.slice(0, 1),
      subnets: RACKS,
      routers: [JOIN],
      peers: [{ name: 'p', ...peerIP('172.16.1.250'), asNumber: 64512 }],
    })
    expect(sessions(bgp, 'n1')).toMatchObject([
      { state: 'Connect', lastError: 'Socket: No route to host', reason: { code: 'noSuchPeer' } },
    ])
  })

  test('to an address that the input does not describe depend on what is there', () => {
    const bgp = context({ nodes: THREE.slice(0, 1), peers: [{ name: 'p', ...peerIP('192.0.2.1'), asNumber: 65001 }] })
    expect(sessions(bgp, 'n1')).toMatchObject([{ state: 'Connect', reason: { code: 'dependsOn' } }])
  })

  test('by a fabric that drops BGP get no answer', () => {
    const bgp = context({ nodes: THREE, subnets: [{ name: 'net', cidr: '172.16.1.0/24', drops: ['bgp'] }] })
    expect(named(sessions(bgp, 'n3'), 'Mesh_172_16_1_11')).toMatchObject({
      state: 'Connect',
      reason: { code: 'filtered', subnet: 'net', protocol: 'bgp' },
    })
  })

  test('dial the listening port of the peer, and fail on another', () => {
    const given = (listenPort: number) =>
      context({
        nodes: THREE.slice(0, 2),
        bgp: { nodeToNodeMeshEnabled: false, perNode: new Map([['n2', { listenPort }]]) },
        peers: [
          { name: 'a', node: 'n1', ...peerIP('172.16.1.12', 180), asNumber: 64512, reversePeering: 'Manual' },
          { name: 'b', node: 'n2', ...peerIP('172.16.1.11', 99), asNumber: 64512, reversePeering: 'Manual' },
        ],
      })
    expect(sessions(given(180), 'n1').map((s) => s.state)).toEqual(['Established'])
    expect(sessions(given(181), 'n1')).toMatchObject([
      { reason: { code: 'portMismatch', dialled: 180, listening: 181 } },
    ])
  })
})

describe('an Underlay router', () => {
  const tor = (asNumber: number) =>
    router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], {
      asNumber: 64701,
      neighbors: [{ address: address('172.16.1.11'), asNumber }],
    })
  const given = (asNumber: number) =>
    context({
      nodes: THREE.slice(0, 1),
      subnets: RACKS,
      routers: [tor(asNumber)],
      peers: [{ name: 'p', node: 'n1', ...peerIP('172.16.1.1'), asNumber: 64701 }],
    })

  test('peers with a node when both name each other', () => {
    expect(sessions(given(64512), 'n1').map((s) => [s.birdName, s.state])).toEqual([['Node_172_16_1_1', 'Established']])
    expect(sessions(given(64512), 'tor').map((s) => [s.birdName, s.state])).toEqual([['p_172_16_1_11', 'Established']])
  })

  test('that expects another AS number refuses the node', () => {
    expect(sessions(given(64513), 'n1')).toMatchObject([{ state: 'Idle', lastError: 'Received: Bad peer AS' }])
    expect(sessions(given(64513), 'tor')).toMatchObject([{ state: 'Idle', lastError: 'BGP Error: Bad peer AS' }])
  })

  test('with a direct session to an address that is not on its subnets never starts it', () => {
    const far = router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], {
      asNumber: 64701,
      neighbors: [{ address: address('172.16.2.12'), asNumber: 64512 }],
    })
    const bgp = context({
      nodes: [{ name: 'n2', v4: '172.16.2.12/24' }],
      subnets: RACKS,
      routers: [
        far,
        router('join', [
          { subnet: 0, address: '172.16.1.2/24' },
          { subnet: 1, address: '172.16.2.1/24' },
        ]),
      ],
      peers: [{ name: 'p', node: 'n2', ...peerIP('172.16.1.1'), asNumber: 64701 }],
    })
    expect(sessions(bgp, 'tor')).toMatchObject([{ state: 'Idle', reason: { code: 'notOnLink', subnet: 'rack-a' } }])
    expect(sessions(bgp, 'n2').map((s) => s.state)).not.toContain('Established')
  })

  test('that was made up says nothing about a BGP speaker at its address', () => {
    const given = { ...router('router', [{ subnet: 0, address: '172.16.1.1/24' }]), assumed: true }
    const bgp = context({
      nodes: THREE,
      subnets: RACKS,
      routers: [given],
      peers: [{ name: 'p', ...peerIP('172.16.1.1'), asNumber: 64701 }],
    })
    expect(named(sessions(bgp, 'n1'), 'Global_172_16_1_1').reason.code).toBe('dependsOn')
  })

  test('tells the others which subnets it joins, and they carry sessions across (underlay BGP)', () => {
    const spine = (
      name: string,
      own: string,
      rack: string,
      subnet: number,
      otherAS: number,
      asNumber: number,
      other: string,
    ) =>
      router(
        name,
        [
          { subnet, address: rack },
          { subnet: 2, address: own },
        ],
        {
          asNumber,
          neighbors: [{ address: address(other), asNumber: otherAS }],
        },
      )
    const given = (as: number) =>
      context({
        nodes: [
          { name: 'n1', v4: '172.16.1.11/24' },
          { name: 'n2', v4: '172.16.2.12/24' },
        ],
        subnets: [...RACKS, { name: 'spine', cidr: '192.168.0.0/24' }],
        routers: [
          spine('tor1', '192.168.0.1/24', '172.16.1.1/24', 0, 65002, 65001, '192.168.0.2'),
          spine('tor2', '192.168.0.2/24', '172.16.2.1/24', 1, as, 65002, '192.168.0.1'),
        ],
      })
    expect(sessions(given(65001), 'n1').map((s) => s.state)).toEqual(['Established'])
    expect(sessions(given(65009), 'n1').map((s) => s.state)).toEqual(['Passive'])
  })
})
