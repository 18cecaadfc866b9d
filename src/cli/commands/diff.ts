import { continuedFrom, diffSimulations } from '../../index.js'
import { diffAnswer } from '../../report/diff.js'
import { EXIT } from '../exit-status.js'
import { openForCommand } from '../open.js'
import { type Command, onePath } from '../options.js'
import { print } from '../print.js'

export const diff: Command = {
  name: 'diff',
  usage: 'diff <before> <after>',
  about: 'What changes between two inputs: sessions, routes, reachability, capacity',
  examples: [
    ['diff main/ branch/', 'What a pull request does to the network; exit status 1 when it does anything'],
    ['diff yesterday.yaml today.yaml -o markdown', 'Two dumps of a live cluster, for a comment or a step summary'],
  ],
  build: (args) =>
    args
      .positional('before', { type: 'string', demandOption: true, describe: 'File, directory or - to compare' })
      .positional('after', { type: 'string', demandOption: true, describe: 'File, directory or - to compare with' }),
  run: async (flags, terminal) => {
    const [before, after] = [
      openForCommand([onePath(flags, 'before')], flags, terminal).simulation,
      openForCommand([onePath(flags, 'after')], flags, terminal).simulation,
    ]
    const answer = diffAnswer(before.cluster, after.cluster, diffSimulations(before, continuedFrom(before, after)))
    await print(answer, flags, terminal)
    return answer.found ? EXIT.found : EXIT.clean
  },
}
