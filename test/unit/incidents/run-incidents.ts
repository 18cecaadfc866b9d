/** One test for each fact of the incidents given. */

import { describe, expect, test } from 'vitest'
import type { Fact, Incident, Situation } from '../../fixtures/incidents/incident.js'
import { type Sight, sightOf } from '../../fixtures/incidents/sight.js'

export function testIncidents(incidents: readonly Incident[]): void {
  for (const incident of incidents) {
    describe(`${incident.id}: ${incident.title}`, () => {
      for (const situation of incident.situations) describe(situation.name, () => testSituation(incident, situation))
    })
  }
}

function testSituation(incident: Incident, situation: Situation): void {
  let held: Sight | undefined
  const sight = (): Sight => {
    held ??= sightOf(incident, situation)
    return held
  }
  test.each(situation.facts.map((fact): [string, Fact] => [fact.observed, fact]))('%s', (_observed, fact) => {
    expect(fact.predicted(sight())).toEqual(fact.expected)
  })
}
