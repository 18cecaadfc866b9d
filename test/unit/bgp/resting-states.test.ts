import { describe, expect, test } from 'vitest'
import { restingStates } from '../../../src/bgp/plain/resting-states.js'
import { plainTablesOf } from '../../../src/bgp/plain/tables.js'
import { convergenceFindings, mayNotRest } from '../../../src/bgp/sessions/findings-convergence.js'
import { address, context, prefix, router } from './config-fixture.js'
import { asOf, network, onlyPrefer, PREFIX } from './plain-fixture.js'

/** DISAGREE (RFC 4264): 1 and 2 each prefer the way through the other to their own to 0. */
const disagree = network(3, {
  origin: 0,
  links: [
    [0, 1],
    [0, 2],
    [1, 2],
  ],
  imports: { '1 2': onlyPrefer([asOf(2), asOf(0)]), '2 1': onlyPrefer([asOf(1), asOf(0)]) },
})

const line = network(3, {
  origin: 0,
  links: [
    [0, 1],
    [1, 2],
  ],
})

const NODES = [
  { name: 'n1', v4: '172.16.1.11/24' },
  { name: 'n2', v4: '172.16.1.12/24' },
]

describe('several resting states', () => {
  test('both are found, each once', () => {
    const inUse = restingStates(disagree, prefix(PREFIX)).map((state) => [
      state[1]?.best?.attributes?.asPath,
      state[2]?.best?.attributes?.asPath,
    ])
    expect(inUse).toHaveLength(2)
    expect(inUse).toContainEqual([[asOf(0)], [asOf(1), asOf(0)]])
    expect(inUse).toContainEqual([[asOf(2), asOf(0)], [asOf(0)]])
  })

  test('a network with one state has no other', () => {
    expect(restingStates(line, prefix(PREFIX))).toHaveLength(1)
  })

  test('an entry tells what else it may be', () => {
    const entry = plainTablesOf(disagree).table(1, 4).entry(prefix(PREFIX))
    const used = (paths: NonNullable<typeof entry>['paths']) => paths.find(({ verdict }) => verdict.best)?.asPath
    expect(entry?.alternatives).toHaveLength(1)
    const both = [entry?.paths ?? [], ...(entry?.alternatives ?? []).map(({ paths }) => paths)].map(used)
    expect(both).toContainEqual([asOf(0)])
    expect(both).toContainEqual([asOf(2), asOf(0)])
  })

  test('the prefixes are named and reported', () => {
    const tables = plainTablesOf(disagree)
    expect(tables.undetermined(4)).toEqual([prefix(PREFIX)])
    expect(tables.undetermined(6)).toEqual([])
    const found = convergenceFindings(context({ nodes: NODES }), tables)
    expect(found.map(({ code }) => code)).toEqual(['BGP_UNDETERMINED'])
    expect(found[0]?.message).toContain(PREFIX)
  })

  test('a network with one state has nothing to report', () => {
    const tables = plainTablesOf(line)
    expect(tables.undetermined(4)).toEqual([])
    expect(convergenceFindings(context({ nodes: NODES }), tables)).toEqual([])
  })

  test('only a router that speaks BGP is a reason to look', () => {
    const neighbors = [{ address: address('172.16.1.11'), asNumber: 64512 }]
    const tor = router('tor', [{ subnet: 0, address: '172.16.1.1/24' }], { asNumber: 64700, neighbors })
    const { bgp: _silent, ...gateway } = tor
    const subnets = [{ name: 'rack', cidr: '172.16.1.0/24' }]
    expect(mayNotRest(context({ nodes: NODES }))).toBe(false)
    expect(mayNotRest(context({ nodes: NODES, subnets, routers: [gateway] }))).toBe(false)
    expect(mayNotRest(context({ nodes: NODES, subnets, routers: [tor] }))).toBe(true)
  })
})
