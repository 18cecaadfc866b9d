/** `label` and `annotate` of both commands: KEY=VALUE sets, KEY- takes away. */

import type { Change } from '../change/change.js'
import { type CommandLine, flagSet } from './command-line.js'
import { changes, incomplete } from './interpret.js'
import type { Action } from './runbook.js'
import { targetsOnLine } from './targets-on-line.js'

export function markOnLine(
  verb: 'label' | 'annotate',
  line: CommandLine,
  words: readonly string[],
  client: 'kubectl' | 'calicoctl',
): Action {
  const command = `${client} ${verb}`
  const remove = flagSet(line, 'remove')
  const isKey = (word: string): boolean => word.includes('=') || /^[\w./-]+-$/.test(word)
  // calicoctl takes a key away with --remove, and writes it without the dash.
  const last = remove ? words.at(-1) : undefined
  const isMark = (word: string): boolean => isKey(word) || (last !== undefined && word === last)
  const found = targetsOnLine(line, words, { command, client, isRest: isMark })
  if ('action' in found) return found.action
  const set = found.rest.filter((word) => word.includes('=')).map(splitAtFirst)
  const gone = found.rest.filter((word) => !word.includes('=')).map((word) => word.replace(/-$/, ''))
  if (set.length + gone.length === 0) return incomplete(command, 'KEY=VALUE or KEY-')
  const overwrite = flagSet(line, 'overwrite')
  return changes(...found.targets.map((target): Change => ({ do: verb, client, target, set, remove: gone, overwrite })))
}

function splitAtFirst(pair: string): readonly [string, string] {
  const at = pair.indexOf('=')
  return [pair.slice(0, at), pair.slice(at + 1)]
}
