import { describe, expect, test } from 'vitest'
import { explicitSessions } from '../../../src/bgp/config/explicit-sessions.js'
import { speakerConfig } from '../../../src/bgp/config/speaker-config.js'
import type { SessionOptions } from '../../../src/bgp/session.js'
import type { BgpFilter } from '../../../src/cluster/bgp-settings.js'
import { parseSelector } from '../../../src/manifests/selector/selector.js'
import { address, context, type Given, named, peerIP, speaker } from './config-fixture.js'

const NODES = [
  { name: 'n1', v4: '10.0.0.1/24', v6: 'fd00::1/64' },
  { name: 'n2', v4: '10.0.0.2/24', v6: 'fd00::2/64' },
  { name: 'n3', v4: '10.0.0.3/24', v6: 'fd00::3/64' },
]
const RR = [NODES[0], NODES[1], { name: 'n3', v4: '10.0.0.3/24', v6: 'fd00::3/64', labels: { rr: '' }, rr: '1.0.0.1' }]

function configured(given: Partial<Given>, node = 'n1', family: 4 | 6 = 4): readonly SessionOptions[] {
  const nodes = (given.nodes ?? NODES).filter((item) => item !== undefined)
  const bgp = context({ ...given, nodes, bgp: { nodeToNodeMeshEnabled: false, ...given.bgp } })
  return speakerConfig(bgp, speaker(bgp, node), family).sessions
}

describe('which sessions a BGPPeer makes', () => {
  test('a global one gives every other node a Global_ session, and the node itself the reverse side', () => {
    const peers = [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64512 }]
    expect(configured({ peers }).map((s) => s.birdName)).toEqual(['Global_10_0_0_3'])
    expect(configured({ peers }, 'n3').map((s) => [s.birdName, s.reverse])).toEqual([
      ['Node_10_0_0_1', true],
      ['Node_10_0_0_2', true],
    ])
  })

  test('peerSelector takes both families, peerIP only its own since v3.24', () => {
    const bySelector = [{ name: 'p', nodeSelector: parseSelector('!has(rr)'), peerSelector: parseSelector('has(rr)') }]
    const nodes = RR.filter((item) => item !== undefined)
    expect(configured({ nodes, peers: bySelector }, 'n3', 6).map((s) => s.birdName)).toEqual([
      'Node_fd00__1',
      'Node_fd00__2',
    ])
    const byIP = [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64512 }]
    expect(configured({ peers: byIP }, 'n3', 6)).toEqual([])
    expect(configured({ peers: byIP, release: 'v3.23' }, 'n3', 6)).toHaveLength(2)
  })

  test('no reverse side is made for another AS number, nor with reversePeering Manual', () => {
    expect(configured({ peers: [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64999 }] }, 'n3')).toEqual([])
    const manual = [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64512, reversePeering: 'Manual' as const }]
    expect(configured({ peers: manual }, 'n3')).toEqual([])
  })

  test('an unset asNumber finds the reverse side by the cluster AS, while the forward side has AS 0', () => {
    const peers = [{ name: 'p', node: 'n1', ...peerIP('10.0.0.3') }]
    expect(configured({ peers }).map((s) => s.remoteAS)).toEqual([0])
    expect(configured({ peers }, 'n3').map((s) => [s.birdName, s.remoteAS])).toEqual([['Node_10_0_0_1', 64512]])
  })

  test('port 179 and no port are one and the same when peerings give way', () => {
    const peers = [
      { name: 'a', node: 'n1', ...peerIP('192.0.2.1'), peerPort: 179, asNumber: 65001 },
      { name: 'b', ...peerIP('192.0.2.1'), asNumber: 65002 },
      { name: 'c', node: 'n1', ...peerIP('192.0.2.1'), peerPort: 1790, asNumber: 65003 },
    ]
    expect(configured({ peers }).map((s) => [s.birdName, s.remoteAS])).toEqual([
      ['Global_192_0_2_1', 65002],
      ['Node_192_0_2_1_port_1790', 65003],
    ])
  })

  test('a node-specific peering gives way to a global one with the same address and port', () => {
    const peers = [
      { name: 'a', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001 },
      { name: 'b', ...peerIP('192.0.2.1'), asNumber: 65002 },
    ]
    expect(configured({ peers }).map((s) => [s.birdName, s.remoteAS])).toEqual([['Global_192_0_2_1', 65002]])
  })

  test('different ports to one address are different sessions', () => {
    const peers = [
      { name: 'a', node: 'n1', ...peerIP('192.0.2.1', 180), asNumber: 65001 },
      { name: 'b', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001 },
    ]
    expect(configured({ peers }).map((s) => s.birdName)).toEqual(['Node_192_0_2_1', 'Node_192_0_2_1_port_180'])
  })

  test('of two rivals in one pass the first by name is taken and the other named, as confd chooses at random', () => {
    const peers = [
      { name: 'b', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65002 },
      { name: 'a', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001 },
    ]
    expect(configured({ peers })).toMatchObject([{ from: 'a', remoteAS: 65001, alternatives: ['b'] }])
  })

  test('rivals that say the same are no rivals', () => {
    const peers = ['a', 'b'].map((name) => ({ name, node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001 }))
    expect(configured({ peers })[0]?.alternatives).toBeUndefined()
  })

  test('a node never peers with itself', () => {
    const peers = [{ name: 'p', nodeSelector: parseSelector('all()'), peerSelector: parseSelector('all()') }]
    expect(configured({ peers }).map((s) => s.peerIP)).toEqual(['10.0.0.2', '10.0.0.3'])
  })

  test('a node with an explicit port is refused as the reverse side where another cluster listenPort is set (quirk Q6)', () => {
    const perNode = new Map([['n3', { listenPort: 180 }]])
    const peers = [{ name: 'p', node: 'n1', ...peerIP('10.0.0.3', 180), asNumber: 64512 }]
    expect(configured({ peers, bgp: { perNode } }, 'n3')).toHaveLength(1)
    expect(configured({ peers, bgp: { perNode, listenPort: 179 } }, 'n3')).toHaveLength(0)
  })

  test('a peerIP without port takes the listening port of the Calico node there', () => {
    const peers = [{ name: 'p', node: 'n1', ...peerIP('10.0.0.3'), asNumber: 64512 }]
    const [session] = configured({ peers, bgp: { perNode: new Map([['n3', { listenPort: 180 }]]) } })
    expect([session?.birdName, session?.port]).toEqual(['Node_10_0_0_3_port_180', 180])
  })

  test('a local workload peers with its own node only, passively and without a source address', () => {
    const peers = [{ name: 'p', localWorkloadSelector: parseSelector('all()'), asNumber: 65010, localASNumber: 65011 }]
    const localWorkloadPeers = [{ node: 'n1', peerName: 'p', addresses: ['192.168.1.5/32', 'fd01::5/128'] }]
    const [session] = configured({ peers, extra: { localWorkloadPeers } })
    expect(session).toMatchObject({
      birdName: 'Local_Workload_192_168_1_5',
      kind: 'localWorkload',
      passive: true,
      localAS: 65011,
    })
    expect(session?.sourceAddress).toBeUndefined()
    expect(configured({ peers, extra: { localWorkloadPeers } }, 'n2')).toEqual([])
  })
})

describe('options of a session', () => {
  test('a reflector makes every iBGP peer a client whose cluster id is another or not known', () => {
    const nodes = [
      { name: 'n1', v4: '10.0.0.1/24', rr: '1.0.0.1' },
      { name: 'n2', v4: '10.0.0.2/24', rr: '1.0.0.1' },
      { name: 'n3', v4: '10.0.0.3/24', rr: '1.0.0.2' },
    ]
    const all = parseSelector('all()')
    const bySelector = configured({ nodes, peers: [{ name: 'p', nodeSelector: all, peerSelector: all }] })
    expect(bySelector.map((s) => [s.peerIP, s.rrClient])).toEqual([
      ['10.0.0.2', false],
      ['10.0.0.3', true],
    ])
    const byIP = configured({ nodes, peers: [{ name: 'p', node: 'n1', ...peerIP('10.0.0.2'), asNumber: 64512 }] })
    expect(byIP).toMatchObject([{ rrClient: true, rrClusterID: '1.0.0.1' }])
  })

  test('only a global session by peerIP to a Calico node is passive, where the peer has the textually greater address', () => {
    const passive = (given: Partial<Given>) => configured(given).map((s) => s.passive)
    expect(passive({ peers: [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64512 }] })).toEqual([true])
    expect(passive({ peers: [{ name: 'p', ...peerIP('10.0.0.3'), asNumber: 64512 }], release: 'v3.20' })).toEqual([
      false,
    ])
    expect(passive({ peers: [{ name: 'p', node: 'n1', ...peerIP('10.0.0.3'), asNumber: 64512 }] })).toEqual([false])
    expect(passive({ peers: [{ name: 'p', ...peerIP('192.0.2.9'), asNumber: 64512 }] })).toEqual([false])
  })

  test('localASNumber replaces the AS and decides what is iBGP', () => {
    const peers = [{ name: 'p', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001, localASNumber: 65001 }]
    expect(configured({ peers })).toMatchObject([{ localAS: 65001, localASOverridden: true, type: 'ibgp' }])
    expect(configured({ peers, release: 'v3.30' })).toMatchObject([
      { localAS: 64512, localASOverridden: false, type: 'ebgp' },
    ])
  })

  test('keepOriginalNextHop counts for eBGP and only without nextHopMode', () => {
    const keep = (extra: object, asNumber = 65001) =>
      configured({
        peers: [{ name: 'p', node: 'n1', ...peerIP('192.0.2.1'), asNumber, keepOriginalNextHop: true, ...extra }],
      })[0]?.nextHopKeep
    expect(keep({})).toBe(true)
    expect(keep({}, 64512)).toBe(false)
    expect(keep({ nextHopMode: 'Auto' })).toBe(false)
  })

  test('sourceAddress None leaves the source to the kernel, from the release that has it', () => {
    const peers = [{ name: 'p', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001, sourceAddress: 'None' as const }]
    expect(configured({ peers })[0]?.sourceAddress).toBeUndefined()
    expect(configured({ peers, release: 'v3.17' })[0]?.sourceAddress).toEqual(address('10.0.0.1'))
  })

  test('ttlSecurity sets the hops; otherwise every session is multihop with 64', () => {
    const hops = (ttlSecurity: number) =>
      configured({ peers: [{ name: 'p', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001, ttlSecurity }] }).map(
        (s) => [s.multihop, s.ttlSecurity],
      )
    expect(hops(0)).toEqual([[64, undefined]])
    expect(hops(2)).toEqual([[2, 2]])
  })

  test('filters that are missing or have no rule for the direction and family are passed over', () => {
    const rule = { action: 'Accept' as const, asPathPrefix: [], operations: [] }
    const filters: BgpFilter[] = [
      { name: 'v4-in', import: { 4: [rule], 6: [] }, export: { 4: [], 6: [] } },
      { name: 'v6-out', import: { 4: [], 6: [] }, export: { 4: [], 6: [rule] } },
    ]
    const peers = [
      { name: 'p', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001, filters: ['gone', 'v6-out', 'v4-in'] },
    ]
    expect(configured({ peers, filters })).toMatchObject([{ importFilters: ['v4-in'], exportFilters: [] }])
    expect(configured({ peers, filters, release: 'v3.25' })).toMatchObject([{ importFilters: [] }])
  })

  test('the reverse side has the password and timers of the BGPPeer but not its localASNumber', () => {
    const password = { secret: 's', key: 'k', readable: true, known: true, value: 'x' }
    const peers = [
      {
        name: 'p',
        node: 'n1',
        ...peerIP('10.0.0.3'),
        asNumber: 64512,
        password,
        maxRestartTime: 10,
        keepaliveTime: 30,
        localASNumber: 64512,
        numAllowedLocalASNumbers: 2,
      },
    ]
    expect(named(configured({ peers }, 'n3'), 'Node_10_0_0_1')).toMatchObject({
      password: true,
      gracefulRestartTime: 10,
      keepaliveTime: 30,
      localASOverridden: false,
      allowLocalAS: 0,
    })
  })
})

test('sessions come in the byte order of BIRD names: Global_, Local_, Mesh_, Node_', () => {
  const peers = [
    { name: 'a', node: 'n1', ...peerIP('192.0.2.1'), asNumber: 65001 },
    { name: 'b', ...peerIP('192.0.2.2'), asNumber: 65001 },
  ]
  const names = configured({ peers, bgp: { nodeToNodeMeshEnabled: true } }).map((s) => s.birdName)
  expect(names).toEqual(['Global_192_0_2_2', 'Mesh_10_0_0_2', 'Mesh_10_0_0_3', 'Node_192_0_2_1'])
})

test('a node without an address of a family has no session of it', () => {
  const bgp = context({
    nodes: [
      { name: 'a', v6: 'fd00::1/64' },
      { name: 'b', v4: '10.0.0.1/24' },
    ],
    peers: [{ name: 'p', ...peerIP('192.0.2.1'), asNumber: 1 }],
  })
  expect(speakerConfig(bgp, speaker(bgp, 'a'), 4)).toMatchObject({ bgpEnabled: false, sessions: [] })
  expect(explicitSessions(bgp, 1, 4)).toHaveLength(1)
})
