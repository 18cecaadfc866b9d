import { describe, expect, test } from 'vitest'
import { advise, generateCluster, loadCluster, simulate } from '../../../src/index.js'
import { DEFAULT_SHAPE } from '../../../src/planning/generate.js'
import { calicoPlan } from '../../cli.js'

function meshOf(nodes: number) {
  return simulate(
    loadCluster([...generateCluster({ ...DEFAULT_SHAPE, nodes, racks: 4, podsPerNode: 2, encapsulation: 'ipip' })], {
      calico: 'v3.28',
    }),
  )
}

describe('advise rr', () => {
  test('a mesh of up to 100 nodes is left as it is', () => {
    expect(advise('rr', meshOf(40))).toMatchObject({ recommended: 0, steps: [], promoted: [] })
  })

  test('the size that is planned for decides, not the present one', () => {
    const { recommended, rehearsed } = advise('rr', meshOf(8), { target: { nodes: { to: 400 } } })
    expect(recommended).toBe(2)
    expect(rehearsed).toMatchObject({ verdict: 'safe', cost: { missing: 0, pairSeconds: 0 } })
    expect(advise('rr', meshOf(4), { target: { nodes: { to: 1_000 } } }).recommended).toBe(3)
  })

  test('reflectors lie in different failure domains', () => {
    const { promoted } = advise('rr', meshOf(8), { reflectors: 3 })
    expect(new Set(promoted.map(({ domain }) => domain)).size).toBe(3)
  })

  test('a node with pods is drained before it is promoted, and takes pods again at the end', () => {
    const { steps } = advise('rr', meshOf(4), { reflectors: 1 })
    expect(steps.map(({ command }) => command.split(' ').slice(0, 2).join(' '))).toEqual([
      'kubectl drain',
      'calicoctl patch',
      'kubectl label',
      'calicoctl apply',
      'calicoctl node',
      'calicoctl patch',
      'kubectl uncordon',
    ])
  })

  test('nobody is drained where Felix owns the routes between nodes (v3.33)', async () => {
    const { out } = await calicoPlan('advise', 'rr', 'scenarios/route-reflectors', '--calico', 'v3.33', '-o', 'json')
    const { steps, rehearsed } = JSON.parse(out)
    expect(steps.map(({ command }: { readonly command: string }) => command.split(' ').slice(0, 2).join(' '))).toEqual([
      'calicoctl patch',
      'kubectl label',
      'calicoctl node',
    ])
    expect(rehearsed.verdict).toBe('safe')
  })

  test('with two reflectors either may fail and no other nodes lose each other, with one they all do', () => {
    const permanent = (reflectors: number) => {
      const { rehearsed } = advise('rr', meshOf(6), { reflectors })
      return Math.max(...(rehearsed?.loss.failures ?? []).map((failure) => failure.permanent.others))
    }
    expect(permanent(2)).toBe(0)
    expect(permanent(1)).toBe(20)
  })

  test('a second reflector joins the first under its cluster ID and its labels, without another BGPPeer', async () => {
    const { out } = await calicoPlan('advise', 'rr', 'scenarios/route-reflectors', '--calico', 'v3.28', '-o', 'json')
    const { steps, recommended } = JSON.parse(out)
    expect(recommended).toEqual({ reflectors: 2 })
    expect(steps.map(({ command }: { readonly command: string }) => command)).toEqual([
      'kubectl drain rke-node1 --ignore-daemonsets --delete-emptydir-data',
      `calicoctl patch node rke-node1 -p '{"spec":{"bgp":{"routeReflectorClusterID":"244.0.0.1"}}}'`,
      'kubectl label node rke-node1 route-reflector=true',
      'calicoctl node status',
      'kubectl uncordon rke-node1',
    ])
  })

  test('clients split between reflectors of one cluster ID are a fault to be mended first', async () => {
    const { out, status } = await calicoPlan('advise', 'rr', 'scenarios/redundant-reflectors', '-o', 'json')
    const { faults, steps } = JSON.parse(out)
    expect(faults.map(({ code }: { readonly code: string }) => code)).toEqual(['BGP_REFLECTORS_SPLIT_CLUSTER'])
    expect(steps).toEqual([])
    expect(status).toBe(0)
  })

  test('nodes of several AS numbers have no reflectors in common', () => {
    const racks = simulate(loadCluster([...generateCluster({ ...DEFAULT_SHAPE, nodes: 8, racks: 2, topology: 'tor' })]))
    expect(advise('rr', racks).obstacle?.code).toBe('severalAS')
  })

  test.each(['0', '9', 'x', '1.5'])('--reflectors %s is refused', async (count) => {
    const { status, error } = await calicoPlan('advise', 'rr', 'scenarios/route-reflectors', '--reflectors', count)
    expect(status).toBe(2)
    expect(error).toContain('--reflectors')
  })
})
