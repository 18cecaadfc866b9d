import { describe, expect, test } from 'vitest'
import { plainTablesOf } from '../../../src/bgp/plain/tables.js'
import { wordAlternatives } from '../../../src/report/wording/path-reason.js'
import { prefix } from '../bgp/config-fixture.js'
import { asOf, network, onlyPrefer, PREFIX } from '../bgp/plain-fixture.js'

const tables = plainTablesOf(
  network(3, {
    origin: 0,
    links: [
      [0, 1],
      [0, 2],
      [1, 2],
    ],
    imports: { '1 2': onlyPrefer([asOf(2), asOf(0)]), '2 1': onlyPrefer([asOf(1), asOf(0)]) },
  }),
)

describe('the sentence about several resting states', () => {
  test('names the path that may be in use instead', () => {
    const entry = tables.table(1, 4).entry(prefix(PREFIX))
    const other = entry?.alternatives?.[0]?.paths.find(({ verdict }) => verdict.best)
    expect(entry && wordAlternatives(entry)).toContain(`${other?.birdName} by`)
  })

  test('says so where the speaker itself holds the same in all of them', () => {
    const entry = tables.table(0, 4).entry(prefix(PREFIX))
    expect(entry?.dependsOnArrival).toBe(true)
    expect(entry && wordAlternatives({ ...entry, alternatives: [] })).toMatch(/makes no difference/)
  })
})
