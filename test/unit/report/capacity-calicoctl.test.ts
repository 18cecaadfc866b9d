import { describe, expect, test } from 'vitest'
import { releaseOf } from '../../../src/cluster/release.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { reservedPrefixes } from '../../../src/ipam/reservations.js'
import { configurationLines, poolUsageLines } from '../../../src/report/ipam-show.js'
import { addressLines, borrowedLines } from '../../../src/report/ipam-show-owners.js'
import { fiveDigits, percentOf } from '../../../src/report/ipam-show-table.js'
import { calicoPlan } from '../../cli.js'
import { address, clusterOf, pod, prefix } from '../ipam/fixture.js'

type Input = Parameters<typeof clusterOf>[0]

function clusterAt(calico: string, rest: Partial<Input> = {}) {
  const release = releaseOf(calico)
  if (release === undefined) throw new Error(calico)
  return clusterOf({ nodes: [{ name: 'n1' }, { name: 'n2' }], pools: [{ cidr: '10.0.0.0/24' }], ...rest, release })
}

/** A block of n1 with a pod of n1, a borrower on n2, a tunnel and an address that cools down. */
const recorded: Partial<Input> = {
  pools: [{ cidr: '10.0.0.0/24' }, { cidr: '10.0.1.0/24', disabled: true }],
  ipam: { reservations: [{ name: 'r', prefixes: reservedPrefixes(['10.0.0.62', '10.0.0.128/26']) }] },
  pods: [pod('a', { node: 'n1' }), pod('b', { node: 'n2' })],
  recordedBlocks: [
    {
      prefix: prefix('10.0.0.0/26'),
      affinity: { type: 'host', host: 'n1' },
      allocations: [
        { ordinal: 0, node: 'n1', type: 'ipipTunnelAddress', handle: 'ipip-tunnel-addr-n1' },
        { ordinal: 1, node: 'n1', namespace: 'default', pod: 'a', handle: 'k8s-pod-network.1' },
        { ordinal: 2, node: 'n2', namespace: 'default', pod: 'b', handle: 'k8s-pod-network.2' },
        { ordinal: 3, releasedAt: '2026-01-01T00:00:00Z' },
      ],
      unallocated: Array.from({ length: 60 }, (_, i) => i + 4),
    },
    { prefix: prefix('10.9.0.0/30'), allocations: [], unallocated: [0, 1, 2, 3] },
  ],
  recordedAffinities: [{ node: 'n1', type: 'host', prefix: prefix('10.0.0.0/26'), state: 'confirmed' }],
}
const settings = { ipCooldownSeconds: 600 }
const full = (calico: string) => clusterAt(calico, { ...recorded, ipam: { ...recorded.ipam, ...settings } })
const shown = (calico: string, blocks: boolean) => poolUsageLines(full(calico), ipamView(full(calico)), blocks)

describe('calicoctl ipam show', () => {
  test('from v3.33: reserved addresses in a column of their own, headings to the left, numbers to the right', () => {
    expect(shown('v3.33', true)).toEqual([
      '+----------+-------------+-----------+------------+--------------+------------+',
      '| GROUPING | CIDR        | IPS TOTAL | IPS IN USE | IPS RESERVED | IPS FREE   |',
      '+----------+-------------+-----------+------------+--------------+------------+',
      '| IP Pool  | 10.0.0.0/24 |       256 |     4 (2%) |     65 (25%) |  187 (73%) |',
      '| Block    | 10.0.0.0/26 |        64 |     4 (6%) |       1 (2%) |   59 (92%) |',
      '| IP Pool  | 10.0.1.0/24 |       256 |     0 (0%) |       0 (0%) | 256 (100%) |',
      '| Block    | 10.9.0.0/30 |         4 |     0 (0%) |       0 (0%) |   4 (100%) |',
      '+----------+-------------+-----------+------------+--------------+------------+',
    ])
  })

  test('up to v3.32: what is not in use is free, headings centred, only bare numbers to the right', () => {
    expect(shown('v3.32', false)).toEqual([
      '+----------+-------------+-----------+------------+------------+',
      '| GROUPING |    CIDR     | IPS TOTAL | IPS IN USE |  IPS FREE  |',
      '+----------+-------------+-----------+------------+------------+',
      '| IP Pool  | 10.0.0.0/24 |       256 | 4 (2%)     | 252 (98%)  |',
      '| IP Pool  | 10.0.1.0/24 |       256 | 0 (0%)     | 256 (100%) |',
      '+----------+-------------+-----------+------------+------------+',
    ])
  })

  test('blocks come in byte order of their names, 10-0-0-128-26 before 10-0-0-64-26', () => {
    const cluster = clusterAt('v3.33', { nodes: ['n1', 'n2', 'n3', 'n4'].map((name) => ({ name, syntheticPods: 1 })) })
    const blocks = poolUsageLines(cluster, ipamView(cluster), true).flatMap(
      (line) => /10\.0\.0\.\d+\/26/.exec(line) ?? [],
    )
    expect(blocks).toEqual(['10.0.0.0/26', '10.0.0.128/26', '10.0.0.192/26', '10.0.0.64/26'])
  })

  test('--show-borrowed, with what cannot be told in a note', () => {
    expect(borrowedLines(full('v3.33'), ipamView(full('v3.33')))).toEqual([
      '+----------+----------------+-------------+-------------+------+--------------+',
      '| IP       | BORROWING-NODE | BLOCK       | BLOCK OWNER | TYPE | ALLOCATED-TO |',
      '+----------+----------------+-------------+-------------+------+--------------+',
      '| 10.0.0.2 | n2             | 10.0.0.0/26 | n1          | pod  | default/b    |',
      '+----------+----------------+-------------+-------------+------+--------------+',
      '',
      'Note: found 1 IP allocations without an explicit node association. Unable to determine if they are borrowed.',
    ])
  })

  test.each([
    ['v3.31', 3],
    ['v3.32', 4],
    ['v3.33', 5],
  ])('--show-configuration of %s has %i settings', (calico, count) => {
    const lines = configurationLines(clusterAt(calico))
    expect(lines).toHaveLength(count + 4)
    expect(lines[3]).toMatch(/^\| StrictAffinity +\| false +\|$/)
    expect(lines[5]).toMatch(/^\| MaxBlocksPerHost +\| +0 +\|$/)
  })

  test.each([
    [
      '10.0.0.1',
      [
        'IP 10.0.0.1 is in use',
        'Handle ID: k8s-pod-network.1',
        'Active Owner Attributes:',
        '  namespace: default',
        '  node: n1',
        '  pod: a',
      ],
    ],
    [
      '10.0.0.0',
      [
        'IP 10.0.0.0 is in use',
        'Handle ID: ipip-tunnel-addr-n1',
        'Active Owner Attributes:',
        '  node: n1',
        '  type: ipipTunnelAddress',
      ],
    ],
    ['10.0.0.3', ['address 10.0.0.3 is in cooldown']],
    ['10.0.0.9', ['10.0.0.9 is not assigned']],
    ['192.0.2.1', ['192.0.2.1 is not assigned']],
  ])('--ip %s', (text, lines) => {
    expect(addressLines(full('v3.33'), ipamView(full('v3.33')), address(text))).toEqual(lines)
  })

  test('--ip up to v3.31 prints attributes and no handle', () => {
    expect(addressLines(full('v3.31'), ipamView(full('v3.31')), address('10.0.0.0'))).toEqual([
      'IP 10.0.0.0 is in use',
      'Attributes:',
      '  node: n1',
      '  type: ipipTunnelAddress',
    ])
  })
})

/** Vectors of Go 1.26 fmt.Sprintf("%.5g %.f%%"). */
test.each([
  [0, 64, '0', '0'],
  [65536, 65536, '65536', '100'],
  [99999, 131072, '99999', '76'],
  [100000, 131072, '1e+05', '76'],
  [100005, 131072, '1e+05', '76'],
  [100015, 131072, '1.0002e+05', '76'],
  [131072, 131072, '1.3107e+05', '100'],
  [999995, 1048576, '1e+06', '95'],
  [1, 8, '1', '12'],
  [3, 8, '3', '38'],
  [2 ** 63, 2 ** 63, '9.2234e+18', '100'],
  [2 ** 80, 2 ** 80, '1.2089e+24', '100'],
])('%d of %d is %s (%s%%)', (part, whole, digits, percent) => {
  expect([fiveDigits(part), percentOf(part, whole)]).toEqual([digits, percent])
})

describe('the command', () => {
  const path = 'scenarios/several-fixed-pod-ips'

  test('prints it bare, and any of calicoctl’s flags asks for it', async () => {
    const { out, status } = await calicoPlan('capacity', path, '--show-borrowed')
    expect(status).toBe(0)
    expect(out.split('\n')[0]).toMatch(/^\+-+\+/)
    expect(out).toContain('| 10.21.0.1 | rke-node2      | 10.21.0.0/31 | rke-node1   | pod  | default/nginx-pool-1 |')
  })

  test('the first of --ip, --show-blocks, --show-borrowed and --show-configuration counts', async () => {
    const { out } = await calicoPlan('capacity', path, '--show-configuration', '--show-borrowed', '--ip', '10.21.0.9')
    expect(out).toBe('10.21.0.9 is not assigned\n')
  })

  test('refuses what is no address', async () => {
    const { error, status } = await calicoPlan('capacity', path, '--ip', '10.21.0.0/31')
    expect(status).toBe(2)
    expect(error).toContain('INPUT_BAD_OPTION')
  })

  test('--grow names the node that goes without, in words and in JSON', async () => {
    const { out } = await calicoPlan('capacity', 'scenarios/pools-by-topology', '--grow', 'nodes=+12')
    expect(out).toContain('kube-node-12 finds no block to own; kube-node-12 borrows from a block of kube-node-9')
    const json = JSON.parse((await calicoPlan('capacity', path, '--grow', 'nodes=+2', '-o', 'json')).out)
    expect(json.growth.at(-1)).toMatchObject({ nodes: 6, borrowed: 1 })
    expect(json.growthAssumptions.length).toBeGreaterThan(0)
  })

  test('--grow with a target that cannot be is refused before or after reading', async () => {
    for (const target of ['nodes=two', 'nodes=1']) {
      const { error, status } = await calicoPlan('capacity', path, '--grow', target)
      expect(status).toBe(2)
      expect(error).toContain('--grow: nodes=')
    }
  })
})
