/** The flags that every command takes, and how a command is declared. */

import type { Argv } from 'yargs'
import { FORMATS, type Format } from '../report/answer.js'
import type { ExitStatus } from './exit-status.js'
import type { Terminal } from './terminal.js'

export interface CommonFlags {
  readonly output: Format
  readonly calico: string | undefined
  readonly seed: number
  readonly color: 'auto' | 'always' | 'never'
  readonly quiet: boolean
  readonly strict: boolean
  readonly debug: boolean
}

/** A command reads its flags, calls the library, prints, and says how it went. */
export interface Command {
  readonly name: string
  /** As yargs writes positionals: `sessions [paths..]`. */
  readonly usage: string
  readonly about: string
  readonly examples: readonly (readonly [call: string, about: string])[]
  /** True when -o names a file or a directory to write, so that `build` declares it. Everywhere else it is the format. */
  readonly writesOutput?: true
  readonly build: (args: Argv) => Argv
  readonly run: (flags: Flags, terminal: Terminal) => Promise<ExitStatus>
}

export type Flags = CommonFlags & Readonly<Record<string, unknown>>

export function commonOptions(args: Argv): Argv {
  return args
    .option('calico', { type: 'string', describe: 'Calico release to predict, such as v3.32', requiresArg: true })
    .option('seed', { type: 'number', default: 0, describe: 'Seed of what Calico itself leaves to chance' })
    .option('color', { choices: ['auto', 'always', 'never'] as const, default: 'auto' as const, describe: 'Colour' })
    .option('quiet', { alias: 'q', type: 'boolean', default: false, describe: 'No notes on standard error' })
    .option('strict', { type: 'boolean', default: false, describe: 'Warnings count as errors' })
    .option('debug', { type: 'boolean', default: false, describe: 'Show the stack trace of an internal error' })
}

export function formatOption(args: Argv): Argv {
  return args.option('output', {
    alias: 'o',
    choices: FORMATS,
    default: 'table' as Format,
    describe: 'Format of the answer',
  })
}

/** Stands for `-` on the way through yargs, which drops a lone dash from positional arguments. */
const DASH = '\u0000-'

/** The command line as yargs can take it. */
export function keepDashes(argv: readonly string[]): string[] {
  return argv.map((argument) => (argument === '-' ? DASH : argument))
}

/** The PATH arguments of a command; `paths` in yargs' words. */
export function pathsOf(flags: Flags): readonly string[] {
  return listOf(flags['paths']).map((path) => (path === DASH ? '-' : path))
}

/** A positional argument that is one PATH. */
export function onePath(flags: Flags, name: string): string {
  const path = String(flags[name])
  return path === DASH ? '-' : path
}

/** A flag that may be repeated or left out. */
export function listOf(value: unknown): readonly string[] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}
