import { rehearse as rehearseRunbook } from '../../index.js'
import { rehearsalAnswer } from '../../report/rehearsal.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { openRunbook } from '../open-runbook.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const rehearse: Command = {
  name: 'rehearse',
  usage: 'rehearse [paths..]',
  about: 'A runbook step by step: what changes, what breaks, for how long, and which order is safer',
  examples: [
    ['rehearse cluster/ --runbook change.md', 'The shell blocks of a page, carried out on a model of the cluster'],
    ['rehearse cluster/ --runbook change.sh -o markdown >> $GITHUB_STEP_SUMMARY', 'The same for a pull request'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests of the cluster before the change' })
      .option('runbook', {
        type: 'string',
        requiresArg: true,
        demandOption: true,
        describe: 'Markdown with shell blocks, a shell script, or a kind: Runbook document',
      }),
  run: async (flags, terminal) => {
    const opened = openForCommand(pathsOf(flags), flags, terminal)
    const runbook = openRunbook(String(flags['runbook']))
    const answer = rehearsalAnswer(rehearseRunbook(opened.cluster, runbook))
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}
