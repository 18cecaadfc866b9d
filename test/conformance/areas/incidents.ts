/** Incidents that real users met: each one that has a fixture must show what was observed. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Incident } from '../../fixtures/incidents/incident.js'
import { INCIDENTS } from '../../fixtures/incidents/index.js'
import { judge } from '../../fixtures/incidents/judge.js'
import type { Area, AreaResult } from '../area.js'
import { canonical } from '../compare.js'

const FIXTURES: ReadonlyMap<string, Incident> = new Map(INCIDENTS.map((incident) => [incident.id, incident]))

/** Recorded incidents that say nothing about the state of a network at rest. */
const NO_PREDICTION: Readonly<Record<string, string>> = {
  'INC-005': 'about time after a restart, which the rehearsal predicts',
  'INC-006': 'about time after a restart, which the rehearsal predicts',
  'INC-056': 'about CPU and memory, which are not predicted',
}

export const incidentsArea: Area = {
  name: 'incidents',
  run(folder): AreaResult {
    const recorded = JSON.parse(readFileSync(join(folder, 'incidents.json'), 'utf8')) as { readonly id: string }[]
    const failed: { case: string; why: string }[] = []
    const skipped: { case: string; reason: string }[] = []
    for (const { id } of recorded) {
      const incident = FIXTURES.get(id)
      if (incident === undefined) {
        skipped.push({ case: id, reason: NO_PREDICTION[id] ?? 'has no fixture' })
        continue
      }
      const why = faultsOf(incident)
      if (why.length > 0) failed.push({ case: id, why: why.join('; ') })
    }
    return { cases: recorded.length, passed: recorded.length - failed.length - skipped.length, failed, skipped }
  },
}

function faultsOf(incident: Incident): readonly string[] {
  try {
    return judge(incident).flatMap(({ situation, fact, predicted }) => {
      const [want, have] = [canonical(fact.expected), canonical(predicted)]
      return want === have ? [] : [`${situation.name}: ${fact.observed}: recorded ${want}, predicted ${have}`]
    })
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}
