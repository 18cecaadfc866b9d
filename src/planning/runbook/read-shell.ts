/** Steps of a shell text: a script, or a fenced block of a Markdown page. */

import { typographicQuoteIn } from '../../manifests/typographic-quotes.js'
import { type CommandInput, combined, LOOKS, notSimulated, refused } from './interpret.js'
import { MOST_COMMAND, MOST_NESTING, MOST_STEPS, MOST_WORDS } from './limits.js'
import type { RunScript } from './programs.js'
import type { Action } from './runbook.js'
import type { ShellCommand } from './shell-command.js'
import { expandSequences } from './shell-expansion.js'
import { groupOf, type Loop, loopOf, simpleParts } from './shell-loops.js'
import { interpretPipeline, type PipelineInput } from './shell-pipeline.js'
import { scanShell } from './shell-scanner.js'
import { type ShellState, spend } from './shell-state.js'
import { substitutedIn, withoutSubstitutions } from './shell-substitutions.js'
import { setVariables } from './shell-variables.js'
import { wordsOf } from './shell-words.js'

export interface ShellStep {
  readonly comment?: string
  readonly command: string
  /** From 1 within the text. */
  readonly line: number
  readonly action: Action
}

/** Changes `state`. Assignments and the like are no steps. Not more steps than a runbook may have, and one. */
export function readShell(text: string, state: ShellState): readonly ShellStep[] {
  const steps: ShellStep[] = []
  readCommands(scanShell(text), state, { steps, depth: 0 })
  return steps
}

interface Reading {
  readonly steps: ShellStep[]
  readonly depth: number
  /** What the loops around set, for the words of a step. */
  readonly set?: ReadonlyMap<string, string>
}

function readCommands(commands: readonly ShellCommand[], state: ShellState, reading: Reading): void {
  for (const command of commands) {
    if (reading.steps.length > MOST_STEPS) return
    const loop = loopOf(command)
    const group = loop === undefined ? groupOf(command) : undefined
    if (reading.depth >= MOST_NESTING || (loop === undefined && group === undefined)) {
      readOne(command, state, reading)
    } else if (group !== undefined) readCommands(group, state, { ...reading, depth: reading.depth + 1 })
    else if (loop !== undefined && !repeat(loop, state, reading)) readOne(command, state, reading)
  }
}

/** False when the words of the loop are not known. */
function repeat(loop: Loop, state: ShellState, reading: Reading): boolean {
  const values = valuesOf(loop, state)
  if (values === undefined) return false
  const length = loop.body.reduce((sum, { raw }) => sum + raw.length, 1)
  if (!spend(state, values.length * length)) return false
  for (const value of values) {
    state.variables.set(loop.variable, value)
    const set = new Map([...(reading.set ?? []), [loop.variable, value]])
    readCommands(loop.body, state, { steps: reading.steps, depth: reading.depth + 1, set })
  }
  return true
}

/** Words that stand in the text, or in variables that are known; a variable outside quotes comes apart at blanks. */
function valuesOf({ list: { text, bare } }: Loop, state: ShellState): readonly string[] | undefined {
  const words = wordsOf({ text: expandSequences(text), bare: expandSequences(bare), hereDocuments: [] }, state)
  const [stage, ...more] = words?.stages ?? []
  if (words === undefined || stage === undefined || more.length > 0 || words.unset.length > 0) return undefined
  if (/[*?[]|\$\(|`/.test(expandSequences(bare))) return undefined
  const values = bare === text ? stage.words.flatMap((word) => word.split(/\s+/)) : stage.words
  return values.length > MOST_WORDS ? undefined : values.filter((value) => value !== '')
}

function readOne(command: ShellCommand, state: ShellState, { steps, set }: Reading): void {
  const action = actionOf(command, state, { depth: 0 })
  if (action === undefined) return
  const { raw, line, comment } = command
  steps.push({ command: filledIn(raw, set), line, action, ...(comment === undefined ? {} : { comment }) })
}

/** The command as it runs in this round of the loop. */
function filledIn(raw: string, set: Reading['set']): string {
  let text = raw
  for (const [name, value] of set ?? []) {
    text = text.replaceAll(new RegExp(`\\$(?:\\{${name}\\}|${name}(?![A-Za-z0-9_]))`, 'g'), () => value)
  }
  return text
}

/** Undefined for a command that only prepares. */
function actionOf(command: ShellCommand, state: ShellState, input: PipelineInput): Action | undefined {
  const { trouble, afterFailure } = command
  const wrong = faultOf(command)
  if (wrong !== undefined) return wrong
  if (trouble === 'compound') return compoundAction(command, state, input)
  const action = trouble === 'substitution' ? substituted(command, state, input) : simple(command, state, input)
  if (!afterFailure || action === undefined || action.type === 'query') return action
  return notSimulated('It runs only when the command before it fails.', 'Write it as a step of its own.')
}

/** What a shell would not read. */
function faultOf({ trouble, raw, hereDocuments }: ShellCommand): Action | undefined {
  if (trouble === 'unclosed') {
    return refused(
      'RUNBOOK_SYNTAX',
      `A quote, a parenthesis or a compound command is not closed in ${shortened(raw)}.`,
      'Close it; after a page was copied, look for quotes that are typographic.',
    )
  }
  if (!hereDocuments.some(({ unfinished }) => unfinished)) return undefined
  return refused(
    'RUNBOOK_SYNTAX',
    `The here-document of ${shortened(raw)} is not closed.`,
    'Write its delimiter on a line of its own, without blanks around it.',
  )
}

/** A loop or condition that only looks does nothing; what another one comes to is not known. */
function compoundAction(command: ShellCommand, state: ShellState, input: PipelineInput): Action {
  const { depth } = input
  const inner =
    depth < MOST_NESTING
      ? simpleParts(command).map((part) => actionOf(part, state, { ...input, depth: depth + 1 }))
      : []
  if (inner.length > 0 && inner.every((action) => action === undefined || isLook(action))) return LOOKS
  return notSimulated(
    `How often ${shortened(command.raw)} runs, and with what, is not known here.`,
    'Write the commands one by one; for NAME in WORDS; do ...; done is understood where the words are written out.',
  )
}

function isLook(action: Action): boolean {
  return action.type === 'query' || (action.type === 'change' && action.change.do === 'wait')
}

/** A command with `$(...)` in it: harmless where it only looks, and no step where it only sets a variable. */
function substituted(command: ShellCommand, state: ShellState, input: PipelineInput): Action | undefined {
  if (command.text.length > MOST_COMMAND) return unknownOutput(command.raw)
  const expanded = expandSequences(command.text)
  if (!/\$\(|`/.test(expanded)) {
    return simple({ ...command, text: expanded, bare: expandSequences(command.bare) }, state, input)
  }
  const inner = substitutedIn(command.text).map((text) =>
    run(state)(text, { ...input, ...NO_FILES, file: state.file, depth: input.depth + 1 }),
  )
  const changing = inner.find((action) => action !== undefined && !isLook(action))
  if (changing !== undefined) return changing.type === 'change' ? unknownOutput(command.raw) : changing
  const action = simple({ ...command, text: withoutSubstitutions(command.text) }, state, input)
  return action === undefined || action.type === 'query' ? action && LOOKS : unknownOutput(command.raw)
}

const NO_FILES = { readFile: () => undefined } as const

function unknownOutput(raw: string): Action {
  return notSimulated(
    `${shortened(raw)} uses what another command prints, which is not known here.`,
    'Write the words that it stands for.',
    'RUNBOOK_PLACEHOLDER',
  )
}

/** `<node-name>`, as documentation writes what is to be filled in. */
const PLACEHOLDER = /(?<!<)<[A-Za-z][\w -]{0,60}>/

function simple(command: ShellCommand, state: ShellState, input: PipelineInput): Action | undefined {
  const [placeholder] = PLACEHOLDER.exec(command.bare) ?? []
  if (placeholder !== undefined) {
    return notSimulated(
      `${placeholder} stands for something that is to be filled in.`,
      'Write the name itself.',
      'RUNBOOK_PLACEHOLDER',
    )
  }
  const pipeline = wordsOf(command, state)
  if (pipeline === undefined) {
    return refused('RUNBOOK_SYNTAX', `A shell cannot read ${shortened(command.raw)}.`, 'Check quotes and redirections.')
  }
  const { stages, unset } = pipeline
  if (stages.length === 1 && setVariables(stages[0]?.words ?? [], state)) return undefined
  const action = interpretPipeline(stages, state, input, run(state))
  if (action === undefined || action.type === 'query') return action
  return misquoted(command) ?? (unset.length === 0 ? action : notSet(unset))
}

function notSet(unset: readonly string[]): Action {
  const named = unset.slice(0, 5).join(', ')
  const message = `The runbook does not set ${unset.length === 1 ? 'the variable' : 'the variables'} ${named}.`
  return notSimulated(message, `Set it before: ${unset[0] ?? ''}=VALUE.`, 'RUNBOOK_PLACEHOLDER')
}

/** Typographic quotes where the shell looks for its own: the words come apart at the wrong places. */
function misquoted({ bare, raw }: ShellCommand): Action | undefined {
  const quote = typographicQuoteIn(bare, 0, bare.length)
  if (quote === undefined) return undefined
  return refused(
    'RUNBOOK_QUOTES',
    `${shortened(raw)} holds the typographic quotation mark ${quote.character}, which is no quote to a shell.`,
    'Write the plain quotes " or \'.',
  )
}

/** A text in the mouth of another shell, with variables and files of its own. */
function run(state: ShellState): RunScript {
  return (script: string, { on, depth }: CommandInput) => {
    if (depth > MOST_NESTING)
      return notSimulated('Commands inside commands go too deep here.', 'Write them one by one.')
    const own: ShellState = { ...state, variables: new Map(state.variables), written: new Map(state.written) }
    const input: PipelineInput = { depth: depth + 1, ...(on === undefined ? {} : { on }) }
    return combined(scanShell(script).map((command) => actionOf(command, own, input)))
  }
}

const MOST_SHOWN = 60

function shortened(text: string): string {
  const [line = ''] = text.split('\n', 1)
  return line.length > MOST_SHOWN ? `${line.slice(0, MOST_SHOWN)}...` : line
}
