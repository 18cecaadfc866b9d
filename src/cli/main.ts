/** The process: arguments in, exit status out. In a worker thread, where `--jobs` starts it too, only its work. */

import { basename } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { hideBin } from 'yargs/helpers'
import { EXIT } from './exit-status.js'
import { runProgram } from './program.js'
import { processConsole, processTerminal } from './terminal.js'

export { work as default } from './worker.js'

if (isMainThread) {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has gone (`| head`): that is its decision and no error of ours.
    if (error.code === 'EPIPE') process.exit(EXIT.clean)
    throw error
  })

  const plugin = basename(process.argv[1] ?? '').startsWith('kubectl-calico_plan')

  process.exitCode = await runProgram(hideBin(process.argv), {
    name: plugin ? 'kubectl calico-plan' : 'calico-plan',
    width: Math.min(120, process.stdout.columns ?? 120),
    console: processConsole,
    terminal: ({ color, quiet }) => processTerminal(color, quiet),
  })
}
