/** The program without its process: a command line in, texts and an exit status out. */

import yargs, { type Argv } from 'yargs'
import { InputError } from '../index.js'
import { FORMATS } from '../report/answer.js'
import { findingLines } from '../report/check.js'
import { COMMANDS } from './commands.js'
import { EXIT, type ExitStatus } from './exit-status.js'
import { type Command, commonOptions, type Flags, formatOption, keepDashes } from './options.js'
import type { Console, Terminal } from './terminal.js'
import { VERSION } from './version.js'

const EPILOGUE = [
  'PATH is a file, a directory (all *.yaml, *.yml and *.json below it) or - for standard input.',
  `-o ${FORMATS.join('|')} chooses the format of an answer.`,
  'Exit status: 0 nothing to report, 1 something found, 2 the input or the call is wrong.',
].join('\n')

export interface Program {
  /** `calico-plan`, or `kubectl calico-plan` when kubectl called it. */
  readonly name: string
  /** Columns that help may fill. */
  readonly width: number
  readonly console: Console
  /** The terminal for the flags given. */
  readonly terminal: (flags: Pick<Flags, 'color' | 'quiet'>) => Terminal
}

/** Runs one command line. Never throws: what goes wrong is told on the console and in the exit status. */
export async function runProgram(argv: readonly string[], program: Program): Promise<ExitStatus> {
  let status: ExitStatus = EXIT.clean
  const runCommand = async (command: Command, flags: Flags): Promise<void> => {
    status = await command.run(flags, program.terminal(flags))
  }
  try {
    // With a callback yargs hands over what it would print itself: help, the version, a completion script.
    await parser(program, runCommand).parseAsync(keepDashes(argv), {}, (error, _flags, output) => {
      if (error) throw error
      if (output !== '') program.console.out(`${output}\n`)
    })
  } catch (error) {
    report(error, program, argv.includes('--debug'))
    return EXIT.wrong
  }
  return status
}

function parser({ name, width }: Program, run: (command: Command, flags: Flags) => Promise<void>): Argv {
  let args = commonOptions(yargs())
    .scriptName(name)
    .usage(`${name} COMMAND [PATH...]\n\nPredicts what a Calico cluster's network does, from its manifests, offline.`)
    // `--node N PATH`: an option that may be repeated takes one word each time.
    .parserConfiguration({ 'greedy-arrays': false })
    .strict()
    .demandCommand(1, `Say what to do: ${name} --help lists the commands.`)
    .recommendCommands()
    .completion('completion', 'Print a completion script for bash or zsh')
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .wrap(width)
    .epilogue(EPILOGUE)
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new UsageError(message)
    })
  for (const command of COMMANDS) {
    args = args.command(
      command.usage,
      command.about,
      (inner) => {
        let built = command.build(command.writesOutput ? inner : formatOption(inner))
        for (const [call, about] of command.examples) built = built.example(`${name} ${call}`, about)
        return built
      },
      (flags) => run(command, flags as unknown as Flags),
    )
  }
  return args
}

class UsageError extends Error {}

function report(error: unknown, { console, name }: Program, debug: boolean): void {
  if (error instanceof InputError) {
    for (const finding of error.findings) console.error(`${findingLines(finding).join('\n')}\n`)
    return
  }
  if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
    console.error(`${error.message}\nTry ${name} --help.\n`)
    return
  }
  const message = error instanceof Error ? error.message : String(error)
  console.error(
    `internal error: ${message}\nPlease report it with the input that caused it; --debug shows where it happened.\n`,
  )
  if (debug && error instanceof Error) console.error(`${error.stack ?? ''}\n`)
}
