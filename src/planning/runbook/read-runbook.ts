/** Runbooks read from Markdown, shell scripts and kind: Runbook documents. */

import type { Finding } from '../../findings/finding.js'
import { remark } from '../change/remark.js'
import { commandsOf } from './console-session.js'
import type { ReadFile } from './interpret.js'
import { MOST_CHARACTERS, MOST_STEPS } from './limits.js'
import { readDocument, runbookDocuments } from './read-document.js'
import { readMarkdown } from './read-markdown.js'
import { readShell } from './read-shell.js'
import type { Action, Runbook, RunbookStep } from './runbook.js'
import { openShell, type ShellState } from './shell-state.js'

export type { ReadFile } from './interpret.js'

interface Draft {
  readonly name: string
  readonly command: string
  readonly line?: number
  readonly action: Action
}

/** What a text of one of the three forms comes to. */
interface Drafts {
  readonly drafts: readonly Draft[]
  readonly findings: readonly Finding[]
}

/** Never throws, runs nothing, and reads nothing but what `readFile` gives. */
export function readRunbook(text: string, name: string, readFile: ReadFile = () => undefined): Runbook {
  if (text.length > MOST_CHARACTERS) return { name, steps: [], findings: [tooLarge(`${MOST_CHARACTERS} characters`)] }
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  const { drafts, findings } = draftsOf(plain, name, openShell(name, bounded(readFile)))
  const steps = drafts.slice(0, MOST_STEPS).map((draft, index): RunbookStep => ({ index, file: name, ...draft }))
  return { name, steps, findings: [...findings, ...sizeFindings(name, drafts.length, findings.length > 0)] }
}

function sizeFindings(name: string, steps: number, faulty: boolean): readonly Finding[] {
  if (steps > MOST_STEPS) return [tooLarge(`${MOST_STEPS} steps`)]
  return steps === 0 && !faulty ? [empty(name)] : []
}

function tooLarge(what: string): Finding {
  return remark('error', 'RUNBOOK_TOO_LARGE', `The runbook has more than ${what}.`, 'Split it.')
}

function unreadable(name: string): Finding {
  return remark('error', 'RUNBOOK_TOO_LARGE', `${name} is nested too deep to be read.`, 'Write lists and quotes flat.')
}

function empty(name: string): Finding {
  const hint = 'Mark the blocks of commands as sh or bash, or give a shell script or a kind: Runbook document.'
  return remark('error', 'RUNBOOK_EMPTY', `${name} has no step.`, hint)
}

function bounded(readFile: ReadFile): ReadFile {
  return (path) => {
    const text = readFile(path)
    return text !== undefined && text.length <= MOST_CHARACTERS ? text : undefined
  }
}

/** By the name's ending; without a telling one, by what the text holds. */
function draftsOf(text: string, name: string, state: ShellState): Drafts {
  const ending = /\.([a-z]{1,10})$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  if (['yaml', 'yml', 'json'].includes(ending) || (ending === '' && /^[ \t"]*kind"?:\s*"?Runbook\b/m.test(text))) {
    return fromDocuments(text, name, state)
  }
  if (['md', 'markdown', 'mdx'].includes(ending) || (!SCRIPTS.has(ending) && /^[ \t>]*(?:```|~~~)/m.test(text))) {
    return fromPage(text, name, state)
  }
  const drafts = readShell(commandsOf(text, false), state).map(({ comment, command, line, action }) => ({
    name: comment ?? firstLine(command),
    command,
    line,
    action,
  }))
  return { drafts, findings: [] }
}

const SCRIPTS: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh', 'ksh'])

function fromPage(text: string, name: string, state: ShellState): Drafts {
  const drafts = readMarkdown(text, state)?.map(({ heading, comment, command, line, action }) => ({
    name: comment ?? heading ?? firstLine(command),
    command,
    line,
    action,
  }))
  return drafts === undefined ? { drafts: [], findings: [unreadable(name)] } : { drafts, findings: [] }
}

function fromDocuments(text: string, name: string, state: ShellState): Drafts {
  const { documents, findings } = runbookDocuments(text, name)
  const drafts = documents
    .flatMap((document) => readDocument(document, state))
    .map((step) => ({ command: step.command, action: step.action, name: step.name ?? firstLine(step.command) }))
  return { drafts, findings }
}

function firstLine(command: string): string {
  return command.split('\n', 1)[0] ?? ''
}
