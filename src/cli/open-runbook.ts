/** Reads the runbook that a command is given. */

import { readFileSync } from 'node:fs'
import { filesBeside, InputError, type Runbook, readRunbook } from '../index.js'

/** Throws InputError for a file that cannot be read or has no step. Files that it names are found beside it. */
export function openRunbook(file: string): Runbook {
  const text = readText(file)
  if (text === undefined) {
    throw wrong(
      [],
      `the runbook ${JSON.stringify(file)} cannot be read`,
      'Give --runbook a Markdown file, a shell script or a kind: Runbook document.',
    )
  }
  const runbook = readRunbook(text, file, filesBeside(file))
  if (runbook.steps.length > 0) return runbook
  throw wrong(
    runbook.findings,
    `the runbook ${JSON.stringify(file)} has no step`,
    'Steps are the commands in the fenced shell blocks of a Markdown file, or the lines of a shell script.',
  )
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function wrong(found: InputError['findings'], message: string, hint: string): InputError {
  return new InputError([...found, { severity: 'error', code: 'INPUT_BAD_OPTION', message, hint }])
}
