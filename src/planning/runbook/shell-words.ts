/** The words of one command, by shell-quote: quotes taken off, variables filled in, redirections and pipes told apart. */

import { parse } from 'shell-quote'
import { MOST_COMMAND } from './limits.js'
import type { HereDocument, ShellCommand } from './shell-command.js'
import { expandBraces } from './shell-expansion.js'
import { type ShellState, spend } from './shell-state.js'

/** Where the standard input of a stage comes from. */
export type StandardInput =
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'pipe' }

export interface Stage {
  readonly words: readonly string[]
  readonly input?: StandardInput
  /** The file that standard output goes to. */
  readonly output?: string
  /** Output goes to the end of that file. */
  readonly appends?: boolean
}

export interface Pipeline {
  readonly stages: readonly Stage[]
  /** Variables that the command uses and nobody has set. */
  readonly unset: readonly string[]
}

/** shell-quote takes a `#` inside a word for a comment; the scanner has taken the real ones out. */
const HASH = '\ue000'

/** Undefined for a text that is no shell: `${` without its end, a redirection to nothing. */
export function wordsOf(
  { text, bare, hereDocuments }: Pick<ShellCommand, 'text' | 'bare' | 'hereDocuments'>,
  state: ShellState,
): Pipeline | undefined {
  if (text.length > MOST_COMMAND) return undefined
  const unset = new Set<string>()
  const filledIn = lookUp(state, unset)
  const entries = parsed(expandBraces(text, bare), filledIn)
  const documents = hereDocuments.map((document) => filled(document, filledIn))
  if (entries === undefined || state.budget.left < 0) return undefined
  const stages: Stage[] = []
  let stage = newStage()
  for (let at = 0; at < entries.length; at++) {
    const entry = entries[at]
    if (typeof entry === 'string') stage.words.push(entry)
    else if (entry === undefined || 'comment' in entry) continue
    else if (entry.op === 'glob') stage.words.push(entry.pattern.replaceAll(HASH, '#'))
    else if (entry.op === '|' || entry.op === '|&') {
      stages.push(stage)
      stage = { ...newStage(), input: { from: 'pipe' } }
    } else {
      const target = entries[++at]
      if (typeof target !== 'string' || !redirect(stage, entry.op, target, documents)) return undefined
    }
  }
  stages.push(stage)
  return { stages, unset: [...unset] }
}

interface OpenStage {
  words: string[]
  input?: StandardInput
  output?: string
  appends?: boolean
}

function newStage(): OpenStage {
  return { words: [] }
}

type Entry = string | { readonly op: string; readonly pattern?: string } | { readonly comment: string }

function parsed(text: string, filledIn: (name: string) => string): readonly ParsedEntry[] | undefined {
  try {
    return parse(text.replaceAll('#', HASH), filledIn).map((entry: Entry): ParsedEntry => {
      if (typeof entry === 'string') return entry.replaceAll(HASH, '#')
      if ('comment' in entry) return entry
      return entry.op === 'glob' ? { op: 'glob', pattern: entry.pattern ?? '' } : { op: entry.op, pattern: '' }
    })
  } catch {
    return undefined
  }
}

type ParsedEntry = string | { readonly op: string; readonly pattern: string } | { readonly comment: string }

/** Variables that every shell has; what is in them does not matter here. */
const AMBIENT: ReadonlySet<string> = new Set([
  'HOME',
  'USER',
  'PWD',
  'PATH',
  'SHELL',
  'HOSTNAME',
  'KUBECONFIG',
  '?',
  '$',
  '!',
  '#',
])

function lookUp(state: ShellState, unset: Set<string>): (name: string) => string {
  const { variables } = state
  return (name) => {
    if (name === '') return '$'
    const value = variables.get(name)
    if (value !== undefined) return spend(state, value.length) ? value : ''
    const fallback = /^([A-Za-z_][A-Za-z0-9_]*):?-([\s\S]*)$/.exec(name)
    if (fallback !== null) return variables.get(fallback[1] ?? '') ?? fallback[2] ?? ''
    if (!AMBIENT.has(name)) unset.add(name)
    return `$${name}`
  }
}

function filled({ body, expands }: HereDocument, filledIn: (name: string) => string): string {
  if (!expands) return body
  return body.replaceAll(
    /\\([$`\\])|\$(?:\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/g,
    (_, escaped, braced, plain) => (typeof escaped === 'string' ? escaped : filledIn(String(braced ?? plain))),
  )
}

/** False for an operator that is no redirection, such as a parenthesis. */
function redirect(stage: OpenStage, op: string, target: string, documents: string[]): boolean {
  switch (op) {
    case '<<':
    case '<<-':
      stage.input = { from: 'text', text: documents.shift() ?? '' }
      return true
    case '<<<':
      stage.input = { from: 'text', text: `${target}\n` }
      return true
    case '<':
      stage.input = { from: 'file', path: target }
      return true
    case '>':
    case '>>':
    case '>|':
    case '&>':
    case '&>>':
    case '>&':
    case '<&': {
      // The number of a file descriptor stands before the operator as a word of its own: 2>/dev/null, 2>&1.
      const descriptor = /^[0-9]$/.test(stage.words.at(-1) ?? '') ? stage.words.pop() : undefined
      if (descriptor !== '2' && op !== '>&' && op !== '<&' && target !== '/dev/null') {
        stage.output = target
        stage.appends = op.endsWith('>>')
      }
      return true
    }
    default:
      return false
  }
}
