/** Compound commands of the shell, told by their first words: loops, conditions, groups and functions. */

import type { ShellCommand, Trouble } from './shell-command.js'

const OPENS: ReadonlySet<string> = new Set(['for', 'while', 'until', 'if', 'case', 'select', '{', 'function'])
const CLOSES: ReadonlySet<string> = new Set(['done', 'fi', 'esac', '}'])
const LEADS: ReadonlySet<string> = new Set(['do', 'then', 'else', 'elif', '!'])

interface Open {
  readonly first: ShellCommand
  readonly parts: ShellCommand[]
  depth: number
}

/** From the word that opens a compound command to the one that closes it, as one command. */
export function joinCompounds(commands: readonly ShellCommand[]): readonly ShellCommand[] {
  const joined: ShellCommand[] = []
  let open: Open | undefined
  for (const command of commands) {
    const change = depthChange(command.bare)
    if (open === undefined && change <= 0) {
      joined.push(command)
      continue
    }
    open ??= { first: command, parts: [], depth: 0 }
    open.parts.push(command)
    open.depth += change
    if (open.depth > 0) continue
    joined.push(compound(open, 'compound'))
    open = undefined
  }
  if (open !== undefined) joined.push(compound(open, 'unclosed'))
  return joined
}

function compound({ first, parts }: Open, trouble: Trouble): ShellCommand {
  const whole = parts.map(({ raw }) => raw).join('\n')
  return { ...first, text: whole, raw: whole, hereDocuments: [], parts, trouble }
}

/** How many compound commands a simple one opens, less those that it closes. */
function depthChange(bare: string): number {
  const words = bare.split(/\s+/)
  const first = words.find((word) => !LEADS.has(word)) ?? ''
  const opens = OPENS.has(first) || (words.length > 1 && words.at(-1) === '{')
  return (opens ? 1 : 0) - (CLOSES.has(words[0] ?? '') ? 1 : 0)
}
