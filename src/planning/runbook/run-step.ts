/** One step of a runbook carried out on a world. */

import { applyChange, type ChangeOptions, type ChangeResult } from '../change/apply-change.js'
import type { World } from '../change/world.js'
import type { RunbookStep } from './runbook.js'

/** The world after the step; a step that is read-only, refused or not simulated leaves it as it is. */
export function runStep(world: World, { action }: RunbookStep, options: ChangeOptions = {}): ChangeResult {
  switch (action.type) {
    case 'change': {
      const result = applyChange(world, action.change, options)
      const { remarks = [] } = action
      return remarks.length === 0 ? result : { ...result, findings: [...result.findings, ...remarks] }
    }
    case 'query':
    case 'expect':
      return { world, status: 'readOnly', findings: [], effects: [] }
    case 'refused':
      return { world, status: 'rejected', findings: action.findings, effects: [] }
    case 'notSimulated':
      return { world, status: 'notSimulated', findings: action.findings, effects: [] }
    default: {
      const unhandled: never = action
      return unhandled
    }
  }
}
