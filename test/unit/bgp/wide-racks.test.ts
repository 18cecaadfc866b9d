import { describe, expect, test } from 'vitest'
import { formatPrefix } from '../../../src/address/prefix.js'
import { createBgpContext } from '../../../src/bgp/config/context.js'
import { plainTables } from '../../../src/bgp/plain/tables.js'
import { roleTables } from '../../../src/bgp/roles/tables.js'
import { buildCluster } from '../../../src/cluster/build-cluster.js'
import { ipamView } from '../../../src/ipam/ipam-view.js'
import { DEFAULT_SHAPE, generateCluster } from '../../../src/planning/generate.js'

/** More nodes in a rack than BIRD merges next hops: who is the best of equals decides which are left out. */
const NODES_PER_RACK = 18

function tables(calico: string) {
  const shape = { ...DEFAULT_SHAPE, nodes: 2 * NODES_PER_RACK, racks: 2, topology: 'tor', podsPerNode: 1 } as const
  const cluster = buildCluster(
    generateCluster(shape).map((resource) => ({ resource })),
    { calico },
  )
  const context = createBgpContext(cluster, ipamView(cluster))
  const plain = plainTables(context)
  return { context, plain, roles: roleTables(context, plain) }
}

const kernelOf = ({ table }: ReturnType<typeof plainTables>, speaker: number): readonly string[] =>
  table(speaker, 4).entries.map(({ prefix, kernel }) => `${formatPrefix(prefix)} ${JSON.stringify(kernel)}`)

describe('a ToR with more nodes than next hops that BIRD merges', () => {
  test.each(['v3.28', 'v3.33'])('%s: roles hand the kernel what the plain engine does', (calico) => {
    const { context, plain, roles } = tables(calico)
    for (const { index, kind } of context.speakers) {
      if (kind === 'node' && index % NODES_PER_RACK > 1) continue
      expect(kernelOf(roles, index)).toEqual(kernelOf(plain, index))
    }
  })

  test('in v3.33 every node announces what Felix wrote, and the ToR spreads a remote block over sixteen of them', () => {
    const { context, roles } = tables('v3.33')
    const tor = context.speakers.find(({ kind }) => kind === 'router')
    const hops = roles
      .table(tor?.index ?? -1, 4)
      .entries.map(({ kernel }) => (kernel.programmed ? kernel.hops.length : 0))
    expect(Math.max(...hops)).toBe(16)
  })
})
