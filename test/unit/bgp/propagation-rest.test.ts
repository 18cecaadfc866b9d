import { describe, expect, test } from 'vitest'
import { propagate } from '../../../src/bgp/plain/propagate.js'
import { plainTablesOf } from '../../../src/bgp/plain/tables.js'
import { prefix } from './config-fixture.js'
import { asOf, network, onlyPrefer, PREFIX } from './plain-fixture.js'
import { solve } from './tables-fixture.js'

/** Griffin, Shepherd and Wilfong's BAD GADGET: 1, 2 and 3 each prefer the way through the next to their own to 0. */
const bad = network(4, {
  origin: 0,
  links: [
    [0, 1],
    [0, 2],
    [0, 3],
    [1, 2],
    [2, 3],
    [3, 1],
  ],
  imports: {
    '1 2': onlyPrefer([asOf(2), asOf(0)]),
    '2 3': onlyPrefer([asOf(3), asOf(0)]),
    '3 1': onlyPrefer([asOf(1), asOf(0)]),
    '2 1': onlyPrefer([1]),
    '3 2': onlyPrefer([1]),
    '1 3': onlyPrefer([1]),
  },
})

/** DISAGREE: 1 and 2 each prefer the way through the other. */
const disagree = (addPaths: boolean) =>
  network(3, {
    origin: 0,
    addPaths,
    links: [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
    imports: { '1 2': onlyPrefer([asOf(2), asOf(0)]), '2 1': onlyPrefer([asOf(1), asOf(0)]) },
  })

describe('how propagation ends', () => {
  test('a network without a stable state is reported with its prefix', () => {
    const tables = plainTablesOf(bad)
    expect(tables.convergence(4)).toEqual({ kind: 'unstable', prefixes: [prefix(PREFIX)] })
  })

  test('a network with two stable states says that arrival decides', () => {
    const tables = plainTablesOf(disagree(false))
    expect(tables.convergence(4)).toEqual({ kind: 'stable' })
    expect(tables.table(1, 4).entry(prefix(PREFIX))?.dependsOnArrival).toBe(true)
    expect(tables.table(1, 4).entry(prefix('172.16.1.0/24'))).not.toHaveProperty('dependsOnArrival')
  })

  test('with added paths what is best changes nothing that is sent', () => {
    const tables = plainTablesOf(disagree(true))
    const entry = tables.table(1, 4).entry(prefix(PREFIX))
    expect(entry).not.toHaveProperty('dependsOnArrival')
    expect(entry?.paths[0]?.asPath).toEqual([asOf(2), asOf(0)])
  })

  test('more routes than the limit stop it', () => {
    expect(propagate(disagree(true), { routes: 4 }).outcome).toEqual({ kind: 'tooLarge', limit: 4 })
  })

  test('a mesh that is far too large is not begun', () => {
    const nodes = Array.from({ length: 700 }, (_, i) => ({
      name: `n${i}`,
      v4: `172.16.${Math.floor(i / 200)}.${(i % 200) + 1}/16`,
    }))
    const { tables } = solve({ nodes, blocks: {} })
    expect(tables.convergence(4).kind).toBe('tooLarge')
    expect(tables.table(0, 4).entries).toEqual([])
  })

  test('the same input gives the same tables in whatever order messages come', () => {
    const line = network(5, {
      origin: 0,
      links: [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
        [4, 0],
      ],
    })
    const told = (order: { readonly seed?: number }) =>
      plainTablesOf(line, order)
        .table(2, 4)
        .entry(prefix(PREFIX))
        ?.paths.map((path) => path.asPath)
    expect(told({})).toEqual([
      [asOf(1), asOf(0)],
      [asOf(3), asOf(4), asOf(0)],
    ])
    expect(told({ seed: 5 })).toEqual(told({}))
  })

  test('allowed own AS numbers do not make paths go round for ever', () => {
    const ring = network(3, {
      origin: 0,
      addPaths: true,
      allowLocalAS: 1,
      links: [
        [0, 1],
        [1, 2],
        [2, 0],
      ],
    })
    expect(propagate(ring).outcome).toEqual({ kind: 'stable' })
  })
})
