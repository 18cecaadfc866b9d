/** Variables that a command sets for those after it. */

import { enterDirectory, type ShellState } from './shell-state.js'

const ASSIGNMENT = /^([A-Za-z_][A-Za-z0-9_]*)\+?=([\s\S]*)$/
const DECLARES: ReadonlySet<string> = new Set(['export', 'declare', 'local', 'typeset', 'readonly'])

/** A substitution's output, which nobody knows: a variable with it counts as not set. */
export const UNKNOWN_VARIABLE = 'CALICO_PLAN_UNKNOWN_OUTPUT'

/** True when the command does nothing else; `cd` is of this kind, too. */
export function setVariables(words: readonly string[], state: ShellState): boolean {
  const [first = '', ...rest] = words
  if (first === 'cd') {
    enterDirectory(state, rest[0] ?? '')
    return true
  }
  if (first === 'unset' || first === 'read') {
    for (const word of rest) state.variables.delete(word)
    return true
  }
  const declared = DECLARES.has(first) ? rest : words
  if (declared === words && (words.length === 0 || !words.every((word) => ASSIGNMENT.test(word)))) return false
  for (const word of declared) {
    const [, name, value = ''] = ASSIGNMENT.exec(word) ?? []
    if (name === undefined) continue
    if (value.includes(`$${UNKNOWN_VARIABLE}`)) state.variables.delete(name)
    else state.variables.set(name, value)
  }
  return true
}
