/** An area that judges each recorded cluster by itself. */

import type { Area, AreaResult } from './area.js'
import { type LabCase, labCases } from './lab.js'

/** How many of a case's differences are told. */
const MOST_TOLD = 6

/** `judge` gives a sentence for each difference; what it throws is one. */
export function labArea(name: string, judge: (item: LabCase) => readonly string[]): Area {
  return {
    name,
    run(folder): AreaResult {
      const failed: { case: string; why: string }[] = []
      const cases = labCases(folder)
      for (const item of cases) {
        const found = caught(() => judge(item))
        if (found.length > 0) failed.push({ case: item.name, why: found.slice(0, MOST_TOLD).join('; ') })
      }
      return { cases: cases.length, passed: cases.length - failed.length, failed, skipped: [] }
    },
  }
}

function caught(run: () => readonly string[]): readonly string[] {
  try {
    return run()
  } catch (error) {
    return [`threw ${error instanceof Error ? error.message : String(error)}`]
  }
}
