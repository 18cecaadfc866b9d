/** A pipeline made into one action: what its stages hand on to each other, and which of them tells what happens. */

import { type CommandInput, combined, LOOKS, notSimulated, UNKNOWN_TEXT, type UnknownText } from './interpret.js'
import { programOf } from './prefixes.js'
import { interpret, type RunScript } from './programs.js'
import type { Action } from './runbook.js'
import { fileIn, type ShellState, writeFile } from './shell-state.js'
import type { Stage } from './shell-words.js'

export type PipelineInput = Pick<CommandInput, 'on' | 'depth'>

/** Undefined when it only prepares. Files that it writes are there afterwards. */
export function interpretPipeline(
  stages: readonly Stage[],
  state: ShellState,
  input: PipelineInput,
  run: RunScript,
): Action | undefined {
  let printed: string | UnknownText | undefined
  const actions: (Action | undefined)[] = []
  for (const stage of stages) {
    const stdin = standardInput(stage, printed, state)
    const inside: CommandInput = {
      ...input,
      readFile: (path) => fileIn(state, path),
      file: state.file,
      ...(stdin === undefined ? {} : { stdin }),
    }
    const text = textOf(stage, stdin, state)
    actions.push(changedFiles(stage, state) ?? throughXargs(stage, inside, run) ?? interpret(stage.words, inside, run))
    printed = text ?? UNKNOWN_TEXT
    if (stage.output !== undefined) writeFile(state, stage.output, printed, stage.appends === true)
  }
  return combined(actions)
}

function standardInput(
  { input }: Stage,
  printed: string | UnknownText | undefined,
  state: ShellState,
): CommandInput['stdin'] {
  switch (input?.from) {
    case undefined:
      return undefined
    case 'text':
      return input.text
    case 'file':
      return fileIn(state, input.path) ?? UNKNOWN_TEXT
    case 'pipe':
      return printed
    default: {
      const unhandled: never = input
      return unhandled
    }
  }
}

/** What a stage prints, where it only passes on what is known; undefined for every other program. */
function textOf({ words }: Stage, stdin: CommandInput['stdin'], state: ShellState): string | UnknownText | undefined {
  const [first = '', ...rest] = words[0] === 'sudo' ? words.slice(1) : words
  const operands = rest.filter((word) => word === '-' || !word.startsWith('-'))
  switch (programOf(first)) {
    case 'echo': {
      const text = operands.join(' ')
      return `${rest[0]?.startsWith('-') === true && rest[0].includes('e') ? unescaped(text) : text}\n`
    }
    case 'printf':
      return printed(operands)
    case 'cat':
      if (operands.length === 0) return stdin
      return joined(operands.map((path) => (path === '-' ? stdin : fileIn(state, path))))
    case 'tee':
      for (const path of operands) writeFile(state, path, stdin ?? '', rest.includes('-a'))
      return stdin
    default:
      return undefined
  }
}

function joined(texts: readonly (string | UnknownText | undefined)[]): string | UnknownText {
  const known = texts.filter((text) => typeof text === 'string')
  return known.length === texts.length ? known.join('') : UNKNOWN_TEXT
}

/** A format with nothing but `%s` in it, filled in once. */
function printed([format = '', ...values]: readonly string[]): string | UnknownText {
  const places = format.split('%s')
  if (places.join('').includes('%') || values.length !== places.length - 1) return UNKNOWN_TEXT
  return places.map((part, at) => unescaped(part) + (values[at] ?? '')).join('')
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([nt\\])/g, (_, letter) => (letter === 'n' ? '\n' : letter === 't' ? '\t' : '\\'))
}

const EDITORS: ReadonlySet<string> = new Set(['vi', 'vim', 'nano', 'emacs', 'code'])

/** Files of the operator's own machine that change in ways that are known, or not. */
function changedFiles({ words }: Stage, state: ShellState): Action | undefined {
  const [first = '', ...rest] = words
  const operands = rest.filter((word) => !word.startsWith('-'))
  const [from, to] = operands
  if (EDITORS.has(first) || (first === 'sed' && rest.some((word) => /^(?:-[a-zA-Z]*i|--in-place)/.test(word)))) {
    for (const path of operands) writeFile(state, path, UNKNOWN_TEXT, false)
    return LOOKS
  }
  if ((first === 'cp' || first === 'mv') && from !== undefined && to !== undefined) {
    writeFile(state, to, fileIn(state, from) ?? UNKNOWN_TEXT, false)
    return LOOKS
  }
  return undefined
}

/** xargs gives a command words that another one prints. */
function throughXargs({ words }: Stage, input: CommandInput, run: RunScript): Action | undefined {
  if (words[0] !== 'xargs') return undefined
  const command = words.findIndex(
    (word, at) => at > 0 && !word.startsWith('-') && !/^-[nPILs]$/.test(words[at - 1] ?? ''),
  )
  const action = command < 0 ? LOOKS : interpret(words.slice(command), input, run)
  if (action === undefined || action.type === 'query') return LOOKS
  return notSimulated(
    'xargs gives a command words that another one prints, which are not known here.',
    'Write the command with its words, or with a selector (-l).',
  )
}
