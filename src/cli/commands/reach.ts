import { reachAnswer } from '../../report/reach.js'
import { EXIT } from '../exit-status.js'
import { noteFindings, openForCommand } from '../open.js'
import { type Command, pathsOf } from '../options.js'
import { print } from '../print.js'

export const reach: Command = {
  name: 'reach',
  usage: 'reach [paths..]',
  about: 'All pairs of nodes in groups: whose pods reach whose, what is lost, where, by which rule',
  examples: [
    ['reach cluster/', 'What works and what does not, with the remedy'],
    ['reach cluster/ --pairs -o json', 'Every ordered pair of nodes as well'],
  ],
  build: (args) =>
    args
      .positional('paths', { type: 'string', array: true, describe: 'Manifests' })
      .option('pairs', { type: 'boolean', default: false, describe: 'Also list every ordered pair of nodes' }),
  run: async (flags, terminal) => {
    const { simulation } = openForCommand(pathsOf(flags), flags, terminal)
    const answer = reachAnswer(simulation.cluster, simulation.reach(), { pairs: flags['pairs'] === true })
    await print(answer, flags, terminal)
    const noted = noteFindings(simulation.convergence(), terminal)
    return answer.found ? EXIT.found : noted
  },
}
