/** A Markdown page: its fenced shell blocks are the steps, the nearest heading names them. */

import { commandsOf } from './console-session.js'
import { type FencedBlock, fencedBlocks } from './markdown-blocks.js'
import { readShell, type ShellStep } from './read-shell.js'
import { type ShellState, writeFile } from './shell-state.js'

export interface PageStep extends ShellStep {
  readonly heading?: string
}

const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'shell', 'zsh', 'ksh', 'fish', 'shellscript'])
const SESSIONS: ReadonlySet<string> = new Set(['console', 'shell-session', 'shellsession', 'terminal', 'sh-session'])
const FILES: ReadonlySet<string> = new Set(['yaml', 'yml', 'json', 'jsonc', 'json5'])

/** Undefined for a page that cannot be taken apart. */
export function readMarkdown(page: string, state: ShellState): readonly PageStep[] | undefined {
  const blocks = fencedBlocks(page)
  if (blocks === undefined) return undefined
  // A file may be shown after the command that names it.
  for (const block of [...blocks].reverse()) showFile(block, state)
  const steps: PageStep[] = []
  for (const block of blocks) {
    showFile(block, state)
    if (isShell(block)) steps.push(...stepsOf(block, state))
  }
  return steps
}

function stepsOf({ text, language, line, heading }: FencedBlock, state: ShellState): readonly PageStep[] {
  return readShell(commandsOf(text, SESSIONS.has(language)), state).map((step) => ({
    ...step,
    line: line + step.line,
    ...(heading === undefined ? {} : { heading }),
  }))
}

/** A fence without a language holds commands when it begins like one. */
const COMMAND =
  /^\s*(?:[$#]\s+)?(?:sudo\s+)?(?:(?:[A-Z_]+=\S*\s+)+)?(?:export\s|(?:\S*\/)?(?:kubectl|calicoctl|oc|cat\s+<<|birdcl|ping|sleep|for\s+\w+\s+in|ip\s+(?:-\d\s+)?r)(?:\s|$))/

function isShell({ language, text }: FencedBlock): boolean {
  if (language !== '') return SHELLS.has(language) || SESSIONS.has(language)
  return COMMAND.test(text.slice(0, 2_000).replace(/^(?:\s*#[^\n]*\n)*/, ''))
}

function showFile({ language, info, before, text }: FencedBlock, state: ShellState): void {
  if (!FILES.has(language)) return
  const name = namedIn(info) ?? captionAt(before) ?? commentAt(text)
  if (name !== undefined) writeFile(state, name, `${text}\n`, false)
}

const NAME = /^[\w./-]{1,200}\.(?:ya?ml|json)$/

/** `title="pool.yaml"`, `filename=pool.yaml` or the name alone. */
function namedIn(info: string): string | undefined {
  const names = info.split(/[\s,{}]+/).map((word) => word.replace(/^[\w-]{1,20}=/, '').replaceAll(/["'`]/g, ''))
  return names.find((name) => NAME.test(name))
}

/** A name that ends the words before the block: `pool.yaml:`. */
function captionAt(words: string): string | undefined {
  return /([\w./-]{1,200}\.(?:ya?ml|json))[`*_")\s]{0,10}:?\s{0,10}$/.exec(words.slice(-300))?.[1]
}

function commentAt(text: string): string | undefined {
  return /^#\s*([\w./-]{1,200}\.(?:ya?ml|json))\s*(?:\n|$)/.exec(text.slice(0, 300))?.[1]
}
