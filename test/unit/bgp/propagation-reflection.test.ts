import { describe, expect, test } from 'vitest'
import type { BgpPeer } from '../../../src/cluster/bgp-settings.js'
import { parseSelector as selector } from '../../../src/manifests/selector/selector.js'
import { type GivenTables, nextHop, numbered, RACK, solve } from './tables-fixture.js'

const MESH_OFF = { nodeToNodeMeshEnabled: false }
const reflector = (id: string) => ({ rr: id, labels: { rr: 'true' } })
const everyoneToReflectors: Partial<BgpPeer> & { readonly name: string } = {
  name: 'to-rr',
  peerSelector: selector('has(rr)'),
}

/** `n1` (and others named) reflect; every node peers with every reflector. */
function reflected(count: number, ids: Readonly<Record<string, string>>, more: Partial<GivenTables> = {}) {
  const given = numbered(count, Object.fromEntries(Object.entries(ids).map(([node, id]) => [node, reflector(id)])))
  return solve({ ...given, bgp: MESH_OFF, peers: [everyoneToReflectors], ...more })
}

describe('one reflector', () => {
  test('clients learn each other with originator id and cluster list, next hop unchanged', () => {
    const { paths } = reflected(3, { n1: '244.0.0.1' })
    expect(paths('n2', '10.65.3.0/26')[0]).toMatchObject({
      originatorID: '172.16.1.13',
      clusterList: ['244.0.0.1'],
      localPref: 2147482623,
    })
    expect(nextHop(paths('n2', '10.65.3.0/26')[0])).toBe('172.16.1.13')
  })

  test('the own block of the reflector has neither', () => {
    const [path] = reflected(3, { n1: '244.0.0.1' }).paths('n2', '10.65.1.0/26')
    expect(path).toMatchObject({ clusterList: [] })
    expect(path).not.toHaveProperty('originatorID')
  })

  test('nothing is sent back to where it came from', () => {
    expect(reflected(3, { n1: '244.0.0.1' }).paths('n2', '10.65.2.0/26')).toEqual([])
  })

  test('without a cluster id it is an ordinary peer, and routes do not cross', () => {
    const given = numbered(3, { n1: { labels: { rr: 'true' } } })
    const { learnt } = solve({ ...given, bgp: MESH_OFF, peers: [everyoneToReflectors] })
    expect(learnt('n2')).toEqual(['10.65.1.0/26'])
    expect(learnt('n1')).toEqual(['10.65.2.0/26', '10.65.3.0/26'])
  })

  test('nextHopMode Self makes it the next hop of everything', () => {
    const peers = [{ ...everyoneToReflectors, nextHopMode: 'Self' as const }]
    expect(nextHop(reflected(3, { n1: '244.0.0.1' }, { peers }).paths('n2', '10.65.3.0/26')[0])).toBe('172.16.1.11')
  })

  test('a reflector that owns the block refuses the borrowed address inside it', () => {
    const { learnt } = reflected(3, { n1: '244.0.0.1' }, { pods: { n2: ['10.65.1.40'] } })
    expect(learnt('n1')).toContain('10.65.1.40/32')
    expect(learnt('n3')).not.toContain('10.65.1.40/32')
  })

  test('a borrowed address of another block is reflected', () => {
    expect(reflected(3, { n1: '244.0.0.1' }, { pods: { n2: ['10.65.3.40'] } }).learnt('n3')).toContain('10.65.3.40/32')
  })

  test('a second client with the same router id never learns the first', () => {
    const attachments = { n2: { routerID: '172.16.1.99' }, n3: { routerID: '172.16.1.99' } }
    const { learnt } = reflected(4, { n1: '244.0.0.1' }, { subnets: RACK, attachments })
    expect(learnt('n2')).not.toContain('10.65.3.0/26')
    expect(learnt('n4')).toContain('10.65.3.0/26')
  })
})

describe('several reflectors', () => {
  test('with one cluster id each client has one copy from each', () => {
    const { paths } = reflected(4, { n1: '244.0.0.1', n2: '244.0.0.1' })
    expect(paths('n3', '10.65.4.0/26')).toHaveLength(2)
  })

  test.each([
    [1, 1],
    [2, 4],
    [3, 15],
  ])('%i reflectors of different cluster ids, all connected, give %i copies', (count, copies) => {
    const ids = Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i + 1}`, `244.0.0.${i + 1}`]))
    const { paths, tables } = reflected(count + 2, ids)
    expect(paths(`n${count + 1}`, `10.65.${count + 2}.0/26`)).toHaveLength(copies)
    expect(tables.convergence(4)).toEqual({ kind: 'stable' })
  })

  test('the copies merge to one kernel next hop', () => {
    const kernel = reflected(4, { n1: '244.0.0.1', n2: '244.0.0.2' }).entry('n3', '10.65.4.0/26')?.kernel
    expect(kernel?.programmed && kernel.hops).toHaveLength(1)
  })

  /** n1 reflects for n3, n2 for n4, and the reflectors are connected. */
  const split = (first: string, second: string) =>
    solve({
      ...numbered(4, {
        n1: { rr: first, labels: { side: 'a', rr: 'true' } },
        n2: { rr: second, labels: { side: 'b', rr: 'true' } },
        n3: { labels: { client: 'a' } },
        n4: { labels: { client: 'b' } },
      }),
      bgp: MESH_OFF,
      peers: [
        { name: 'a', nodeSelector: selector("client == 'a'"), peerSelector: selector("side == 'a'") },
        { name: 'b', nodeSelector: selector("client == 'b'"), peerSelector: selector("side == 'b'") },
        { name: 'rr', nodeSelector: selector('has(rr)'), peerSelector: selector('has(rr)') },
      ],
    })

  test('of one cluster id: a reflector takes routes whose list names it, and keeps them from its clients', () => {
    const { learnt, paths } = split('244.0.0.1', '244.0.0.1')
    expect(paths('n1', '10.65.4.0/26')[0]).toMatchObject({ clusterList: ['244.0.0.1'] })
    expect(learnt('n3')).toEqual(['10.65.1.0/26', '10.65.2.0/26'])
  })

  test('of different cluster ids: everything crosses, and the list is in ascending order', () => {
    const { paths } = split('244.0.0.1', '244.0.0.2')
    expect(paths('n3', '10.65.4.0/26')[0]).toMatchObject({
      clusterList: ['244.0.0.1', '244.0.0.2'],
      originatorID: '172.16.1.14',
    })
    expect(paths('n4', '10.65.3.0/26')[0]?.clusterList).toEqual(['244.0.0.1', '244.0.0.2'])
  })

  test('a client drops nothing for its cluster list, a reflector does on a client session', () => {
    // n1 hears its own reflections back from n2, whom it treats as a client.
    expect(split('244.0.0.1', '244.0.0.2').paths('n1', '10.65.3.0/26')).toHaveLength(1)
  })
})

describe('mesh and reflector together', () => {
  test('the direct path is used, for its shorter cluster list', () => {
    const { paths } = reflected(3, { n1: '244.0.0.1' }, { bgp: {} })
    const [best, other] = paths('n2', '10.65.3.0/26')
    expect(best).toMatchObject({ birdName: 'Mesh_172_16_1_13', verdict: { best: true, rule: 'clusterListLength' } })
    expect(other).toMatchObject({ birdName: 'Global_172_16_1_11', verdict: { best: false, values: ['1', '0'] } })
  })
})
