/** The program: hands the command line to yargs, runs one command, and turns whatever went wrong into exit status 2. */

import { basename } from 'node:path'
import yargs, { type Argv } from 'yargs'
import { hideBin } from 'yargs/helpers'
import { InputError } from '../index.js'
import { findingLines } from '../report/check.js'
import { COMMANDS } from './commands.js'
import { EXIT, type ExitStatus } from './exit-status.js'
import { type Command, commonOptions, type Flags } from './options.js'
import { processTerminal } from './terminal.js'
import { VERSION } from './version.js'

const EPILOGUE = [
  'PATH is a file, a directory (all *.yaml, *.yml and *.json below it) or - for standard input.',
  'Exit status: 0 nothing to report, 1 something found, 2 the input or the call is wrong.',
].join('\n')

await main(hideBin(process.argv))

async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (`| head`): that is its decision and no error of ours.
    if (error.code === 'EPIPE') process.exit(EXIT.clean)
    throw error
  })
  const debug = argv.includes('--debug')
  let status: ExitStatus = EXIT.clean
  const runCommand = async (command: Command, flags: Flags): Promise<void> => {
    status = await command.run(flags, processTerminal(flags.color, flags.quiet))
  }
  try {
    await parser(argv, runCommand).parseAsync()
  } catch (error) {
    status = EXIT.wrong
    report(error, debug)
  }
  process.exitCode = status
}

function parser(argv: readonly string[], run: (command: Command, flags: Flags) => Promise<void>): Argv {
  const name = programName()
  let args = commonOptions(yargs([...argv]))
    .scriptName(name)
    .usage(`${name} COMMAND [PATH...]\n\nPredicts what a Calico cluster's network does, from its manifests, offline.`)
    .strict()
    .demandCommand(1, `Say what to do: ${name} --help lists the commands.`)
    .recommendCommands()
    .completion('completion', 'Print a completion script for bash or zsh')
    .version(VERSION)
    .help()
    .alias('help', 'h')
    .wrap(Math.min(120, process.stdout.columns ?? 120))
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
        let built = command.build(inner)
        for (const [call, about] of command.examples) built = built.example(`${name} ${call}`, about)
        return built
      },
      (flags) => run(command, flags as unknown as Flags),
    )
  }
  return args
}

class UsageError extends Error {}

function report(error: unknown, debug: boolean): void {
  if (error instanceof InputError) {
    for (const finding of error.findings) process.stderr.write(`${findingLines(finding).join('\n')}\n`)
    return
  }
  if (error instanceof UsageError || isYargsError(error)) {
    process.stderr.write(`${(error as Error).message}\nTry ${programName()} --help.\n`)
    return
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(
    `internal error: ${message}\nPlease report it with the input that caused it; --debug shows where it happened.\n`,
  )
  if (debug && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`)
}

function isYargsError(error: unknown): boolean {
  return error instanceof Error && error.name === 'YError'
}

/** `kubectl calico-plan` when kubectl called us as its plugin. */
function programName(): string {
  return basename(process.argv[1] ?? '').startsWith('kubectl-calico_plan') ? 'kubectl calico-plan' : 'calico-plan'
}
