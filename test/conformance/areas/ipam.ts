/** Area `ipam`: Calico's own IPAM tests, step by step, and its unit tables. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Area, AreaResult } from '../area.js'
import { runScenario, type Scenario } from './ipam/scenario.js'
import { runUnits, type UnitTables } from './ipam/units.js'

export const ipam: Area = {
  name: 'ipam',
  run(folder: string): AreaResult {
    const file = JSON.parse(readFileSync(join(folder, 'ipam', 'ipam.json'), 'utf8')) as {
      readonly scenarios: readonly Scenario[]
      readonly units: UnitTables
    }
    const units = runUnits(file.units)
    const failed = [
      ...file.scenarios.flatMap((scenario) => {
        const why = runScenario(scenario)
        return why === undefined ? [] : [{ case: scenario.id, why }]
      }),
      ...units.failed,
    ]
    const cases = file.scenarios.length + units.cases
    return { cases, passed: cases - failed.length, failed, skipped: [] }
  },
}
