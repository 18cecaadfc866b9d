/** Which objects a command line names: `TYPE NAME...`, `TYPE/NAME...`, a selector, or all of them. */

import type { ReadKind } from '../../cluster/inventory.js'
import type { Pick, Target } from '../change/change.js'
import { type CommandLine, flagSet, flagValue } from './command-line.js'
import { incomplete, notSimulated, refused } from './interpret.js'
import { isOtherKind, kindOfWord } from './resource-words.js'
import type { Action } from './runbook.js'

export type Targets =
  | { readonly targets: readonly Target[]; readonly rest: readonly string[] }
  | { readonly action: Action }

export interface TargetWords {
  /** For messages: `kubectl delete`. */
  readonly command: string
  readonly client: 'kubectl' | 'calicoctl'
  /** Words behind the names that are no names: `key=value` of label. */
  readonly isRest?: (word: string) => boolean
  /** The kind of all names, where the command says none: nodes of drain. */
  readonly kind?: ReadKind
}

export function targetsOnLine(line: CommandLine, words: readonly string[], how: TargetWords): Targets {
  const { command, client } = how
  const names = words.filter((word) => how.isRest?.(word) !== true)
  const rest = words.filter((word) => how.isRest?.(word) === true)
  const scope = scopeOf(line)
  if (how.kind !== undefined) {
    const bare = names.map((name) => name.replace(/^(?:nodes?|no)\//, ''))
    const pick = pickOf(line, bare)
    return pick === undefined
      ? { action: incomplete(command, 'a name or a selector (-l)') }
      : { targets: [{ kind: how.kind, pick, ...scope }], rest }
  }
  const [first, ...others] = names
  if (first === undefined) return { action: incomplete(command, 'a kind and a name') }
  if (names.every((name) => /^[^/]+\/[^/]+$/.test(name))) {
    const targets: Target[] = []
    for (const name of names) {
      const [word = '', object = ''] = name.split('/')
      const kind = kindOfWord(word, client)
      if (kind === undefined) return { action: unknownKind(command, word) }
      targets.push({ kind, pick: { by: 'name', names: [object] }, ...scope })
    }
    return { targets, rest }
  }
  const kinds = first.split(',').map((word) => ({ word, kind: kindOfWord(word, client) }))
  const pick = pickOf(
    line,
    others.flatMap((name) => name.split(',')),
  )
  if (pick === undefined) return { action: incomplete(command, 'a name, a selector (-l) or --all') }
  const targets: Target[] = []
  for (const { word, kind } of kinds) {
    if (kind === undefined) return { action: unknownKind(command, word) }
    targets.push({ kind, pick, ...scope })
  }
  return { targets, rest }
}

function pickOf(line: CommandLine, names: readonly string[]): Pick | undefined {
  const selector = flagValue(line, 'selector')
  if (selector !== undefined) return { by: 'label', selector }
  if (names.length > 0) return { by: 'name', names }
  return flagSet(line, 'all') ? { by: 'all' } : undefined
}

function scopeOf(line: CommandLine): Scope {
  const namespace = namespaceOf(line)
  const mayBeMissing = flagValue(line, 'ignore-not-found') !== undefined || flagSet(line, 'skip-not-exists')
  return { ...(namespace === undefined ? {} : { namespace }), ...(mayBeMissing ? { mayBeMissing } : {}) }
}

type Scope = { readonly namespace?: string; readonly mayBeMissing?: boolean }

/** `*` for --all-namespaces; undefined when the command says none. */
export function namespaceOf(line: CommandLine): string | undefined {
  return flagSet(line, 'all-namespaces') ? '*' : flagValue(line, 'namespace')
}

export function unknownKind(command: string, word: string): Action {
  if (isOtherKind(word)) {
    return notSimulated(`${command}: ${word} is not part of the model.`, 'It changes nothing that is predicted here.')
  }
  return refused('CHANGE_KIND_UNKNOWN', `${command} knows no kind ${JSON.stringify(word)}.`, 'Check the spelling.')
}
