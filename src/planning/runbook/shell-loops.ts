/** Loops over words that stand in the text, and groups: compound commands that come to a known list of simple ones. */

import type { ShellCommand } from './shell-command.js'
import { joinCompounds } from './shell-compounds.js'

export interface Loop {
  readonly variable: string
  /** The words, not yet taken apart, as the shell's text and with an `x` for what stands in quotes. */
  readonly list: { readonly text: string; readonly bare: string }
  readonly body: readonly ShellCommand[]
}

const FOR = /^for\s+([A-Za-z_][A-Za-z0-9_]*)\s+in\s+([\s\S]*)$/

/** `for NAME in WORDS; do BODY; done`; undefined for anything else. */
export function loopOf({ parts = [] }: ShellCommand): Loop | undefined {
  const [head, ...rest] = parts
  const [text, bare] = [FOR.exec(head?.text ?? ''), FOR.exec(head?.bare ?? '')]
  const body = bodyOf(rest, 'do', 'done')
  const [, variable, list] = text ?? []
  if (variable === undefined || list === undefined || body === undefined) return undefined
  return { variable, list: { text: list, bare: bare?.[2] ?? list }, body }
}

/** The commands of `{ a; b; }`. */
export function groupOf({ parts = [] }: ShellCommand): readonly ShellCommand[] | undefined {
  return bodyOf(parts, '{', '}')
}

function bodyOf(parts: readonly ShellCommand[], opens: string, closes: string): readonly ShellCommand[] | undefined {
  const [first, last] = [parts[0], parts.at(-1)]
  if (first === undefined || last?.bare !== closes || !leads(first.bare, opens)) return undefined
  const inner = parts.length > 1 ? [withoutLead(first), ...parts.slice(1, -1)] : []
  return joinCompounds(inner.filter(({ text }) => text !== ''))
}

function leads(bare: string, word: string): boolean {
  return bare === word || bare.startsWith(`${word} `) || bare.startsWith(`${word}\t`)
}

const LEAD = /^(?:do|then|else|elif|if|while|until|\{|!)(?:\s+|$)/

/** Without a word of the compound command before it: `do kubectl get nodes`. */
export function withoutLead(command: ShellCommand): ShellCommand {
  const { text, bare, raw } = command
  return { ...command, text: text.replace(LEAD, ''), bare: bare.replace(LEAD, ''), raw: raw.replace(LEAD, '') }
}

const ENDS = /^(?:done|fi|esac|\}|;;)$/

/** The simple commands in a compound one of any kind, each as if it stood alone. */
export function simpleParts({ parts = [] }: ShellCommand): readonly ShellCommand[] {
  return parts
    .map((part) => withoutLead(withoutLead(part)))
    .filter(({ bare }) => bare !== '' && !ENDS.test(bare) && !/^(?:for|case|select|function)\s/.test(bare))
}
