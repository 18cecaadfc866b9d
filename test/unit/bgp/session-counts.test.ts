import { describe, expect, test } from 'vitest'
import { sessionCounts } from '../../../src/bgp/sessions/session-counts.js'
import { sessionGraph } from '../../../src/bgp/sessions/session-graph.js'
import { parseSelector } from '../../../src/manifests/selector/selector.js'
import { context, peerIP } from './config-fixture.js'

const mesh = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ name: `n${i}`, v4: `10.${i >> 14}.${(i >> 7) & 127}.${(i & 127) + 1}/8` }))

describe('session counts', () => {
  test('of a mesh are N(N-1)/2, without writing the pairs out', () => {
    const counts = sessionCounts(context({ nodes: mesh(2000) }))
    expect(counts).toMatchObject({ total: 1_999_000, mesh: 1_999_000, established: 1_999_000, ibgp: 1_999_000 })
    expect(Math.max(...counts.perNode)).toBe(1999)
  })

  test('of reflectors count a pair once, whichever end the BGPPeer names', () => {
    const nodes = [...mesh(10), { name: 'rr', v4: '10.9.0.1/8', rr: '1.0.0.1', labels: { rr: '' } }]
    const peers = [{ name: 'p', nodeSelector: parseSelector('all()'), peerSelector: parseSelector('has(rr)') }]
    const counts = sessionCounts(context({ nodes, peers, bgp: { nodeToNodeMeshEnabled: false } }))
    expect(counts).toMatchObject({ total: 10, node: 10, established: 10 })
    expect([...counts.perNode]).toContain(10)
  })

  test('leave out of the established ones a mesh session that a BGPPeer has displaced', () => {
    const peers = [{ name: 'p', ...peerIP('10.0.0.2'), asNumber: 64512 }]
    const counts = sessionCounts(context({ nodes: mesh(3), peers }))
    // n0 and n2 run Global_ towards n1, which answers with its Mesh_ protocols.
    expect(counts).toMatchObject({ mesh: 3, global: 2, total: 5 })
    expect(counts.established).toBe(3)
  })
})

describe('the session graph', () => {
  test('draws the mesh as one clique node', () => {
    const graph = sessionGraph(context({ nodes: mesh(50) }), 4)
    expect(graph.order).toBe(51)
    expect(graph.size).toBe(50)
    expect(graph.getNodeAttributes('clique/mesh')).toMatchObject({ kind: 'clique', size: 50 })
  })

  test('draws one edge for a session and a node for an address outside', () => {
    const peers = [
      { name: 'p', node: 'n0', ...peerIP('10.0.0.2'), asNumber: 64512 },
      { name: 'q', node: 'n0', ...peerIP('192.0.2.1'), asNumber: 65001 },
    ]
    const graph = sessionGraph(context({ nodes: mesh(2), peers, bgp: { nodeToNodeMeshEnabled: false } }), 4)
    expect(graph.nodes().sort()).toEqual(['node/n0', 'node/n1', 'outside/192.0.2.1'])
    expect(graph.size).toBe(2)
  })
})
