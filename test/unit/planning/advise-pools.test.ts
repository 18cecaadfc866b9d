import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { loadCluster } from '../../../src/cluster/load-cluster.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import type { Resource } from '../../../src/manifests/resource.js'
import { adviseBlockSize } from '../../../src/planning/advise/block-size.js'
import { demandOf } from '../../../src/planning/advise/demand.js'
import { freePrefix } from '../../../src/planning/advise/free-prefix.js'
import { advisePool } from '../../../src/planning/advise/pool.js'
import { rehearseSteps } from '../../../src/planning/advise/steps.js'
import { GrowthError } from '../../../src/planning/capacity/growth-target.js'
import { calico, pool, underlay } from '../dataplane/fixture.js'

const nodes = (count: number, podsPerNode: number): Resource => ({
  apiVersion: 'calico-plan/v1',
  kind: 'NodeSet',
  metadata: { name: 'n' },
  spec: { count, podsPerNode, subnet: { cidr: '172.16.0.0/16', prefixLength: 16, nodesPerSubnet: 60000 } },
})

const kubeProxy = (cidr: string): Resource => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'kube-proxy', namespace: 'kube-system' },
  data: { 'config.conf': `clusterCIDR: ${cidr}\n` },
})

const load = (...resources: readonly Resource[]) => loadCluster(resources, { calico: 'v3.33' })
const paper = (cidr: string) => load(pool({ cidr, ipipMode: 'Always' }))

const never = (): never => {
  throw new Error('IPAM was asked')
}

describe('the block size', () => {
  const recommended = (cidr: string, count: number, podsPerNode: number) => {
    const advice = adviseBlockSize(paper(cidr), never, { nodes: { to: count }, podsPerNode })
    return advice.pools[0]?.recommended
  }

  test('gives each node one block with room for a quarter more pods', () => {
    // 30 pods and a tunnel fill a /27 to the last but one address; a quarter more do not fit.
    expect(recommended('10.42.0.0/16', 100, 30)).toBe(26)
    expect(recommended('10.42.0.0/16', 100, 110)).toBe(24)
  })

  test('stays what it is where another saves no route', () => {
    expect(recommended('10.42.0.0/16', 100, 10)).toBe(26)
  })

  test('gives up the room before the single block where the pool is small', () => {
    // 200 blocks of /24 are too many for a /17, so each node makes do with a /25.
    expect(recommended('10.42.0.0/17', 200, 110)).toBe(25)
    const [found] = adviseBlockSize(paper('10.42.0.0/17'), never, { nodes: { to: 200 }, podsPerNode: 110 }).pools
    expect(found?.spare).toBe(false)
  })

  test('of the guide: 1,100 nodes of 30 pods find one block each in a /16 of /27', () => {
    expect(recommended('10.42.0.0/16', 1100, 30)).toBe(27)
  })

  test('is none where no size serves the nodes, and says what would', () => {
    const [found] = adviseBlockSize(paper('10.42.0.0/24'), never, { nodes: { to: 100 }, podsPerNode: 30 }).pools
    expect(found?.recommended).toBeUndefined()
    expect(found?.neededLength).toBe(19)
  })

  test('takes present nodes and the fullest one as the demand where nothing is said', () => {
    const cluster = load(pool({ ipipMode: 'Always' }), nodes(5, 40))
    expect(demandOf(cluster, () => ipamView(cluster), {})).toMatchObject({
      nodes: 5,
      podsPerNode: 40,
      tunnels: { 4: 1 },
    })
  })

  test('changes by way of a new pool with the settings of the old', () => {
    const cluster = load(pool({ cidr: '10.42.0.0/16', vxlanMode: 'Always' }), nodes(3, 10))
    const [found] = adviseBlockSize(cluster, never, { nodes: { to: 100 }, podsPerNode: 110 }).pools
    expect(found?.recommended).toBe(24)
    const { cluster: after, findings } = rehearseSteps(cluster, found?.steps ?? [])
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(
      after.pools.map(({ name, blockSize, vxlanMode, disabled }) => [name, blockSize, vxlanMode, disabled]),
    ).toEqual([
      ['pods', 26, 'Always', true],
      ['pods-24', 24, 'Always', false],
    ])
  })
})

describe('a place for a pool', () => {
  const place = (length: number, ...resources: readonly Resource[]) => {
    const found = freePrefix(load(...resources), 4, length)
    return found && [formatPrefix(found.prefix), found.inClusterCidr]
  }

  test('is the first of the private ranges that touches nothing', () => {
    expect(place(16, pool({ cidr: '10.0.0.0/16' }))).toEqual(['10.1.0.0/16', undefined])
    expect(place(16, pool({ cidr: '10.0.0.0/10' }))).toEqual(['10.64.0.0/16', undefined])
  })

  test('is inside of the cluster CIDR where that has room', () => {
    const inside = [pool({ cidr: '10.42.0.0/17' }), kubeProxy('10.42.0.0/16')]
    expect(place(17, ...inside)).toEqual(['10.42.128.0/17', true])
    expect(place(16, ...inside)).toEqual(['10.0.0.0/16', false])
  })

  test('leaves out node networks, routes, hosts and Services', () => {
    const network = underlay({
      subnets: [{ name: 'a', cidr: '10.0.0.0/15' }],
      routers: [
        {
          name: 'r',
          interfaces: [{ subnet: 'a', address: '10.0.0.1/15' }],
          staticRoutes: [
            { to: '10.2.0.0/16', via: '10.0.0.2' },
            { to: 'default', via: '10.0.0.2' },
          ],
        },
      ],
      hosts: [{ name: 'h', address: '10.3.0.9/16' }],
    })
    const services = calico('BGPConfiguration', 'default', { serviceClusterIPs: [{ cidr: '10.4.0.0/16' }] })
    expect(place(16, pool({ cidr: '10.5.0.0/16' }), network, services)).toEqual(['10.6.0.0/16', undefined])
  })

  test('avoids the range that Services have by default', () => {
    expect(place(12, pool({ cidr: '10.0.0.0/10' }), pool({ cidr: '10.64.0.0/11' }, 'b'))).toEqual([
      '10.112.0.0/12',
      undefined,
    ])
  })

  test('is none where a length does not fit', () => {
    expect(place(4, pool())).toBeUndefined()
  })
})

describe('a pool', () => {
  test('is not needed where the present ones do', () => {
    const cluster = load(pool({ cidr: '10.42.0.0/16', ipipMode: 'Always' }), nodes(10, 30))
    const advice = advisePool(cluster, () => ipamView(cluster), { nodes: { to: 20 } })
    expect([advice.families[0]?.missing, advice.steps]).toEqual([0, []])
    expect(advice.grown).toMatchObject({ nodes: 20, refused: 0, borrowed: 0 })
  })

  test('is added for the nodes that find no block, and the cluster then grows without borrowing', () => {
    const cluster = load(pool({ cidr: '10.42.0.0/24', ipipMode: 'Always' }), nodes(4, 30))
    const advice = advisePool(cluster, () => ipamView(cluster), { nodes: { to: 40 } })
    expect(advice.families[0]?.missing).toBe(36)
    const [step] = advice.steps
    expect(step?.manifest?.spec).toMatchObject({ cidr: '10.0.0.0/20', blockSize: 26, ipipMode: 'Always' })
    expect(advice.grown).toMatchObject({ nodes: 40, pods: 1200, refused: 0, borrowed: 0 })
  })

  test('of a cluster that does not exist yet is designed from numbers', () => {
    const advice = advisePool(load(underlay({ subnets: [] })), never, { nodes: { to: 500 }, podsPerNode: 60 })
    const [four] = advice.families
    const chosen = four?.options.find(({ recommended }) => recommended)
    expect(chosen).toMatchObject({ blockSize: 25, blocksPerNode: 1, length: 15 })
    expect(advice.steps[0]?.manifest?.spec).toMatchObject({ ipipMode: 'CrossSubnet', natOutgoing: true })
  })

  test('lies beside everything: the new manifest overlaps no other pool', () => {
    const cluster = load(pool({ cidr: '10.0.0.0/24', ipipMode: 'Always' }), nodes(4, 30))
    const advice = advisePool(cluster, () => ipamView(cluster), { nodes: { to: 40 } })
    const { cluster: after } = rehearseSteps(cluster, advice.steps)
    expect(after.findings.map(({ code }) => code)).not.toContain('POOL_OVERLAP')
    expect(after.pools).toHaveLength(2)
  })

  test('takes over settings, and not the nodes of the present one', () => {
    const cluster = load(pool({ cidr: '10.42.0.0/24', vxlanMode: 'Always', nodeSelector: "kind != 'x'" }), nodes(9, 30))
    const advice = advisePool(cluster, () => ipamView(cluster), {})
    expect(advice.steps[0]?.manifest?.spec).not.toHaveProperty('nodeSelector')
    expect(advice.steps[0]?.manifest?.spec).toHaveProperty('vxlanMode', 'Always')
  })

  test('of no node and no number cannot be planned', () => {
    expect(() => advisePool(paper('10.42.0.0/16'), never, {})).toThrow(GrowthError)
  })

  test('is never planned for fewer nodes than there are', () => {
    const cluster = load(pool(), nodes(10, 1))
    expect(() => advisePool(cluster, () => ipamView(cluster), { nodes: { to: 5 } })).toThrow(GrowthError)
  })
})
